import pytest

from gates.figures.palette import DARK, GATES, LIGHT, Palette, diverging, is_gate, palette, sequential

TEXT = ("fg", "dim", "accent", "positive", "negative", *GATES)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def hue(colour: str) -> float:
    """Hue in degrees."""
    import colorsys

    return 360 * colorsys.rgb_to_hsv(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))[0]


def apart(first: str, second: str) -> float:
    distance = abs(hue(first) - hue(second)) % 360
    return min(distance, 360 - distance)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("background", ["bg", "belt"])
@pytest.mark.parametrize("text", TEXT)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_legible(colours: Palette, text: str, background: str) -> None:
    assert contrast(colours[text], colours[background]) >= 4.5


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert palette("light") is LIGHT and palette("dark") is DARK
    with pytest.raises(KeyError):
        palette("sepia")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("cell", [("forget", "input", "output"), ("reset", "update")])
def test_gates_of_a_cell_and_the_ramp_are_told_apart(colours: Palette, cell: tuple[str, ...]) -> None:
    shown = [*cell, "positive", "negative"]
    for index, first in enumerate(shown):
        for second in shown[index + 1 :]:
            assert apart(colours[first], colours[second]) >= 25, (first, second)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_scales_run_from_neutral_to_the_signals_colour(theme: str) -> None:
    colours = palette(theme)
    for gate in GATES:
        assert is_gate(gate)
        assert sequential(gate, theme) == [[0.0, colours["zero"]], [1.0, colours[gate]]]
    assert [colour for _, colour in diverging(theme)] == [
        colours["negative"],
        colours["zero"],
        colours["positive"],
    ]
    assert not any(map(is_gate, ("x", "cell", "hidden", "candidate")))
