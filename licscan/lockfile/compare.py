"""What changed in law between two locks: clause by clause where both editions are known, else by sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from licscan.core.difference import TermChange, differences, overall
from licscan.core.evidence import Evidence
from licscan.core.license import License
from licscan.core.lock import Direction, Drift, History, Lock, LockedText, LockEntry, Revision
from licscan.core.text import Text, text

_GONE = frozenset({"absent", "disabled"})
_CLOSED = frozenset({"gated", "private"})
_ORDER = tuple(Direction)


def compare(
    before: Lock,
    after: Lock,
    licenses: Mapping[str, License],
    words: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Drift, ...]:
    """Every difference, by node.

    `words` gives the sentences of the later texts by node and mark, so that new sentences can be shown.
    """
    renamed = {entry.renamed_from: entry for entry in after.entries.values() if entry.renamed_from}
    drifts: list[Drift] = []
    met = set()
    for node, old in before.entries.items():
        new = after.entries.get(node) or renamed.get(node)
        if new is None and old.behind:
            continue  # looked at only by `diff`: elsewhere the part itself carries what its candidates say
        if new is None:
            drifts.append(Drift(node, text("is no longer above the subject"), Direction.NONE, old.expression))
            continue
        met.add(new.id)
        drifts.extend(_changes(old, new, licenses, words or {}))
    for node in sorted(set(after.entries) - met):
        new = after.entries[node]
        if new.behind:
            continue
        says = text("is new above the subject, under {expression}", expression=new.expression or "no known licence")
        seen = (_seen(new, "lineage", "new"),)
        drifts.append(Drift(node, says, Direction.UNCLEAR, None, new.expression, seen, new=True))
    return tuple(sorted(drifts, key=lambda one: (one.id, _ORDER.index(one.direction), str(one.what))))


def _changes(
    old: LockEntry, new: LockEntry, licenses: Mapping[str, License], words: Mapping[tuple[str, str], str]
) -> Iterator[Drift]:
    if new.id != old.id:
        says = text("answers as {name} now", name=new.id)
        yield Drift(old.id, says, Direction.RENAMED, old.id, new.id, (_seen(new, "Hub", new.id),))
    if new.gap and not old.gap:
        yield _lost(old, new)
        return
    yield from _access(old, new)
    if old.gap or new.gap:
        return
    yield from _terms(old, new, licenses, words)
    yield from _places(old, new)
    yield from _parties(old, new)
    if old.first_commit and new.first_commit and new.first_commit > old.first_commit:
        says = text(
            "its history begins on {after} now, and began on {before} when the lock was written: commits were deleted",
            before=old.first_commit[:10],
            after=new.first_commit[:10],
        )
        seen = (_seen(new, "history", new.first_commit),)
        yield Drift(old.id, says, Direction.GONE, old.first_commit, new.first_commit, seen)


def _lost(old: LockEntry, new: LockEntry) -> Drift:
    reason = new.gap or ""
    if reason in _GONE:
        direction, says = Direction.GONE, text("is {reason} now", reason=reason)
    elif reason in _CLOSED:
        direction, says = (
            Direction.GATED,
            text("is {reason} now: it could be read when the lock was written", reason=reason),
        )
    else:
        direction, says = Direction.UNCLEAR, text("could not be looked at ({reason})", reason=reason)
    return Drift(old.id, says, direction, old.revision, reason, (_seen(new, "Hub", reason),))


def _access(old: LockEntry, new: LockEntry) -> Iterator[Drift]:
    if old.gated == new.gated or new.gated is None or old.gated is None:
        return
    steps = (False, "auto", "manual")
    closed = steps.index(new.gated) > steps.index(old.gated)
    yield Drift(
        old.id,
        text("access: {before} -> {after}", before=_gate(old.gated), after=_gate(new.gated)),
        Direction.GATED if closed else Direction.LOOSER,
        _gate(old.gated),
        _gate(new.gated),
        (_seen(new, "gated", _gate(new.gated)),),
    )


def _gate(gated: object) -> str:
    return {"False": "open", "auto": "by form", "manual": "person by person"}.get(str(gated), "not seen")


def _terms(
    old: LockEntry, new: LockEntry, licenses: Mapping[str, License], words: Mapping[tuple[str, str], str]
) -> Iterator[Drift]:
    if old.keys != new.keys or old.expression != new.expression:
        yield from _by_clause(old, new, licenses, words)
        return
    seen = {(one.role, one.sha256) for one in old.texts}
    for one in new.texts:
        if (one.role, one.sha256) in seen:
            continue
        was = _counterpart(one, old, new)
        if was is None:
            continue
        if one.key is not None and one.key == was.key:
            says = text("{place}: other bytes, the same edition", place=one.place)
            yield Drift(old.id, says, Direction.NONE, was.sha256, one.sha256, (_seen(new, one.place, one.sha256),))
        else:
            yield _by_sentence(old, new, was, one, words)


def _by_clause(
    old: LockEntry, new: LockEntry, licenses: Mapping[str, License], words: Mapping[tuple[str, str], str]
) -> Iterator[Drift]:
    both = [licenses[keys[0]] if len(keys) == 1 and keys[0] in licenses else None for keys in (old.keys, new.keys)]
    first, last = both
    if first is None or last is None:
        yield _unread(old, new, words)
        return
    changes = differences(first, last)
    direction = overall(first, last, changes)
    told = [one for one in changes if one.direction is direction] or list(changes)
    yield Drift(
        old.id,
        _clauses(first, last, changes),
        direction,
        old.expression,
        new.expression,
        tuple(_seen(new, one.after.clause or one.term.value, str(one.says)) for one in changes)
        or (_seen(new, "license", new.expression or ""),),
        term=told[0].term.value if told else None,
        clause=told[0].after.clause if told else None,
        regions=tuple(sorted({place for one in changes for place in one.regions})),
    )


def _clauses(first: License, last: License, changes: tuple[TermChange, ...]) -> Text:
    if not changes:
        return text("{before} -> {after}: no term reads differently", before=first.name, after=last.name)
    said = "; ".join(f"{one.direction.value}: {one.says}" for one in changes)
    return text("{before} -> {after}: {changes}", before=first.name, after=last.name, changes=said)


def _unread(old: LockEntry, new: LockEntry, words: Mapping[tuple[str, str], str]) -> Drift:
    """At least one side is no known edition: what can be said is said by sentence."""
    for one in new.texts:
        was = _counterpart(one, old, new)
        if one.role == "license" and was is not None and was.sha256 != one.sha256:
            return _by_sentence(old, new, was, one, words)
    says = text(
        "{before} -> {after}: at least one of them is not known, so nobody can say which way it goes",
        before=old.expression or ", ".join(old.declared) or "nothing",
        after=new.expression or ", ".join(new.declared) or "nothing",
    )
    return Drift(
        old.id,
        says,
        Direction.UNCLEAR,
        old.expression,
        new.expression,
        (_seen(new, "license", ", ".join(new.declared)),),
    )


def _by_sentence(
    old: LockEntry, new: LockEntry, was: LockedText, now: LockedText, words: Mapping[tuple[str, str], str]
) -> Drift:
    added = [one for one in now.sentences if one not in was.sentences]
    removed = [one for one in was.sentences if one not in now.sentences]
    shown = [words[new.id, one] for one in added if (new.id, one) in words][:5]
    if was.sentences and now.sentences:
        says = text(
            "{place} changed: {added} sentences came and {removed} went",
            place=now.place,
            added=len(added),
            removed=len(removed),
        )
    else:
        says = text("{place} changed; the earlier text is known by its hash only", place=now.place)
    evidence = tuple(_seen(new, now.place, one) for one in shown) or (_seen(new, now.place, now.sha256),)
    quiet = bool(was.sentences) and not added and not removed
    return Drift(old.id, says, Direction.NONE if quiet else Direction.UNCLEAR, was.sha256, now.sha256, evidence)


def _counterpart(one: LockedText, old: LockEntry, new: LockEntry) -> LockedText | None:
    """The earlier text that this one took the place of: the same place, else the only one of its role that went."""
    same = [was for was in old.texts if was.role == one.role]
    exact = [was for was in same if was.place == one.place]
    places = {now.place for now in new.texts}
    went = [was for was in same if was.place not in places]
    return exact[0] if exact else went[0] if len(went) == 1 else None


def _places(old: LockEntry, new: LockEntry) -> Iterator[Drift]:
    """Texts that moved, came or went, told apart by their content."""
    was, now = ({one.place: one for one in entry.texts} for entry in (old, new))
    hashes = {one.sha256: place for place, one in now.items() if place not in was}
    for place, one in was.items():
        if place in now:
            continue
        if one.sha256 in hashes:
            says = text("{before} is called {after} now, with the same content", before=place, after=hashes[one.sha256])
            yield _moved(old, new, says, Direction.RENAMED, place, hashes[one.sha256])
        elif not any(other.role == one.role for other in now.values()):
            says = text("{place} is gone ({role})", place=place, role=one.role)
            yield _moved(old, new, says, Direction.GONE, place, None)
    known = {one.sha256 for one in was.values()}
    for place, one in now.items():
        if place in was or one.sha256 in known or _counterpart(one, old, new) is not None:
            continue
        if any(other.role == one.role for other in was.values()):
            says = text("{place} is new beside the earlier texts ({role})", place=place, role=one.role)
            yield _moved(old, new, says, Direction.RENAMED, None, place)


def _moved(
    old: LockEntry, new: LockEntry, says: Text, direction: Direction, before: str | None, after: str | None
) -> Drift:
    return Drift(
        old.id, says, direction, before, after, (_seen(new, after or before or "files", after or "gone"),), files=True
    )


def _parties(old: LockEntry, new: LockEntry) -> Iterator[Drift]:
    """Who stands behind the node, as far as both locks know it."""
    for name, was, now in (
        ("publisher", old.publisher, new.publisher),
        ("owner", old.owner, new.owner),
        ("country", old.country, new.country),
        ("owner's country", old.owner_country, new.owner_country),
    ):
        if was is not None and now is not None and was != now:
            says = text("{name}: {before} -> {after}", name=name, before=was, after=now)
            yield Drift(old.id, says, Direction.UNCLEAR, was, now, (_seen(new, "registry of publishers", now),))


def _seen(entry: LockEntry, place: str, says: str) -> Evidence:
    return Evidence(entry.id, entry.revision, place, says)


def across(
    history: History, licenses: Mapping[str, License], named: Callable[[str], str | None] = lambda _: None
) -> tuple[Drift, ...]:
    """The same question over a repository's own history: what each revision changed in law against the one before.

    `named` gives the licence that the card's words mean, for repositories without a text of their own.
    """
    entries = [_as_entry(history.id, one, named) for one in history.revisions]
    found: list[Drift] = []
    for revision, (old, new) in zip(history.revisions[1:], pairwise(entries), strict=True):
        seen = revision.evidence
        told = [*_terms(old, new, licenses, {}), *_places(old, new)]
        if old.declared != new.declared and not told:
            before, after = ", ".join(old.declared) or "nothing", ", ".join(new.declared) or "nothing"
            says = text("the card's words: {before} -> {after}", before=before, after=after)
            told.append(Drift(history.id, says, Direction.UNCLEAR, before, after))
        found.extend(replace(one, evidence=(*seen, *one.evidence)) for one in told)
    return tuple(found)


def _as_entry(id: str, revision: Revision, named: Callable[[str], str | None]) -> LockEntry:
    """The text governs; without one, the card's words."""
    texts = [one for one in revision.texts if one.role == "license"]
    keys = tuple(sorted({one.key for one in texts if one.key}))
    if not texts and revision.declared and (key := named(revision.declared)):
        keys = (key,)
    return LockEntry(
        id,
        "model",
        revision.commit,
        expression=keys[0] if len(keys) == 1 else None,
        keys=keys,
        declared=(revision.declared,) if revision.declared else (),
        texts=revision.texts,
    )
