import base64
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates import LSTM, RNN, MinGRU
from gates.core.activations import Activation
from gates.examples.lab.codec import LONGEST_TEXT, VERSION, pack, unpack
from gates.examples.lab.state import MOST_INPUTS, Clamped, LabState, sizes
from gates.examples.lab.task import Task
from gates.examples.presets.registry import PRESETS
from gates.inputs.sequence import InputError
from gates.text import LANGUAGES, translator
from tests.examples.lab.labs import labs

EXAMPLES = [
    pytest.param(one, id=f"{one.cell}-{one.id}")
    for those in PRESETS.values()
    for one in those
    if one.editable
]


def latch(**more):
    return replace(LabState.of(next(one for one in PRESETS["lstm"] if one.id == "latch").build()), **more)


@given(labs() | labs(tasks=True))
@settings(max_examples=100, deadline=None)
def test_a_state_comes_back_from_its_text_bit_for_bit(lab):
    again = unpack(pack(lab))
    assert again == lab
    for name, array in lab.weights.items():
        assert again.weights[name].tobytes() == array.tobytes(), name
    assert again.x.tobytes() == lab.x.tobytes()
    assert (again.clamps, again.tokens, again.columns) == (lab.clamps, lab.tokens, lab.columns)
    assert again.options == lab.options
    assert pack(again) == pack(lab)


@given(labs(values=st.floats(-20, 20, width=32)))
@settings(max_examples=40, deadline=None)
def test_what_comes_back_runs_the_same(lab):
    one, other = lab.run(), unpack(pack(lab)).run()
    for signal in one.signals:
        assert np.array_equal(getattr(one, signal), getattr(other, signal), equal_nan=True), signal


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_edited_with_its_own_weights(example):
    cell = example.build()
    lab = LabState.of(cell)
    for name, array in cell.arrays().items():
        if name in lab.weights:
            assert lab.weights[name].tobytes() == array.tobytes(), name
    assert lab.cell().dtype == np.float64
    assert np.array_equal(lab.run(example.sequence.x).hidden, cell.run(example.sequence.x).hidden)


def largest(rng):
    weights = {name: rng.normal(size=shape) for name, shape in sizes("lstm", 8, 8, False, True).items()}
    return LabState("lstm", **weights)


def test_the_largest_cell_fits_into_a_link():
    rng = np.random.default_rng(0)
    lab = largest(rng).rounded()  # as the lab draws weights
    assert len(pack(lab)) < 3_000
    assert len(pack(largest(rng))) < 6_000, "seventeen digits each"
    hundredths = {name: np.round(array, 2) for name, array in lab.weights.items()}
    assert len(pack(replace(lab, **hundredths))) < 2_000, "typed"
    clamps = tuple(Clamped("forget", rng.normal(), (unit,), (0, 5)) for unit in range(8))
    tokens = tuple(str(step) for step in range(60))
    full = replace(lab, clamps=clamps, x=rng.normal(size=(60, 8)).round(2), tokens=tokens)
    assert len(pack(full)) < 6_000


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -1.1e6])
@pytest.mark.parametrize("name", ["W", "U", "b", "x"])
def test_a_number_out_of_bounds_is_refused_by_name(name, value):
    lab = latch(x=np.zeros((3, 2)), tokens=("a", "b", "c"))
    array = np.array(getattr(lab, name), dtype=np.float64)
    array.flat[1] = value
    with pytest.raises(InputError) as refused:
        replace(lab, **{name: array})
    assert refused.value.key == "error.lab.value"
    assert refused.value.values["name"] == name


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"W": np.zeros((4, 0))}, "error.lab.size"),
        ({"W": np.zeros((4, MOST_INPUTS + 1))}, "error.lab.size"),
        ({"W": np.zeros((36, 2)), "U": np.zeros((36, 9)), "b": np.zeros(36)}, "error.lab.size"),
        ({"W": np.zeros((5, 2))}, "error.lab.shape"),
        ({"b": np.zeros(3)}, "error.lab.shape"),
        ({"peephole": np.zeros((3, 2))}, "error.lab.shape"),
        ({"b_hn": np.zeros(1)}, "error.lab.shape"),
        ({"x": np.zeros((2, 3)), "tokens": ("a", "b")}, "error.lab.shape"),
        ({"x": np.zeros((2, 2)), "tokens": ("a",)}, "error.lab.labels"),
        ({"x": np.zeros((1, 2)), "tokens": ("a" * 41,)}, "error.lab.labels"),
        ({"x": np.zeros((0, 2))}, "error.lab.steps"),
        ({"x": np.zeros((1001, 2)), "tokens": ("a",) * 1001}, "error.lab.steps"),
        ({"columns": ("a",)}, "error.lab.labels"),
        ({"reset": "before"}, "error.lab.option"),
        ({"activation": "relu"}, "error.lab.option"),
        ({"coupled": True, "without": {"forget"}}, "error.lab.option"),
        ({"without": {"candidate"}}, "error.lab.option"),
        ({"kind": "transformer"}, "error.lab.option"),
        ({"clamps": (Clamped("update", 0.5),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("x", 0.5),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("forget", float("nan")),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("forget", 0.5, (1,)),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("forget", 0.5, ()),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("forget", 0.5, None, (3, 2)),)}, "error.lab.clamp"),
        ({"clamps": (Clamped("forget", 0.5),) * 201}, "error.lab.clamps"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_in_a_sentence(changes, key):
    with pytest.raises(InputError) as refused:
        latch(**changes)
    assert refused.value.key == key
    for language in LANGUAGES:
        assert translator(language)(key, **refused.value.values)


def text_of(body: bytes, version: int = VERSION) -> str:
    return base64.urlsafe_b64encode(bytes([version]) + zlib.compress(body)).decode().rstrip("=")


GOOD = pack(latch(x=np.eye(2), tokens=("a", "b"), clamps=(Clamped("forget", 0.5),)))
EXACT = pack(latch(x=np.array([[0.1, 1 / 3], [2, -0.25]]), tokens=("a", "b")))
HEAD = struct.pack("<BBBBBBH", 2, 0, 1, 1, 0, 0, 0)  # an RNN of one unit, one input
NAN, INF, ONE = (struct.pack("<f", value) for value in (np.nan, np.inf, 1.0))


def of_three(*numbers: bytes) -> bytes:
    """The body of a state with three weights."""
    return HEAD + b"".join(bytes(plane) for plane in zip(*numbers, strict=True))


def test_the_version_says_whether_every_number_is_a_float32():
    assert (base64.urlsafe_b64decode(GOOD[:4])[0], base64.urlsafe_b64decode(EXACT[:4])[0]) == (1, 3)
    assert unpack(EXACT).x.tolist() == [[0.1, 1 / 3], [2, -0.25]]
    open_places = of_three(NAN, INF, ONE) + struct.pack("<d", 1 / 3) + b"[[],[],[0.1]]"
    found = unpack(text_of(open_places, 3))
    assert (found.W.item(), found.U.item(), found.b.item()) == (0.1, 1 / 3, 1)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6).map(lambda value: round(value, 3)))
def test_any_two_numbers_come_back_as_they_are(one, other):
    lab = latch(x=np.array([[one, other]]), tokens=("a",))
    assert unpack(pack(lab)).x.tobytes() == lab.x.tobytes()


@pytest.mark.parametrize(
    "text",
    [
        text_of(HEAD, 3), text_of(HEAD[:-1], 3), text_of(of_three(NAN, INF, ONE), 1),
        text_of(of_three(INF, ONE, ONE) + b"\0" * 8, 1),
        text_of(of_three(NAN, ONE, ONE)), text_of(of_three(INF, ONE, ONE)),
        text_of(of_three(NAN, ONE, ONE) + b"[[],[],[]]"), text_of(of_three(ONE, ONE, ONE) + b"[[],[],[1]]"),
        text_of(of_three(NAN, ONE, ONE) + b"[[],[],[true]]"), text_of(of_three(NAN, ONE, ONE) + b"[[],[],5]"),
        text_of(of_three(NAN, ONE, ONE) + b"[[],[],[1e7]]"),
        text_of(of_three(NAN, ONE, ONE) + b"[[],[],[NaN]]"),
        text_of(of_three(INF, ONE, ONE) + struct.pack("<d", np.nan)), EXACT[:-3], EXACT[3:], EXACT + "AAAA",
        "", "A", "AQ", "?", "==", GOOD[:-3], GOOD[3:], GOOD + "AAAA", GOOD.replace("A", "B"), "é" * 9,
        "x" * 200_000,
        text_of(b""), text_of(b"\0" * 7), text_of(b"\xff" * 40), text_of(b"\0" * 250_001),
        text_of(struct.pack("<BBBBBBH", 0, 0, 2, 1, 0, 0, 0)),
        text_of(struct.pack("<BBBBBBH", 0, 0, 1, 1, 0, 0, 0) + b"\0" * 48 + b"[" * 100_000),
        text_of(struct.pack("<BBBBBBH", 0, 0, 1, 1, 0, 0, 0) + b"\0" * 48 + b'{"a": 1}'),
        text_of(struct.pack("<BBBBBBH", 0, 0, 1, 1, 0, 0, 0) + b"\0" * 48 + b"[[1],[2]]"),
        text_of(struct.pack("<BBBBBBH", 0, 0, 255, 255, 0, 0, 0)),
        text_of(struct.pack("<BBBBBBH", 0, 0, 1, 1, 0, 200, 0)),
        text_of(struct.pack("<BBBBBBH", 0, 0, 1, 1, 4, 0, 0xFFFF)),
    ],
)  # fmt: skip
def test_broken_text_is_refused_and_nothing_else_goes_wrong(text):
    with pytest.raises(InputError) as refused:
        unpack(text)
    assert refused.value.key.startswith("error.lab.")


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABCxyz019-_"))
def test_one_wrong_letter_never_passes_for_another_cell(place, letter):
    text = GOOD[:place] + letter + GOOD[place + 1 :]
    try:
        found = unpack(text)
    except InputError:
        return
    assert found == unpack(GOOD)


def test_a_newer_version_says_so():
    with pytest.raises(InputError) as refused:
        unpack(text_of(b"whatever", version=VERSION + 1))
    assert refused.value.key == "error.lab.version"


def test_a_small_text_cannot_unfold_to_a_large_one():
    bomb = text_of(b"\0" * 20_000_000)
    assert len(bomb) < LONGEST_TEXT
    with pytest.raises(InputError) as refused:
        unpack(bomb)
    assert refused.value.key == "error.lab.damaged"


def test_clamps_hold_what_they_say_and_nothing_beyond_the_sequence():
    x = np.eye(2)[[0, 1, 1, 0]]
    lab = latch(clamps=(Clamped("forget", 0.25, (0,), (1, 900)), Clamped("cell", 2.0, None, (7, 9))))
    trace = lab.run(x)
    assert trace.forget[1:, 0].tolist() == [0.25] * 3
    assert np.array_equal(trace.forget[0], lab.run(x, clamped=False).forget[0])
    assert not (trace.cell == 2.0).any()


def test_a_cell_with_what_the_lab_does_not_have_is_refused_by_name():
    plain = LSTM.init(2, 3, 0)
    for option in ({"clip": 2.0}, {"cell_activation": Activation("elu", 0.5)}):
        with pytest.raises(InputError) as caught:
            LabState.of(replace(plain, **option))
        assert caught.value.key == "error.lab.option" and caught.value.values["name"] in option
    projecting = LSTM(plain.W, plain.U[:, :2], plain.b, projection=np.ones((2, 3)))
    squashed = RNN.init(2, 3, 0, activation=Activation("leaky_relu", 0.3))
    for cell, name in (
        (projecting, "projection"), (squashed, "activation"), (MinGRU.init(2, 3, 0), "mingru"),
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            LabState.of(cell)
        assert caught.value.values["name"] == name


def test_states_are_equal_by_their_bits():
    lab = latch()
    b = lab.b.copy()
    b[0] = np.nextafter(b[0], np.inf)
    assert replace(lab, b=b) != lab == latch()
    assert len({lab, latch(), replace(lab, b=b)}) == 2
    assert LabState.of(LSTM(W=lab.W, U=lab.U, b=lab.b, coupled=True)) != lab


def published() -> LabState:
    """HKUST's LSTM with a start: what is not the cell's is the exercise's."""
    return LabState(
        "lstm",
        W=[[0.6, 0.3], [0.1, 0.2], [0.4, 0.7], [0.5, 0.8]], U=[[0.8], [0.5], [0.1], [0.9]],
        b=[0.2, 0.1, 0.3, 0.4], x=[[0.5, 0.7], [0.3, 0.2]], tokens=("1", "2"),
        initial_hidden=[0.9], initial_cell=[0.7], task=Task(targets=[[0.7], [0.8]]),
    )  # fmt: skip


def test_a_run_begins_where_it_is_said_and_its_loss_is_the_printed_one():
    lab = published()
    trace = lab.run()
    assert np.round(trace.cell[:, 0], 6).tolist() == [1.113930, 1.109548]
    assert np.round(trace.hidden[:, 0], 6).tolist() == [0.711114, 0.638403]
    _, losses, _ = lab.task.outcome(trace.hidden)
    assert round(float(losses.sum()), 6) == 0.013119
    from_zero = lab.run(clamped=False)
    assert from_zero.initial_cell[0] == 0 and from_zero.cell[0, 0] != trace.cell[0, 0]


def test_a_start_at_zero_is_none_and_version_four_is_for_what_there_is_more():
    zero = replace(published(), initial_hidden=[0.0], initial_cell=[-0.0], task=Task())
    assert zero.initial_hidden is None and zero.initial_cell is None
    assert base64.urlsafe_b64decode(pack(zero)[:4])[0] == 3
    assert base64.urlsafe_b64decode(pack(published())[:4])[0] == VERSION == 4
    linear = LabState("rnn", W=[[1.0]], U=[[1.0]], b=[0.0], activation="identity")
    relu = replace(linear, activation="relu")
    assert [base64.urlsafe_b64decode(pack(one)[:4])[0] for one in (linear, relu)] == [4, 1]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"V": np.ones((1, 2))}, "V, b"),
        ({"V": np.ones((9, 1)), "b": np.ones(9)}, "V, b"),
        ({"V": [[np.nan]], "b": [0.0]}, "V"),
        ({"V": [[1.0]], "b": [np.nan]}, "V, b"),
        ({"targets": [[np.inf], [0.0]]}, "targets"),
        ({"V": np.ones((1, 2)), "b": [0.0]}, "V"),
        ({"V": np.ones((2, 1)), "b": [0.0, 0.0], "targets": np.ones((2, 1))}, "targets"),
        ({"targets": np.ones((2, 3))}, "targets"),
        ({"loss": "hinge"}, "loss"),
        ({"activation": "softmax"}, "activation"),
        ({"learning_rate": 0.0}, "learning_rate"),
    ],
)
def test_a_task_that_does_not_fit_is_refused_by_name(changes, name):
    with pytest.raises(InputError) as refused:
        replace(published(), task=Task(**changes))
    assert refused.value.values["name"] == name


@pytest.mark.parametrize("start", [{"initial_hidden": [1.0, 2.0]}, {"initial_cell": [[1.0]]}])
def test_a_start_of_another_size_is_refused(start):
    with pytest.raises(InputError) as refused:
        replace(published(), **start)
    assert refused.value.key == "error.lab.shape"
    with pytest.raises(InputError):
        LabState("rnn", W=[[1.0]], U=[[1.0]], b=[0.0], initial_cell=[1.0])


@pytest.mark.parametrize(
    "more",
    ['{"start":"q"}', '{"read":[99,"tanh"]}', '{"read":1}', '{"squash":{"clip":"tanh"}}', '{"else":1}', "[]"],
)
def test_what_version_four_cannot_say_is_damage(more):
    said = struct.pack("<I", len(more)) + more.encode()
    with pytest.raises(InputError) as refused:
        unpack(text_of(HEAD + said + b"".join(bytes(plane) for plane in zip(ONE, ONE, ONE, strict=True))))
    assert refused.value.key == "error.lab.damaged"
