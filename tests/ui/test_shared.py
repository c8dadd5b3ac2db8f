"""What several readers ask for is computed once; who asks gets the same bytes, and the memory is bounded."""

import json
import threading
from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest

from gates.cells.lstm import LSTM
from gates.inputs.sequence import InputError
from gates.scenes import scene
from gates.scenes.cache import NOT_OF_THE_RUN, SharedCache, digest
from gates.scenes.state import State
from gates.ui.web.routes import preview

OPENS = State("lstm", preset="locker")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts runs of an LSTM; none is kept at the beginning."""
    monkeypatch.setattr(scene, "RUNS", SharedCache(scene.RUNS.most_bytes, scene.RUNS.most))
    counted: Counter[str] = Counter()
    run = LSTM.run

    def counting(self, x, *given, **named):
        counted["all"] += len(x) > 20  # an example's own short run is computed for its sentence
        return run(self, x, *given, **named)

    monkeypatch.setattr(LSTM, "run", counting)
    return counted


def asked(told: int, lang: str = "en", **more: object) -> dict[str, object]:
    params = {"lang": lang, "input": "signal", "signal": "sine", "steps": "50", "units": "5", **more}
    sliders = {"preset": "", "values": {}}
    return {"page": "lstm", "params": params, "nonce": f"n.{told}", "request": told, "sliders": sliders}


def split(packed: bytes) -> tuple[dict[str, object], bytes]:
    size = int.from_bytes(packed[:4], "little")
    return json.loads(packed[4 : 4 + size]), packed[4 + size :].lstrip(b"\0")


def test_many_who_ask_alike_get_the_same_bytes_of_one_run(ran: Counter[str]) -> None:
    first = preview.run(asked(7))
    assert [preview.run(asked(7)) for _ in range(20)] == [first] * 20
    assert ran["all"] == 1
    scene.RUNS.forget(-1.0)
    assert preview.run(asked(7)) == first, "computed anew it is the same to the bit"
    assert ran["all"] == 2


def test_another_language_notation_or_place_shares_the_numbers_and_says_its_own(ran: Counter[str]) -> None:
    (english, numbers), (other, same) = split(preview.run(asked(1))), split(preview.run(asked(2)))
    assert numbers == same and english["digest"] == other["digest"]
    assert (english["at"], other["at"]) == (
        {"nonce": "n.1", "acknowledged": 1},
        {"nonce": "n.2", "acknowledged": 2},
    )
    row, same = split(preview.run(asked(1, notation="row")))
    assert numbers == same and row["digest"] != english["digest"]
    assert ran["all"] == 1
    chinese, same = split(preview.run(asked(1, lang="zh")))
    assert numbers == same and chinese["lang"] == "zh" and chinese["digest"] != english["digest"]


def test_whatever_changes_a_run_changes_its_digest() -> None:
    seen = {digest(OPENS)}
    changed: dict[str, object] = {
        "cell": "gru", "source": "text", "preset": "latch", "sliders": {"sharpness": 0.5}, "text": "ab",
        "by": "words", "numbers": "1 2", "signal": "sine", "steps": 41, "at": 6, "period": 20.5,
        "signal_seed": 1, "brackets": "()", "company": "MSFT", "start": "2018-01-02", "end": "2018-12-30",
        "through": "random", "hidden": 5, "seed": 1, "bias": 1.5, "activation": "relu", "reset": "after",
        "in_lab": True, "inputs": 3, "challenge": "latch", "exercise": "hkust", "lab": "x",
        "lang": "zh", "row": "inputs", "scale": "standard", "difficulty": "two",
    }  # fmt: skip
    known = {each.name for each in fields(State)}
    assert changed.keys() | NOT_OF_THE_RUN == known, "a new field: say here what it does"
    for name, value in changed.items():
        seen.add(digest(replace(OPENS, **{name: value})))
    assert len(seen) == 1 + len(changed)
    for name, value in (("notation", "row"), ("update", "write")):
        assert digest(replace(OPENS, **{name: value})) == digest(OPENS)
    one, other = {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}
    assert digest(replace(OPENS, sliders=one)) == digest(replace(OPENS, sliders=other))
    assert len(digest(replace(OPENS, text="\ud800"))) == 16


def test_what_is_kept_is_bounded_by_bytes_and_by_number_and_the_oldest_goes() -> None:
    kept: SharedCache[np.ndarray] = SharedCache(most_bytes=1_000, most=4)
    size = lambda array: array.nbytes  # noqa: E731
    for number in range(50):
        kept.get(bytes([number]), lambda: np.zeros(25, np.float64), size)
        assert kept.bytes <= 1_000 and len(kept) <= 4
    assert kept.bytes == 800 and len(kept) == 4
    kept.get(bytes([46]), lambda: pytest.fail("it is kept"), size)
    kept.get(b"large", lambda: np.zeros(60, np.float64), size)
    assert kept.bytes == 880, "two of the old ones stay: the one asked for last is among them"
    kept.get(bytes([46]), lambda: pytest.fail("it was asked for last"), size)
    kept.get(b"huge", lambda: np.zeros(500, np.float64), size)
    assert kept.bytes == 880, "what is too large is not kept"


def test_what_nobody_asks_for_goes() -> None:
    now = [0.0]
    kept: SharedCache[str] = SharedCache(100, 10, clock=lambda: now[0])
    for key in (b"a", b"b"):
        kept.get(key, lambda: "x", len)
    now[0] = 20.0
    kept.get(b"a", lambda: pytest.fail("it is kept"), len)
    now[0] = 31.0
    kept.forget(30.0)
    assert len(kept) == 1 and kept.bytes == 1
    kept.get(b"a", lambda: pytest.fail("it is kept"), len)


def test_an_input_that_is_none_is_not_kept(ran: Counter[str]) -> None:
    state = State("lstm", source="numbers", numbers="not a number")
    for _ in range(2):
        with pytest.raises(InputError):
            scene.build(state)
    assert len(scene.RUNS) == 0


def test_many_threads_leave_it_within_its_bounds() -> None:
    kept: SharedCache[bytes] = SharedCache(most_bytes=500, most=8)

    def ask(seed: int) -> None:
        for number in range(300):
            key = bytes([(number * seed) % 23])
            assert kept.get(key, lambda key=key: key * 40, len) == key * 40  # type: ignore[misc]

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in (1, 3, 5, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) <= 8 and kept.bytes == 40 * len(kept) and kept.hits > 0


def test_the_largest_run_is_shared_and_a_class_of_them_stays_within_bounds(ran: Counter[str]) -> None:
    state = State("lstm", source="signal", signal="sine", steps=1000, through="random", hidden=64)
    first = scene.build(state)
    assert scene.build(replace(state, notation="row")) is first
    for seed in range(1, 5):
        scene.build(replace(state, seed=seed))
        assert scene.RUNS.bytes <= 32 * 2**20
    assert ran["all"] == 5
