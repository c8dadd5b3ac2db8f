"""The trainer against loops that others write: ``python -m tests.bench training``.

Each row trains the same model on the same text in this process by turns, float32, one thread, and compares
the time of one epoch (8 updates of 32 sequences of 35 characters). Ours is ``gates.training.loop.train`` with
all that it does besides: scores on held-out text, networks at checkpoints, a record at each step. Theirs is
written as in d2l (first edition, sections 8.5, 9.1, 9.2), or with ``torch.nn`` as one usually does.

With 256 units nearly all of the time goes into matrix products, the same ones on both sides: what is left to
gain there is little on one core, however the loop is written.
"""

from __future__ import annotations

import itertools
import random

import torch
from torch.nn import functional as F

from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.tasks.corpus import letters_only, python_documentation
from gates.training.tasks.language import Vocabulary
from tests.bench._timing import Comparison, compare, on_one_core, show

BATCH, STEPS, EPOCH, CHARACTERS = 32, 35, 8, 10_000


def ours(cell, hidden):
    recipe = Recipe(
        "characters", cell, hidden=hidden, batch=BATCH, length=STEPS, optimiser="sgd", lr=1.0, clip=1.0,
        init="small", steps=4000,
    )  # fmt: skip
    # As long as d2l's 500 epochs and then begun anew, so that what is done now and then has its share.
    runs = itertools.chain.from_iterable(train(recipe, python_documentation()) for _ in itertools.count())
    return lambda: [next(runs) for _ in range(EPOCH)]


def corpus():
    text = letters_only(python_documentation())
    vocabulary = Vocabulary.of(text)
    return vocabulary.encode(text)[:CHARACTERS].tolist(), len(vocabulary)


def sequential(corpus):
    """d2l's ``seq_data_iter_sequential``."""
    offset = random.randint(0, STEPS)
    num_tokens = ((len(corpus) - offset - 1) // BATCH) * BATCH
    Xs = torch.tensor(corpus[offset : offset + num_tokens]).reshape(BATCH, -1)
    Ys = torch.tensor(corpus[offset + 1 : offset + 1 + num_tokens]).reshape(BATCH, -1)
    for i in range(0, STEPS * (Xs.shape[1] // STEPS), STEPS):
        yield Xs[:, i : i + STEPS], Ys[:, i : i + STEPS]


def get_params(gates, hidden, vocab_size):
    """d2l's ``get_lstm_params``, ``get_params`` of its GRU and RNN."""
    params = []
    for _ in range(gates):
        params += [
            torch.randn(vocab_size, hidden) * 0.01,
            torch.randn(hidden, hidden) * 0.01,
            torch.zeros(hidden),
        ]
    params += [torch.randn(hidden, vocab_size) * 0.01, torch.zeros(vocab_size)]
    for param in params:
        param.requires_grad_(True)
    return params


def lstm(inputs, state, params):
    [W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c, W_hq, b_q] = params
    (H, C) = state
    outputs = []
    for X in inputs:
        I = torch.sigmoid((X @ W_xi) + (H @ W_hi) + b_i)
        F = torch.sigmoid((X @ W_xf) + (H @ W_hf) + b_f)
        O = torch.sigmoid((X @ W_xo) + (H @ W_ho) + b_o)
        C_tilda = torch.tanh((X @ W_xc) + (H @ W_hc) + b_c)
        C = F * C + I * C_tilda
        H = O * torch.tanh(C)
        outputs.append((H @ W_hq) + b_q)
    return torch.cat(outputs, dim=0), (H, C)


def gru(inputs, state, params):
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        Z = torch.sigmoid((X @ W_xz) + (H @ W_hz) + b_z)
        R = torch.sigmoid((X @ W_xr) + (H @ W_hr) + b_r)
        H_tilda = torch.tanh((X @ W_xh) + ((R * H) @ W_hh) + b_h)
        H = Z * H + (1 - Z) * H_tilda
        outputs.append(H @ W_hq + b_q)
    return torch.cat(outputs, dim=0), (H,)


def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        H = torch.tanh(torch.mm(X, W_xh) + torch.mm(H, W_hh) + b_h)
        outputs.append(torch.mm(H, W_hq) + b_q)
    return torch.cat(outputs, dim=0), (H,)


def as_in_d2l(cell, hidden):
    """An epoch of d2l's ``train_epoch_ch8`` with its model from scratch."""
    text, vocab_size = corpus()
    forward, gates = {"lstm": (lstm, 4), "gru-before": (gru, 3), "rnn": (rnn, 1)}[cell]
    params = get_params(gates, hidden, vocab_size)
    loss = torch.nn.CrossEntropyLoss()

    def epoch():
        state, total, count = None, 0.0, 0.0
        for X, Y in sequential(text):
            if state is None:
                state = [torch.zeros((BATCH, hidden)) for _ in range(2 if cell == "lstm" else 1)]
            else:
                for s in state:
                    s.detach_()
            y = Y.T.reshape(-1)
            y_hat, state = forward(F.one_hot(X.T, vocab_size).type(torch.float32), state, params)
            l = loss(y_hat, y.long()).mean()
            l.backward()
            norm = torch.sqrt(sum(torch.sum(p.grad**2) for p in params))
            if norm > 1:
                for param in params:
                    param.grad[:] *= 1 / norm
            with torch.no_grad():
                for param in params:
                    param -= 1.0 * param.grad / 1
                    param.grad.zero_()
            total, count = total + float(l * y.numel()), count + y.numel()
        return total / count

    return epoch


def as_usual(cell, hidden):
    """An epoch with ``torch.nn`` and ``torch.optim``."""
    text, vocab_size = corpus()
    layer = getattr(torch.nn, cell.upper())(vocab_size, hidden)
    linear = torch.nn.Linear(hidden, vocab_size)
    params = [*layer.parameters(), *linear.parameters()]
    optimiser = torch.optim.SGD(params, lr=1.0)
    loss = torch.nn.CrossEntropyLoss()

    def epoch():
        state, total = None, 0.0
        for X, Y in sequential(text):
            if state is not None:
                state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
            output, state = layer(F.one_hot(X.T, vocab_size).float(), state)
            l = loss(linear(output).flatten(0, 1), Y.T.reshape(-1))
            optimiser.zero_grad()
            l.backward()
            torch.nn.utils.clip_grad_norm_(params, 1.0)
            optimiser.step()
            total += l.item()
        return total / EPOCH

    return epoch


def against_d2l(cell, hidden, target):
    return compare(f"{cell} H {hidden}", ours(cell, hidden), as_in_d2l(cell, hidden), target, seconds=4)


def against_usual(cell, hidden, target):
    return compare(f"{cell} H {hidden}", ours(cell, hidden), as_usual(cell, hidden), target, seconds=4)


TABLES = [
    (
        "An epoch against a loop from scratch as in d2l",
        against_d2l,
        [
            *(("lstm", hidden, 1 / 5) for hidden in (16, 32, 64, 256)),
            *(("gru-before", hidden, None) for hidden in (32, 256)),
            *(("rnn", hidden, None) for hidden in (32, 256)),
        ],
    ),
    (
        "An epoch against plain torch.nn",
        against_usual,
        [
            *(("lstm", hidden, 1 / 0.9) for hidden in (16, 32, 64, 256)),
            *(("gru", hidden, 1 / 0.9) for hidden in (32, 256)),
            *(("rnn", hidden, 1 / 0.9) for hidden in (32, 256)),
        ],
    ),
]


def main() -> list[Comparison]:
    """Print all tables, with our tokens a second; return their rows."""
    on_one_core()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    random.seed(0)
    everything = []
    for title, benchmark, cases in TABLES:
        rows = [benchmark(*case) for case in cases]
        print(f"\n{title}")
        show(rows)
        tokens = BATCH * STEPS * EPOCH
        speeds = [f"{row.name} {tokens / row.ours:,.0f} ({row.theirs / row.ours:.1f}×)" for row in rows]
        print(f"  our tokens a second: {', '.join(speeds)}")
        everything += rows
    return everything


if __name__ == "__main__":
    main()
