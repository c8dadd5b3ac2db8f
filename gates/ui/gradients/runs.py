"""What the gradients page computes of its experiments: every seed's curves, spectra and influences.

Pure but for the cache, whose size is bounded: the same state always gives the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
import streamlit as st

from gates.analysis.ensembles import (
    KINDS,
    Band,
    Kind,
    Loss,
    RunWithGradients,
    band,
    exploded_at,
)
from gates.analysis.flow import forget_product, split_by_path, vector_norms
from gates.analysis.influence import influence_rows, spectra
from gates.cells.lstm import LSTMTrace
from gates.examples import demonstrations
from gates.figures.plain import logs
from gates.scenes.gradients import Experiment, run_with_gradients
from gates.scenes.links.gradients import GradientState
from gates.ui.frame import Page

CACHED = 600
"""Runs, of one seed and one cell, whose curves are kept: at most 40 KB each."""

CHUNK = 10
MOST_JACOBIANS = 100
"""Steps of which the page looks at the Jacobian."""

ROW_CHUNK = 40
"""Listening steps of one piece of work."""


def state_of(page: Page) -> GradientState:
    """The page's state, which is an experiment with gradients."""
    return page.state_as(GradientState)


def measure(experiment: Experiment, kind: Kind, seed: int) -> dict[str, Any]:
    """The norm of the gradient at each step of one run, (T,): of ``hidden`` and, for an LSTM, of ``cell``.

    An LSTM's has the ways as well: ``cell_path``, ``gate_paths`` and ``product``, ∏f.
    """
    _, run = run_with_gradients(experiment, kind, seed)
    hidden, cell = run.norms()
    result = {"hidden": hidden}
    if cell is not None:
        result |= {"cell": cell} | _ways(run, experiment.loss)
    return result


@lru_cache(maxsize=CACHED)
def gradient_norms(experiment: Experiment, kind: Kind, seed: int) -> Mapping[str, Any]:
    """What :func:`measure` gives, as it was computed last; not to be written to.

    Streamlit's own cache takes half as long for its keys and copies as the computation itself.
    """
    by_signal = measure(experiment, kind, seed)
    for values in by_signal.values():
        values.flags.writeable = False
    return MappingProxyType(by_signal)


def _ways(run: RunWithGradients, loss: Loss) -> dict[str, Any]:
    trace: LSTMTrace = run.trace
    loss_gradient = run.loss.gradient
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        parts = (
            split_by_path(trace, None, loss_gradient)
            if loss.reads == "cell"
            else split_by_path(trace, loss_gradient)
        )
        at = loss.step(trace.steps)
        product = forget_product(trace) / (1 if at is None else np.maximum(forget_product(trace)[at], 1e-300))
        product = np.exp(np.mean(np.log(product), axis=-1))
    product[(trace.steps if at is None else at + 1) :] = np.nan
    return {
        "cell_path": vector_norms(parts.cell_path),
        "gate_paths": vector_norms(parts.gate_paths),
        "product": product,
    }


def pieces(experiment: Experiment, first: int, seeds: int) -> list[Callable[[], Mapping[str, Any]]]:
    """One piece of work for each seed and kind of cell; all kinds of a seed come together."""
    chosen = range(first, first + seeds)
    return [partial(gradient_norms, experiment, kind, seed) for seed in chosen for kind in KINDS]


@dataclass(frozen=True, eq=False)
class Spread:
    """The gradient of one kind of cell over seeds: a band for each of the names of :func:`measure`."""

    kind: Kind
    bands: dict[str, Band]
    exploded: int | None
    """The latest step at which some seed's gradient was not finite any more."""

    seeds_exploded: int

    @property
    def memory(self) -> Band:
        """The band of what carries the memory: c where there is one, else h."""
        return self.bands.get("cell", self.bands["hidden"])


def spreads(results: Sequence[Mapping[str, Any]]) -> list[Spread]:
    """The spread of each kind over the seeds that are done for all kinds."""
    done = len(results) // len(KINDS)
    result = []
    for index, kind in enumerate(KINDS):
        runs = results[index : done * len(KINDS) : len(KINDS)]
        if runs:
            bands = {name: band(np.array([run[name] for run in runs])) for name in runs[0]}
            where = [exploded_at(run["hidden"]) for run in runs]
            exploded = [step for step in where if step is not None]
            result.append(Spread(kind, bands, max(exploded, default=None), len(exploded)))
    return result


def jacobian_steps(steps: int) -> range:
    """The steps whose Jacobians the page looks at: all, or every so many."""
    return range(0, steps, -(-steps // MOST_JACOBIANS))


@st.cache_data(max_entries=200, show_spinner=False)
def spectrum_chunk(experiment: Experiment, kind: Kind, seed: int, start: int) -> list[Any]:
    """Spectra of the next few of :func:`jacobian_steps`."""
    _, run = run_with_gradients(experiment, kind, seed)
    chosen = jacobian_steps(experiment.steps)[start : start + CHUNK]
    return [(spectrum.eigenvalues, spectrum.singular) for spectrum in spectra(run.trace, chosen)]


def spectrum_pieces(experiment: Experiment, kind: Kind, seed: int) -> list[Callable[[], list[Any]]]:
    """One piece of work for every few Jacobians."""
    count = len(jacobian_steps(experiment.steps))
    return [partial(spectrum_chunk, experiment, kind, seed, start) for start in range(0, count, CHUNK)]


def influence_pieces(experiment: Experiment, kind: Kind, seed: int) -> list[Callable[[], Any]]:
    """One piece of work for every few steps that listen, to be done in order: see :func:`unpacked_rows`."""
    rows = _influence_rows(experiment, kind, seed)
    return [partial(_next_rows, rows) for _ in range(0, experiment.steps, ROW_CHUNK)]


def _influence_rows(experiment: Experiment, kind: Kind, seed: int) -> Iterator[Any]:
    _, run = run_with_gradients(experiment, kind, seed)
    for row in influence_rows(run.trace):
        yield logs(row).astype(np.float32)


def _next_rows(rows: Iterator[Any]) -> Any:
    """log₁₀ ‖∂h_s/∂x_t‖ of the next few steps s that listen, those of each s after the other: t ≤ s."""
    return np.concatenate(list(islice(rows, ROW_CHUNK)))


def unpacked_rows(triangle: Any) -> list[Any]:
    """‖∂h_s/∂x_t‖ for t ≤ s, a row for each s, from the logarithms of all of them in one line."""
    count = math.isqrt(2 * len(triangle))
    return np.split(10.0 ** triangle.astype(float), np.cumsum(np.arange(1, count)))


def latch_norms(run: demonstrations.Latch) -> Any:
    """‖∂h_T/∂h_t‖ of the latch, by the engine's own backward pass."""
    trace = run.cell.run(run.sequence.x, run.state)
    return vector_norms(run.cell.backward(trace, d_final=np.ones(1)).signals.hidden)
