"""The gate test: its answers and distractors against formulas and PyTorch, for what 500 seeds ask."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gates.course.gatetest import checks, reader
from gates.course.gatetest.templates import LAST, TEMPLATES
from gates.text import LANGUAGES
from tests.node import NODE

HERE = Path(__file__).parent
ITEMS = {item["id"]: item for item in reader.items()}


def made(name: str) -> list[tuple[dict[str, Any], dict[str, float]]]:
    return [(one["draws"], one["found"]) for one in reader.variants(ITEMS[name])]


def test_every_item_is_what_it_says_in_all_it_may_draw() -> None:
    assert list(checks.problems()) == []
    assert len(ITEMS) == 14 and set(TEMPLATES) == set(ITEMS)


def test_what_is_computed_by_hand_is_what_the_engine_says() -> None:
    for p, found in made("update"):
        assert found["kept"] == pytest.approx(p["f"] * p["c"] + p["i"])
        assert found["reads"] == pytest.approx((1 - p["f"]) * p["c"] + p["i"])
        assert (found["bounded"], found["same"]) == (1, p["c"])
    for p, found in made("fade"):
        assert found["left"] == pytest.approx(p["f"] ** p["n"]) and found["step"] == pytest.approx(p["f"])
        assert p["f"] ** found["life"] == pytest.approx(0.5)
    for p, found in made("hide"):
        assert found["shown"] == pytest.approx(math.tanh(p["c"])) and found["zero"] == 0
        assert found["last"] == pytest.approx(math.tanh(p["c"]) / 2) and found["raw"] == p["c"]
    for p, found in made("keep"):
        assert found["old"] == p["h"] and found["candidate"] == pytest.approx(math.tanh(p["a"]))
        assert found["plain"] == pytest.approx(math.tanh(p["a"] + p["u"]))
    for p, found in made("explode"):
        assert found["grows"] == p["w"] ** p["n"] and found["once"] == p["w"]
    assert (3, 10, 59049) in [(p["w"], p["n"], found["grows"]) for p, found in made("explode")]
    assert [found["h"] for _, found in made("trained")] == pytest.approx([0.006, 0.969], abs=5e-4)


def test_pytorch_says_the_same_of_its_own_modules() -> None:
    torch.manual_seed(0)
    for p, found in made("length"):
        lstm = torch.nn.LSTM(3, p["units"])
        biases = 4 * p["units"]  # PyTorch has two
        assert sum(weight.numel() for weight in lstm.parameters()) - biases == found["count"]
        assert (found["times"], found["square"]) == (p["long"] / p["short"], (p["long"] / p["short"]) ** 2)
    for p, _ in made("backward"):
        H = p["units"]
        with torch.no_grad():
            output, (h, c) = torch.nn.LSTM(2, H, bidirectional=True)(torch.randn(p["steps"], 2))
        assert torch.equal(output[0, H:], h[1]) and torch.equal(output[-1, :H], h[0])
        assert not torch.allclose(output[-1, H:], h[1]) and not torch.allclose(c[1], h[1])
    for p, _ in made("batches"):
        module = getattr(torch.nn, p["module"].removeprefix("nn."))(2, 4)
        with torch.no_grad():
            final = module(torch.randn(p["first"], 2))[1]
            x = torch.randn(p["second"], 2)
            zeros = (
                tuple(map(torch.zeros_like, final)) if isinstance(final, tuple) else torch.zeros_like(final)
            )
            assert torch.equal(module(x)[0], module(x, zeros)[0])
            assert not torch.allclose(module(x)[0], module(x, final)[0], atol=1e-3)


@pytest.mark.parametrize("units", [16, 32])
def test_pytorch_gradients_vanish_as_far_and_its_weights_still_learn(units: int) -> None:
    sizes, early = [], []
    steps = 100
    for seed in range(4):
        torch.manual_seed(seed)
        lstm = torch.nn.LSTM(8, units, dtype=torch.float64)
        x, v = torch.randn(steps, 8, dtype=torch.float64), torch.randn(units, dtype=torch.float64)
        with torch.no_grad():
            state = lstm(x[:1])[1]
        h, c = (part.clone().requires_grad_() for part in state)
        (lstm(x[1:], (h, c))[0][-1] @ (v / v.norm())).backward()
        sizes.append(float(c.grad.norm()))
        total = lstm.weight_ih_l0.grad.norm()
        lstm.zero_grad()
        with torch.no_grad():
            near = lstm(x[:-LAST])[1]
        (lstm(x[-LAST:], near)[0][-1] @ (v / v.norm())).backward()
        assert total > 0.1
        early.append(abs(float(total - lstm.weight_ih_l0.grad.norm())) / float(total))
    typical = math.exp(np.mean(np.log(sizes)))
    ours = next(found["tiny"] for p, found in made("vanish") if (p["units"], p["lag"]) == (units, 99))
    assert abs(math.log10(typical / ours)) < 4 and typical < 1e-15
    assert max(early) < 0.01 and all(found["early"] < 0.01 for _, found in made("late"))


def test_no_form_of_500_seeds_has_two_answers_that_are_near_or_the_same_numbers_twice() -> None:
    sent = json.dumps(reader.compiled("en"))
    told = json.loads(
        subprocess.run(
            [NODE, str(HERE / "gatetest.mjs")],
            input=sent,
            capture_output=True,
            text=True,
            timeout=120,
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
        monkeypatch.setattr(reader, "spelled", lambda *_: "1")
    assert said in "\n".join(checks.problems())
