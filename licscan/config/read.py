"""The content of a policy file, read loosely and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from licscan.config.checks import (
    Check,
    are_countries,
    day_of,
    each_of,
    is_count,
    is_country,
    is_day,
    is_licenses,
    is_term,
    is_text,
    is_texts,
    is_truth,
    nearest,
    one_of,
)
from licscan.core.finding import Severity
from licscan.core.ids import RepoId
from licscan.core.stance import Answer, Exposure
from licscan.core.use import Distribution, Purpose, Role, Use
from licscan.policy import SCRATCH, Curation, Lists, OriginStatement, Policy, WaiverRule

_SEVERITIES = tuple(one.value for one in Severity)
_USE: Mapping[str, Check] = {
    "as": one_of(one.value for one in Role),
    "own": is_texts,
    "purpose": one_of(one.value for one in Purpose),
    "commercial": is_truth,
    "distributes": each_of(one.value for one in Distribution),
    "territories": are_countries,
    "home": is_country,
    "monthly-users": is_count,
    "annual-revenue": is_count,
    "field": is_text,
    "release-as": is_text,
    "release-name": is_text,
    "at": is_day,
}
_WAIVE: Mapping[str, Check] = {
    "rule": is_text,
    "repo": is_text,
    "reason": is_text,
    "owner": is_text,
    "until": is_day,
    "revision": is_text,
    "license-text": is_text,
}
_CURATE: Mapping[str, Check] = {
    "repo": is_text,
    "license": is_text,
    "parents": is_texts,
    "publisher": is_text,
    "country": is_country,
    "corrects": is_text,
    "reason": is_text,
    "owner": is_text,
}
_ORIGIN: Mapping[str, Check] = {
    "repo": is_text,
    "part": is_text,
    "trained_from": is_text,
    "trained-from": is_text,
    "reason": is_text,
    "evidence": is_text,
    "owner": is_text,
}
_MAIN = "main_weights"
_STANCE = ("jurisdictions", "exposures", "lists", "laws", "asks-origin", "asks-disclosure")
_TOP = ("preset", "use", "fail", "severity", "licenses", "terms", "stance", "waive", "curate", "origin")


def rule_ids() -> tuple[str, ...]:
    """Every rule's id, from the names of their files: the rules are neighbours that this room may not call."""
    folder = Path(__file__).parent.parent / "rules"
    return tuple(sorted(path.stem.replace("_", "-") for path in folder.glob("*.py") if not path.stem.startswith("_")))


class Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self.mistakes: list[str] = []
        self.stance: dict[str, Any] = {}

    def policy(self, where: str) -> Policy:
        """The policy, as far as it can be read; it is right only where there are no mistakes."""
        self._unknown("", self._content, _TOP)
        preset = self._value("preset", self._content.get("preset", "neutral"), is_text)
        use = self._use(self._table("use"))
        fail = self._table("fail")
        self._unknown("fail.", fail, ("on",))
        on = self._value("fail.on", fail.get("on", "high"), one_of((*_SEVERITIES, "never")))
        self._read_stance(self._table("stance"))
        return Policy(
            file=where,
            preset=preset or "neutral",
            fail_on=None if on in {"never", None} else Severity(on),
            use=use,
            severities=self._severities(self._table("severity")),
            lists=self._lists(),
            waivers=tuple(self._waivers()),
            curations=tuple(self._curations()),
            origins=tuple(self._origins()),
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self._content.get(name, {})
        if isinstance(table, dict):
            return table
        self.mistakes.append(f"{name} must be a table, [{name}]")
        return {}

    def _entries(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        entries = self._content.get(name, [])
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            self.mistakes.append(f"{name} must be written as [[{name}]]")
            return []
        return [(f"{name}[{number}]", one) for number, one in enumerate(entries, 1)]

    def _unknown(self, prefix: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
        words = tuple(known)
        self.mistakes += [f"{prefix}{key} is not known{nearest(key, words)}" for key in table if key not in words]

    def _value(self, key: str, value: Any, check: Check) -> Any:
        problem = check(value)
        if problem is None:
            return value
        self.mistakes.append(f"{key} {problem}")
        return None

    def _checked(self, prefix: str, table: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
        self._unknown(prefix, table, checks)
        return {key: self._value(f"{prefix}{key}", value, checks[key]) for key, value in table.items() if key in checks}

    def _use(self, table: Mapping[str, Any]) -> Use:
        given = self._checked("use.", table, _USE)
        purpose = Purpose(given["purpose"]) if given.get("purpose") else None
        if "commercial" in given:
            said = Purpose.COMMERCIAL if given["commercial"] else Purpose.NONCOMMERCIAL
            if purpose not in {None, said} and (given["commercial"] or purpose is Purpose.COMMERCIAL):
                self.mistakes.append("use.commercial contradicts use.purpose; keep one of them")
            purpose = purpose or said
        return Use(
            purpose=purpose,
            distributes=frozenset(map(Distribution, given.get("distributes") or ())),
            territories=frozenset(given.get("territories") or ()),
            home=given.get("home"),
            monthly_users=given.get("monthly-users"),
            annual_revenue=given.get("annual-revenue"),
            field=given.get("field"),
            release_as=given.get("release-as"),
            release_name=given.get("release-name"),
            at=day_of(given["at"]) if given.get("at") else None,
            role=Role(given["as"]) if given.get("as") else None,
            own=frozenset(org.lower() for org in given.get("own") or ()),
        )

    def _severities(self, table: Mapping[str, Any]) -> dict[str, Severity | None]:
        ids = rule_ids()
        found: dict[str, Severity | None] = {}
        for rule, value in table.items():
            if rule not in ids:
                self.mistakes.append(f"severity.{rule}: there is no such rule{nearest(rule, ids)}")
            elif self._value(f"severity.{rule}", value, one_of((*_SEVERITIES, "off"))):
                found[rule] = None if value == "off" else Severity(value)
        return found

    def _lists(self) -> Lists:
        licenses = self._checked(
            "licenses.", self._table("licenses"), dict.fromkeys(("allowed", "denied", "review"), is_licenses)
        )
        terms = self._checked("terms.", self._table("terms"), dict.fromkeys(("denied", "review"), is_term))
        return Lists(
            allowed=tuple(licenses.get("allowed") or ()),
            denied=tuple(licenses.get("denied") or ()),
            review=tuple(licenses.get("review") or ()),
            denied_terms=tuple(terms.get("denied") or ()),
            review_terms=tuple(terms.get("review") or ()),
        )

    def _read_stance(self, table: Mapping[str, Any]) -> None:
        self._unknown("stance.", table, _STANCE)
        answers = one_of(one.value for one in Answer)
        for name in _STANCE[:4]:
            given = table.get(name, {})
            if not isinstance(given, dict):
                self.mistakes.append(f'stance.{name} must be a table, such as {{ KR = "review" }}')
                continue
            for key, value in given.items():
                self._value(f"stance.{name}.{key}", value, answers)
                if name in {"jurisdictions", "laws"} and key != "*" and (problem := is_country(key)):
                    self.mistakes.append(f"stance.{name}.{key}: {problem}")
                if name == "exposures" and key not in tuple(Exposure):
                    self.mistakes.append(f"stance.exposures.{key} is not known{nearest(key, list(Exposure))}")
            if given:
                self.stance[name] = given
        for name in _STANCE[4:]:
            if name in table:
                self.stance[name.replace("-", "_")] = self._value(f"stance.{name}", table[name], is_truth)

    def _waivers(self) -> list[WaiverRule]:
        ids, found = rule_ids(), []
        for place, entry in self._entries("waive"):
            given = self._checked(f"{place}.", entry, _WAIVE)
            self.mistakes += [f"{place}.{key} is missing" for key in ("rule", "reason") if key not in entry]
            rule = given.get("rule")
            if rule and rule not in ids:
                self.mistakes.append(f"{place}.rule: there is no rule {rule!r}{nearest(rule, ids)}")
            found.append(
                WaiverRule(
                    place=place,
                    rule=rule or "",
                    reason=given.get("reason") or "",
                    repo=given.get("repo") or "*",
                    owner=given.get("owner"),
                    until=day_of(given["until"]) if given.get("until") else None,
                    revision=given.get("revision"),
                    license_text=given.get("license-text"),
                )
            )
        return found

    def _origins(self) -> list[OriginStatement]:
        found = []
        for place, entry in self._entries("origin"):
            given = self._checked(f"{place}.", entry, _ORIGIN)
            keys = {key.replace("-", "_") for key in entry}
            given = {key.replace("-", "_"): value for key, value in given.items()}
            self.mistakes += [f"{place}.{key} is missing" for key in ("trained_from", "reason") if key not in keys]
            made = str(given.get("trained_from") or SCRATCH).strip()
            if made != SCRATCH and RepoId.try_parse(made) is None:
                self.mistakes.append(f'{place}.trained_from must be "scratch" or a model such as "org/model"')
            part = given.get("part") or ""
            found.append(
                OriginStatement(
                    place=place,
                    repo=given.get("repo") or "*",
                    part="" if part == _MAIN else part,
                    trained_from=made,
                    reason=given.get("reason") or "",
                    evidence=given.get("evidence") or "",
                    owner=given.get("owner"),
                )
            )
        return found

    def _curations(self) -> list[Curation]:
        found = []
        for place, entry in self._entries("curate"):
            given = self._checked(f"{place}.", entry, _CURATE)
            self.mistakes += [f"{place}.{key} is missing" for key in ("repo", "corrects", "reason") if key not in entry]
            if not any(key in entry for key in ("license", "parents", "publisher")):
                self.mistakes.append(f"{place} corrects nothing: give license, parents or publisher")
            found.append(
                Curation(
                    place=place,
                    repo=given.get("repo") or "",
                    corrects=(given.get("corrects") or "").lower(),
                    reason=given.get("reason") or "",
                    license=given.get("license"),
                    parents=tuple(given.get("parents") or ()),
                    publisher=given.get("publisher"),
                    country=given.get("country"),
                    owner=given.get("owner"),
                )
            )
        return found
