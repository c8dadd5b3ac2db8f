"""The gate test: its answers and distractors against formulas and PyTorch, for what 500 seeds ask."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.cells.gru import GRU
from gates.course.gatetest import checks, reader
from gates.course.gatetest.templates import CELLS, LAST, RUNS, TEMPLATES, fresh
from gates.text import LANGUAGES
from tests.node import NODE

HERE = Path(__file__).parent
ITEMS = {item["id"]: item for item in reader.items()}


def draws_and_figures(name: str) -> list[tuple[dict[str, Any], dict[str, float]]]:
    return [(one["draws"], one["found"]) for one in reader.variants(ITEMS[name])]


def test_every_item_is_what_it_says_in_all_it_may_draw() -> None:
    assert list(checks.problems()) == []
    assert len(ITEMS) == 14 and set(TEMPLATES) == set(ITEMS)


def test_what_is_computed_by_hand_is_what_the_engine_says() -> None:
    for p, found in draws_and_figures("update"):
        assert found["kept"] == pytest.approx(p["f"] * p["c"] + p["i"])
        assert found["reads"] == pytest.approx((1 - p["f"]) * p["c"] + p["i"])
        assert (found["bounded"], found["same"]) == (1, p["c"])
    for p, found in draws_and_figures("fade"):
        assert found["left"] == pytest.approx(p["f"] ** p["n"]) and found["step"] == pytest.approx(p["f"])
        assert p["f"] ** found["life"] == pytest.approx(0.5)
    for p, found in draws_and_figures("hide"):
        assert found["shown"] == pytest.approx(math.tanh(p["c"])) and found["zero"] == 0
        assert found["last"] == pytest.approx(math.tanh(p["c"]) / 2) and found["raw"] == p["c"]
    for p, found in draws_and_figures("keep"):
        assert found["old"] == p["h"] and found["candidate"] == pytest.approx(math.tanh(p["a"]))
        assert found["plain"] == pytest.approx(math.tanh(p["a"] + p["u"]))
    for p, found in draws_and_figures("explode"):
        assert found["grows"] == p["w"] ** p["n"] and found["once"] == p["w"]
    assert (3, 10, 59049) in [(p["w"], p["n"], found["grows"]) for p, found in draws_and_figures("explode")]
    assert [found["h"] for _, found in draws_and_figures("trained")] == pytest.approx(
        [0.006, 0.969], abs=5e-4
    )


def test_pytorch_says_the_same_of_its_own_modules() -> None:
    torch.manual_seed(0)
    for p, found in draws_and_figures("length"):
        lstm = torch.nn.LSTM(3, p["units"])
        biases = 4 * p["units"]  # PyTorch has two
        assert sum(weight.numel() for weight in lstm.parameters()) - biases == found["count"]
        assert (found["times"], found["square"]) == (p["long"] / p["short"], (p["long"] / p["short"]) ** 2)
    for p, _ in draws_and_figures("backward"):
        H = p["units"]
        with torch.no_grad():
            output, (h, c) = torch.nn.LSTM(2, H, bidirectional=True)(torch.randn(p["steps"], 2))
        assert torch.equal(output[0, H:], h[1]) and torch.equal(output[-1, :H], h[0])
        assert not torch.allclose(output[-1, H:], h[1]) and not torch.allclose(c[1], h[1])
    for p, _ in draws_and_figures("batches"):
        module = getattr(torch.nn, p["module"].removeprefix("nn."))(2, 4)
        with torch.no_grad():
            final = module(torch.randn(p["first"], 2))[1]
            x = torch.randn(p["second"], 2)
            zeros = (
                tuple(map(torch.zeros_like, final)) if isinstance(final, tuple) else torch.zeros_like(final)
            )
            assert torch.equal(module(x)[0], module(x, zeros)[0])
            assert not torch.allclose(module(x)[0], module(x, final)[0], atol=1e-3)


def lstm_step(W: Any, U: Any, b: Any, x: Any, h: Any, c: Any) -> tuple[Any, Any]:
    """One step by its textbook equations, in torch."""
    i, f, g, o = (W @ x + U @ h + b).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def test_autograd_says_the_same_of_gradients_that_vanish_and_of_weights_that_still_learn() -> None:
    for p, found in draws_and_figures("vanish"):
        lengths = []
        for seed in range(RUNS):
            cell, *arrays = fresh(p["units"], p["lag"] + 1, seed)
            x, v = map(torch.tensor, arrays)
            W, U, b = (torch.tensor(array) for array in (cell.W, cell.U, cell.b))
            h = c = torch.zeros(p["units"], dtype=torch.float64)
            first = None
            for step in x:
                h, c = lstm_step(W, U, b, step, h, c)
                if first is None:
                    shown = (h / torch.tanh(c)).detach()  # o, for c reaches the loss through this h too
                    first = c = c.detach().requires_grad_()
                    h = shown * torch.tanh(c)
            (h @ v).backward()
            lengths.append(float(first.grad.norm()))
        assert found["tiny"] == pytest.approx(math.exp(np.mean(np.log(lengths))), rel=1e-6, abs=0)
    for p, found in draws_and_figures("late"):
        cell, *arrays = fresh(p["units"], p["steps"], 0)
        x, v = map(torch.tensor, arrays)
        own = [
            torch.tensor(cell.W).requires_grad_() for _ in range(3)
        ]  # of the first step, the early, the last ones
        U, b = torch.tensor(cell.U), torch.tensor(cell.b)
        h = c = torch.zeros(p["units"], dtype=torch.float64)
        for t, step in enumerate(x):
            h, c = lstm_step(own[0 if t == 0 else 1 if t < p["steps"] - LAST else 2], U, b, step, h, c)
        (h @ v).backward()
        first, early, last = (W.grad for W in own)
        size = float((first + early + last).norm())
        assert found["size"] == pytest.approx(size) and size > 0.1
        assert found["first"] == pytest.approx(float(first.norm()), rel=1e-6, abs=0)
        assert found["early"] == pytest.approx(float((first + early).norm()) / size, rel=1e-6, abs=0)


def test_a_default_lstm_of_pytorch_vanishes_as_far() -> None:
    lengths = []
    for seed in range(RUNS):
        torch.manual_seed(seed)
        lstm = torch.nn.LSTM(8, 32, dtype=torch.float64)
        x, v = torch.randn(100, 8, dtype=torch.float64), torch.randn(32, dtype=torch.float64)
        with torch.no_grad():
            state = lstm(x[:1])[1]
        h, c = (part.clone().requires_grad_() for part in state)
        (lstm(x[1:], (h, c))[0][-1] @ (v / v.norm())).backward()
        lengths.append(float(c.grad.norm()))
    assert -25 < np.mean(np.log10(lengths)) < -17


def test_what_the_reasons_say_of_small_cells_is_computed_again() -> None:
    def σ(a: Any) -> Any:
        return 1 / (1 + np.exp(-a))

    for p, found in draws_and_figures("shut"):
        rng = np.random.default_rng(p["seed"])
        W, U, b = rng.uniform(1, 2, 4), rng.uniform(-1, 1, 4), rng.uniform(-1, 1, 4)
        for number, x in ((1, 0.0), (2, p["x"])):
            a = W * x + U * 0.2 + b
            c = σ(a[1]) * p["c"]  # i = 0: nothing is written
            assert found[f"c{number}"] == pytest.approx(c)
            assert found[f"h{number}"] == pytest.approx(σ(a[3]) * np.tanh(c))
    for p, found in draws_and_figures("convention"):
        rng = np.random.default_rng(p["seed"])
        source = GRU.init(2, 3, rng)
        x = rng.normal(size=(6, 2))

        def last(changed: Any, z_writes: bool, source: GRU = source, x: Any = x) -> Any:
            parts = {"r": 0, "z": 1, "n": 2}
            W, U, b = (np.split(array, 3) for array in (source.W, source.U, source.b))
            order = [parts[name] for name in ("rzn" if changed != "swap" else "zrn")]
            W, U, b = ([array[k] for k in order] for array in (W, U, b))
            sign = [-1 if name == changed else 1 for name in "rzn"]
            h = np.zeros(3)
            for step in x:
                own = [sign[k] * (W[k] @ step + b[k]) for k in range(3)]
                r, z = (σ(own[k] + sign[k] * (U[k] @ h)) for k in (0, 1))
                n = np.tanh(own[2] + r * sign[2] * (U[2] @ h + source.b_hn))
                h = (1 - z) * h + z * n if z_writes else z * h + (1 - z) * n
            return h

        wanted = last("", z_writes=True)
        for name, changed in {"update": "z", "nothing": "", "candidate": "n", "swap": "swap"}.items():
            off = float(np.abs(last(changed, z_writes=False) - wanted).max())
            assert found[f"off_{name}"] == pytest.approx(off, abs=1e-12)
        assert found["off_update"] < 1e-12 < 0.05 < found["off_nothing"]
    for p, found in draws_and_figures("batches"):
        rng = np.random.default_rng(p["first"])
        cell = CELLS[p["module"]].init(2, 4, rng)
        module = getattr(torch.nn, p["module"].removeprefix("nn."))(2, 4, dtype=torch.float64)
        with torch.no_grad():
            module.weight_ih_l0[:], module.weight_hh_l0[:] = torch.tensor(cell.W), torch.tensor(cell.U)
            module.bias_ih_l0[:], module.bias_hh_l0[:] = torch.tensor(cell.b), 0
            if isinstance(cell, GRU):
                module.bias_hh_l0[8:] = torch.tensor(cell.b_hn)
            final = module(torch.tensor(rng.normal(size=(p["first"], 2))))[1]
            x = torch.tensor(rng.normal(size=(p["second"], 2)))
            assert found["off"] == pytest.approx(float((module(x, final)[0] - module(x)[0]).abs().max()))
    for p, found in draws_and_figures("trained"):
        h = c = 0.0
        gates = []
        for x in (float(p["target"]), 0.5, 0.25, 1.0):
            i, f, o = σ(1.65 * x + 2 * h + 0.62), σ(1.63 * x + 2.7 * h + 1.62), σ(-0.19 * x + 4.38 * h + 0.59)
            c = f * c + i * np.tanh(0.94 * x + 1.41 * h - 0.32)
            h = o * np.tanh(c)
            gates.append((f, i, o))
        said = {"h": h, "low": np.min(gates), "high": np.max(gates), "o": min(o for _, _, o in gates)}
        assert {name: found[name] for name in said} == pytest.approx(said)
        assert found["error"] == pytest.approx(abs(h - p["target"]))


def test_no_form_of_500_seeds_has_two_answers_that_are_near_or_the_same_numbers_twice() -> None:
    sent = json.dumps(reader.compiled("en"))
    told = json.loads(
        subprocess.run(
            [NODE, str(HERE / "gatetest.mjs")],
            input=sent,
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
        ).stdout
    )
    assert [one["id"] for one in told] == list(ITEMS)
    for one in told:
        item = ITEMS[one["id"]]
        variants = reader.variants(item)
        assert len(one["places"]) == 500
        assert all(first != second for first, second in one["places"])
        assert {place for pair in one["places"] for place in pair} == set(range(len(variants)))
        assert len(set(one["orders"])) >= 12, "options come in any order"
        for pair in one["places"]:
            for place in pair:
                found = variants[place]["found"]
                values = {name: found[name] for name in reader.numeric(item)}
                if item.get("power"):
                    values = {name: math.log10(value) for name, value in values.items()}
                truth = values.pop(item["right"], None)
                assert all(abs(value - truth) >= 3 * item["within"] - 1e-9 for value in values.values())


def test_each_item_refutes_a_misconception_and_both_languages_say_all_of_it() -> None:
    refuted = {number for item in ITEMS.values() for number in item["refutes"].values()}
    assert refuted >= {1, 2, 4, 5, 6, 10, 11, 13, 16, 17, 18, 19, 20}
    for language in LANGUAGES:
        compiled = reader.compiled(language)
        assert json.loads(json.dumps(compiled, allow_nan=False)) == list(compiled)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda item: item["draw"]["p"].append({"c": 4, "f": 0.9, "i": 0.3}), "too near"),
        (lambda item: item["refutes"].update(kept=4), "no wrong option"),
        (lambda item: item["draw"].update(p=item["draw"]["p"][:1]), "no second form"),
        (lambda item: item.update(right="same"), "the runs say kept"),
        (lambda item: item.update(lesson="nowhere"), "no lesson nowhere"),
        (lambda item: item.update(digits=-3), "read alike"),
    ],
)
def test_an_item_that_is_wrong_is_found(change: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    items = json.loads(json.dumps(reader.items()[:1]))
    change(items[0])
    monkeypatch.setattr(reader, "items", lambda: items)
    if said == "read alike":
        monkeypatch.setattr(reader, "number_text", lambda *_: "1")
    assert said in "\n".join(checks.problems())
