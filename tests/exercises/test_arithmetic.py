"""Every line of arithmetic comes to what the engine has: forwards, backwards and after the update."""

import json
from typing import Any

import numpy as np
import pytest

from gates.examples.notation.letters import NOTATIONS
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.arithmetic.lines import lines
from gates.exercises.arithmetic.writers import Plain, Tex, exact, rounded, tex_label
from gates.exercises.classics import CLASSICS, classic, text
from gates.exercises.file import from_json
from gates.exercises.model import Exercise
from gates.exercises.solve import Solution
from tests.exercises.cases import CASES, STRUCTURED

GRU_HELD = next(value for value in STRUCTURED if value["cell"] == "gru")


def expected(solution: Solution) -> dict[str, float]:
    """The engine's numbers by the names of lines."""
    own, labels = solution.exercise, Labels(solution.exercise)
    found: dict[str, float] = {}
    for name in (*(f"pre.{part}" for part in own.parts), *own.cell.signals[1:]):
        for (t, unit), value in np.ndenumerate(solution.signal(name)):
            if (name.removeprefix("pre."), t, unit) not in own.clamped_values and name not in own.without:
                found[labels.short(name, t + 1, unit)] = value
    if own.readout is not None:
        for (t, unit), value in np.ndenumerate(solution.outputs):
            found[labels.short("y", t + 1, unit)] = value
        squashed = own.readout.activation != "identity"
        for (t, unit), value in np.ndenumerate(solution.network.scores if squashed else ()):
            found[labels.short("s", t + 1, unit)] = value
        for (t, unit), value in np.ndenumerate(solution.loss.d_scores if solution.loss else ()):
            if not np.isnan(own.targets[t]).all():
                found["d" + labels.short("s" if squashed else "y", t + 1, unit)] = value
    if solution.gradients is None or solution.loss is None:
        return found
    found |= {"L": solution.loss.value}
    found |= {f"L{t + 1}": value for t, value in enumerate(solution.loss.steps)}
    for name, values in solution.gradients.signals.items():
        if name != "x":
            for (t, unit), value in np.ndenumerate(values):
                if name.startswith("pre.") and (name.removeprefix("pre."), t, unit) in own.clamped_values:
                    assert value == 0
                    continue
                found[f"d{labels.short(name, t + 1, unit)}"] = value
    for name, state in (("hidden", solution.gradients.h0), ("cell", solution.gradients.c0)):
        for unit, value in enumerate([] if state is None else state):
            found[f"d{labels.short(name, 0, unit)}"] = value
    parsed = solution.to_json()
    for kind, prefix in (("gradients", "d"), ("updated", "new ")):
        for part in own.parts:
            for matrix, rows in parsed.get(kind, {}).get(part, {}).items():
                for place, value in np.ndenumerate(rows):
                    letter = labels.short_weight(matrix, part, 0, 0, True)
                    mark = "" if np.size(rows) == 1 else f"[{','.join(str(at + 1) for at in place)}]"
                    found[prefix + letter + mark] = value
    return found


EXERCISES = [*(from_json(value) for value in CASES), *(classic(name) for name in CLASSICS)]


@pytest.mark.parametrize(
    "exercise", EXERCISES, ids=lambda own: f"{own.title or own.form} {own.kind} {own.loss}"
)
def test_each_line_is_the_engines_number(exercise: Exercise) -> None:
    solution = Solution(exercise)
    found = lines(solution)
    known = expected(solution)
    assert (
        len({line.name for line in found}) == len(found) == len({(line.label, line.group) for line in found})
    )
    assert all(line.name in known or check_readout(solution, line) for line in found)
    for line in found:
        if line.name in known:
            assert line.value == pytest.approx(known[line.name], rel=1e-9, abs=1e-12), line.name
    assert {name for name in known if name[0] not in "L" or name == "L"} <= {line.name for line in found}


def check_readout(solution: Solution, line: Any) -> bool:
    """Whether a line is of the read-out's weights, whose numbers the solution has by place."""
    name = line.name.removeprefix("new ").removeprefix("d")
    if not name.startswith(("V", "b_y")) or solution.gradients is None or solution.gradients.readout is None:
        return False
    after = solution.updated_exercise
    source = solution.gradients.readout
    if line.name.startswith("new "):
        assert after is not None and after.readout is not None
        source = (after.readout.V, after.readout.b)
    V, b = source
    reading = solution.exercise.readout
    assert reading is not None
    place = [int(at) - 1 for at in name.partition("[")[2].rstrip("]").split(",") if at]
    array = b if name.startswith("b_y") else V.T if reading.transposed else V
    value = array[tuple(place)] if place else array.ravel()[0]
    assert line.value == pytest.approx(value, rel=1e-9, abs=1e-12), line.name
    return True


def test_a_line_in_letters_and_in_numbers() -> None:
    written = {line.name: line for line in lines(Solution(classic("hkust")))}
    plain = Plain(4)
    line = written["a_f1"]
    assert line.label == "a_f₁"
    assert line.expression.write(plain) == "W_f[1,1]·x₁[1] + W_f[1,2]·x₁[2] + U_f·h₀ + b_f"
    assert line.expression.write(plain.with_numbers()) == "0.1·0.5 + 0.2·0.7 + 0.5·0.9 + 0.1"
    cell = written["c2"].expression
    assert cell.write(plain) == "f₂·c₁ + i₂·g₂"
    assert cell.write(plain.with_numbers()) == "0.6284·1.1139 + 0.7328·0.5588"
    back = written["dc1"].expression
    assert back.write(plain) == "∂h₁·o₁·(1 − tanh(c₁)²) + ∂c₂·f₂"
    assert back.write(plain.with_numbers()).startswith("(−0.0202)·0.8829·(1 − 0.8054²)")
    assert written["new b_f"].expression.write(plain.with_numbers()) == "0.1 − 0.1·(−0.0171)"


def test_what_is_held_coupled_or_left_out_in_letters_and_in_numbers() -> None:
    value = json.loads(text("hkust")) | {"coupled": True, "without": ["output"]}
    value["weights"] = {
        name: own for name, own in value["weights"].items() if name in ("forget", "candidate")
    }
    value["clamps"] = [{"signal": "forget", "value": 0.5, "steps": [2, 2]}]
    own = Solution(from_json(value))
    found = {line.name: line.expression for line in lines(own)}
    plain = Plain(4)
    assert [found[name].write(plain) for name in ("i1", "c2", "h2")] == [
        "1 − f₁", "f₂·c₁ + i₂·g₂", "tanh(c₂)",
    ]  # fmt: skip
    assert found["i2"].write(plain.with_numbers()) == "1 − 0.5"
    assert not {"a_i1", "o1", "f2", "a_f2", "do1", "da_f2", "dW_i[1,1]"} & found.keys()
    assert found["df1"].write(plain) == "∂c₁·c₀ − ∂i₁" and found["dU_f"].write(plain) == "∂a_f₁·h₀"
    assert found["dc1"].write(plain) == "∂h₁·(1 − tanh(c₁)²) + ∂c₂·f₂"


def test_a_held_z_that_writes_has_the_digits_it_is_given_with() -> None:
    found = {line.name: line.expression for line in lines(Solution(from_json(GRU_HELD)))}
    assert "(1 − 0.3)·" in found["h1[1]"].write(Plain(4, numbers=True))  # the engine's z keeps, 1 − 0.3 of it


def test_a_gate_that_sees_c_in_letters_and_o_after_it() -> None:
    value = next(value for value in STRUCTURED if "p" in value["weights"].get("input", {}))
    found = {line.name: line for line in lines(Solution(from_json(value)))}
    names, plain = list(found), Plain(4)
    assert names.index("a_o1[1]") > names.index("c1[1]") and names.index("dc1[1]") > names.index("da_o1[1]")
    assert "U_i[1,3]·h₁[3] + p_i[1]·c₁[1] + b_i[1]" in found["a_i2[1]"].expression.write(plain)
    assert "+ p_o[1]·c₂[1] +" in found["a_o2[1]"].expression.write(plain)
    back = found["dc1[1]"].expression.write(plain)
    assert back.endswith("+ p_o[1]·∂a_o₁[1] + ∂c₂[1]·f₂[1] + p_i[1]·∂a_i₂[1] + p_f[1]·∂a_f₂[1]")
    assert found["dp_o[1]"].expression.write(plain).startswith("∂a_o₁[1]·c₁[1] + ∂a_o₂[1]·c₂[1]")
    assert found["dp_f[1]"].expression.write(plain).startswith("∂a_f₁[1]·c₀[1]")
    assert found["new p_i[1]"].label == "p_i[1]′"


def test_letters_follow_the_notation_and_places_the_printed_form() -> None:
    row = {line.name: line for line in lines(Solution(classic("rnn-readout")), "row")}
    assert row["a_h2[2]"].expression.write(Plain(3)).startswith("W_xh[1,2]·X₂ + W_hh[1,2]·H₁[1]")
    z = {line.name: line for line in lines(Solution(classic("hkust")), "z")}
    assert (z["c2"].label, z["f2"].label) == ("c²", "zᶠ₂")
    assert tex_label("zᶠ₂") == "z_{2}^{f}" and tex_label("C̃₁[2]") == r"\tilde{C}_{1}[2]"
    assert tex_label("∂a_f₂") == r"\partial a_{f2}" and tex_label("W_xf[1,2]") == "W_{xf}[1,2]"


@pytest.mark.parametrize("notation", NOTATIONS)
def test_tex_is_balanced_and_plain_ascii(notation: str) -> None:
    for exercise in [EXERCISES[1], EXERCISES[20], *EXERCISES[-4:-2]]:
        for line in lines(Solution(exercise), notation):
            for writer in (Tex(4), Tex(4, numbers=True)):
                text = f"{tex_label(line.label)} = {line.expression.write(writer)}"
                assert text.isascii(), text
                assert text.count("{") == text.count("}") and text.count("(") == text.count(")")


def test_numbers_are_written_as_given_or_rounded_away_from_zero() -> None:
    assert [exact(value) for value in (1.0, -0.5, np.log(3), -np.log(2), np.log(3) / 2)] == [
        "1", "−0.5", "ln 3", "−ln 2", "½ ln 3",
    ]  # fmt: skip
    assert [rounded(value, 2) for value in (0.125, -0.125, -0.001, 2)] == ["0.13", "−0.13", "0.00", "2.00"]
