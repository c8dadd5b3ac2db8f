import json
from dataclasses import replace

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.core.clamps import Clamp
from gates.scenes import payload
from tests.scenes.packed import unpack

AT = {"nonce": "1", "step": 2}


@pytest.mark.parametrize(
    "cell",
    [
        LSTM.init(inputs=3, hidden=5, rng=1),
        replace(LSTM.init(inputs=3, hidden=5, rng=6), peephole=np.random.default_rng(7).normal(size=(3, 5))),
        GRU.init(inputs=3, hidden=5, rng=2, reset="before"),
        GRU.init(inputs=3, hidden=5, rng=3, reset="after"),
        RNN.init(inputs=3, hidden=5, rng=4),
    ],
    ids=["lstm", "lstm with peepholes", "gru before", "gru after", "rnn"],
)
def test_every_number_arrives_bit_for_bit(cell):
    trace = cell.run(np.random.default_rng(5).normal(size=(7, 3)))
    sent = payload.arrays(trace)
    header, found = unpack(payload.pack({"text": "läuft 运行"}, sent, AT))
    assert header["text"] == "läuft 运行"
    assert header["at"] == AT
    assert set(found) == set(sent)
    for name, value in sent.items():
        assert np.array_equal(found[name], value), name
    assert {*trace.signals, *(f"pre.{part}" for part in cell.parts)} <= set(found)
    assert set(cell.arrays()) <= set(found)


def test_a_run_in_float32_travels_as_that():
    cell = LSTM.init(inputs=3, hidden=5, rng=1, dtype=np.float32)
    trace = cell.run(np.random.default_rng(5).normal(size=(7, 3)).astype(np.float32))
    sent = payload.arrays(trace) | {"odd": np.arange(3, dtype=np.float32), "wide": np.array([0.1])}
    _, found = unpack(payload.pack({}, sent, AT))
    for name, value in sent.items():
        assert found[name].dtype == value.dtype, name
        assert np.array_equal(found[name], value), name


def test_a_vocabulary_travels_as_indices():
    x = np.eye(40)[[3, 1, 39, 3]]
    data = payload.pack({}, {"x": x}, AT)
    header, found = unpack(data)
    assert header["arrays"][0]["onehot"] == [3, 1, 39, 3]
    assert np.array_equal(found["x"], x)


def test_the_same_run_at_another_place_has_the_same_digest():
    values = {"x": np.arange(6.0).reshape(3, 2)}
    one, other = (unpack(payload.pack({"a": 1}, values, {"nonce": n}))[0] for n in "12")
    assert one["digest"] == other["digest"]
    changed = unpack(payload.pack({"a": 2}, values, AT))[0]
    assert changed["digest"] != one["digest"]


def test_what_json_cannot_say_is_refused_instead_of_sent_as_text():
    with pytest.raises(ValueError):
        payload.pack({"a": float("nan")}, {}, AT)


@pytest.mark.parametrize("reverse", [False, True])
def test_clamps_arrive_so_that_the_same_run_can_be_made_from_them(reverse):
    cell = GRU.init(inputs=2, hidden=4, rng=8, reset="after")
    x = np.random.default_rng(9).normal(size=(9, 2))
    asked = [
        Clamp("update", 0.25),
        Clamp("update", [0.5, 0.75], units=[1, 3], steps=[0, 2, 3, 8]),
        Clamp("hidden", 0.0, units=2, steps=range(4, 7)),
        Clamp("reset", 1.0, steps=5),
    ]
    trace = cell.run(x, clamps=asked, reverse=reverse)
    told = payload.clamps(trace)
    assert json.loads(json.dumps(told)) == told
    again = [
        Clamp(
            each["signal"],
            each["value"],
            units=each["units"],
            steps=None if each["steps"] is None else range(each["steps"][0], each["steps"][1] + 1),
        )
        for each in told
    ]
    same = cell.run(x, clamps=again[::-1], reverse=reverse)
    for signal in trace.signals:
        assert np.array_equal(getattr(same, signal), getattr(trace, signal)), signal
    whole = [each for each in told if each["units"] is None]
    assert whole == [{"signal": "reset", "units": None, "steps": [5, 5], "value": 1.0}]
    assert payload.clamps(cell.run(x)) == []
