"""Fixtures that the whole suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from licscan.knowledge import Knowledge, load

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` rewrites the golden files; the diff is the review."""
    parser.addoption("--update", action="store_true", help="write golden files anew")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the developer's own tokens, mirrors, caches, colours or policy."""
    for name in ("HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "FORCE_COLOR", "COLUMNS", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    monkeypatch.setenv("LICSCAN_CACHE", str(home / "cache"))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The knowledge that is shipped."""
    return load()
