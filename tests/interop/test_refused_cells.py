"""Recurrent cells that exist in public and are not read: each is refused, none is taken for another."""

from typing import Any

import numpy as np
import pytest

from gates.interop import InteropError, load

I, H = 3, 4


def n(*shape: int) -> Any:
    return np.random.default_rng(shape).standard_normal(shape)


def by_gate(name: str, gates: str, shape: tuple[int, ...]) -> dict[str, Any]:
    return {name.format(gate): n(*shape) for gate in gates}


OTHERS: dict[str, dict[str, Any]] = {
    "Chainer, LSTM": {"upward/W": n(4 * H, I), "upward/b": n(4 * H), "lateral/W": n(4 * H, H)},
    "Chainer, StatelessGRU": by_gate("W_{}/W", "rz", (H, I)) | by_gate("U_{}/W", "rz", (H, H)),
    "Lasagne": {"l.W_in_to_ingate": n(I, H), "l.W_hid_to_ingate": n(H, H), "l.b_ingate": n(H)},
    "Theano's tutorial": {"lstm_W": n(H, 4 * H), "lstm_U": n(H, 4 * H), "lstm_b": n(4 * H)},
    "Flux": {"cell.Wi": n(4 * H, I), "cell.Wh": n(4 * H, H), "cell.b": n(4 * H)},
    "Trax, GRU": {"GRUCell_0/w1": n(I + H, 2 * H), "GRUCell_0/w2": n(I + H, H), "GRUCell_0/b1": n(2 * H)},
    "Sonnet 1": {"lstm/w_gates": n(I + H, 4 * H), "lstm/b_gates": n(4 * H)},
    "MXNet's one vector": {"lstm_parameters": n(500)},
    "SRU": {"rnn_lst.0.weight": n(I, 4 * H), "rnn_lst.0.weight_c": n(2 * H), "rnn_lst.0.bias": n(2 * H)},
    "QRNN": {"layers.0.linear.weight": n(3 * H, I), "layers.0.linear.bias": n(3 * H)},
    "Li-GRU": {"rnn.0.w.weight": n(2 * H, I), "rnn.0.u.weight": n(2 * H, H), "rnn.0.norm.weight": n(2 * H)},
    "tree LSTM": {
        "cell.W_iou.weight": n(3 * H, I),
        "cell.U_iou.weight": n(3 * H, H),
        "cell.U_f.weight": n(H, H),
    },
    "ConvLSTM in one": {"cell_list.0.conv.weight": n(4 * H, I + H, 3, 3), "cell_list.0.conv.bias": n(4 * H)},
    "ConvLSTM by gate": by_gate("cell.Wx{}.weight", "ifco", (H, I, 3, 3))
    | by_gate("cell.Wh{}.weight", "ifco", (H, H, 3, 3)),
    "MXNet, ConvLSTM": {"c0_i2h_weight": n(4 * H, I, 3, 3), "c0_h2h_weight": n(4 * H, H, 3, 3)},
    "xLSTM": {"cell._recurrent_kernel_": n(4, 4, 16), "cell._bias_": n(4, 16)},
    "RWKV": {"blocks.0.att.key.weight": n(H, H), "blocks.0.att.receptance.weight": n(H, H)},
    "TensorFlow 1, GRUBlockCell": {"rnn/gru_cell/w_ru": n(I + H, 2 * H), "rnn/gru_cell/w_c": n(I + H, H)},
    "TensorFlow 1, layer norm": {
        "rnn/layer_norm_basic_lstm_cell/kernel": n(I + H, 4 * H),
        "rnn/layer_norm_basic_lstm_cell/input/gamma": n(H),
    },
    "TensorFlow 1, coupled gates": {
        "rnn/coupled_input_forget_gate_lstm_cell/kernel": n(I + H, 3 * H),
        "rnn/coupled_input_forget_gate_lstm_cell/bias": n(3 * H),
    },
    "TensorFlow 1, attention": {
        "decoder/attention_wrapper/lstm_cell/kernel": n(I + H, 4 * H),
        "decoder/attention_wrapper/lstm_cell/bias": n(4 * H),
    },
    "Keras, ConvLSTM2D": {
        "conv_lstm2d/kernel:0": n(3, 3, I, 4 * H),
        "conv_lstm2d/recurrent_kernel:0": n(3, 3, H, 4 * H),
    },
    "TFA, MinimalRNN": {"minimal_rnn/kernel:0": n(I, H), "minimal_rnn/recurrent_kernel:0": n(2 * H, H)},
    "TFA, NAS cell": {"rnn/nas_cell/kernel:0": n(I, 8 * H), "rnn/nas_cell/recurrent_kernel:0": n(H, 8 * H)},
    "Haiku, ConvLSTM": {
        "conv2_d_lstm/input_to_hidden": {"w": n(3, 3, I, 4 * H), "b": n(4 * H)},
        "conv2_d_lstm/hidden_to_hidden": {"w": n(3, 3, H, 4 * H), "b": n(4 * H)},
    },
    "deeplearning.ai": by_gate("W{}", "fico", (H, H + I)) | by_gate("b{}", "fico", (H, 1)) | {"Wy": n(2, H)},
    "PyTorch's first tutorial": {"i2h.weight": n(H, I + H), "i2h.bias": n(H), "i2o.weight": n(2, I + H)},
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("options", [{}, {"activation": "tanh", "gate_activation": "sigmoid"}])
def test_none_is_taken_for_a_cell_that_it_is_not(name: str, options: dict[str, str]) -> None:
    with pytest.raises(InteropError) as caught:
        load(OTHERS[name], **options)
    assert caught.value.key != "interop.error.several"
