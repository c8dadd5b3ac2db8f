"""Errors that name the problem and the way out.

Each error carries a ``key`` and ``values``, so that an application can say the sentence in the reader's
language; ``str(error)`` is the English sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "error.engine.ragged": "{name} is not a regular array of numbers: its rows differ in length or hold "
    "something that is not a number. Give every row the same number of numbers.",
    "error.engine.dtype": "{name} holds {dtype}, but the engine computes in float32 or float64. "
    "Convert it first, for example with {name}.astype(np.float64).",
    "error.engine.finite": "{name} contains NaN or infinity ({count} of {size} values, the first at "
    "position {position}). Remove or replace them before the run.",
    "error.engine.shape": "{name} has shape {shape}, but {expected} is needed.",
    "error.engine.rows": "W has shape {shape}, but it needs two axes: a row for each unit of each part "
    "({parts}, one below another) and a column for each input.",
    "error.engine.bias": "b has shape {shape}, but {expected} is needed: one number for each row of W. "
    "If there is an input bias and a recurrent bias, add them up.",
    "error.engine.input": "x has shape {shape}, but (steps, inputs) or (steps, batch, inputs) is needed, "
    "with inputs = {inputs}. Time comes first, and there must be at least one step.",
    "error.engine.step_input": "x has shape {shape}, but one step takes (inputs,) or (batch, inputs), "
    "with inputs = {inputs}.",
    "error.engine.pair": "An LSTM's state is a pair (h, c), but {given} was given.",
    "error.engine.state": "The state of {kind} is ({expected}), but {given} was given.",
    "error.engine.states": "The network needs one state for each of its {count} directions, layer by layer, "
    "forward before backward, but {given} was given.",
    "error.engine.no_batch": "lengths need a batch: x must have shape (steps, batch, inputs), but it has "
    "shape {shape}.",
    "error.engine.lengths": "lengths must be one whole number from 1 to {steps} for each of the {batch} "
    "sequences of the batch, but {given} was given.",
    "error.engine.option": "{name} cannot be {value}. Choose one of: {choices}.",
    "error.engine.activation": "The activation {name} cannot have {parameter} = {value}. It takes finite "
    "numbers for: {takes}.",
    "error.engine.clip": "{name} must be a positive number, or None where nothing is clipped, but {given} "
    "was given.",
    "error.engine.coupled": "Coupled gates are i = 1 − f, so neither the input gate nor the forget gate can "
    "be left out. Drop coupled, or keep both gates.",
    "error.engine.b_hn": "A GRU that resets before the product has no b_hn. Add it to the candidate's rows "
    "of b and leave b_hn out.",
    "error.engine.clamp_signal": "{signal} cannot be clamped here. Choose one of: {choices}.",
    "error.engine.clamp_units": "The clamp on {signal} names units {given}, but there are {count}, numbered "
    "from 0.",
    "error.engine.clamp_steps": "The clamp on {signal} names steps {given}, but there are {count}, numbered "
    "from 0.",
    "error.engine.clamp_value": "A clamp's value must be one finite number, or one for each clamped unit; "
    "for {signal}, {given} was given.",
    "error.engine.clamp_negative": "A clamp on {signal} cannot be below 0, for this cell takes its "
    "logarithm, but {given} was given.",
    "error.engine.no_layers": "A network needs at least one layer.",
    "error.engine.layers": "Layer {layer} reads {given} inputs, but the layer below gives {expected}.",
    "error.engine.readout": "The read-out reads {given} numbers, but the top layer gives {expected}.",
    "error.engine.no_readout": "This network has no read-out and so no scores. Give the loss by d_output.",
    "error.engine.stack": "The layers' final states cannot be stacked, for their shapes are {given}. "
    "Take them one by one from final_state.",
    "error.engine.trace": "This trace was made by another cell. Pass one that this cell's own run returned.",
    "error.engine.network_trace": "This trace was made by another network. Pass one that this network's own "
    "run returned.",
    "error.engine.no_cell": "A {kind} has no cell of its own. Leave d_cell out.",
    "error.engine.cell_path": "Only an LSTM has a cell path, but this trace is a {kind}'s.",
    "error.engine.matrix_state": "The state of {kind} holds a matrix, for which step Jacobians are not made. "
    "Use its backward pass instead.",
    "error.engine.ways": "The ways back are told apart for RNN, LSTM and GRU alone, but this trace is of "
    "{kind}. Use the gradients of its signals instead.",
    "error.engine.single": "Jacobians are for one sequence at a time, but the run's x has shape {shape}. "
    "Run one sequence of the batch alone.",
}


class GatesError(ValueError):
    """Something the engine cannot work with, in one sentence.

    ``key`` is the sentence's name in a catalogue of translations and ``values`` fills its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: dict[str, object] = values
        super().__init__(SENTENCES[key].format(**values))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[GatesError], key: str, values: dict[str, object]) -> GatesError:
    return kind(key, **values)


class ShapeError(GatesError):
    """An array's shape does not fit the cell or the run."""


class DtypeError(GatesError):
    """An array's values are not floating-point numbers of a kind the engine computes in."""


class NotFiniteError(GatesError):
    """An array contains NaN or infinity."""


class OptionError(GatesError):
    """An option has a value that does not exist, or two options contradict each other."""


class ClampError(GatesError):
    """A clamp names a signal, a unit, a step or a value that the run does not have."""
