"""What is said of an input, to the letter."""

import numpy as np
import pytest

from gates.inputs.numbers import _NumberFormat, parse_numbers
from gates.inputs.sequence import InputError
from gates.inputs.sources import PRICE_COLUMNS, prices


def test_the_prices_are_apples_where_none_are_named() -> None:
    np.testing.assert_array_equal(prices().x, prices("AAPL").x)
    assert not np.array_equal(prices().x, prices("GOOG").x)
    assert prices().columns == prices("AAPL").columns != prices("GOOG").columns


def test_a_share_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(InputError) as wrong:
        prices("x" * 50)
    assert wrong.value.key == "error.prices.column"
    assert wrong.value.values == {"column": "x" * 40, "known": ", ".join(PRICE_COLUMNS)}
    assert str(wrong.value).count("GOOG, AAPL") == 1


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, " …")])
def test_mean_and_deviation_are_said_of_five_columns(count: int, more: str) -> None:
    names = " ".join("abcdef"[:count])
    found = parse_numbers(f"{names}\n{'1 ' * count}\n{'3 ' * count}", scale="standard")
    (note,) = (note for note in found.notes if note.key == "note.numbers.scaled")
    assert note.values["columns"] == "a: 2, 1; b: 2, 1; c: 2, 1; d: 2, 1; e: 2, 1" + more
    np.testing.assert_array_equal(found.x, [[-1] * count, [1] * count])


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["1,234.5", "1 234", "2,5"], _NumberFormat(comma=False, grouped=True)),
        (["1.234,5", "1 234"], _NumberFormat(comma=True, grouped=True)),
        (["1 234", "2,5"], _NumberFormat(comma=True, grouped=True)),
        (["1,234", "2"], _NumberFormat(comma=True, grouped=False)),
        (["1,234,567", "2"], _NumberFormat(comma=False, grouped=True)),
    ],
)
def test_what_one_cell_tells_of_commas_and_points_no_later_one_takes_back(
    cells: list[str], form: _NumberFormat
) -> None:
    assert _NumberFormat.of(cells) == form
