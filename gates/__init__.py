"""Gatescope's engine: gated recurrent cells in NumPy, with everything that happens inside them kept."""

from gates.clamps import Clamp
from gates.errors import GatesError
from gates.gru import GRU
from gates.lstm import LSTM
from gates.network import Layer, Network, NetworkTrace, Readout
from gates.rnn import RNN
from gates.trace import GRUTrace, LSTMTrace, RNNTrace, Trace

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Clamp",
    "GRUTrace",
    "GatesError",
    "LSTMTrace",
    "Layer",
    "Network",
    "NetworkTrace",
    "RNNTrace",
    "Readout",
    "Trace",
]
