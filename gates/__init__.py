"""Gatescope's engine: gated recurrent cells in NumPy, with everything that happens inside them kept."""

from gates.clamps import Clamp
from gates.errors import GatesError
from gates.gru import GRU
from gates.lstm import LSTM
from gates.mgu import MGU
from gates.mingru import MinGRU
from gates.minlstm import MinLSTM
from gates.mlstm import MLSTM
from gates.network import Layer, Network, NetworkTrace, Readout
from gates.rnn import RNN
from gates.slstm import SLSTM
from gates.trace import GRUTrace, LSTMTrace, RNNTrace, Trace

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
]
