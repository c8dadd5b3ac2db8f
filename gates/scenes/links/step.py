"""The links of the pages that step through one cell: home, LSTM, GRU and RNN."""

from __future__ import annotations

from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice, number
from gates.scenes.state import SOURCES, State

_OTHERS = tuple(source for source in SOURCES if source != "preset")

STEP = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        Field("input", "source", choice(*SOURCES)),
        shared.BY,
        *shared.NUMBERS,
        *shared.SIGNAL,
        *shared.PRICES,
        Field("units", "hidden", number(int, 1, 64), inputs=_OTHERS),
        Field("seed", "seed", number(int, 0, 10**9), inputs=_OTHERS),
        Field("bias", "bias", number(float, -20, 20), inputs=_OTHERS, cells=("lstm", "gru")),
        Field("activation", "activation", choice("tanh", "relu"), inputs=_OTHERS, cells=("rnn",)),
        Field("reset", "reset", choice("before", "after"), cells=("gru",)),
        Field("z", "update", choice("keep", "write"), cells=("gru",)),
        *shared.examples(*_OTHERS),
        *shared.OWN,
    ),
    defaults=lambda state: State(state.cell),
    drawn=lambda state: (state.cell,),
)
