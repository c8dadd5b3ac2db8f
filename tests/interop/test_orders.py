import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.interop.orders import ORDERS, PARTS, from_engine, letters, to_engine


def test_the_table_is_the_one_of_the_frameworks_documentation() -> None:
    written = {name: (letters("lstm", name), letters("gru", name)) for name in ORDERS}
    assert written == {
        "pytorch": ("i, f, g, o", "r, z, n"),
        "cudnn": ("i, f, g, o", "r, z, n"),
        "equinox": ("i, f, g, o", "r, z, n"),
        "flax": ("i, f, g, o", "r, z, n"),
        "keras": ("i, f, g, o", "z, r, n"),
        "onnx": ("i, o, f, g", "z, r, n"),
        "d2l": ("i, f, o, g", "z, r, n"),
        "tf1": ("i, g, f, o", "r, z, n"),
        "haiku": ("i, g, f, o", "z, r, n"),
        "sonnet": ("i, f, g, o", "z, r, n"),
        "mlx": ("i, f, g, o", "r, z, n"),
        "mxnet": ("i, f, g, o", "r, z, n"),
    }


@pytest.mark.parametrize("framework", ORDERS)
@pytest.mark.parametrize("cell", [RNN, LSTM, GRU])
def test_rows_arrive_in_the_part_they_were_meant_for(framework: str, cell: type) -> None:
    kind = cell.kind
    assert PARTS[kind] == cell.parts
    assert sorted(ORDERS[framework][kind]) == sorted(cell.parts)
    theirs = np.arange(len(cell.parts) * 2 * 3, dtype=float).reshape(-1, 3)
    ours = to_engine(theirs, kind, framework)
    for index, part in enumerate(ORDERS[framework][kind]):
        at = cell.parts.index(part)
        assert np.array_equal(ours[2 * at : 2 * at + 2], theirs[2 * index : 2 * index + 2]), part
    assert np.array_equal(from_engine(ours, kind, framework), theirs)
