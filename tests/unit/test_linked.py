"""The text behind `license_link`: read where nothing nearer says which licence it is."""

from __future__ import annotations

from importlib.metadata import distribution

import pytest

from licscan.core.artifact import Artifact, ClaimKind, FactKind
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.extract.repository import read_repo
from licscan.sources.cache import Cached, Store
from licscan.sources.http import Live
from licscan.sources.protocol import RepoInfo
from tests.standin import StandIn

ADDRESS = "https://law.example/license"


class Linking(Cached):
    """The real sources, with an answer of our own for the one address outside the Hub."""

    answer: bytes | Gap = b""

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        if url != ADDRESS:
            return super().linked(url, limit)
        return self.answer


def text_of_mit() -> bytes:
    files = distribution("PyYAML").files or []
    return next(path for path in files if path.name == "LICENSE").read_binary()


def read(answer: bytes | Gap, link: str = ADDRESS, **card: str) -> Artifact:
    with StandIn() as hub:
        hub.add("law/texts", card={}, files={"LICENSE-MODEL": text_of_mit()})
        named = {"license": "other", "license_name": "of-our-own", "license_link": link, **card}
        hub.add("a/model", card=named, files={"README.md": b"---\n" + front(named) + b"---\n"})
        source = Linking(Live(hub.url, None), Store(hub.url))
        source.answer = answer
        info = source.repo(RepoId.parse("a/model"))
        assert isinstance(info, RepoInfo)
        return read_repo(info, source, deep=False).artifact


def front(card: dict[str, str]) -> bytes:
    return "".join(f"{key}: {value}\n" for key, value in card.items()).encode()


def test_the_text_behind_the_link_is_a_claim() -> None:
    claims = [one for one in read(text_of_mit()).claims if one.kind is ClaimKind.LINKED]
    assert len(claims) == 1
    assert "Permission is hereby granted" in claims[0].text


def test_a_link_into_another_repository_is_asked_of_the_hub() -> None:
    artifact = read(b"", "https://huggingface.co/law/texts/blob/main/LICENSE-MODEL")
    assert [one.kind for one in artifact.claims if one.kind is ClaimKind.LINKED]


@pytest.mark.parametrize(
    "answer",
    [b"", b" \n", b"%PDF-1.7 ...", b"\x00\x01\x02\x03" * 99, Gap(ADDRESS, GapReason.UNREACHABLE, "no answer")],
)
def test_a_text_behind_the_link_that_could_not_be_read_is_a_gap(answer: bytes | Gap) -> None:
    artifact = read(answer)
    assert [gap.place for gap in artifact.file_gaps] == ["license_link"]
    assert not [one for one in artifact.claims if one.kind is ClaimKind.LINKED]
    assert any("was not read" in one.value for one in artifact.facts_of(FactKind.SUMMARY))


def test_a_link_that_is_not_followed_is_a_gap() -> None:
    assert [gap.place for gap in read(b"", "http://law.example/license").file_gaps] == ["license_link"]


def test_a_tag_that_stands_for_one_text_needs_no_link() -> None:
    assert not [one for one in read(text_of_mit(), license="mit").claims if one.kind is ClaimKind.LINKED]
