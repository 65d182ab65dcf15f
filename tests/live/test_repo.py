"""What one request tells about a repository, and what every refusal comes to."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from licscan.core.artifact import Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.sources.http import Live
from licscan.sources.protocol import RepoInfo
from tests.live.conftest import Clock
from tests.standin import EXPANDS, TOKEN, Reply, StandIn

MODEL = RepoId.parse("org/model")
Make = Callable[..., Live]


def seen(answer: RepoInfo | Gap) -> RepoInfo:
    assert isinstance(answer, RepoInfo), answer
    return answer


def gap(answer: object) -> Gap:
    assert isinstance(answer, Gap), answer
    return answer


def test_one_request_brings_everything(hub: StandIn, live: Make) -> None:
    repo = hub.add(
        "org/model",
        card={"license": "mit", "base_model": "a/b"},
        base_models=("merge", ("a/b", "c/d")),
        gated="auto",
        tags=["merge", "base_model:merge:a/b"],
        safetensors={"parameters": {"F16": 3, "I32": 4}, "total": 7},
        gguf={"architecture": "llama", "total": 9},
        config={"model_type": "llama"},
        library_name="transformers",
        pipeline_tag="text-generation",
    )
    source = live(hub)
    info = seen(source.repo(MODEL))
    assert info.id == info.asked == MODEL
    assert info.source is Source.HUB
    assert info.revision == repo.sha
    assert info.card == {"license": "mit", "base_model": "a/b"}
    assert (info.base_relation, info.base_models) == ("merge", ("a/b", "c/d"))
    assert info.tags == ("merge", "base_model:merge:a/b")
    assert info.gated == "auto"
    assert (info.parameters, info.dtypes) == (7, {"F16": 3, "I32": 4})
    assert (info.gguf, info.config) == ({"architecture": "llama", "total": 9}, {"model_type": "llama"})
    assert (info.library, info.pipeline) == ("transformers", "text-generation")
    assert info.created == "2024-01-02T03:04:05.000Z"
    assert info.files is not None
    assert [entry.path for entry in info.files] == ["README.md"]
    assert source.stats.requests == 1
    assert set(hub.asked[0].query["expand"]) <= EXPANDS


def test_data_sets_have_their_own_address(hub: StandIn, live: Make) -> None:
    hub.add(
        "org/data", kind="datasets", card={"license": "cc-by-4.0"}, files={"README.md": b"---\nlicense: cc-by-4.0\n---"}
    )
    source = live(hub)
    info = seen(source.repo(RepoId.parse("org/data", RepoKind.DATASET)))
    assert str(info.id) == "datasets/org/data"
    assert info.card == {"license": "cc-by-4.0"}
    assert source.read(info, "README.md") == b"---\nlicense: cc-by-4.0\n---"
    assert hub.asked[0].path == "/api/datasets/org/data"
    assert hub.asked[1].path.startswith("/datasets/org/data/resolve/")


def test_a_pinned_revision_is_asked_for(hub: StandIn, live: Make) -> None:
    repo = hub.add("org/model")
    assert seen(live(hub).repo(MODEL, repo.sha)).revision == repo.sha
    absent = gap(live(hub).repo(MODEL, "refs/pr/9"))
    assert absent.reason is GapReason.ABSENT
    assert "revision" in absent.detail
    assert hub.asked[-1].path == "/api/models/org/model/revision/refs%2Fpr%2F9"


def test_an_old_mirror_that_knows_fewer_fields_is_asked_plainly_and_only_once_in_vain(live: Make) -> None:
    with StandIn(expands=EXPANDS - {"baseModels"}) as mirror:
        mirror.add("org/model", card={"license": "mit"}, base_models=("merge", ("a/b",)))
        source = live(mirror)
        info = seen(source.repo(MODEL))
        assert info.card == {"license": "mit"}
        assert info.base_models is None
        seen(source.repo(MODEL))
        assert source.stats.requests == 3


def test_a_renamed_repository_keeps_the_fields_that_were_asked_for(hub: StandIn, live: Make) -> None:
    hub.add("openai-community/gpt2", base_models=("finetune", ("a/b",)))
    hub.renamed["gpt2"] = "openai-community/gpt2"
    info = seen(live(hub).repo(RepoId.parse("gpt2")))
    assert info.id == RepoId.parse("openai-community/gpt2")
    assert info.asked == RepoId.parse("gpt2")
    assert info.base_models == ("a/b",)


def test_another_spelling_leads_to_the_name(hub: StandIn, live: Make) -> None:
    hub.add("Org/Model")
    info = seen(live(hub).repo(MODEL))
    assert (str(info.id), str(info.asked)) == ("Org/Model", "org/model")


def test_a_repository_without_a_card_is_not_one_whose_card_was_not_seen(hub: StandIn, live: Make) -> None:
    bare = hub.add("org/bare", cardData=None)
    bare.info["siblings"] = [{"rfilename": "model.bin"}]
    hub.add("org/model", cardData=None)
    assert seen(live(hub).repo(RepoId.parse("org/bare"))).card == {}
    assert seen(live(hub).repo(MODEL)).card is None


def test_a_listing_with_sizes_is_taken_as_it_comes(hub: StandIn, live: Make) -> None:
    repo = hub.add("org/model")
    repo.info["siblings"] = [
        {"rfilename": "model.safetensors", "size": 5, "lfs": {"sha256": "A" * 64, "size": 5, "pointerSize": 134}},
        {"rfilename": "config.json", "blobId": "1", "size": 665},
    ]
    files = seen(live(hub).repo(MODEL)).files
    assert files is not None
    assert [(entry.path, entry.size, entry.sha256) for entry in files] == [
        ("config.json", 665, None),
        ("model.safetensors", 5, "a" * 64),
    ]


@pytest.mark.parametrize("row", ["nonsense", {"rfilename": 7}, None])
def test_a_listing_that_is_not_whole_was_not_seen(row: object, hub: StandIn, live: Make) -> None:
    hub.add("org/model").info["siblings"] = [{"rfilename": "config.json"}, row]
    assert seen(live(hub).repo(MODEL)).files is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cardData", ["a"]),
        ("siblings", None),
        ("tags", "merge"),
        ("baseModels", "a/b"),
        ("safetensors", 7),
        ("gguf", []),
        ("gated", "perhaps"),
        ("sha", "not a commit"),
        ("config", "llama"),
        ("createdAt", 7),
        ("model-index", {"name": "an object, not a list"}),
    ],
)
def test_a_field_of_the_wrong_type_is_not_seen_and_the_rest_is(
    hub: StandIn, live: Make, field: str, value: Any
) -> None:
    hub.add("org/model", library_name="peft", **{field: value})
    assert seen(live(hub).repo(MODEL)).library == "peft"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Checking your browser</html>",
        b'{"id": "org/mod',
        b"[]",
        b"null",
        b"{}",
        b'{"id": 7}',
        b'{"id": "../../etc"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_an_answer_that_cannot_be_read_is_malformed(hub: StandIn, live: Make, body: bytes) -> None:
    hub.fail("/api/models/org/model", Reply(200, body))
    assert gap(live(hub).repo(MODEL)).reason is GapReason.MALFORMED


def test_an_absent_repository_without_a_token_may_be_private(hub: StandIn, live: Make) -> None:
    absent = gap(live(hub).repo(MODEL))
    assert (absent.id, absent.reason, absent.place) == ("org/model", GapReason.ABSENT, "")
    assert "private" in absent.detail
    assert "HF_TOKEN" in absent.detail


def test_an_absent_repository_with_a_token_says_so(hub: StandIn, live: Make) -> None:
    absent = gap(live(hub, TOKEN).repo(MODEL))
    assert absent.reason is GapReason.ABSENT
    assert "HF_TOKEN" not in absent.detail


def test_a_private_repository_opens_with_its_token(hub: StandIn, live: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add("org/model", private=True)
    assert gap(live(hub).repo(MODEL)).reason is GapReason.ABSENT
    assert seen(live(hub, TOKEN).repo(MODEL)).id == MODEL
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert seen(live(hub).repo(MODEL)).id == MODEL


def test_a_refused_token_is_said_to_be_one(hub: StandIn, live: Make) -> None:
    hub.add("org/model")
    refused = gap(live(hub, "hf_expired").repo(MODEL))
    assert refused.reason is GapReason.UNREACHABLE
    assert "token" in refused.detail


def test_disabled_is_its_own_gap(hub: StandIn, live: Make) -> None:
    hub.add("org/model", disabled=True)
    assert gap(live(hub).repo(MODEL)).reason is GapReason.DISABLED
    hub.add("org/other")
    hub.repos["models/org/other"].info["disabled"] = True
    assert gap(live(hub).repo(RepoId.parse("org/other"))).reason is GapReason.DISABLED


@pytest.mark.parametrize(
    ("status", "headers", "words", "reason"),
    [
        (403, {"X-Error-Code": "GatedRepo"}, "", GapReason.GATED),
        (403, {}, "Access to model a/b is restricted. You must be authenticated to access it.", GapReason.GATED),
        (401, {}, "Access to model a/b is restricted and you are not in the authorized list.", GapReason.GATED),
        (403, {}, "Forbidden", GapReason.PRIVATE),
        (403, {"X-Error-Message": "Access to this resource is disabled."}, "", GapReason.DISABLED),
        (401, {}, "Invalid username or password.", GapReason.ABSENT),
        (404, {}, "", GapReason.ABSENT),
        (404, {"X-Error-Code": "RepoNotFound"}, "Repository not found", GapReason.ABSENT),
        (410, {}, "", GapReason.ABSENT),
        (451, {}, "Unavailable", GapReason.DISABLED),
        (418, {}, "", GapReason.UNREACHABLE),
    ],
)
def test_every_refusal_has_its_reason(
    hub: StandIn, live: Make, status: int, headers: dict[str, str], words: str, reason: GapReason
) -> None:
    body = json.dumps({"error": words}).encode() if words else b""
    hub.fail("/api/models/org/model", Reply(status, body, headers))
    assert gap(live(hub).repo(MODEL)).reason is reason


def test_the_hubs_own_words_cannot_play_tricks(hub: StandIn, live: Make) -> None:
    words = json.dumps({"error": "\x1b[2J\u202edenied " + "x" * 5000}).encode()
    hub.fail("/api/models/org/model", Reply(403, words))
    detail = gap(live(hub).repo(MODEL)).detail
    assert "\x1b" not in detail
    assert "\u202e" not in detail
    assert len(detail) < 500


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "7"}, 7), ({"RateLimit": '"api";r=0;t=55'}, 56), ({}, 0.5), ({"Retry-After": "soon"}, 0.5)],
)
def test_a_rate_limit_is_waited_for(
    hub: StandIn, live: Make, clock: Clock, headers: dict[str, str], wait: float
) -> None:
    hub.add("org/model")
    hub.fail("/api/models/org/model", Reply(429, b"", headers))
    seen(live(hub).repo(MODEL))
    assert clock.slept == [wait]


def test_a_rate_limit_by_date_is_waited_for(hub: StandIn, live: Make, clock: Clock) -> None:
    hub.add("org/model")
    hub.fail("/api/models/org/model", Reply(429, b"", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}))
    seen(live(hub).repo(MODEL))
    assert clock.slept == [0.5]


def test_a_wait_of_an_hour_is_not_waited_for(hub: StandIn, live: Make, clock: Clock) -> None:
    hub.fail("/api/models/org/model", Reply(429, b"", {"Retry-After": "3600"}))
    limited = gap(live(hub).repo(MODEL))
    assert limited.reason is GapReason.UNREACHABLE
    assert "3600" in limited.detail
    assert clock.slept == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_server_error_is_tried_again(hub: StandIn, live: Make, clock: Clock, status: int) -> None:
    hub.add("org/model")
    hub.fail("/api/models/org/model", Reply(status), Reply(status), Reply(status))
    seen(live(hub).repo(MODEL))
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_server_error_that_stays_is_a_gap(hub: StandIn, live: Make) -> None:
    hub.fail("/api/models/org/model", *[Reply(503, b"down for maintenance")] * 9)
    failed = gap(live(hub).repo(MODEL))
    assert failed.reason is GapReason.UNREACHABLE
    assert "503" in failed.detail
    assert hub.count() == 4


def test_an_answer_that_breaks_off_is_asked_for_again(hub: StandIn, live: Make) -> None:
    hub.add("org/model")
    hub.fail("/api/models/org/model", Reply(200, b'{"id": "org/model", "cardData": {}}', cut=9))
    assert seen(live(hub).repo(MODEL)).revision is not None
    hub.fail("/api/models/org/model", *[Reply(200, b'{"id": "org/model"}', cut=9)] * 9)
    assert gap(live(hub).repo(MODEL)).reason is GapReason.UNREACHABLE


def test_a_slow_server_is_tried_again_and_then_a_gap(hub: StandIn, live: Make, clock: Clock) -> None:
    hub.add("org/model")
    hub.fail("/api/models/org/model", Reply(wait=0.3))
    seen(live(hub, timeout=0.1).repo(MODEL))
    assert clock.slept == [0.5]
    hub.fail("/api/models/org/model", *[Reply(wait=0.15)] * 9)
    late = gap(live(hub, timeout=0.05).repo(MODEL))
    assert late.reason is GapReason.UNREACHABLE
    assert "in time" in late.detail


def test_no_connection_is_said_at_once(clock: Clock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    failed = gap(Live(f"http://127.0.0.1:{port}", sleep=clock.sleep, clock=clock).repo(MODEL))
    assert failed.reason is GapReason.UNREACHABLE
    assert f"127.0.0.1:{port}" in failed.detail
    assert clock.slept == []


def test_a_circle_of_redirects_ends(hub: StandIn, live: Make) -> None:
    hub.renamed |= {"org/model": "org/other", "org/other": "org/model"}
    assert gap(live(hub).repo(MODEL)).reason is GapReason.UNREACHABLE


@pytest.mark.parametrize("target", ["", "ftp://127.0.0.1/x", "https://", "javascript:alert(1)"])
def test_a_redirect_to_nowhere_is_malformed(hub: StandIn, live: Make, target: str) -> None:
    hub.fail("/api/models/org/model", Reply(307, headers={"Location": target}))
    assert gap(live(hub).repo(MODEL)).reason is GapReason.MALFORMED


def test_an_answer_without_end_is_cut(hub: StandIn, live: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licscan.sources.http.hub._LARGEST_ANSWER", 1000)
    hub.fail("/api/models/org/model", Reply(200, b'{"id": "org/model", "x": "' + b"x" * 100_000 + b'"}'))
    assert gap(live(hub).repo(MODEL)).reason is GapReason.MALFORMED
