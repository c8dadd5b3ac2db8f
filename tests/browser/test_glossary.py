"""The glossary as a reader meets it: found by a search, led on to a related term, and back."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import NewPage, axe_findings, sticking_out, unreachable_by_keys


def test_a_term_is_found_followed_and_come_back_to(new_page: NewPage) -> None:
    page = new_page(fresh=True, locale="zh-CN", still=True)
    page.goto("/glossary?lang=zh&term=forget-gate")
    glossary = page.get_by_test_id("glossary")
    entry = glossary.locator("[data-term=forget-gate]")
    expect(entry).to_be_focused()
    expect(entry).to_have_attribute("aria-current", "true")
    expect(entry.get_by_role("row", name="z 记法")).to_contain_text("z")
    expect(entry).to_contain_text("torch.nn.LSTM.weight_ih_l0[H:2H]")
    entry.get_by_role("link", name="单元状态").click()
    page.wait_for_url(re.compile(r"[?&]term=cell-state\b"))
    expect(glossary.locator("[data-term=cell-state]")).to_be_focused()
    page.go_back()
    expect(entry).to_have_attribute("aria-current", "true")

    search = glossary.get_by_role("searchbox")
    search.fill("yi wang")
    expect(glossary.locator("[data-term]")).to_have_count(2)
    expect(glossary.get_by_test_id("glossary-count")).to_have_text("共 2 个术语")
    page.get_by_role("radio", name="English").click()
    expect(glossary.locator("[data-term] h3").first).to_contain_text("forget bias")
    search.fill("")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not sticking_out(page)
    assert not unreachable_by_keys(page)
    assert not axe_findings(page)
