"""The symbols that hand-made cells read, shared by the presets of all three cells, and their sliders."""

from gates.examples.presets.model import Alphabet, Slider

IDLE = "–"

SET_RESET = Alphabet(
    {IDLE: (0, 0), "S": (1, 0), "R": (0, 1)},
    ("column.set", "column.reset"),
    aliases={"存": "S", "清": "R"},
    idle=IDLE,
    numbers=True,
)
LOCKER = Alphabet(
    {IDLE: (0, 0, 0), "S": (1, 0, 0), "R": (0, 1, 0), "A": (0, 0, 1)},
    ("column.set", "column.reset", "column.ask"),
    aliases={"存": "S", "清": "R", "取": "A"},
    idle=IDLE,
    numbers=True,
)
STORE_MUTE = Alphabet(
    {IDLE: (0, 0), "S": (1, 0), "M": (0, 1)},
    ("column.store", "column.mute"),
    aliases={"存": "S", "静": "M"},
    idle=IDLE,
    numbers=True,
)
SIGNAL_DELIMITER = Alphabet(
    {IDLE: (0, 0), "S": (1, 0), "|": (0, 1)},
    ("column.signal", "column.delimiter"),
    aliases={"｜": "|", "/": "|"},
    idle=IDLE,
    numbers=True,
)
PLUS_MINUS = Alphabet(
    {"+": (1,), "−": (-1,), "0": (0,)},
    ("column.sign",),
    aliases={"-": "−", "–": "−", "＋": "+", "－": "−"},
    numbers=True,
)
BITS = Alphabet({"0": (0,), "1": (1,)}, ("column.bit",), aliases={"０": "0", "１": "1"})
NUMBERS = Alphabet({}, ("column.number",), numbers=True)
UP_DOWN = Alphabet({"(": (1,), ")": (-1,)}, ("column.up_down",), aliases={"（": "(", "）": ")"}, numbers=True)
CLOCK = Alphabet({"·": (0,)}, ("column.tick",), idle="·")
OPEN_CLOSE = Alphabet(
    {"(": (1, 0), ")": (0, 1)}, ("column.open", "column.close"), aliases={"（": "(", "）": ")"}
)
FILM_WORDS = Alphabet(
    {"good": (1, 0, 0, 0), "bad": (0, 1, 0, 0), "not": (0, 0, 1, 0), "…": (0, 0, 0, 1)},
    ("column.good", "column.bad", "column.not", "column.other"),
    aliases={"好": "good", "坏": "bad", "差": "bad", "烂": "bad", "不": "not"},
    other="…",
)


def sharpness(default: float) -> Slider:
    """How hard the gates decide: 1 is the exact end; the default leaves them soft enough to be moved."""
    return Slider("sharpness", 0.05, 1.0, 0.05, default)


FORGET_SHIFT = Slider("forget_shift", -10.0, 10.0, 0.2, 0.0)
INPUT_SHIFT = Slider("input_shift", -10.0, 10.0, 0.2, 0.0)
OUTPUT_SHIFT = Slider("output_shift", -10.0, 10.0, 0.2, 0.0)
NEGATION_SHIFT = Slider("negation_shift", -10.0, 10.0, 0.2, 0.0)
UPDATE_SHIFT = Slider("update_shift", -10.0, 10.0, 0.2, 0.0)
RESET_SHIFT = Slider("reset_shift", -10.0, 10.0, 0.2, 0.0)
VALUE = Slider("value", -1.0, 1.0, 0.05, 1.0)
STEP = Slider("increment", 0.05, 0.9, 0.05, 0.2)
GAIN = Slider("gain", 0.2, 10.0, 0.2, 10.0)


def recurrent(default: float, maximum: float = 3.0, step: float = 0.05) -> Slider:
    """The weight with which a state comes back: U."""
    return Slider("recurrent", 0.0, maximum, step, default)
