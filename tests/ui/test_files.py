import pytest

from gates.scenes.links.compare import COMPARE, CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.ui import files

STATE = State("gru", source="text", text="so gut wie neu ✓", by="words", reset="after", seed=11)


def test_a_saved_state_opens_as_it_was():
    parameters = files.load(files.save(STATE).encode(), "gru")
    state, _, problems = STEP.read(parameters, State("gru"))
    assert (state, problems) == (STATE, [])


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file.reason.json"),
        (b"\xff\xfe\x00", "file.reason.json"),
        (b"[" * 100_000, "file.reason.json"),
        (b"[1, 2]", "file.reason.other"),
        (b'{"format": "gatescope", "cell": "gru", "parameters": {"seed": 3}}', "file.reason.other"),
        (b'{"format": "other", "cell": "gru", "parameters": {}}', "file.reason.other"),
        (files.save(State("lstm")).encode(), "file.reason.cell"),
        (b" " * (files.LARGEST + 1), "file.reason.size"),
    ],
)  # fmt: skip
def test_another_file_is_refused_with_its_reason(data, key):
    with pytest.raises(files.FileError) as refused:
        files.load(data, "gru")
    assert refused.value.key == key


def test_experiments_are_saved_for_their_own_page():
    state = CompareState(source="numbers", numbers="1 2\n3 4", columns=("gru-before", "rnn"), disturb=2)
    parameters = files.load(files.save(state).encode(), "compare")
    assert COMPARE.read(parameters, CompareState())[0] == state
    with pytest.raises(files.FileError) as refused:
        files.load(files.save(GradientState(gain=2.0)).encode(), "compare")
    assert refused.value.key == "file.reason.cell"
