"""The report opened in a real browser: no error, no request, filters and links that work, paper, Korean, access."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from licscan.core.report import Report
from licscan.render.html import render
from tests.render.sample import many, story
from tests.render.test_stories import report_of

STORIES: dict[str, Callable[[], Report]] = {
    "story": story,
    "story-ko": lambda: story("ko"),
    "hyperclovax": lambda: report_of("hyperclovax"),
    "llama-chain-ko": lambda: report_of("llama-chain", "ko"),
    "merge": lambda: report_of("merge"),
    "gated-base": lambda: report_of("gated-base"),
    "one": lambda: many(1),
    "fifty": lambda: many(50),
    "thousand": lambda: many(1000),
}
PICTURES = os.environ.get("LICSCAN_PICTURES")
"""A folder for screenshots, where somebody wants to look at them."""


def opened(browser: Chrome, folder: Path, name: str) -> Chrome:
    path = folder / f"{name}.html"
    if not path.exists():
        path.write_text(render(STORIES[name]()), encoding="utf-8")
    browser.get_log("performance")  # type: ignore[no-untyped-call]
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    browser.get("about:blank")
    browser.get(path.as_uri())
    return browser


OWN = "chrome://resources/"
"""What the browser shows of itself inside a page: the cross in a search field."""


def requests_of(browser: Chrome) -> list[str]:
    """What was asked for on behalf of the page; the browser's own start page is none of ours."""
    entries = browser.get_log("performance")  # type: ignore[no-untyped-call]
    messages = [json.loads(entry["message"])["message"] for entry in entries]
    asked = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    return [
        one["request"]["url"]
        for one in asked
        if str(one["documentURL"]).startswith("file:") and not one["request"]["url"].startswith(OWN)
    ]


def shown(browser: Chrome, selector: str) -> list[Any]:
    return [one for one in browser.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()]


def chosen(browser: Chrome, id: str) -> str:
    """The words of the row that the page marks, once its script has been told of the new address."""
    row = f"tr.chosen[id='{id}']"
    return str(WebDriverWait(browser, 5).until(lambda one: one.find_element(By.CSS_SELECTOR, row)).text)


@pytest.mark.parametrize("name", STORIES)
def test_it_opens_quickly_without_an_error_and_without_a_request(browser: Chrome, folder: Path, name: str) -> None:
    opened(browser, folder, name)
    assert [entry["message"] for entry in browser.get_log("browser")] == []  # type: ignore[no-untyped-call]
    assert requests_of(browser) == [(folder / f"{name}.html").as_uri()]
    timing = browser.execute_script(
        "const n = performance.getEntriesByType('navigation')[0]; return n.loadEventEnd - n.startTime"
    )
    assert timing < 2000
    if PICTURES:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        browser.set_window_size(1280, min(height + 100, 6000))
        browser.save_screenshot(str(Path(PICTURES) / f"{name}.png"))
        browser.set_window_size(1280, 900)


def test_the_severity_filter_and_the_search_hide_findings(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story")
    assert len(shown(browser, ".finding")) == 5
    browser.find_element(By.CSS_SELECTOR, "input[value=critical]").click()
    assert len(shown(browser, ".finding")) == 4
    assert browser.find_element(By.ID, "shown").text == "4 of 5 shown"
    browser.find_element(By.CSS_SELECTOR, "input[value=critical]").click()
    search = browser.find_element(By.ID, "search")
    search.send_keys("mirror")
    assert [one.get_attribute("data-severity") for one in shown(browser, ".finding")] == ["waived"]
    search.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("story.html"), "the form is not sent anywhere"
    search.clear()
    search.send_keys("qwen")
    assert len(shown(browser, "#nodes tbody tr")) == 2


def test_fold_and_unfold(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story")
    browser.find_element(By.ID, "fold").click()
    assert not shown(browser, ".finding dl")
    browser.find_element(By.ID, "unfold").click()
    assert len(shown(browser, ".finding dl")) == 5


def test_a_node_of_the_picture_leads_to_its_row_by_mouse_and_by_keyboard(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story")
    node = browser.find_element(By.CSS_SELECTOR, "svg.lineage a[aria-label^='Qwen/']")
    target = node.get_attribute("data-node")
    browser.execute_script("arguments[0].focus()", node)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.current_url.endswith(f"#{target}")
    assert "Qwen/Qwen2.5-VL-32B-Instruct" in chosen(browser, str(target))
    other = browser.find_element(By.CSS_SELECTOR, "svg.lineage a[aria-label^='acme/clova'] .paper")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", other)
    other.click()
    assert "acme/clova-merge" in chosen(browser, browser.current_url.partition("#")[2])


def test_the_picture_begins_at_the_subject(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "thousand")
    top, height = browser.execute_script(
        "const b = document.querySelector('.box.subject .paper').getBoundingClientRect();"
        "const c = document.querySelector('.canvas').getBoundingClientRect(); return [b.top - c.top, c.height]"
    )
    assert 0 <= top <= height


def test_hostile_names_are_words_and_nothing_else(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story")
    assert "<script>alert(1)</script>" in browser.find_element(By.TAG_NAME, "body").text
    assert len(browser.find_elements(By.TAG_NAME, "img")) == 0
    assert browser.execute_script("return document.querySelectorAll('script').length") == 1


def test_it_prints_on_a4_with_everything_unfolded(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story")
    browser.find_element(By.ID, "fold").click()
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pdf = b64decode(printed["data"])
    assert pdf.startswith(b"%PDF-")
    boxes = {
        tuple(round(float(number)) for number in box.split())
        for box in (part.split(b"]")[0].decode() for part in pdf.split(b"/MediaBox [")[1:])
    }
    assert boxes == {(0, 0, 595, 842)}, "A4 upright, so that no page begins with white space"
    if PICTURES:
        (Path(PICTURES) / "story.pdf").write_bytes(pdf)


def test_without_scripts_everything_is_there(browser: Chrome, folder: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, folder, "story")
        assert len(shown(browser, ".finding dl")) == 5
        assert not shown(browser, ".tools"), "what needs a script is not offered"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_korean_is_korean(browser: Chrome, folder: Path) -> None:
    opened(browser, folder, "story-ko")
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ko"
    text = browser.find_element(By.TAG_NAME, "body").text
    for words in ("법률 자문", "비전 인코더", "라이선스", "계보"):
        assert words in text


@pytest.mark.parametrize("name", ["story", "llama-chain-ko", "merge"])
def test_axe_finds_nothing_serious(browser: Chrome, folder: Path, name: str) -> None:
    from axe_selenium_python import Axe  # type: ignore[import-untyped]

    opened(browser, folder, name)
    axe = Axe(browser)
    axe.inject()
    found = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
        for one in axe.run()["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert found == []
