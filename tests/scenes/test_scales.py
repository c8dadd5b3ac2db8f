"""One colour scale for the c of LSTMs side by side, and none of it for cells that have no c."""

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, SLSTM
from gates.scenes.scales import common_scale, largest_cell

X = np.random.default_rng(3).normal(size=(9, 2))
SMALL, LARGE = LSTM.init(2, 3, 1).run(X), LSTM.init(2, 3, 2).run(4 * X)
OTHERS = [kind.init(2, 3, 5).run(X) for kind in (GRU, RNN, SLSTM)]


def test_lstms_share_the_largest_c_of_them_all() -> None:
    assert np.abs(SMALL.cell).max() < np.abs(LARGE.cell).max()
    largest = largest_cell([*OTHERS, SMALL, LARGE])
    assert largest == np.abs(LARGE.cell).max()
    expected = {"cell": largest, "previous_cell": largest, "kept": largest, "written": largest}
    assert common_scale(SMALL, largest) == common_scale(LARGE, largest) == expected


@pytest.mark.parametrize("trace", OTHERS, ids=lambda trace: type(trace).__name__)
def test_another_cell_beside_an_lstm_keeps_its_own_scale(trace) -> None:
    assert common_scale(trace, largest_cell([trace, LARGE])) == {}


def test_without_an_lstm_there_is_nothing_to_share() -> None:
    assert largest_cell(OTHERS) == 0.0
    assert common_scale(SMALL, 0.0) == {}
