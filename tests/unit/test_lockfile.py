"""Locks: what was seen, what changed in law since, and how terms changed over a history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.core.artifact import Artifact, Claim, ClaimKind, FileEntry, NodeKind, Source
from licscan.core.difference import differences, overall
from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage
from licscan.core.lock import Direction, History, Lock, LockedText, LockEntry
from licscan.errors import ConfigError
from licscan.knowledge import Knowledge
from licscan.lockfile import (
    across,
    archived,
    commit_on,
    compare,
    format_lock,
    history_of,
    look,
    read_lock,
    with_policies,
)
from licscan.lockfile.lock_format import lock_from
from licscan.lockfile.sentences import mark, sentences
from licscan.lockfile.snapshot import locked_text
from licscan.sources.protocol import Commit, Counts, Hub, RepoInfo

OLD = "a" * 40
NEW = "b" * 40


def entry(**more: object) -> LockEntry:
    return replace(
        LockEntry("org/m", "model", OLD, expression="MIT", keys=("mit",), declared=("mit",), gated=False),
        **more,  # type: ignore[arg-type]
    )


def lock(*entries: LockEntry) -> Lock:
    return Lock("org/m", "1", "2026-01-01", None, MappingProxyType({one.id: one for one in entries}))


def told(knowledge: Knowledge, before: LockEntry, after: LockEntry) -> list[tuple[str, str]]:
    drifts = compare(lock(before), lock(after), knowledge.licenses)
    return [(one.direction.value, str(one.what)) for one in drifts]


def text_of(content: str, place: str = "LICENSE", role: ClaimKind = ClaimKind.FILE) -> LockedText:
    return locked_text(Claim(role, content, Evidence("org/m", OLD, place, place)), None)


WORDS = "You may use the model for any purpose whatsoever.\n\nYou must keep this notice in every copy.\n"


def test_nothing_changed(knowledge: Knowledge) -> None:
    assert told(knowledge, entry(), entry()) == []
    assert told(knowledge, entry(), entry(revision=NEW)) == []


def test_a_display_duty_is_tighter_and_names_its_clause(knowledge: Knowledge) -> None:
    after = entry(revision=NEW, keys=("minimax-m2-modified-mit",), expression="LicenseRef-x")
    (drift,) = compare(lock(entry()), lock(after), knowledge.licenses)
    assert drift.direction is Direction.TIGHTER
    assert drift.term == "display-attribution"
    assert drift.clause
    assert "display-attribution: none -> required" in str(drift.what)
    assert (drift.before, drift.after) == ("MIT", "LicenseRef-x")


def test_a_region_is_named(knowledge: Knowledge) -> None:
    before = entry(keys=("tencent-hunyuan-large",), expression="A")
    after = entry(keys=("tencent-hunyuan-community",), expression="B")
    (drift,) = compare(lock(before), lock(after), knowledge.licenses)
    assert drift.direction is Direction.REGION
    assert drift.regions == ("GB", "KR")
    (back,) = compare(lock(after), lock(before), knowledge.licenses)
    assert back.direction is Direction.LOOSER


def test_known_changes_go_the_way_that_was_recorded(knowledge: Knowledge) -> None:
    expected = {"more_permissive": "looser", "more_restrictive": "tighter", "region_blocked": "region"}
    tried = 0
    for change in knowledge.changes.all:
        if change.kind != "in_place" or change.direction not in expected:
            continue
        if not change.before_keys or not change.after_keys:
            continue
        before, after = (knowledge.licenses[keys[0]] for keys in (change.before_keys, change.after_keys))
        assert overall(before, after, differences(before, after)).value == expected[change.direction], change.id
        tried += 1
    assert tried >= 14


def test_what_nobody_has_read_is_unclear(knowledge: Knowledge) -> None:
    (one,) = told(knowledge, entry(), entry(keys=(), expression=None, declared=("their own",)))
    assert one[0] == "unclear"


def test_sentences_that_came_are_shown(knowledge: Knowledge) -> None:
    more = WORDS + "\nYou must not use the model in vehicles of any kind.\n"
    before = entry(keys=(), expression=None, texts=(text_of(WORDS),))
    after = entry(keys=(), expression=None, revision=NEW, texts=(text_of(more),))
    words = {("org/m", mark(one)): one for one in sentences(more)}
    (drift,) = compare(lock(before), lock(after), knowledge.licenses, words)
    assert drift.direction is Direction.UNCLEAR
    assert "1 sentences came and 0 went" in str(drift.what)
    assert [seen.says for seen in drift.evidence] == ["You must not use the model in vehicles of any kind."]


def test_reflowed_text_is_no_change_in_law(knowledge: Knowledge) -> None:
    before = entry(keys=(), expression=None, texts=(text_of(WORDS),))
    after = entry(keys=(), expression=None, texts=(text_of(WORDS.replace(" for any", "\nfor   any").upper()),))
    assert [direction for direction, _ in told(knowledge, before, after)] == ["none"]


def test_a_renamed_file_is_not_gone(knowledge: Knowledge) -> None:
    before = entry(texts=(text_of(WORDS),))
    after = entry(texts=(text_of(WORDS, "LICENSE-MODEL"),))
    (drift,) = compare(lock(before), lock(after), knowledge.licenses)
    assert (drift.direction, drift.files) == (Direction.RENAMED, True)


def test_a_split_file_is_new_beside_the_earlier(knowledge: Knowledge) -> None:
    after = entry(texts=(text_of(WORDS), text_of("Code is free for everybody to use.", "LICENSE-CODE")))
    ((direction, says),) = told(knowledge, entry(texts=(text_of(WORDS),)), after)
    assert direction == "renamed"
    assert "LICENSE-CODE is new" in says


def test_a_removed_file_is_gone(knowledge: Knowledge) -> None:
    (drift,) = compare(lock(entry(texts=(text_of(WORDS),))), lock(entry()), knowledge.licenses)
    assert (drift.direction, drift.files) == (Direction.GONE, True)


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [(False, "manual", "gated"), (False, "auto", "gated"), ("auto", "manual", "gated"), ("manual", False, "looser")],
)
def test_gates(knowledge: Knowledge, before: object, after: object, direction: str) -> None:
    assert [one for one, _ in told(knowledge, entry(gated=before), entry(gated=after))] == [direction]


def test_a_gate_that_was_not_seen_did_not_change(knowledge: Knowledge) -> None:
    assert told(knowledge, entry(gated=None), entry(gated="manual")) == []


@pytest.mark.parametrize(
    ("gap", "direction"),
    [("absent", "gone"), ("disabled", "gone"), ("gated", "gated"), ("private", "gated"), ("unreachable", "unclear")],
)
def test_what_cannot_be_looked_at_is_never_unchanged(knowledge: Knowledge, gap: str, direction: str) -> None:
    assert [one for one, _ in told(knowledge, entry(), entry(gap=gap))] == [direction]


def test_a_rename_and_a_new_owner(knowledge: Knowledge) -> None:
    before = entry(owner="A Inc.")
    after = entry(id="neu/m", renamed_from="org/m", owner="B Inc.")
    assert [one for one, _ in told(knowledge, before, after)] == ["renamed", "unclear"]


def test_a_new_node_above_is_told(knowledge: Knowledge) -> None:
    drifts = compare(lock(entry()), lock(entry(), entry(id="new/base")), knowledge.licenses)
    assert [(one.id, one.direction) for one in drifts] == [("new/base", Direction.UNCLEAR)]


def whole_lock() -> Lock:
    odd = 'q"uo\\te\x7f\u202e\n한국어 = [1]'
    first = entry(texts=(text_of(WORDS), replace(text_of(odd, "NOTICE", ClaimKind.NOTICE), archived="x.txt")))
    second = entry(id="datasets/o/d", kind="dataset", gated="auto", declared=(odd,), publisher=odd, gap=None)
    return lock(first, second)


def test_a_lock_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "licscan.lock"
    path.write_text(format_lock(whole_lock()), encoding="utf-8")
    assert replace(read_lock(path), file=None) == whole_lock()
    assert format_lock(read_lock(path)) == format_lock(whole_lock())


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text.replace("version = 1", "version = 2"), "version 2"),
        (lambda text: text.replace("version = 1", "version = true"), "version True"),
        (lambda text: text.replace(OLD, NEW), "edited by hand or cut off"),
        (lambda text: text[: text.rindex("[[node]]")], "edited by hand or cut off"),
        (lambda text: text[: len(text) // 2], ""),
        (lambda text: text.replace('kind = "model"', "kind = 7"), "kind must be text"),
        (lambda text: text.replace("kind =", "colour = 1\nkind ="), "colour"),
        (lambda _: "", "no version"),
        (lambda _: "not toml at all [", "not TOML"),
        (lambda _: "version = 1\nnode = 3", "no lock file of this program"),
    ],
)
def test_a_damaged_lock_is_refused_in_one_sentence(tmp_path: Path, damage: object, words: str) -> None:
    path = tmp_path / "licscan.lock"
    path.write_text(damage(format_lock(whole_lock())), encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(ConfigError) as caught:
        read_lock(path)
    assert "licscan.lock" in str(caught.value)
    assert words in str(caught.value)
    assert "licscan lock" in caught.value.hint or "line" in caught.value.hint


def test_no_lock_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no lock file"):
        read_lock(tmp_path / "licscan.lock")


def test_archived_texts_have_the_hash_of_the_lock() -> None:
    claims = tuple(
        Claim(ClaimKind.FILE, content, Evidence("../../etc/m", OLD, place, place), sha256=sha)
        for place, content, sha in (
            ("LICENSE", WORDS, sha256(WORDS.encode()).hexdigest()),
            ("sub/../LICENSE.txt", "decoded", sha256(b"other bytes").hexdigest()),
            ("gone.txt", "lost", sha256(b"nowhere").hexdigest()),
        )
    )
    whole = Lineage.build(["../../etc/m"], [Artifact("../../etc/m", NodeKind.MODEL, claims=claims)], [])
    texts = tuple(locked_text(one, None) for one in claims)
    locked, files = archived(lock(entry(id="../../etc/m", texts=texts)), whole, lambda *_: b"other bytes")
    assert sorted(files.values()) == [WORDS.encode(), b"other bytes"]
    assert all("/" not in name and not name.startswith(".") for name in files)
    by_place = {one.place: one.archived for one in locked.entries["../../etc/m"].texts}
    assert by_place["gone.txt"] is None
    assert files[str(by_place["LICENSE"])] == WORDS.encode()


def test_a_policy_that_cannot_be_fetched_keeps_its_hash() -> None:
    one = entry(policy_address="https://x.org/policy")
    first = with_policies(lock(one), lambda _: b"Do no harm to anybody at all.")
    assert first.entries["org/m"].texts[0].role == "policy"
    assert with_policies(lock(one), lambda _: None, first).entries == first.entries


@dataclass
class Shelf:
    """A whole source of facts in memory: one repository with its commits, oldest first."""

    states: list[dict[str, str]]
    name: str = "org/m"
    created: str | None = "2025-01-01"
    asked: list[str] = field(default_factory=list)
    workers: int = 1
    stats: Counts = field(default_factory=Counts)

    def _at(self, revision: str | None) -> int:
        return len(self.states) - 1 if revision is None else int(revision.lstrip("0") or "0")

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        self.asked.append(f"repo {repo}")
        if str(repo) != self.name:
            return Gap(str(repo), GapReason.ABSENT, "404")
        at = self._at(revision)
        files = tuple(FileEntry(path) for path in self.states[at])
        return RepoInfo(repo, repo, Source.HUB, f"{at:040d}", files=files, gated=False, created=self.created)

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        self.asked.append(f"read {path}")
        content = self.states[self._at(info.revision)].get(path)
        return Gap(str(info.id), GapReason.ABSENT, "404", path) if content is None else content.encode()[:limit]

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        whole = self.read(info, path)
        return whole[start : start + length] if isinstance(whole, bytes) else whole

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        return tuple(FileEntry(path) for path in sorted(self.states[self._at(info.revision)]))

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        commits = [
            Commit(f"{n:040d}", f"2025-01-{1 + n % 28:02d}T00:00:00Z", f"upload {n}") for n in range(len(self.states))
        ]
        return tuple(reversed(commits))[:limit]

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        return Gap(url, GapReason.OFFLINE, "no network")


def info_of(shelf: Shelf) -> RepoInfo:
    found = shelf.repo(RepoId.parse("org/m"))
    assert isinstance(found, RepoInfo)
    return found


def history(shelf: Shelf, **more: object) -> History:
    found = history_of(info_of(shelf), shelf, **more)  # type: ignore[arg-type]
    assert isinstance(found, History)
    return found


def card(license: str) -> str:
    return f"---\nlicense: {license}\n---\n# A model\n"


def test_the_commit_of_a_change_is_found_by_content() -> None:
    states = [{"README.md": card("mit"), "LICENSE": "MIT"}] * 40 + [
        {"README.md": card("mit"), "LICENSE": "MIT, but"}
    ] * 60
    found = history(Shelf(states))
    assert [one.commit for one in found.revisions] == [f"{0:040d}", f"{40:040d}"]
    assert (found.commits, found.complete) == (100, False)
    assert found.read <= 24


def test_a_change_of_the_card_alone_is_a_change() -> None:
    found = history(Shelf([{"README.md": card("mit")}] * 3 + [{"README.md": card("other")}] * 3))
    assert [one.declared for one in found.revisions] == ["license: mit", "license: other"]
    assert found.complete


def test_a_change_that_was_undone_is_found_in_a_short_history() -> None:
    states = [{"LICENSE": "A"}] * 5 + [{"LICENSE": "B"}] + [{"LICENSE": "A"}] * 5
    assert len(history(Shelf(states)).revisions) == 3


def test_ten_thousand_commits_stay_within_the_budget() -> None:
    shelf = Shelf([{"LICENSE": "A"}] * 9_000 + [{"LICENSE": "B"}] * 1_000)
    found = history(shelf, commits=10_000)
    assert [one.commit for one in found.revisions] == [f"{0:040d}", f"{9_000:040d}"]
    assert found.read <= 24
    assert len(shelf.asked) < 100


def test_a_cut_listing_is_not_complete_and_loses_no_pin() -> None:
    found = history(Shelf([{"LICENSE": "A"}] * 50), commits=20, pinned="f" * 40)
    assert not found.complete
    assert found.reachable is None


def test_lost_pins_and_squashed_histories() -> None:
    shelf = Shelf([{"LICENSE": "A"}] * 3, created="2023-05-01")
    found = history(shelf, pinned="f" * 40)
    assert found.reachable is False
    assert found.squashed
    assert history(Shelf([{"LICENSE": "A"}] * 3), pinned=f"{1:040d}").reachable


def test_the_commit_of_a_day() -> None:
    commits = (
        Commit("c", "2025-11-14T10:00:00Z", ""),
        Commit("b", "2025-11-13T10:00:00Z", ""),
        Commit("a", "2025-10-27", ""),
    )
    assert [getattr(commit_on(commits, day), "id", None) for day in ("2025-11-12", "2025-11-13", "2025-01-01")] == [
        "a",
        "b",
        None,
    ]


def test_looking_costs_one_request_for_each_node() -> None:
    shelf = Shelf([{"LICENSE": "A"}])
    hub: Hub = shelf
    same = entry(revision=f"{0:040d}")
    component = entry(id="org/m#vision_encoder", kind="component")
    gone = entry(id="org/other")
    now = look(lock(same, component, gone), hub)
    assert shelf.asked == ["repo org/m", "repo org/other"]
    assert [one.id for one in now.same] == ["org/m", "org/m#vision_encoder"]
    assert [(one.id, one.gap) for one in now.lost] == [("org/other", "absent")]
    assert look(lock(entry(), entry(id="./folder")), hub).moved == ("org/m", "./folder")


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_whatever_a_card_says_the_lock_reads_back(words: list[str], name: str) -> None:
    one = entry(declared=tuple(words), publisher=name, texts=(replace(text_of(WORDS), place=name),))
    assert lock_from(format_lock(lock(one)), "x").entries["org/m"] == one


def test_a_history_is_told_in_law(knowledge: Knowledge) -> None:
    def key(content: str) -> str | None:
        return {"A": "mit", "B": "minimax-m2-modified-mit"}.get(content)

    states = [{"README.md": card("mit"), "LICENSE": "A"}] * 3 + [{"README.md": card("mit"), "LICENSE": "B"}] * 2
    states += [{"README.md": card("other"), "LICENSE": "B"}, {"README.md": card("other"), "LICENSE-MODEL": "B"}]
    told_ = across(history(Shelf(states), identify=key), knowledge.licenses)
    assert [one.direction.value for one in told_] == ["tighter", "unclear", "renamed"]
    assert all(one.evidence[0].revision for one in told_)


def test_a_history_of_cards_alone_is_told_in_law(knowledge: Knowledge) -> None:
    found = history(Shelf([{"README.md": card("apache-2.0")}, {"README.md": card("cc-by-nc-4.0")}]))
    (one,) = across(found, knowledge.licenses, lambda said: said.removeprefix("license: "))
    assert one.direction is Direction.TIGHTER
    assert "commercial-use: yes -> no" in str(one.what)
