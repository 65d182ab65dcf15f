"""The page for counsel: what must be on it, what must never get out of it, and how large it may be."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from licscan.render.html import render
from tests.render.sample import HOSTILE, LLAMA, SUBJECT, many, story

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """Elements with their attributes, ids, and whether every element is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page() -> str:
    return render(story())


def test_every_element_is_closed_and_every_id_is_its_own(page: str) -> None:
    tags = Page(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for _, a in tags if str(a.get("href", "")).startswith("#")}
    assert targets <= set(ids)


def test_nothing_loads_and_nothing_of_the_outside_runs(page: str) -> None:
    parsed = Page(page)
    loading = {"src", "srcset", "action", "formaction", "background", "data", "poster", "ping"}
    for tag, attributes in parsed.tags:
        assert not loading & set(attributes), (tag, attributes)
        assert "style" not in attributes, (tag, "the content policy forbids style attributes")
        assert not [name for name in attributes if name.startswith("on")]
        assert tag not in {"link", "iframe", "object", "embed", "img", "base"}
    assert [tag for tag, _ in parsed.tags].count("script") == 1
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page


def test_the_content_policy_names_the_very_style_and_script(page: str) -> None:
    policy = next(a["content"] for t, a in Page(page).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert content
        assert b64encode(sha256(content[1].encode()).digest()).decode() in policy


def test_what_counsel_needs_is_on_the_first_screen(page: str) -> None:
    decision = page[page.index('id="decision"') : page.index('id="picture"')]
    for words in ("Blocked", "What decides", "Parts that no card declares", "What was not looked at", "1.b.iv"):
        assert words in decision
    assert "Decision of counsel" in decision
    assert decision.count('<li class="') <= 5
    assert "not legal advice" in decision
    assert "secret-lab/base" in decision


def test_the_picture_has_every_node_and_every_kind_of_doubt(page: str) -> None:
    svg = page[page.index('<svg class="lineage"') :]
    tree = ET.fromstring(svg[: svg.index("</svg>") + 6])  # noqa: S314 - our own output
    assert len(tree.findall("a")) == len(story().lineage)
    classes = " ".join(group.get("class", "") for group in tree.iter("g"))
    for state in ("resolved", "disputed", "undeclared", "gap", "subject"):
        assert state in classes
    words = " ".join("".join(text.itertext()) for text in tree.iter("text"))
    assert "vision encoder 2.0 %" in words
    assert "undeclared" in words
    assert "conflict" in words


def test_boxes_never_overlap() -> None:
    for report in (story(), many(50), many(300)):
        svg = render(report)
        svg = svg[svg.index('<svg class="lineage"') :]
        tree = ET.fromstring(svg[: svg.index("</svg>") + 6])  # noqa: S314 - our own output
        boxes = [
            tuple(float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
            for rect in tree.iter("rect")
            if rect.get("class") == "paper"
        ]
        columns: dict[float, list[float]] = {}
        for x, y, _, height in boxes:
            columns.setdefault(x, []).append(y)
            assert height > 0
        for tops in columns.values():
            tops.sort()
            assert all(below - above >= 62 for above, below in pairwise(tops))
        assert min(x for x, *_ in boxes) >= 0
        assert min(box[1] for box in boxes) >= 0


def test_a_lineage_of_one_and_a_circle_can_be_drawn() -> None:
    from dataclasses import replace

    from licscan.core.lineage import Lineage, Link, Relation

    assert "paper" in render(many(1))
    report = story()
    links = (*report.lineage.links, Link(LLAMA, SUBJECT, Relation.FINETUNE), Link(LLAMA, LLAMA, Relation.FINETUNE))
    circle = replace(report, lineage=Lineage.build((SUBJECT,), report.lineage.artifacts.values(), links))
    assert Page(render(circle))


def test_the_page_stays_small() -> None:
    assert len(render(many(50)).encode()) <= 600_000
    assert len(render(many(1000)).encode()) <= 3_000_000


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(story()) == render(story())


def test_beyond_three_hundred_boxes_the_rest_is_counted() -> None:
    page = render(many(1000))
    assert "700 nodes are not drawn" in page
    assert "model-0999" in page
