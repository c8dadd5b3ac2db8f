"""Other people's weights: load them, see every gate, save them back.

The gates of your own PyTorch model, in five lines::

    import torch
    from gates.interop import load

    lstm = torch.nn.LSTM(input_size=3, hidden_size=4, num_layers=2, bidirectional=True)  # or your own
    net = load(lstm)  # or load(model, name="encoder.lstm"), load("model.pt"), load("model.safetensors")
    out = net.run(torch.randn(20, 1, 3))  # always time first: (T, B, I)
    out.layers[1].backward.forget  # each forget gate of the top layer at every step, (T, B, H)
    print(net.report)  # what was converted, in words
"""

from gates.interop.errors import AmbiguousError, InteropError, Reading
from gates.interop.keras.arrays import keras_layers, keras_weights
from gates.interop.loading import LoadedNetwork, load
from gates.interop.report import Note, Report
from gates.interop.saving import save
from gates.interop.snippets import numpy_code, torch_code
from gates.interop.torch.state import state_dict

__all__ = [
    "AmbiguousError",
    "InteropError",
    "LoadedNetwork",
    "Note",
    "Reading",
    "Report",
    "keras_layers",
    "keras_weights",
    "load",
    "numpy_code",
    "save",
    "state_dict",
    "torch_code",
]
