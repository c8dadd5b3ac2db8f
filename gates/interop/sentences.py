"""The English of what interop says, by key; ``assets/strings`` has the same keys in every language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gates.interop.sentences_keras import KERAS
from gates.interop.sentences_onnx import ONNX
from gates.interop.sentences_trees import TREES

COMMON = {
    "interop.error.source": (
        "load() takes a module of PyTorch, a layer or model of Keras, a path, a binary file, a mapping "
        "of names to arrays or d2l's list of parameters, not {type}."
    ),
    "interop.error.none": (
        "{source} holds no recurrent layer: among {count} arrays ({names}) there are no names of PyTorch "
        "(weight_ih, weight_hh), of Flax (hi, hf, …), of Equinox or of d2l (W_xi, …). Check that it is the "
        "right model, or give the arrays PyTorch's names."
    ),
    "interop.error.several": "{source} can be read in {count} ways. Choose one:\n{readings}",
    "interop.error.name": "{source} has no recurrent layer called {name}. Choose one of: {names}.",
    "interop.error.kind": "{source} has no layer that fits kind={kind}. It has: {names}.",
    "interop.error.option": (
        "{option}={given} does not fit {layer}. Leave it out, or choose another layer by name."
    ),
    "interop.error.turned": (
        "{layer} reads in two directions what comes last step first from the layer below "
        "(go_backwards), and no network here does. Choose the layers one by one, by name."
    ),
    "interop.error.incomplete": (
        "{layer} is incomplete: {missing} is missing. Save the model's whole state_dict() again."
    ),
    "interop.error.extra": (
        "Beside the weights of {layer} stands {extra}, which no recurrent layer of PyTorch has, so "
        "this one may compute something else. If it does not, pass a mapping without it."
    ),
    "interop.error.shape": (
        "{array} has shape {shape}, but {expected} is needed to fit the arrays beside it. Check that "
        "all of them come from the same model."
    ),
    "interop.error.factor": (
        "{array} has shape {shape}: its rows are neither 1 (RNN) nor 3 (GRU) nor 4 (LSTM) times its "
        "columns. PyTorch's layout is needed, which may mean to transpose it first."
    ),
    "interop.error.finite": (
        "{array} contains NaN or infinity ({count} of {size} values), as training that diverged "
        "leaves behind. Take an earlier checkpoint."
    ),
    "interop.error.dtype": (
        "{array} holds {dtype}, not floating-point numbers. Take the model as it was before it was "
        "quantised or packed."
    ),
    "interop.error.quantised": (
        "{layer} is a quantised layer: its weights are rounded and packed. Load the floating-point "
        "model that it was made from."
    ),
    "interop.error.meta": (
        "{array} is a placeholder without values (device meta). Load the model's weights first."
    ),
    "interop.error.missing": "There is no file {path}. Check the path.",
    "interop.error.folder": "{path} is a folder. Name the file inside it.",
    "interop.error.unread": (
        "{path} cannot be read or written: {reason}. Check the path and its permissions."
    ),
    "interop.error.empty": "{path} is empty; perhaps a download was cut off. Get it again.",
    "interop.error.format": (
        "{path} is none of the formats that can be read: .pt or .pth (a state dict), .safetensors, "
        ".npz, .keras, .h5, .onnx. Save the weights as one of these."
    ),
    "interop.error.mislabelled": (
        "{path} is named {suffix}, but what it holds is {actual}. If you trust it, rename it to end "
        "in {actual}."
    ),
    "interop.error.legacy": (
        "{path} is a bare pickle or a PyTorch file from before version 1.6, and is not opened here. "
        "If you trust it, load it in PyTorch and save the state_dict() again."
    ),
    "interop.error.script": (
        "{path} is a TorchScript program, not a state dict. Load it with torch.jit.load and pass the "
        "module, or save its state_dict()."
    ),
    "interop.error.code": (
        "{path} asks for {names} to be run on opening, so it was refused and nothing was run. A file "
        "of weights alone comes from torch.save(model.state_dict(), path)."
    ),
    "interop.error.damaged": "{path} is damaged or cut off (at: {where}). Copy or download it again.",
    "interop.error.large": (
        "{path} needs {size} MB of memory, more than the {limit} MB allowed. If you trust it, allow "
        "more with load(…, max_bytes=…)."
    ),
    "interop.error.crowded": (
        "{path} has an unbelievably large table of contents ({size} MB) and is not opened."
    ),
    "interop.error.package": (
        "The package {package} is needed for {path}. Install it: pip install {package}"
    ),
    "interop.error.readout": (
        "{source} has no linear layer called {name} that fits: a weight of shape (classes, {inputs}) "
        "is needed. Name another, or leave readout out."
    ),
    "interop.error.suffix": (
        "{path} does not say in which format to save. Let it end in .pt, .npz, .safetensors or .onnx."
    ),
    "interop.error.cell": (
        "No framework has a name for the weights of {kind}. Keep them as they are, for example with "
        "np.savez(path, **cell.arrays())."
    ),
    "interop.error.torch": (
        "PyTorch cannot build this network ({what}), so it has no state dict. Save it as .npz or "
        ".safetensors."
    ),
    "interop.snippet.weights": (
        "Write the weights with save(network, {weights}) and the input, (steps, batch, inputs), with "
        "np.save({x}, x)."
    ),
    "interop.report.found": "{layer}, read from {source}.",
    "interop.report.named": "{layer} called “{name}”, read from {source}.",
    "interop.report.order": (
        "The rows of the weights are in the order {order}, in PyTorch as here: none was moved, and no"
        " matrix was transposed."
    ),
    "interop.report.as_is": "No row was moved and no matrix was transposed.",
    "interop.report.biases": "bias_ih and bias_hh were added up into one b; only their sum matters.",
    "interop.report.biases.gru": (
        "bias_ih and bias_hh were added up for r and z. The candidate keeps both, b_hn inside the "
        "reset: n = tanh(W x + b_n + r⊙(U h₋₁ + b_hn))."
    ),
    "interop.report.biases.none": "There are no biases: b is 0.",
    "interop.report.reset.before": (
        "The reset acts before the product, n = tanh(W x + b_n + U (r⊙h₋₁)), as saved from here; "
        "PyTorch has no such GRU. z keeps: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.reset.after": (
        "The reset acts after the product, as in PyTorch; z keeps, as in PyTorch: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.activation": "The squash is {activation}.",
    "interop.report.chosen": "As asked for: {options}.",
    "interop.report.projection": (
        "The hidden state is a projection, h = R (o⊙tanh c), of size {outputs}; c keeps {hidden} units."
    ),
    "interop.report.both": "Two directions: the output has forward and backward side by side.",
    "interop.report.batch_first": (
        "batch_first=True is not applied: run() takes and gives time first, (T, B, n). Swap the first"
        " two axes."
    ),
    "interop.report.unknown_layout": (
        "Weights do not tell whether the layer was batch_first: run() takes and gives time first, (T, B, n)."
    ),
    "interop.report.dropout": (
        "Dropout of {share} acts in training only and is left out, as after module.eval()."
    ),
    "interop.report.converted": "{given} became {dtype}, in which the engine computes.",
    "interop.report.subclass": (
        "{type} is a subclass of {base}: its weights were read, but what its own forward() may add was not."
    ),
    "interop.report.prefix": "All names began with {prefix}, which was left out.",
    "interop.report.left": "{count} other arrays were left aside: {names}.",
    "interop.report.broken": "One layer was left aside. {problem}",
    "interop.report.readout": "Its read-out is {name}: {outputs} scores from {inputs} numbers.",
    "interop.report.stacked": "Stacked from {names}, in this order.",
    "interop.report.compared": (
        "On {steps} steps of {batch} pseudo-random sequences the output differs from that of {framework} "
        "by {difference} at most."
    ),
    "interop.report.uncompared": (
        "{framework} could not be asked for its own output ({reason}), so nothing was compared."
    ),
}

SENTENCES: Mapping[str, str] = MappingProxyType(COMMON | KERAS | ONNX | TREES)
