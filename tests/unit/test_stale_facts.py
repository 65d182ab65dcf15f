"""The command that lists what nobody has looked at for a while."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from licscan.core.publisher import is_stale
from scripts.stale_facts import dated, main, stale

DATA = Path(__file__).resolve().parents[2] / "data"


def test_every_fact_has_a_date() -> None:
    facts = list(dated(DATA))
    assert len(facts) > 700
    assert not [about for when, _, about in facts if not when]


def test_what_is_old_is_listed_oldest_first() -> None:
    later = stale(DATA, 180, date(2030, 1, 1))
    assert len(later) == len(list(dated(DATA)))
    assert later == sorted(later)
    assert not stale(DATA, 180, date(2026, 11, 24))


def test_the_limit_is_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("lists", "changes", "parts"):
        (tmp_path / f"{name}.toml").write_text("", encoding="utf-8")
    (tmp_path / "origins.toml").write_text(
        '[[origin]]\nnode = "a/b"\nreference = "c/d"\nchecked = "2026-01-01"\n'
        '[[origin]]\nnode = "e/f"\nreference = "g/h"\n',
        encoding="utf-8",
    )
    assert main(["--data", str(tmp_path), "--at", "2026-06-30"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"no date  {tmp_path / 'origins.toml'}  e/f and g/h"]
    assert main(["--data", str(tmp_path), "--at", "2026-07-01"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("checked", "today", "old"),
    [
        ("2026-01-01", "2026-06-30", False),
        ("2026-01-01", "2026-07-01T00:00:00Z", True),
        ("", "2026-07-01", True),
        ("soon", "2026-07-01", True),
    ],
)
def test_a_fact_is_old_after_180_days(checked: str, today: str, old: bool) -> None:
    assert is_stale(checked, today) is old
