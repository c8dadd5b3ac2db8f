"""Published exercises: entered through the page from their printed form, solved down to one update.

So many are typed one after another into one lab, and held to PyTorch's autograd, that everything which any of
them asks of a hand is done. All are solved and read without a page by tests/exercises and tests/stage.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from gates.exercises.classics import CLASSICS, classic
from gates.exercises.file import to_json
from gates.exercises.forms import FORMS
from gates.exercises.model import ACTIVATIONS, Exercise
from tests.browser.helpers import NewPage, until
from tests.browser.lab.editing import engine_has_answered, open_lab
from tests.exercises.printing import WRITERS, sheet, whole

FORWARD, BACKWARD = 1e-12, 1e-9
AGAIN = dict(
    zip(("mitx-second", "mistake-hkust", "mistake-mitx", "mistake-bptt"), list(FORMS)[2:], strict=True)
)
"""Those whose weights stand in another exercise too are printed in one of the joined forms."""
OF_MATRIX = "cells => cells.map(({dataset: d}) => [d.matrix, d.part ?? '', +d.row, +d.column, +d.value])"
WALKED = """async (stage, steps) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const shown = [];
  for (let step = 0; step < steps; step += 1) {
    const key = step ? "ArrowRight" : "Home";
    stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
    await painted();
    const one = { at: +stage.dataset.step };
    for (const row of stage.querySelectorAll("[data-testid=step-values] tr[data-signal]:not([data-later])"))
      one[row.dataset.signal] = [...row.querySelectorAll("td[data-unit]")].map((cell) => +cell.dataset.value);
    shown.push(one);
  }
  return shown;
}"""
"""The stage's numbers at each step, in one call: there are some hundred steps."""
OF_GRADIENT = "cells => cells.map(({dataset: d}) => [d.gradient, +d.index, +d.value])"


def chosen_classics() -> list[str]:
    """So many classics that what any asks of a hand is asked by one of them."""
    asked = {name: entered_features(typed_form(name)) for name in CLASSICS}
    chosen: list[str] = []
    left = set().union(*asked.values())
    while left:
        chosen.append(max(asked, key=lambda name: len(asked[name] & left)))
        left -= asked[chosen[-1]]
    return chosen


def entered_features(own: Exercise) -> set[str]:
    """What is chosen, counted and typed for an exercise."""
    rows = "rows" if own.form.startswith("rows") else "columns"
    done = {own.kind, own.loss, rows, "joined" if "[" in own.form else "apart"}
    done |= {f"{own.inputs > 1} inputs", f"{own.hidden > 1} units", f"{own.kind} {own.reset}"}
    done |= {f"{own.kind} {name}" for name in own.activations}
    done |= {name for name in ("h0", "c0") if getattr(own, name) is not None}
    if own.readout is not None:
        done |= {f"readout in {rows}", f"readout with {own.readout.biased}"}
    return done


def typed_form(name: str) -> Exercise:
    """The exercise in the form in which it is typed; one that asks for no way back gets targets for it."""
    own = classic(name)
    more: dict[str, Any] = {"form": AGAIN.get(name, own.form), "learning_rate": own.learning_rate or 0.05}
    if own.targets is None:
        shape = (own.steps, own.outputs)
        targets = np.round(0.1 + 0.2 * np.arange(own.steps * own.outputs).reshape(shape), 1)
        targets[0] = np.nan  # the first step counts for nothing
        more |= {"targets": targets, "learning_rate": 0.001}
    return replace(own, asked=(), claim=None, **more)


def push(button: Locator) -> None:
    """Press a button by a key: a click waits for two frames, and there are some hundred."""
    button.press("Space")


class Desk:
    """What a person does in the lab, by its own controls."""

    def __init__(self, page: Page, stage: Locator) -> None:
        self.page, self.stage = page, stage
        self.lab, self.editor, self.printed, self.task, self.update = (
            stage.get_by_test_id(name) for name in ("lab", "editor", "printed", "task", "update")
        )

    def choose(self, name: str, value: str) -> None:
        self.lab.locator(f"select[data-lab='{name}']").select_option(value)

    def count(self, name: str, wanted: int) -> None:
        """Press + until there are so many; a cell that was reset has one of each."""
        for _ in range(wanted - 1):
            push(self.editor.locator(f"[data-lab='{name}+']"))

    def paste(self, into: str, text: str) -> None:
        self.choose("paste-into", into)
        self.printed.locator("[data-lab=paste]").fill(text)
        push(self.printed.locator("[data-lab=put]"))

    def put_in(self) -> None:
        expect(self.printed.get_by_test_id("paste-problem")).to_contain_text("Put in")

    def type(self, matrix: str, row: int, column: int, number: float) -> None:
        place = f"td[data-matrix={matrix}][data-row='{row}'][data-column='{column}']"
        self.task.locator(place).press("Enter")
        self.page.keyboard.insert_text(repr(number))
        self.page.keyboard.press("Enter")

    def enter(self, own: Exercise, text: str) -> None:
        """Everything that is printed, beginning with the cell of one unit that stood there at first."""
        reset = self.lab.locator("[data-lab=reset]")
        if reset.is_enabled():
            push(reset)
        push(self.editor.locator(f"[data-choice={own.kind}]"))
        expect(self.stage).to_have_attribute("data-cell", own.kind)
        if own.kind == "gru":
            self.editor.locator(".gs-structure select").select_option(own.reset)
        self.count("hidden", own.hidden)
        self.count("inputs", own.inputs)
        self.choose("layout", own.form)
        self.paste("cell", text)
        self.put_in()
        if own.inputs > 1:
            self.paste(".x", sheet("x", own.x.tolist()))
        else:
            self.paste(".x", ", ".join(map(repr, own.x[:, 0].tolist())))
            push(self.printed.locator("[data-lab=as-steps]"))
        self.put_in()
        for name, value in own.activations.items():
            self.choose(ACTIVATIONS[own.kind][name][0], str(value))
        if (read := own.readout) is not None:
            self.choose("readout", read.activation)
            V = read.V.T if own.form.startswith("rows") else read.V
            self.paste(".V", sheet("V", V.tolist()))
            self.put_in()
            box = self.task.locator("[data-lab=readout-bias]")
            box.set_checked(read.biased)
            for row, value in enumerate(read.b if read.biased else ()):
                self.type("b_y", row, 0, float(value))
        for signal, start in (("hidden0", own.h0), ("cell0", own.c0)):
            for row, value in enumerate(() if start is None else start):
                self.type(signal, row, 0, float(value))
        self.choose("loss", own.loss)
        assert own.targets is not None
        for step, targets in enumerate(own.targets):
            for row, value in enumerate(targets):
                if not np.isnan(value):
                    self.type("target", row, step, float(value))
        rate = self.update.locator("[data-lab=rate]")
        rate.fill(repr(own.learning_rate))
        rate.press("Enter")

    def matrices(self, place: Locator, *names: str) -> dict[str, Any]:
        """Numbers of a grid by matrix, in full: {part: (rows, columns)} each."""
        found: dict[str, dict[str, dict[tuple[int, int], float]]] = {}
        for matrix, part, row, column, value in place.locator("td[data-matrix]").evaluate_all(OF_MATRIX):
            found.setdefault(matrix, {}).setdefault(part, {})[row, column] = value
        return {name: {part: dense(own) for part, own in found.get(name, {}).items()} for name in names}

    def gradients(self) -> dict[str, list[float]]:
        """Each gradient by the name of what it is of, in the engine's order."""
        found: dict[str, dict[int, float]] = {}
        for name, at, value in self.update.locator("[data-gradient]").evaluate_all(OF_GRADIENT):
            found.setdefault(name, {})[at] = value
        return {name: [own[at] for at in range(len(own))] for name, own in found.items()}

    def loss(self) -> float:
        return float(self.update.get_by_test_id("loss").get_attribute("data-value") or "nan")


def dense(own: dict[tuple[int, int], float]) -> np.ndarray:
    """Return what stands at rows and columns as an array."""
    rows, columns = (1 + max(place[axis] for place in own) for axis in (0, 1))
    return np.array([[own[row, column] for column in range(columns)] for row in range(rows)])


def test_each_is_typed_from_its_printed_form_and_solved_down_to_one_update(new_page: NewPage) -> None:
    page = new_page(still=True)
    stage = open_lab(page, "/lab?begin=scratch&cell=lstm&units=1&inputs=1&lang=en")
    desk = Desk(page, stage)
    for part in (desk.printed, desk.task, desk.update):
        part.locator("summary").click()
    for at, name in enumerate(chosen_classics()):
        own = typed_form(name)
        desk.enter(own, whole(own, WRITERS[at % len(WRITERS)]))
        engine_has_answered(stage)
        is_solved(desk, own, name)


def is_solved(desk: Desk, own: Exercise, name: str) -> None:
    from tests.exercises.autograd import autograd  # with PyTorch, which no other browser test waits for

    reading = own.readout and replace(own.readout, transposed=False)
    value = to_json(replace(own, form="columns", readout=reading))  # as the engine has them
    loss, leaves, steps = autograd(value)
    loss.backward()
    goes_forwards(desk, own, steps, name)
    until(desk.page, lambda: abs(desk.loss() - loss.item()) <= FORWARD * max(1, abs(loss.item())))
    goes_backwards(desk, own, leaves, name)

    push(desk.update.locator("[data-lab=descend]"))
    expect(desk.update.get_by_test_id("descended")).to_contain_text("the loss went from")
    moved = {
        key: stepped(leaves[key], value["learning_rate"]) for key in ("weights", "readout") if key in leaves
    }
    shown = desk.matrices(desk.editor, "W", "U", "b", "b_hn", "V", "b_y")
    for matrix in ("W", "U", "b"):
        for part, weights in moved["weights"].items():
            here = shown[matrix][part]
            close(here, np.reshape(weights[matrix], here.shape), name, matrix, part)
    if own.has_inner_bias:  # none is printed inside r, and an update makes none up
        assert not shown["b_hn"]["candidate"].any()
    if "readout" in moved:
        close(shown["V"][""], np.array(moved["readout"]["V"]), name, "V")
        activation = value["readout"].get("activation", "identity")
        moved["readout"] |= {"activation": activation}
    after = autograd(value | moved)[0].item()
    until(desk.page, lambda: abs(desk.loss() - after) <= BACKWARD * max(1, abs(after)))
    engine_has_answered(desk.stage)


def goes_forwards(desk: Desk, own: Exercise, steps: list[dict[str, Any]], name: str) -> None:
    over_time = desk.matrices(desk.task, "y", "hidden", "loss")
    for matrix in ("hidden",) if own.readout is None else ("hidden", "y"):
        expected = np.array([step[matrix].tolist() for step in steps]).T
        np.testing.assert_allclose(over_time[matrix][""], expected, rtol=0, atol=FORWARD, err_msg=name)
    for at, (shown, step) in enumerate(zip(desk.stage.evaluate(WALKED, len(steps)), steps, strict=True)):
        assert (shown.pop("at"), shown.keys()) == (at, {"x", *own.cell.signals[1:]}), name
        for signal in own.cell.signals[1:]:
            expected = step[signal].detach()
            np.testing.assert_allclose(
                shown[signal], expected, rtol=0, atol=FORWARD, err_msg=f"{name} {signal}"
            )


def goes_backwards(desk: Desk, own: Exercise, leaves: dict[str, Any], name: str) -> None:
    found = desk.gradients()
    expected = {
        matrix: np.concatenate(
            [leaves["weights"][part][matrix].grad.numpy().ravel() for part in own.cell.parts]
        )
        for matrix in ("W", "U", "b")
    }
    expected |= {start: leaves[start].grad.numpy() for start in ("h0", "c0") if start in leaves}
    if own.readout is not None:
        expected["V"] = leaves["readout"]["V"].grad.numpy().ravel()
        if own.readout.biased:
            expected["b_y"] = leaves["readout"]["b"].grad.numpy()
    assert expected.keys() == found.keys(), name
    for matrix, values in expected.items():
        close(np.array(found[matrix]), values, name, matrix)


def close(found: np.ndarray, expected: np.ndarray, *about: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=BACKWARD, err_msg=" ".join(about))


def stepped(leaves: Any, rate: float) -> Any:
    """Return leaves after one step of descent, as JSON has them."""
    if isinstance(leaves, dict):
        return {name: stepped(own, rate) for name, own in leaves.items()}
    return (leaves.detach() - rate * leaves.grad).tolist()
