import json

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.ui import payload

AT = {"nonce": "1", "step": 2}


def unpack(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """What trace.js does, in Python."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    arrays = {}
    for entry in header["arrays"]:
        shape = entry["shape"]
        if "onehot" in entry:
            arrays[entry["name"]] = np.eye(shape[1])[entry["onehot"]]
        else:
            values = np.frombuffer(data, "<f8", int(np.prod(shape)), start + entry["offset"])
            arrays[entry["name"]] = values.reshape(shape)
    return header, arrays


@pytest.mark.parametrize(
    "cell",
    [
        LSTM.init(inputs=3, hidden=5, rng=1),
        GRU.init(inputs=3, hidden=5, rng=2, reset="before"),
        GRU.init(inputs=3, hidden=5, rng=3, reset="after"),
        RNN.init(inputs=3, hidden=5, rng=4),
    ],
    ids=["lstm", "gru before", "gru after", "rnn"],
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
