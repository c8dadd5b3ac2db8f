"""What a list says of a link, to the letter, and what a window is given where a request leaves things out."""

import json
from typing import Any

import pytest

from gates import GRU
from gates.errors import GatesError
from gates.examples.lab.codec import pack
from gates.examples.lab.state import LabState
from gates.export.stages import no_run
from gates.inputs.sequence import InputError
from gates.lectures import file, links, runs
from gates.text import translator

T = translator("en")
LSTM = ["forget", "input", "candidate", "cell", "output", "hidden"]


@pytest.mark.parametrize(
    ("link", "title", "step", "signals"),
    [
        ("/lstm?preset=latch&step=4", "LSTM · Latch: set and reset", 4, LSTM),
        ("/gru?input=signal", "GRU · Signal", 1, ["reset", "update", "candidate", "hidden"]),
        ("/rnn?input=prices", "RNN · Share prices", 1, ["hidden"]),
        ("/lab?begin=challenge&challenge=count", "Count brackets", 1, LSTM),
        ("/lab?begin=exercise&exercise=hkust", "LSTM · An LSTM with an initial state", 1, LSTM),
        ("/lab?begin=scratch&step=2", "LSTM · Lab", 2, LSTM),
        ("/gradients?cell=gru&T=9", "Gradients · GRU", 1, ["reset", "update", "candidate", "hidden"]),
        ("/gradients?demo=latch", "Gradients · Bengio's latch", 1, ["hidden"]),
        ("/train?step=3", "Train · Recorded earlier: Parity · LSTM", 3, LSTM),
        ("/compare?preset=first", "Compare · Carry the first symbol across 100 steps", 1, []),
    ],
)
def test_a_link_is_described_by_its_page_and_what_it_shows(
    link: str, title: str, step: int, signals: list[str]
) -> None:
    found = links.described(link, T)
    assert (found["title"], found["step"]) == (title, step)
    assert [name for name, _, _ in found["signals"]] == signals
    assert found["page"] == link[1:].partition("?")[0] and "problem" not in found


def test_where_a_link_stands_is_said_down_to_phase_and_unit() -> None:
    found = links.described("/lstm?preset=brackets&step=3&phase=forget&unit=2", T)
    assert (found["step"], found["phase"], found["unit"]) == (3, "forget", 2)
    found = links.described("/gru?preset=latch&phase=carry", translator("zh"))
    assert (found["phase"], found["unit"]) == ("", 0)


def test_a_signal_is_listed_with_its_letter_and_meaning() -> None:
    found = links.described("/gru?preset=latch&notation=row", T)
    assert found["signals"][1] == ["update", "Zₜ", T("signal.update")]
    assert [name for name, _, _ in found["parts"]] == ["reset_hidden", "recurrent", "kept", "written"]


def test_of_cells_side_by_side_each_is_listed_with_its_own_signals() -> None:
    found = links.described("/compare?input=signal&cells=lstm,gru-after,rnn&notation=row", T)
    names = [(name, [signal for signal, _, _ in own]) for name, own in found["stages"]]
    assert names == [
        (T("compare.column.lstm"), LSTM),
        (T("compare.column.gru-after"), ["reset", "update", "candidate", "hidden"]),
        (T("compare.column.rnn"), ["hidden"]),
    ]
    assert found["stages"][1][1][1] == ["update", "Zₜ", T("signal.update")]
    assert links.described("/lstm?preset=latch", T)["stages"] == []
    assert links.described("/train", T)["stages"] == [], "one training"


def test_an_example_that_only_its_page_shows_beside_another_is_named() -> None:
    beside = "The latch that fades"
    for link, said in (
        ("/rnn?preset=latch&step=2", beside),
        ("/rnn", beside),
        ("/rnn?preset=fading", ""),
        ("/lstm?preset=latch", ""),
        ("/rnn?input=signal", ""),
        ("/compare?preset=latch", ""),
        ("/train", ""),
    ):
        assert links.described(link, T)["beside"] == said, link


def test_a_cell_that_was_edited_into_another_kind_is_described_as_that() -> None:
    edited = pack(LabState.of(GRU.init(2, 3, rng=4), x=[[0.5, 1.0]], tokens=("a",)))
    found = links.described(f"/lab?cell=lstm&lab={edited}", T)
    assert [name for name, _, _ in found["signals"]] == ["reset", "update", "candidate", "hidden"]


def test_a_request_that_leaves_out_all_it_may_is_answered_with_zeros_and_nothing() -> None:
    body = runs.packed({"page": "gradients", "params": {"cell": "rnn", "T": "5"}}, no_run)
    run = body[4 : 4 + int.from_bytes(body[:4], "little")]
    told: dict[str, Any] = json.loads(run[4 : 4 + int.from_bytes(run[:4], "little")])
    assert len(body) == 4 + len(run)
    assert (told["at"]["nonce"], told["at"]["acknowledged"], told["lang"]) == ("", 0, "en")


def test_a_request_s_number_and_place_come_back_and_its_problem_is_the_link_s() -> None:
    asked = {
        "page": "gradients",
        "params": {"T": "5"},
        "nonce": "n",
        "request": 9,
        "settings": {"lang": "zh"},
    }
    run = runs.packed(asked, no_run)[4:]
    told: dict[str, Any] = json.loads(run[4 : 4 + int.from_bytes(run[:4], "little")])
    assert (told["at"]["nonce"], told["at"]["acknowledged"], told["lang"]) == ("n", 9, "zh")
    with pytest.raises(InputError) as wrong:
        runs.packed({"page": "gradients", "params": {"T": "x"}}, no_run)
    assert wrong.value.key == "link.value" and wrong.value.values["name"] == "T"


def test_a_file_keeps_why_an_answer_is_right_and_says_what_is_no_question() -> None:
    state = {"link": "/lstm?preset=latch", "because": "It is kept."}
    assert "It is kept." in str(file._text(state, "because", 100))
    with pytest.raises(ValueError, match=r"^question$") as wrong:
        file.build("", [state | {"question": {"kind": "value", "signal": "forget"}}], "en")
    assert not isinstance(wrong.value, GatesError)
