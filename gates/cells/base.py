"""What all cells have in common: weights by parts, checks, and how a run goes through time and back.

A cell derives from ``StateGated`` if its gates see the input and the old hidden state (W, U and b), from
``InputGated`` if they see the input alone (W and b).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gates.core.activations import FloatArray, Squash, canonical_activation, checked_clip
from gates.core.arrays import as_floats, check_finite, check_shape, frozen_copy
from gates.core.clamps import Clamp, Hold, ResolvedClamps, no_clamp, resolve_clamps
from gates.core.gradients import Gradients, SignalGradients, flat, over_time
from gates.core.sequences import ReadingOrder, as_lengths
from gates.core.signals import InputPart, NamedArrays, Part
from gates.core.trace import Trace
from gates.errors import OptionError, ShapeError

AnyTrace = TypeVar("AnyTrace", bound=Trace)
Arrays = dict[str, Any]
Shapes = Mapping[str, tuple[int, ...]]


def generator(rng: np.random.Generator | int) -> np.random.Generator:
    """Return ``rng`` itself, or a new generator from an int seed."""
    return rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)


def uniform(shapes: Shapes, hidden: int, rng: np.random.Generator | int, dtype: DTypeLike) -> Arrays:
    """Return arrays of these shapes, by name, drawn uniformly from ±1/√hidden."""
    rng, bound = generator(rng), hidden**-0.5
    return {name: rng.uniform(-bound, bound, shape).astype(dtype) for name, shape in shapes.items()}


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise an OptionError unless ``value`` is one of ``choices``."""
    choices = list(choices)
    if value not in choices:
        raise OptionError("error.engine.option", name=name, value=repr(value), choices=", ".join(choices))


class Cell(Generic[AnyTrace]):
    """A cell: its weights and options and nothing else. State is passed in and returned, never kept.

    W: (rows, I) and b: (rows,), the rows of each part one below another. Cells keep read-only copies, so that
    a cell never changes; ``dataclasses.replace`` makes another.
    """

    kind: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]
    signals: ClassVar[tuple[str, ...]]
    option_names: ClassVar[tuple[str, ...]] = ()
    squash_options: ClassVar[tuple[str, ...]] = ()
    never_negative: ClassVar[frozenset[str]] = frozenset()

    W: FloatArray
    b: FloatArray

    def __post_init__(self) -> None:
        arrays = {name: as_floats(name, array) for name, array in self.arrays().items()}
        dtype = np.result_type(*arrays.values())
        for name, array in arrays.items():
            object.__setattr__(self, name, frozen_copy(array, dtype))
        for name in self.squash_options:
            settle = checked_clip if name == "clip" else canonical_activation
            object.__setattr__(self, name, settle(name, getattr(self, name)))
        self._check()

    def __repr__(self) -> str:
        sizes = f"inputs={self.inputs}, hidden={self.hidden}"
        others = [f"{name}={value!r}" for name, value in self.other_squashes.items() if name != "activation"]
        return f"{type(self).__name__}({', '.join([sizes, *self._options(), *others, str(self.dtype)])})"

    def _options(self) -> list[str]:
        """Return what else there is to say about the cell in one line."""
        return []

    @classmethod
    @abstractmethod
    def shapes(cls, inputs: int, hidden: int) -> Shapes:
        """Return the shapes of the weights."""

    @abstractmethod
    def arrays(self) -> dict[str, FloatArray]:
        """Return the weights by name, those that the cell does not have left out."""

    @property
    def options(self) -> Arrays:
        """What the cell is besides its weights: every option by name."""
        return {name: getattr(self, name) for name in self.option_names}

    @cached_property
    def squashes(self) -> Mapping[str, Squash]:
        """What turns a pre-activation into a gate or a candidate, by part."""
        return self._squashes()

    @property
    def other_squashes(self) -> Arrays:
        """The activations and the clip, by name, that are not those of the cell's kind by default."""
        current = {name: getattr(self, name) for name in self.squash_options}
        return {name: value for name, value in current.items() if value != getattr(type(self), name)}

    def _squashes(self) -> Mapping[str, Squash]:
        """Make ``squashes``, for the cells whose activations can be chosen."""
        return {}

    def _check(self) -> None:
        if self.W.ndim != 2 or 0 in self.W.shape or sum(self.sizes.values()) != len(self.W):
            raise ShapeError("error.engine.rows", shape=self.W.shape, parts=", ".join(self.parts))
        check_shape("b", self.b, (len(self.W),), "bias")

    @property
    def inputs(self) -> int:
        """The number of inputs I."""
        return int(self.W.shape[1])

    @property
    def hidden(self) -> int:
        """The number of units H."""
        return int(self.W.shape[0]) // len(self.parts)

    @property
    def sizes(self) -> Mapping[str, int]:
        """The number of weight rows of each part, in their order."""
        return dict.fromkeys(self.parts, self.hidden)

    @property
    def widths(self) -> Mapping[str, int]:
        """The signals that can be clamped, and the number of units of each."""
        return {
            name: self.outputs if name == "hidden" else self.hidden for name in self.signals if name != "x"
        }

    @property
    def outputs(self) -> int:
        """The size of the hidden state that is passed on: H, or P for an LSTM that projects."""
        return self.hidden

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64: what weights, states and traces are computed in."""
        return self.W.dtype

    def rows(self, part: str) -> slice:
        """Return the weight rows of ``part``."""
        check_choice("part", part, self.parts)
        sizes = list(self.sizes.values())
        before = self.parts.index(part)
        start = sum(sizes[:before])
        return slice(start, start + sizes[before])

    @abstractmethod
    def part(self, name: str) -> Part | InputPart:
        """Return one part's rows of the weights, as views."""

    def with_bias(self, part: str, value: float) -> Self:
        """Return the same cell with all biases of ``part`` set to ``value``."""
        b = self.b.copy()
        b[self.rows(part)] = value
        cell: Any = self
        changed: Self = replace(cell, b=b)
        return changed

    @abstractmethod
    def equations(self, x: FloatArray, state: Any, hold: Hold) -> AnyTrace:
        """Compute one timestep: the definition of the cell, unchecked. ``step`` validates and calls it."""

    @abstractmethod
    def as_state(self, state: Any, batch: tuple[int, ...]) -> Any:
        """Return ``state`` checked and in the cell's dtype, zeros for None; ``batch`` is () or (B,).

        GatesError where it has another shape or holds no finite numbers.
        """

    def step(self, x: ArrayLike, state: Any = None, hold: Hold = no_clamp) -> AnyTrace:
        """Compute one timestep by the cell's equations.

        x: (I,) or (B, I). state: as ``run`` takes it. hold: called with each signal's name and value as soon
        as it is known; what it returns stands in the signal's place.
        Returns a trace of this step, without a time axis; its ``state`` goes into the next step.
        """
        x = as_floats("x", x, self.dtype)
        self._check_inputs(x, (1, 2), "step_input")
        initial = self.as_state(state, x.shape[:-1])
        with np.errstate(over="ignore", invalid="ignore"):  # as in a run
            return self.equations(x, initial, hold)

    def run(
        self,
        x: ArrayLike,
        state: Any = None,
        clamps: Iterable[Clamp] = (),
        lengths: ArrayLike | None = None,
        *,
        reverse: bool = False,
    ) -> AnyTrace:
        """Run the cell over a whole sequence, or a batch of sequences, and keep everything.

        x: (T, I) or (T, B, I), time first.
        state: the state before the first step, zeros if None: h (H,) or (B, H), an LSTM's (h, c) as a pair.
            Other cells may have more to it, see there.
        clamps: signals to hold at values (see ``gates.core.clamps``).
        lengths: valid steps of each sequence in a batch, whole numbers (B,). Steps beyond are padding: they
            are not computed from, and all that the trace holds there is 0 (as in PyTorch's packed sequences).
        reverse: read from each sequence's last valid step to its first. The trace stays in sequence order.

        Raises:
            GatesError: an argument does not fit; the sentence says which and what to do.
        """
        x, reading = self.check_run(x, lengths, reverse)
        return self.run_checked(x, self.as_state(state, x.shape[1:-1]), clamps, reading)

    def check_run(
        self, x: ArrayLike, lengths: ArrayLike | None, reverse: bool = False
    ) -> tuple[FloatArray, ReadingOrder]:
        """Return the input of a run, checked and with its padding cut off, and the order to read it in.

        Raises:
            GatesError: ``x`` or ``lengths`` does not fit; the sentence says what is expected.
        """
        x = as_floats("x", x, self.dtype, finite=lengths is None)
        self._check_inputs(x, (2, 3), "input")
        reading = ReadingOrder(len(x), reverse, as_lengths(lengths, x.shape))
        if lengths is not None:  # padding may be anything, NaN included
            x = reading.zero_padding(x)
            check_finite("x", x)
        return x, reading

    def run_checked(
        self, x: FloatArray, initial: Any, clamps: Iterable[Clamp], reading: ReadingOrder
    ) -> AnyTrace:
        """Do what ``run`` does with arguments that are already checked; x may overflow to infinity."""
        resolved = resolve_clamps(clamps, self, reading, x.shape[1:-1])
        with np.errstate(over="ignore", invalid="ignore"):  # a relu state may grow beyond all bounds: ∞ it is
            arrays = self._forward(reading.reorder(x), initial, resolved)
        if reading.reverse or reading.lengths is not None:
            arrays = {name: reading.zero_padding(reading.reorder(array)) for name, array in arrays.items()}
        arrays["x"] = x
        return self._trace(arrays, initial, lengths=reading.lengths, reverse=reading.reverse, clamps=resolved)

    def backward(
        self,
        trace: AnyTrace,
        d_hidden: ArrayLike | None = None,
        d_cell: ArrayLike | None = None,
        *,
        d_final: Any = None,
    ) -> Gradients:
        """Go back through a run of this cell and return the gradients of a loss L (exact BPTT).

        d_hidden: ∂L/∂ what the run showed at each step, (T, …, P); zeros if None. Beyond a sequence's length
            it is ignored.
        d_cell: an LSTM's ∂L/∂c at each step, (T, …, H), for a loss that reads the cell itself.
        d_final: ∂L/∂ the final state, on top of these: (…, P), for an LSTM a pair, each may be None.

        Raises:
            GatesError: the trace is not this cell's, or an array does not fit it.
        """
        if trace.source is not self:
            raise OptionError("error.engine.trace")
        with np.errstate(over="ignore", invalid="ignore"):  # gradients may explode: ∞ it is
            gradients = self._backward(trace, *self.upstream(trace, d_hidden, d_cell, d_final))
            pre: FloatArray = gradients["pre"]
            d = flat(pre)
            inputs = np.moveaxis((self.W.T @ d).reshape(-1, *pre.shape[:-1]), 0, -1)
            weights = {"W": over_time(d, trace.x), "b": d.sum(axis=1)}
            weights |= self._weight_gradients(trace, d, gradients["more"])
        return Gradients(
            weights=NamedArrays({name: weights[name] for name in self.arrays()}),
            inputs=inputs,
            state=gradients["state"],
            signals=SignalGradients(
                {"x": inputs} | gradients["signals"], {name: pre[..., self.rows(name)] for name in self.parts}
            ),
        )

    def upstream(self, trace: AnyTrace, d_hidden: Any, d_cell: Any, d_final: Any) -> tuple[Any, ...]:
        """Return the loss's own ∂L/∂h of each step, (T, …, P), in sequence order, the final state's included.

        Where the state has more than h, its gradient follows, None for nothing.

        Raises:
            OptionError: there is a gradient for c, and the cell has none.
            ShapeError: an array does not fit the trace.
        """
        if d_cell is not None:
            raise OptionError("error.engine.no_cell", kind=type(self).__name__)
        return (self._upstream_of(trace, "hidden", d_hidden, d_final),)

    def _upstream_of(self, trace: AnyTrace, signal: str, steps: Any, final: Any) -> FloatArray:
        like = getattr(trace, signal)
        upstream: FloatArray = np.empty_like(like)  # in memory as the trace's array, which suits the way back
        if steps is not None:
            steps = np.asarray(steps, self.dtype)
            check_shape(f"d_{signal}", steps, like.shape)
            steps = trace.reading.zero_padding(steps)
        upstream[...] = 0 if steps is None else steps
        if final is not None:
            final = np.asarray(final, self.dtype)
            check_shape(f"d_final ({signal})", final, like.shape[1:])
            trace.reading.add_at_last(upstream, final)
        return upstream

    @abstractmethod
    def _backward(self, trace: AnyTrace, *upstream: Any) -> Arrays:
        """Go back through the run: return the gradients of its ``signals``, of ``pre`` and of the ``state``.

        ``more`` are those of what else a cell needs for ``_weight_gradients``. All are in sequence order.
        """

    def _weight_gradients(self, trace: AnyTrace, d: FloatArray, more: Arrays) -> Arrays:
        """Return the gradients of the weights besides W and b, from those of the pre-activations.

        ``d`` (rows, T·…) is flat.
        """
        return {}

    @abstractmethod
    def _trace(self, arrays: Arrays, initial: Any, **about: Any) -> AnyTrace:
        """Return a trace of ``arrays`` that began in the state ``initial``."""

    def _forward(self, x: FloatArray, state: Any, clamps: ResolvedClamps) -> Arrays:
        """Compute all steps in reading order by the equations; return the trace's arrays by name."""
        steps = []
        for t, x_t in enumerate(x):
            steps.append(self.equations(x_t, state, clamps.at(t)))
            state = steps[-1].state
        return {name: np.stack([getattr(step, name) for step in steps]) for name in steps[0].over_time}

    def _check_inputs(self, x: FloatArray, axes: tuple[int, int], key: str) -> None:
        if x.ndim not in axes or x.shape[-1] != self.inputs or 0 in x.shape:
            raise ShapeError(f"error.engine.{key}", shape=x.shape, inputs=self.inputs)


@dataclass(frozen=True, eq=False, repr=False)
class StateGated(Cell[AnyTrace]):
    """A cell whose gates see the input and the old hidden state.

    W: (G·H, I), U: (G·H, P), b: (G·H,), for G parts (P = H unless an LSTM projects).
    """

    W: FloatArray
    U: FloatArray
    b: FloatArray

    @classmethod
    def shapes(cls, inputs: int, hidden: int, parts: int | None = None) -> Shapes:
        """Return the shapes of W, U and b, of all parts or of a number of them."""
        rows = (len(cls.parts) if parts is None else parts) * hidden
        return {"W": (rows, inputs), "U": (rows, hidden), "b": (rows,)}

    def arrays(self) -> dict[str, FloatArray]:
        """Return the weights by name, those that the cell does not have left out."""
        return {"W": self.W, "U": self.U, "b": self.b}

    def part(self, name: str) -> Part:
        """Return one part's rows of the weights, as views."""
        rows = self.rows(name)
        return Part(self.W[rows], self.U[rows], self.b[rows])

    def _check(self) -> None:
        super()._check()
        check_shape("U", self.U, (len(self.W), self.outputs))

    def _weight_gradients(self, trace: Any, d: FloatArray, more: Arrays) -> Arrays:
        return {"U": over_time(d, trace.previous_hidden)}


@dataclass(frozen=True, eq=False, repr=False)
class InputGated(Cell[AnyTrace]):
    """A cell whose gates see the input alone: those of all steps could be computed at once.

    W: (rows, I), b: (rows,), the parts one below another.
    """

    W: FloatArray
    b: FloatArray

    @classmethod
    def shapes(cls, inputs: int, hidden: int) -> Shapes:
        """Return the shapes of W and b."""
        rows = len(cls.parts) * hidden
        return {"W": (rows, inputs), "b": (rows,)}

    def arrays(self) -> dict[str, FloatArray]:
        """Return the weights by name."""
        return {"W": self.W, "b": self.b}

    def part(self, name: str) -> InputPart:
        """Return one part's rows of the weights, as views."""
        rows = self.rows(name)
        return InputPart(self.W[rows], self.b[rows])
