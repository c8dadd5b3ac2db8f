"""Cells that go back through time by their own equations, one step at a time: readable, not fast."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from gates.cells.base import Arrays, Cell, uniform
from gates.core.activations import FloatArray
from gates.core.arrays import state_part
from gates.core.clamps import NO_CLAMPS, Hold
from gates.core.trace import Trace
from gates.errors import ShapeError

AnyTrace = TypeVar("AnyTrace", bound=Trace)


class StepGradients(NamedTuple):
    """∂L/∂ a step's signals, by name; its pre-activations; and the state before, by name."""

    signals: Mapping[str, FloatArray]
    pre: FloatArray
    state: Mapping[str, FloatArray]


class Stepwise(Cell[AnyTrace]):
    """A cell with a ``step_back`` beside its ``equations``.

    state_type: the NamedTuple of what goes from step to step; None if that is h alone.
    """

    trace_type: ClassVar[type[Any]]
    state_type: ClassVar[type[Any] | None] = None

    @classmethod
    def init(
        cls,
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        dtype: DTypeLike = np.float64,
        **options: Any,
    ) -> Self:
        """Return a cell with random weights, uniform in ±1/√hidden.

        options: the cell's own; and ``forget_bias``, ``update_bias`` or another part's: what to set all of
            its biases to. None leaves them random, near 0.
        """
        biases = {name: options.pop(name) for name in list(options) if name.endswith("_bias")}
        make: Any = cls
        cell: Self = make(**uniform(cls.shapes(inputs, hidden), hidden, rng, dtype), **options)
        for name, value in biases.items():
            cell = cell if value is None else cell.with_bias(name.removesuffix("_bias"), value)
        return cell

    @abstractmethod
    def step_back(self, step: AnyTrace, d: Mapping[str, FloatArray], unclamped: Hold) -> StepGradients:
        """Go back through one step: the equations in reverse order.

        step: the trace of the step, without a time axis.
        d: ∂L/∂ what the step gave, ``hidden`` and each part of the state by name, from the loss and from all
            that came after.
        unclamped: returns a signal's gradient with 0 where it was clamped: what goes on to its equation.
        """

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each part of the state, without a batch, by the name of its signal."""
        return dict.fromkeys(self.state_type._fields if self.state_type else ("hidden",), (self.hidden,))

    def as_state(self, state: Any, batch: tuple[int, ...]) -> Any:
        """Return ``state`` checked and in the cell's dtype; None stands for a memory that holds nothing.

        Raises:
            GatesError: it has other parts or another shape, or holds no finite numbers.
        """
        shapes = self.state_shapes
        if self.state_type is None:
            return state_part("h₀", state, shapes["hidden"], batch, self.dtype)
        values = (None,) * len(shapes) if state is None else state
        if not isinstance(values, (tuple, list)) or len(values) != len(shapes):
            raise ShapeError(
                "error.engine.state",
                kind=type(self).__name__, expected=", ".join(shapes), given=type(values).__name__,
            )  # fmt: skip
        return self.state_type(
            *(
                state_part(f"initial {name}", part, shape, batch, self.dtype, empty=self.empty(name))
                for (name, shape), part in zip(shapes.items(), values, strict=True)
            )
        )

    def empty(self, name: str) -> float:
        """Return what a part of the state is before anything was stored."""
        return 0.0

    def upstream(self, trace: AnyTrace, d_hidden: Any, d_cell: Any, d_final: Any) -> tuple[Any, ...]:
        """Return what the loss asks of h, and of the rest of the state, of each step, in sequence order."""
        if self.state_type is None:
            return super().upstream(trace, d_hidden, d_cell, d_final)
        shapes = self.state_shapes
        finals = dict(zip(shapes, d_final or (None,) * len(shapes), strict=True))
        steps = {"hidden": d_hidden, "cell": d_cell}
        return tuple(
            self._upstream_of(trace, name, steps.get(name), finals.get(name))
            for name in ("hidden", *self._other_state())
        )

    def _other_state(self) -> tuple[str, ...]:
        """Return what the state has besides h."""
        return tuple(name for name in self.state_shapes if name != "hidden")

    def _backward(self, trace: AnyTrace, *upstream: Any) -> Arrays:
        reorder = trace.reading.reorder
        d_given = {
            name: reorder(d) for name, d in zip(("hidden", *self._other_state()), upstream, strict=True)
        }
        carried: Mapping[str, FloatArray] = {
            name: np.zeros_like(d_given[name][0]) for name in self.state_shapes
        }
        steps: list[StepGradients] = []
        for t, step in steps_of(trace):
            d = {
                name: part[t] + carried[name] if name in carried else part[t]
                for name, part in d_given.items()
            }
            steps.insert(0, self.step_back(step, d, trace.clamps.gradient_mask(t)))
            carried = steps[0].state
        signals = {
            name: reorder(np.stack([step.signals[name] for step in steps])) for name in steps[0].signals
        }
        state = tuple(carried[name] for name in self.state_shapes)
        return {
            "signals": signals,
            "pre": reorder(np.stack([step.pre for step in steps])),
            "state": self.state_type(*state) if self.state_type else state[0],
            "more": {},
        }

    def _trace(self, arrays: Arrays, initial: Any, **about: Any) -> AnyTrace:
        parts = initial if self.state_type else (initial,)
        first = {f"initial_{name}": part for name, part in zip(self.state_shapes, parts, strict=True)}
        made: AnyTrace = self.trace_type(source=self, **first, **arrays, **about)
        return made


def steps_of(trace: AnyTrace) -> Iterator[tuple[int, AnyTrace]]:
    """Yield each step of a run as ``step`` would return it, the last one read first, with its number."""
    in_reading_order = {name: trace.reading.reorder(getattr(trace, name)) for name in trace.over_time}
    for t in range(trace.steps - 1, -1, -1):
        arrays: Any = {name: array[t] for name, array in in_reading_order.items()}
        yield t, replace(trace, **arrays, lengths=None, reverse=False, clamps=NO_CLAMPS)
