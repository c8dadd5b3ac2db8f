"""Influences of inputs: the map of all steps, also where it is coarse, and one step's curve."""

import numpy as np
import pytest

from gates.analysis.ensembles import Setting, noise
from gates.analysis.influence import influence
from gates.figures.influence import MOST_CELLS, influence_curve, influence_figure, steps_a_cell, strongest
from gates.figures.plain import number
from gates.text import translator

T = translator("en")


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    return influence(Setting(hidden=4).cell("lstm", 3, 0).run(noise(0, 6, 3)))


def test_the_map_shows_every_pair_of_steps_and_nothing_above_the_diagonal(matrix: np.ndarray) -> None:
    heat = influence_figure(matrix, "abcdef", theme="light", t=T).data[0]
    z = np.array(heat.z, dtype=float)
    assert np.isnan(z[0, 1:]).all() and not np.isnan(np.tril(z)[np.tril_indices(6)]).any()
    assert z[4, 2] == pytest.approx(np.log10(matrix[4, 2]))
    assert tuple(heat.x) == tuple(heat.y) == tuple(range(1, 7))
    assert list(heat.customdata[4, 2]) == ["3 (c)", "5 (e)", number(matrix[4, 2], 3)]


def test_a_long_sequence_is_covered_whole_by_the_strongest_of_each_block() -> None:
    steps = 3 * MOST_CELLS - 1
    matrix = np.tril(np.random.default_rng(0).uniform(1, 2, (steps, steps)))
    matrix[10, 4] = 50
    heat = influence_figure(matrix, [str(k + 1) for k in range(steps)], theme="light", t=T).data[0]
    assert steps_a_cell(steps) == 3 and np.shape(heat.z) == (MOST_CELLS, MOST_CELLS)
    assert heat.z[3][1] == pytest.approx(np.log10(50))
    assert list(heat.customdata[3, 1]) == ["4–6", "10–12", "50"]
    assert heat.customdata[-1, -1][0] == f"{steps - 1}–{steps}"
    assert heat.x[1] == 5 and heat.x[-1] == steps - 0.5


@pytest.mark.parametrize("size", [1, 2, 4, 7])
def test_no_pair_is_lost_in_a_block(size: int) -> None:
    matrix = np.random.default_rng(1).normal(size=(7, 7))
    blocks = strongest(matrix, size)
    for row, column in np.ndindex(*blocks.shape):
        part = matrix[row * size : (row + 1) * size, column * size : (column + 1) * size]
        assert blocks[row, column] == part.max()


def test_a_steps_curve_is_its_row_of_the_map(matrix: np.ndarray) -> None:
    figure = influence_curve(matrix[4, :5], "abcde", theme="light", t=T)
    line = figure.data[0]
    assert list(line.x) == [1, 2, 3, 4, 5]
    assert list(line.y) == pytest.approx(list(matrix[4, :5]))
    assert list(line.customdata[2]) == ["3 (c)", number(matrix[4, 2], 3)]
    assert figure.layout.yaxis.type == "log" and "step 5" in figure.layout.title.text
