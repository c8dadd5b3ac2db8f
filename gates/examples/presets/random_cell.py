"""A cell that has learned nothing: random weights for input that no hand-made cell understands."""

from typing import Literal

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset
from gates.examples.presets.model import Cell
from gates.inputs.sequence import InputError

MAX_HIDDEN = 64


def random_cell(
    kind: CellKind,
    inputs: int,
    hidden: int = 4,
    seed: int = 0,
    *,
    bias: float | None = None,
    reset: Reset = "after",
    activation: Literal["tanh", "relu"] = "tanh",
) -> Cell:
    """Return an untrained cell of ``hidden`` units, 1 to 64, for ``inputs`` inputs.

    ``bias`` is the forget bias of an LSTM or the update bias of a GRU (None leaves it random, near 0); a
    plain RNN has nothing like it. ``reset`` is the GRU's form, ``activation`` the RNN's. InputError
    (``error.random.*``) for other sizes.
    """
    if not 1 <= hidden <= MAX_HIDDEN:
        raise InputError("error.random.hidden", hidden=hidden, limit=MAX_HIDDEN)
    if seed < 0:
        raise InputError("error.signal.seed", seed=seed)
    match kind:
        case "lstm":
            return LSTM.init(inputs=inputs, hidden=hidden, rng=seed, forget_bias=bias)
        case "gru":
            return GRU.init(inputs=inputs, hidden=hidden, rng=seed, update_bias=bias, reset=reset)
        case "rnn":
            return RNN.init(inputs=inputs, hidden=hidden, rng=seed, activation=activation)
