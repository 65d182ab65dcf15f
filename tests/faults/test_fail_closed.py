"""No fault of the network or the Hub may turn a verdict into a better one."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from licscan.core.license import Undeclared
from tests.faults.house import MIT, NONSENSE, OUTCOMES, SUBJECTS, Result, build, checked, faulty
from tests.standin import Reply, StandIn

_PAGE = b"<!DOCTYPE html>\n<html><body>Welcome to our wireless network</body></html>"
FAULTS = {
    "401": (Reply(401, b'{"error": "Invalid username or password."}'),),
    "403": (Reply(403, b'{"error": "no"}'),),
    "404": (Reply(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"}),),
    "no-entry": (Reply(404, b"Entry not found", {"X-Error-Code": "EntryNotFound"}),),
    "410": (Reply(410),),
    "429": (Reply(429, headers={"Retry-After": "1"}),) * 4,
    "500": (Reply(500, b"oops"),) * 4,
    "page": (Reply(200, _PAGE, {"Content-Type": "text/html; charset=utf-8"}),),
    "cut": (Reply(200, b'{"id": "q/clean", "cardData": {}}' * 40, cut=30),) * 4,
    "circle": tuple(Reply(302, headers={"Location": f"?again={n}"}) for n in range(9)),
    "nul": (Reply(200, b"\0" * 200),),
}


@cache
def whole(subject: str) -> tuple[Result, tuple[str, ...]]:
    """The scan without a fault, and what it asks for."""
    with StandIn() as hub:
        build(hub)
        return checked(hub, subject), tuple(dict.fromkeys(asked.path for asked in hub.asked))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_house_is_as_it_should_be(subject: str) -> None:
    result, _ = whole(subject)
    assert result.complete
    assert (result.outcome == "clear") == subject.startswith("q/")
    assert (result.code == 0) == subject.startswith("q/")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_fault_makes_a_verdict_better(subject: str, fault: str) -> None:
    result, paths = whole(subject)
    for path in paths:
        spoilt = faulty(subject, path, FAULTS[fault])
        assert OUTCOMES[spoilt.outcome] >= OUTCOMES[result.outcome], path
        assert spoilt.code != 0, path
        assert not spoilt.complete, path


def test_a_license_that_nobody_knows_does_not_clear_a_block() -> None:
    with StandIn() as hub:
        build(hub)
        assert checked(hub, "a/subject").code == 1
        hub.repos["models/a/subject"].files["LICENSE"] = NONSENSE
        assert checked(hub, "a/subject").code != 0


def test_an_empty_license_is_not_a_license() -> None:
    with StandIn() as hub:
        build(hub)
        assert hub.repos["models/q/clean"].files["LICENSE"] == MIT
        hub.repos["models/q/clean"].files["LICENSE"] = b" \n"
        result = checked(hub, "q/clean")
        assert not result.complete
        assert result.code == 3


@pytest.mark.parametrize("listing", [None, [], "LICENSE", [1], [{"rfilename": None}, {"rfilename": "README.md"}]])
def test_a_listing_that_was_not_seen_hides_nothing(listing: object) -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos["models/n/text"].info["siblings"] = listing
        assert checked(hub, "a/text").code == 3
        hub.fail("/api/models/n/text/tree/*", Reply(404))
        spoilt = checked(hub, "a/text")
        assert spoilt.code == 3
        assert not spoilt.complete


@pytest.mark.parametrize(
    "name",
    ["LICENSE.pdf", "LICENSE.\0", "licence.rtf", "EULA.pdf", "model-license.pdf", "LICENSE-\0.txt"],
)
def test_a_license_that_is_listed_and_not_read_is_a_gap(name: str) -> None:
    with StandIn() as hub:
        build(hub)
        hub.add("a/odd", card={}, files={"README.md": b"# Words", name: b"%PDF-1.7"})
        result = checked(hub, "a/odd")
        assert result.code != 0
        assert not result.complete


@pytest.mark.parametrize("name", ["license_plate.onnx", "license-plates.jpg", "licensed.bin", "LICENSE.d/x.py"])
def test_what_is_no_license_by_its_name_leaves_a_repository_undeclared(name: str) -> None:
    with StandIn() as hub:
        build(hub)
        hub.add("a/odd", card={}, files={"README.md": b"# Words", name: b"x"})
        report = checked(hub, "a/odd").report
        assert report is not None
        assert isinstance(report.resolutions["a/odd"], Undeclared)
        assert not report.gaps


@pytest.mark.parametrize("gated", ["yes", 7, [], {}, "Manual"])
def test_a_gate_of_an_unknown_kind_is_a_gap(gated: object) -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos["models/q/clean"].info["gated"] = gated
        for subject in ("q/clean", "q/derived"):
            result = checked(hub, subject)
            assert result.code == 3
            assert not result.complete


@pytest.mark.parametrize("said", ["q/derived", "q/clean2", "z/hidden", "other/clean"])
def test_an_answer_about_another_repository_is_no_rename(said: str) -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos["models/q/clean"].info["id"] = said
        for subject in ("q/clean", "q/derived"):
            assert checked(hub, subject).code == 3


def test_a_rename_and_another_spelling_are_followed() -> None:
    with StandIn() as hub:
        build(hub)
        hub.renamed["q/old"] = "q/clean"
        assert checked(hub, "q/old").code == 0
        assert checked(hub, "Q/CLEAN").code == 0


def test_another_revision_than_the_one_asked_for_is_a_gap() -> None:
    with StandIn() as hub:
        build(hub)
        sha = hub.repos["models/q/clean"].sha
        assert checked(hub, f"q/clean@{sha}").code == 0
        hub.repos["models/q/clean"].info["sha"] = "f" * 40
        assert checked(hub, f"q/clean@{sha}").code == 3


@pytest.mark.parametrize("commits", [[], [{"id": 7}], [{}], ["x"], [{"id": "1" * 40, "title": 7}]])
def test_a_history_that_is_none_is_a_gap(commits: list[Any]) -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos["models/a/duplicate"].commits = commits
        result = checked(hub, "a/duplicate")
        assert result.code != 0
        assert not result.complete


def test_a_tag_that_looks_like_a_name_does_not_hide_where_a_copy_comes_from() -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos["models/a/duplicate"].info["tags"] = ["some/thing", "v1.0"]
        assert checked(hub, "a/duplicate").code == 1


def test_a_candidate_whose_license_file_is_unreadable_tells_no_license() -> None:
    config = b'{"model_type": "own", "vision_config": {"model_type": "qwen2_5_vl"}}'
    with StandIn() as hub:
        hub.add("a/eyes", card={"license": "mit"}, files={"config.json": config})
        report = checked(hub, "a/eyes").report
        assert report is not None
        names = [name for one in report.lineage.artifacts.values() for name in one.candidates]
        for name in names:
            hub.add(name, card={"license": "apache-2.0"}, files={"LICENSE": NONSENSE})
        whole = checked(hub, "a/eyes").report
        hub.fail(f"/{names[0]}/resolve/*", *(Reply(500),) * 4)
        spoilt = checked(hub, "a/eyes").report
        assert whole is not None
        assert spoilt is not None
        (part,) = (one.id for one in whole.lineage.artifacts.values() if one.candidates)
        assert NONSENSE.decode() in {claim.text for claim in whole.lineage[part].claims}
        read = {(claim.evidence.repo, claim.evidence.place) for claim in spoilt.lineage[part].claims}
        assert (names[1], "README.md#license") in read
        assert (names[0], "README.md#license") not in read
