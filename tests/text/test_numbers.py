"""How numbers read, written down for each form and for both sides of where one form ends."""

import math

import pytest

from gates.text import numbers

NUMBERS = {
    0.0: "0",
    0.005: "0.01",  # a tie: away from 0
    0.00499: "5×10⁻³",
    0.125: "0.13",
    0.53: "0.53",
    99.99: "99.99",
    99.999: "100.00",
    100.0: "100.0",
    999.94: "999.9",
    1000.0: "1000",
    99_999.4: "99999",
    100_000.0: "1×10⁵",
    31_000_000.0: "3.1×10⁷",
    4.4e-5: "4.4×10⁻⁵",
    1e300: "1×10³⁰⁰",
    math.inf: "∞",
}
GATES = {
    0.0: "0",
    1.0: "1",
    1.5: "1.50",
    0.5: "0.50",
    0.125: "0.13",
    0.005: "0.01",
    0.0049: "0.0049",
    0.994: "0.99",
    0.9975: "0.9975",
    5.1e-5: "0.0001",
    4.9e-5: "5×10⁻⁵",
    3e-12: "3×10⁻¹²",
    1 - 6e-5: "0.9999",
    1 - 2e-9: "1−2×10⁻⁹",
}


@pytest.mark.parametrize("value", NUMBERS)
def test_a_number_in_each_of_its_forms(value: float) -> None:
    assert numbers.number(value) == NUMBERS[value]
    if value:
        assert numbers.number(-value) == "−" + NUMBERS[value]


def test_what_is_no_number() -> None:
    assert numbers.number(math.nan) == "NaN"
    assert numbers.number(-0.0) == "0"


@pytest.mark.parametrize("value", GATES)
def test_a_gate_in_each_of_its_forms(value: float) -> None:
    assert numbers.gate(value) == GATES[value]


def test_a_number_with_so_many_decimals() -> None:
    found = [numbers.fixed(*given) for given in ((-0.9575, 3), (0.0004, 3), (-0.0004, 3), (-2.5, 0), (7, 1))]
    assert found == ["−0.958", "0.000", "0.000", "−3", "7.0"]


def test_a_power_of_ten_with_at_most_so_many_decimals() -> None:
    found = [numbers.scientific(size) for size in (4.44e-5, 4.04e9, 1e-10, 9.96)]
    assert found == ["4.4×10⁻⁵", "4×10⁹", "1×10⁻¹⁰", "1×10¹"]
    assert [numbers.scientific(12.5, digits) for digits in (0, 1, 2)] == ["1×10¹", "1.3×10¹", "1.25×10¹"]
