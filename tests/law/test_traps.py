"""The five traps must be caught, and the quiet cases must stay quiet."""

from __future__ import annotations

import pytest

from licscan.core.finding import Severity
from licscan.rule import ask_all
from licscan.rules import RULES
from tests.build import case

TRAPS = {
    "a community licence retagged": (
        "t <- b", {"t": "apache-2.0", "b": "llama3.1"}, {"t": "acme/Foo"}, "looser-than-upstream",
    ),
    "three licences merged under a free tag": (
        "t <-merge- a + b + c",
        {"t": "mit", "a": "gemma", "b": "apache-2.0", "c": "cohere-cc-by-nc"},
        {},
        "looser-than-upstream",
    ),
    "an adapter without a licence": ("t <-adapter- b", {"b": "llama3.2"}, {"b": "lab/Vision"}, "license-omitted"),
    "towers under a free tag": (
        "t <-component:vision_encoder- clip; t <-component:language_model- chat",
        {"t": "apache-2.0", "clip": "mit", "chat": "llama2"},
        {},
        "looser-than-upstream",
    ),
}  # fmt: skip
QUIET = {
    "a clean free line": ("t <- b", {"t": "apache-2.0", "b": "apache-2.0"}, {}),
    "a publisher relicenses (1)": (
        "t <- b", {"t": "apache-2.0", "b": "falcon-180b"}, {"t": "tiiuae/new", "b": "tiiuae/old"},
    ),
    "a publisher relicenses (2)": (
        "t <- b", {"t": "apache-2.0", "b": "yi-series-2.1"}, {"t": "01-ai/new", "b": "01-ai/old"},
    ),
    "a publisher relicenses (3)": (
        "t <- b", {"t": "mit", "b": "microsoft-research"}, {"t": "microsoft/new", "b": "microsoft/old"},
    ),
    "a community licence kept": ("t <- b", {"t": "llama3.1", "b": "llama3.1"}, {"t": "acme/Llama-3.1-Foo"}),
}  # fmt: skip
LAW = frozenset(
    {"looser-than-upstream", "license-omitted", "use-restrictions-dropped", "naming-duty-unmet", "undeclared-license"}
)


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_caught(name: str) -> None:
    line, said, names, rule = TRAPS[name]
    findings = ask_all(RULES, case(line, names=names, **said))  # type: ignore[arg-type]
    assert any(one.rule == rule and one.severity.rank <= Severity.MEDIUM.rank for one in findings)


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_case_stays_quiet(name: str) -> None:
    line, said, names = QUIET[name]
    findings = ask_all(RULES, case(line, names=names, **said))  # type: ignore[arg-type]
    assert not [one for one in findings if one.rule in LAW]
    assert not [one for one in findings if one.severity.rank <= Severity.HIGH.rank]
