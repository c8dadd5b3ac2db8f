"""Gatescope's engine: gated recurrent cells in NumPy, with everything that happens inside them kept."""

from gates.cells.gru import GRU, GRUTrace
from gates.cells.lstm import LSTM, LSTMTrace
from gates.cells.mgu import MGU
from gates.cells.mingru import MinGRU
from gates.cells.minlstm import MinLSTM
from gates.cells.mlstm import MLSTM
from gates.cells.rnn import RNN, RNNTrace
from gates.cells.slstm import SLSTM
from gates.core.clamps import Clamp
from gates.core.trace import Trace
from gates.errors import GatesError
from gates.network import Layer, Network, NetworkTrace, Readout

__version__ = "0.1.0"

__all__ = [
    "GRU",
    "LSTM",
    "MGU",
    "MLSTM",
    "RNN",
    "SLSTM",
    "Clamp",
    "GRUTrace",
    "GatesError",
    "LSTMTrace",
    "Layer",
    "MinGRU",
    "MinLSTM",
    "Network",
    "NetworkTrace",
    "RNNTrace",
    "Readout",
    "Trace",
    "__version__",
]
