"""Networks against PyTorch: layers, directions, projections, lengths, initial states."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gates import GRU, LSTM, Clamp, GatesError, Layer, Network, Readout
from tests.cells.torch_cells import cell_of

T, B, I, H, P = 9, 4, 3, 6, 2
LENGTHS = [9, 2, 5, 1]


def network_of(module):
    directions = ("", "_reverse")[: 1 + module.bidirectional]
    return Network(
        tuple(
            Layer(*(cell_of(module, f"l{k}{suffix}") for suffix in directions))
            for k in range(module.num_layers)
        )
    )


def make(kind, layers=2, bidirectional=True, proj_size=0, dtype=torch.float64):
    torch.manual_seed(4)
    options = {"proj_size": proj_size} if proj_size else {}
    module = getattr(torch.nn, kind)(I, H, layers, bidirectional=bidirectional, dtype=dtype, **options)
    return module, network_of(module)


def start(module, kind, rng):
    first = len(network_of(module).cells)
    h = rng.normal(size=(first, B, module.proj_size or H))
    return (h, rng.normal(size=(first, B, H))) if kind == "LSTM" else h


def as_torch(state):
    return tuple(map(torch.from_numpy, state)) if isinstance(state, tuple) else torch.from_numpy(state)


CASES = [
    (kind, layers, bidirectional, proj_size)
    for kind in ("RNN", "LSTM", "GRU")
    for layers, bidirectional in ((1, False), (1, True), (3, False), (2, True))
    for proj_size in ((0, P) if kind == "LSTM" else (0,))
]


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_networks_agree_with_torch(case, lengths):
    kind = case[0]
    module, net = make(*case)
    rng = np.random.default_rng(5)
    x, state = rng.normal(size=(T, B, I)), start(module, kind, rng)
    given = torch.from_numpy(x)
    if lengths:
        given = torch.nn.utils.rnn.pack_padded_sequence(given, lengths, enforce_sorted=False)
    output, final = module(given, as_torch(state))
    if lengths:
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(output)

    trace = net.run(x, state, lengths)

    assert abs(trace.output - output.detach().numpy()).max() <= 1e-12
    h, c = final if kind == "LSTM" else (final, None)
    assert abs(trace.final_hidden - h.detach().numpy()).max() <= 1e-12
    if c is not None:
        assert abs(trace.final_cell - c.detach().numpy()).max() <= 1e-12


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_padding_does_not_matter_and_is_zero_in_the_trace(kind):
    _, net = make(kind)
    x = np.random.default_rng(6).normal(size=(T, B, I))
    spoilt = x.copy()
    for b, length in enumerate(LENGTHS):
        spoilt[length:, b] = np.nan
    trace, other = net.run(x, lengths=LENGTHS), net.run(spoilt, lengths=LENGTHS)
    assert np.array_equal(trace.output, other.output)
    for part in (*trace.traces, *other.traces):
        for name in part.over_time:
            assert not getattr(part, name)[~part.valid].any()


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_batch_with_lengths_is_a_loop_over_single_sequences(kind):
    _, net = make(kind)
    x = np.random.default_rng(6).normal(size=(T, B, I))
    trace = net.run(x, lengths=LENGTHS)
    for b, length in enumerate(LENGTHS):
        alone = net.run(x[:length, b])
        assert abs(trace.output[:length, b] - alone.output).max() < 1e-13
        assert abs(trace.final_hidden[:, b] - alone.final_hidden).max() < 1e-13


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_backward_direction_is_in_sequence_order(kind):
    _module, net = make(kind, layers=1)
    x = np.random.default_rng(7).normal(size=(T, I))
    backward = net.run(x).layers[0].backward
    assert np.array_equal(backward.x, x)
    assert np.array_equal(backward.previous_hidden[:-1], backward.hidden[1:])
    assert np.array_equal(backward.previous_hidden[-1], backward.initial_hidden)
    assert np.array_equal(backward.final_hidden, backward.hidden[0])


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_layer_may_read_from_the_end_alone(kind):
    _, both = make(kind, layers=1)
    _, above = make(kind, layers=1, bidirectional=False)
    above = replace(above.cells[0], W=0.3 * np.random.default_rng(5).normal(size=above.cells[0].U.shape))
    alone = Network((Layer(None, both.cells[1]), Layer(above)))
    x = np.random.default_rng(6).normal(size=(T, B, I))

    out, wide = alone.run(x, lengths=LENGTHS), both.run(x, lengths=LENGTHS)
    assert alone.inputs == I and alone.outputs == H and len(alone.cells) == 2
    assert out.layers[0].forward is None
    np.testing.assert_array_equal(out.layers[0].backward.hidden, wide.output[..., H:])
    np.testing.assert_array_equal(out.final_hidden[0], wide.final_hidden[1])
    held = alone.run(x, clamps={(0, "backward"): [Clamp("hidden", 0.0)]})
    assert not held.layers[0].backward.hidden.any()
    with pytest.raises(GatesError, match="clamps cannot be"):
        alone.run(x, clamps={(0, "forward"): []})

    d = np.random.default_rng(7).normal(size=out.output.shape)
    grads = alone.backward(out, d)
    assert grads.layers[0].forward is None
    below = grads.layers[1].forward.inputs
    expected = both.backward(wide, np.concatenate([np.zeros_like(below), below], axis=-1))
    np.testing.assert_allclose(grads.inputs, expected.inputs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        grads.layers[0].backward.weights.U, expected.layers[0].backward.weights.U, rtol=0, atol=1e-12
    )
    with pytest.raises(GatesError, match="at least one layer"):
        Network((Layer(None),))


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_final_state_continues_a_run(kind):
    _, net = make(kind, layers=2, bidirectional=False)
    x = np.random.default_rng(8).normal(size=(T, B, I))
    first = net.run(x[:4])
    second = net.run(x[4:], first.final_state)
    assert abs(second.output - net.run(x).output[4:]).max() < 1e-14
    stacked = (first.final_hidden, first.final_cell) if kind == "LSTM" else first.final_hidden
    assert np.array_equal(net.run(x[4:], stacked).output, second.output)


def test_two_lstm_states_are_not_mistaken_for_a_pair_of_stacks():
    _, net = make("LSTM", layers=1, bidirectional=True)
    x = np.random.default_rng(8).normal(size=(T, I))
    final = net.run(x).final_state
    stacked = tuple(np.stack(parts) for parts in zip(*final, strict=True))
    assert np.array_equal(net.run(x, final).output, net.run(x, stacked).output)


def test_readout_is_a_linear_layer_with_softmax():
    module, net = make("GRU")
    linear = torch.nn.Linear(2 * H, 5, dtype=torch.float64)
    net = Network(net.layers, Readout(linear.weight.detach().numpy(), linear.bias.detach().numpy()))
    x = np.random.default_rng(9).normal(size=(T, B, I))
    expected = torch.softmax(linear(module(torch.from_numpy(x))[0]), -1).detach().numpy()
    assert abs(net.run(x).probabilities - expected).max() <= 1e-12

    for kinds in (np.float64, np.float32), (np.float32, np.float64):
        mixed = Readout(np.ones((2, 3), kinds[0]), np.ones(2, kinds[1]))
        assert mixed.V.dtype == mixed.b.dtype == np.float64


def test_clamp_in_one_place_leaves_the_layer_below_alone():
    _, net = make("LSTM")
    x = np.random.default_rng(10).normal(size=(T, I))
    free, held = net.run(x), net.run(x, clamps={(1, "backward"): [Clamp("forget", 0.25, steps=3)]})
    assert np.array_equal(free.layers[0].forward.hidden, held.layers[0].forward.hidden)
    assert np.all(held.layers[1].backward.forget[3] == 0.25)
    assert not np.any(held.layers[1].backward.forget[4] == 0.25)
    with pytest.raises(GatesError, match="backward"):
        net.run(x, clamps={(2, "forward"): [Clamp("forget", 1)]})


def test_random_networks_are_drawn_cell_by_cell():
    net = Network.init(GRU, 3, 4, 7, layers=2, bidirectional=True, update_bias=1.0, dtype=np.float32)
    assert [(cell.inputs, cell.hidden) for cell in net.cells] == [(3, 4), (3, 4), (8, 4), (8, 4)]
    rng = np.random.default_rng(7)
    for cell in net.cells:
        drawn = GRU.init(cell.inputs, 4, rng, update_bias=1.0, dtype=np.float32)
        for name, array in drawn.arrays().items():
            np.testing.assert_array_equal(cell.arrays()[name], array)
    (only,) = Network.init(GRU, 3, 4, 7).layers
    assert only.backward is None and only.forward.hidden == 4


def test_each_cell_reads_in_its_own_number_format():
    rng = np.random.default_rng(3)
    below, above = LSTM.init(3, 4, rng), GRU.init(4, 2, rng, dtype=np.float32)
    readout = Readout(np.ones((2, 2), np.float32), np.ones(2))
    run = Network((below, above), readout).run(np.ones((5, 3)))
    assert [trace.hidden.dtype for trace in run.traces] == [np.float64, np.float32]
    np.testing.assert_array_equal(
        run.output, above.run(below.run(np.ones((5, 3))).hidden.astype(np.float32)).hidden
    )
    assert readout.V.dtype == readout.b.dtype == run.scores.dtype == np.float64


def test_layers_that_do_not_fit_are_named():
    _, net = make("LSTM", layers=1)
    with pytest.raises(GatesError, match="Layer 1 reads 3 inputs, but the layer below gives 12"):
        Network((net.layers[0], net.layers[0]))
    with pytest.raises(GatesError, match="2 directions"):
        net.run(np.ones((T, I)), [None, None, None])


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_gradients_agree_with_torch(case, lengths):
    kind = case[0]
    module, net = make(*case)
    rng = np.random.default_rng(11)
    linear = torch.nn.Linear(net.outputs, 5, dtype=torch.float64)
    net = Network(net.layers, Readout(linear.weight.detach().numpy(), linear.bias.detach().numpy()))
    x, state = rng.normal(size=(T, B, I)), start(module, kind, rng)
    x_t = torch.tensor(x, requires_grad=True)
    state_t = as_torch(state)
    leaves = state_t if isinstance(state_t, tuple) else (state_t,)
    for leaf in leaves:
        leaf.requires_grad_()
    packed = torch.nn.utils.rnn.pack_padded_sequence(x_t, lengths, enforce_sorted=False) if lengths else x_t
    output, final = module(packed, state_t)
    if lengths:
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(output)
    finals = final if isinstance(final, tuple) else (final,)
    inside = (np.arange(T)[:, None] < (lengths or [T] * B))[:, :, None]
    d_output, d_scores = rng.normal(size=output.shape), inside * rng.normal(size=(T, B, 5))
    d_final = [rng.normal(size=part.shape) for part in finals]
    loss = (torch.from_numpy(d_output) * output).sum() + (torch.from_numpy(d_scores) * linear(output)).sum()
    loss = loss + sum((torch.from_numpy(d) * part).sum() for d, part in zip(d_final, finals, strict=True))
    loss.backward()

    given = tuple(d_final) if len(d_final) == 2 else d_final[0]
    grads = net.backward(net.run(x, state, lengths), d_output, d_scores=d_scores, d_final=given)

    assert abs(grads.inputs - x_t.grad.numpy()).max() <= 1e-10
    assert abs(grads.readout.V - linear.weight.grad.numpy()).max() <= 1e-10
    assert abs(grads.readout.b - linear.bias.grad.numpy()).max() <= 1e-10
    states = [part if isinstance(part, tuple) else (part,) for part in grads.state]
    for ours, leaf in zip(zip(*states, strict=True), leaves, strict=True):
        assert abs(np.stack(ours) - leaf.grad.numpy()).max() <= 1e-10
    for k, layer in enumerate(grads.layers):
        for suffix, own in zip(("", "_reverse"), layer, strict=True):
            if own is not None:
                theirs = {n: getattr(module, f"{n}_l{k}{suffix}", None) for n in WEIGHTS.values()}
                for name, weight in WEIGHTS.items():
                    if name in own.weights:
                        expected = theirs[weight].grad.numpy()
                        if name == "b_hn":
                            expected = expected[2 * H :]
                        assert abs(own.weights[name] - expected).max() <= 1e-10, (k, suffix, name)


WEIGHTS = {
    "W": "weight_ih",
    "U": "weight_hh",
    "b": "bias_ih",
    "b_hn": "bias_hh",
    "projection": "weight_hr",
}
