"""Guess first: what a person sees before and after an answer."""

from playwright.sync_api import expect

from tests.browser.helpers import STAGE, NewPage, open_stage, step_values, until


def test_who_guesses_first_sees_nothing_before_the_answer(new_page: NewPage) -> None:
    page = new_page()
    lstm = open_stage(page, "/lstm?step=1")
    page.get_by_role("button", name="Guess first").click()
    question = lstm.get_by_test_id("guess")
    expect(lstm).to_have_attribute("data-guessing", "")
    lstm.focus()
    page.keyboard.press("End")  # no way past the question
    expect(lstm).to_have_attribute("data-phase", "look")
    step = int(lstm.get_attribute("data-step") or -1)
    assert set(step_values(lstm)) == {"x"}
    legend = lstm.locator(".gs-legend").inner_text().replace("\n", " ")
    assert legend == "f i o 0 1 x g c h −1.00 +1.00", (
        "the colours' scale of c knows nothing of what is to come"
    )
    page.get_by_role("tab", name="Heatmaps").click()
    expect(page.get_by_text("the heatmaps stay covered")).to_be_visible()
    expect(question).to_contain_text(f"what will f (forget gate) be at step {step + 1}?")
    lstm.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(question.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(question.get_by_role("alert")).to_contain_text("from 0 to 1")
    page.reload()  # nor past it by loading the page again
    lstm = page.locator(f"{STAGE}[data-guessing]")
    field = lstm.get_by_test_id("guess").get_by_role("textbox")
    lstm.focus()
    page.keyboard.press("End")
    expect(lstm).to_have_attribute("data-phase", "look")
    field.fill("0,25")
    field.press("Enter")
    expect(lstm).to_have_attribute("data-phase", "forget")
    forget = step_values(lstm)["forget"][0]
    verdict = lstm.get_by_test_id("guess-verdict")
    expect(verdict).to_contain_text(f"f = {forget:.2f}; {abs(forget - 0.25):.2f} apart")
    assert "cell" not in step_values(lstm)
    lstm.get_by_role("button", name="Go on").click()
    lstm.get_by_role("button", name="I don’t know").click()
    expect(lstm.get_by_test_id("guess-tally")).to_have_text("2 asked: 0 right, 0 close, 1 off, 1 not known")
    lstm.get_by_test_id("guess-what").select_option("draw")
    points = lstm.get_by_role("slider", name="at step")
    expect(points.first).to_be_visible()
    begun = int(lstm.get_attribute("data-step") or -1)
    score = lstm.get_by_test_id("score")
    expect(score.get_by_role("slider", name="at step")).to_have_count(points.count())  # on the score …

    def in_its_columns() -> bool:
        column = score.evaluate("board => board.querySelector('canvas').getBoundingClientRect().toJSON()")
        steps = int(lstm.get_attribute("data-steps") or 0)
        boxes = points.evaluate_all("all => all.map((point) => point.getBoundingClientRect().toJSON())")
        centres = [column["x"] + (begun + k + 0.5) * column["width"] / steps for k in range(len(boxes))]
        return all(
            abs(box["x"] + box["width"] / 2 - centre) < 1 for box, centre in zip(boxes, centres, strict=True)
        )

    until(page, in_its_columns)
    points.first.focus()
    for _ in range(points.count()):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
    lstm.get_by_role("button", name="Show it").click()
    expect(lstm.get_by_test_id("guess-tally")).to_contain_text("3 asked")
    expect(lstm).to_have_attribute("data-step", str(begun + points.count() - 1))  # this step is not whole
    expect(points.first).to_have_attribute("aria-disabled", "true")  # the guess stays beside the truth
    page.get_by_role("button", name="Guess first").click()
    lstm = page.get_by_test_id("stage")
    expect(lstm).not_to_have_attribute("data-guessing", "")
    lstm.focus()
    page.keyboard.press("End")
    expect(lstm).to_have_attribute("data-step", "8")


def test_where_cells_keep_step_all_are_covered_until_it_is_said_which_one_holds_it(new_page: NewPage) -> None:
    page = new_page()
    open_stage(page, "/compare?preset=first&step=2&lang=en")
    stages = page.get_by_test_id("stage")
    expect(page.locator("[data-testid=stage][data-ready]")).to_have_count(3)
    bar = page.get_by_test_id("stage-bar")
    bar.get_by_role("button", name="Guess first").click()
    expect(bar.get_by_role("radio")).to_have_count(3)
    expect(page.get_by_text("everything that shows the whole run stays covered")).to_be_visible()
    page.reload()
    expect(page.locator("[data-testid=stage][data-ready][data-concealed]")).to_have_count(3)
    stages.nth(1).focus()
    page.keyboard.press("End")
    for stage in stages.all():
        expect(stage).to_have_attribute("data-step", "1")
    bar.get_by_role("radio", name="LSTM").check()
    bar.get_by_role("button", name="Show it").click()
    verdict = bar.get_by_test_id("guess-verdict")
    for stage in stages.all():
        expect(stage).to_have_attribute("data-step", "6")
        memory = step_values(stage)["cell" if stage.get_attribute("data-cell") == "lstm" else "hidden"][0]
        expect(verdict).to_contain_text(f"{memory:.2f}".replace("-", "−"))
