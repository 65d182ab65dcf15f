"""Claims weighed against each other."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licscan.core.artifact import Artifact, Claim, ClaimKind, FileEntry, NodeKind, Source
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.license import (
    Change,
    Disputed,
    Identity,
    Resolution,
    Resolved,
    Term,
    Undeclared,
    Unrecognised,
    Unseen,
    keys_of,
)
from licscan.core.lineage import Lineage
from licscan.knowledge import load
from licscan.licensing.claims import is_sure
from licscan.licensing.resolve import resolve, resolve_all

KNOWLEDGE = load()
LONG = " and so on" * 40
ADDED = Change("added", "You shall display a name.", terms=(Term.DISPLAY_ATTRIBUTION,))
TEXTS = {
    "text of mit": Identity("exact", "mit", 1.0),
    "text of llama": Identity("exact", "llama3.1", 1.0),
    "text of nc": Identity("exact", "cc-by-nc-4.0", 1.0),
    "text nearly gemma": Identity("near", "gemma", 0.97, (Change("changed", "a typo"),)),
    "text of gemma with less": Identity("near", "gemma", 0.9, (Change("changed", "x", terms=(Term.USE_POLICY,)),)),
    "text of mit and more": Identity("modified-standard", "mit", 0.9, (ADDED,)),
    "text of some hunyuan": Identity("family", None, 0.8, candidates=(("tencent-hunyuan-large", 0.8),)),
    "text of two": Identity("multiple", parts=(("mit", 0, 10), ("llama3.1", 10, 20))),
    "text of a policy": Identity("use-policy", candidates=(("llama3.1-aup", 1.0),)),
}


def identify(text: str) -> Identity:
    """Stands for the recognition of texts, which has its own tests."""
    return TEXTS.get(text.removesuffix(LONG), Identity("none"))


def claim(kind: str, text: str, part: str = "", repo: str = "org/model") -> Claim:
    whole = text + LONG if text.startswith("text ") else text
    return Claim(ClaimKind(kind), whole, Evidence(repo, "a" * 40, f"{kind}{part}", whole[:40]), part)


def node(*claims: tuple[str, ...], id: str = "org/model", **fields: Any) -> Artifact:
    fields.setdefault("kind", NodeKind.MODEL)
    return Artifact(
        id=id,
        repo=RepoId.try_parse(id),
        claims=tuple(claim(one[0], one[1], one[2] if len(one) > 2 else "", id) for one in claims),
        **fields,
    )


def settled(*claims: tuple[str, ...], **fields: Any) -> Resolution:
    return resolve(node(*claims, **fields), KNOWLEDGE, identify)


@pytest.mark.parametrize(
    ("claims", "expression", "keys", "governs"),
    [
        ([("tag", "mit")], "MIT", ("mit",), "tag"),
        ([("tag", "gpl-3.0")], "GPL-3.0-only", ("gpl-3.0",), "tag"),
        ([("tag", "license:apache-2.0")], "Apache-2.0", ("apache-2.0",), "tag"),
        ([("tag", "other"), ("name", "llama3_1")], "LicenseRef-scancode-llama-3.1-license-2024", ("llama3.1",), "name"),
        ([("tag", "other"), ("link", "https://www.llama.com/llama3_2/license")], None, ("llama3.2",), "link"),
        (
            [("tag", "other"), ("name", "my-name"), ("link", "https://mistral.ai/licenses/MRL-0.1.md")],
            None,
            ("mrl-0.1",),
            "link",
        ),
        ([("tag", "other"), ("tag", "mit")], "MIT", ("mit",), "tag"),
        ([("tag", "MIT OR Apache-2.0")], "MIT OR Apache-2.0", ("apache-2.0", "mit"), "tag"),
        ([("tag", "other"), ("link", "LICENSE"), ("name", "qwen")], None, ("qwen",), "name"),
        ([("file", "text of mit"), ("tag", "mit")], "MIT", ("mit",), "file"),
        ([("file", "Apache-2.0\n"), ("tag", "apache-2.0")], "Apache-2.0", ("apache-2.0",), "file"),
        ([("linked", "text of llama"), ("tag", "other")], None, ("llama3.1",), "linked"),
        ([("pasted", "text of llama"), ("tag", "other")], None, ("llama3.1",), "pasted"),
        ([("pasted", "text of nobody"), ("tag", "mit")], "MIT", ("mit",), "tag"),
        ([("linked", "text of nobody"), ("tag", "mit")], "MIT", ("mit",), "tag"),
        (
            [("file", "text of mit", "code"), ("file", "text of llama", "weights"), ("tag", "other")],
            None,
            ("llama3.1",),
            "file",
        ),
        ([("file", "text of mit", "code"), ("tag", "llama3.1")], None, ("llama3.1",), "tag"),
        ([("file", "text of a policy"), ("tag", "llama3.1")], None, ("llama3.1",), "tag"),
        ([("policy", "text of a policy"), ("tag", "llama3.1")], None, ("llama3.1",), "tag"),
        ([("tag", "llama3"), ("name", "llama3.1")], None, ("llama3.1",), "name"),
        ([("tag", "apache-2.0"), ("name", "gemma-4")], "Apache-2.0", ("gemma-4",), "name"),
        ([("metadata", "apache-2.0"), ("tag", "apache-2.0")], "Apache-2.0", ("apache-2.0",), "metadata"),
        ([("tag", "other"), ("prose", "apache-2.0")], "Apache-2.0", ("apache-2.0",), "prose"),
        ([("tag", "cc-by-nc-4.0"), ("prose", "mit")], "CC-BY-NC-4.0", ("cc-by-nc-4.0",), "tag"),
        (
            [("tag", "apache-2.0"), ("file", "text of nc", "vae")],
            "Apache-2.0 AND CC-BY-NC-4.0",
            ("apache-2.0", "cc-by-nc-4.0"),
            "tag",
        ),
    ],
)
def test_what_is_said_is_known(
    claims: list[tuple[str, ...]], expression: str | None, keys: tuple[str, ...], governs: str
) -> None:
    resolution = settled(*claims)
    assert isinstance(resolution, Resolved)
    assert keys_of(resolution) == keys
    assert expression in (None, resolution.expression)
    assert resolution.governs == governs
    assert len(resolution.statements) == len(claims)
    assert {one.evidence for one in resolution.statements} == set(resolution.evidence)


@pytest.mark.parametrize(
    ("claims", "candidates"),
    [
        ([("tag", "other"), ("name", "frobnicate"), ("link", "LICENSE")], ()),
        ([("tag", "mit"), ("name", "frobnicate")], ("mit",)),
        ([("tag", "gpl")], ("gpl-2.0", "gpl-3.0")),
        ([("tag", "gemma")], ("gemma", "gemma-2024-02", "gemma-2024-04")),
        ([("file", "text of nobody"), ("tag", "mit")], ("mit",)),
        ([("file", "text of mit and more"), ("tag", "mit")], ("mit",)),
        ([("file", "text of gemma with less"), ("tag", "gemma")], ("gemma", "gemma-2024-02", "gemma-2024-04")),
        ([("file", "text of some hunyuan")], ("tencent-hunyuan-large",)),
        ([("tag", "mit AND LicenseRef-foo")], ()),
        ([("tag", "{'a': 1}")], ()),
        ([("tag", "x" * 10_000)], ()),
        ([("tag", "True")], ()),
        ([("tag", "\x1b[31mmit")], ()),
    ],
)
def test_what_is_not_known_stays_so(claims: list[tuple[str, ...]], candidates: tuple[str, ...]) -> None:
    resolution = settled(*claims)
    assert isinstance(resolution, Unrecognised)
    assert resolution.candidates == candidates
    assert keys_of(resolution) == ()


def test_a_modified_standard_text_names_what_it_is_nearest_to() -> None:
    resolution = settled(("file", "text of mit and more"), ("tag", "mit"))
    assert isinstance(resolution, Unrecognised)
    assert resolution.nearest == (("mit", 0.9),)
    statement = next(one for one in resolution.statements if one.kind == "file")
    assert statement.identity is not None
    assert statement.identity.changes == (ADDED,)


@pytest.mark.parametrize(
    ("claims", "keys"),
    [
        ([("tag", "mit"), ("tag", "apache-2.0")], ("apache-2.0", "mit")),
        ([("metadata", "apache-2.0"), ("tag", "llama3.1")], ("apache-2.0", "llama3.1")),
        ([("tag", "apache-2.0"), ("name", "qwen")], ("apache-2.0", "qwen")),
        ([("file", "text of mit"), ("linked", "text of llama")], ("llama3.1", "mit")),
        ([("file", "text of mit"), ("file", "text of nobody")], ("mit",)),
        ([("file", "text of two"), ("tag", "mit")], ("llama3.1", "mit")),
        ([("tag", "apache-2.0"), ("tag", "cc")], None),
        ([("tag", "mit"), ("prose", "license: cc-by-nc-4.0")], ("cc-by-nc-4.0", "mit")),
    ],
)
def test_equal_voices_that_disagree_are_a_dispute(claims: list[tuple[str, ...]], keys: tuple[str, ...] | None) -> None:
    resolution = settled(*claims)
    assert isinstance(resolution, Disputed)
    assert keys in (None, keys_of(resolution))
    assert resolution.options


def test_the_text_governs_and_the_tag_stays_visible() -> None:
    resolution = settled(("file", "text of mit"), ("tag", "cc-by-nc-4.0"))
    assert isinstance(resolution, Resolved)
    assert resolution.expression == "MIT"
    assert resolution.confidence is Confidence.LIKELY
    assert [(one.kind, one.keys) for one in resolution.statements] == [("file", ("mit",)), ("tag", ("cc-by-nc-4.0",))]
    assert resolution.declared == ("cc-by-nc-4.0",)


def test_a_near_text_without_a_change_of_terms_is_likely() -> None:
    resolution = settled(("file", "text nearly gemma"))
    assert isinstance(resolution, Resolved)
    assert keys_of(resolution) == ("gemma",)
    assert resolution.confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("created", "key"),
    [
        ("2024-02-08T10:00:00Z", "gemma-2024-02"),
        ("2024-03-31", "gemma-2024-02"),
        ("2024-04-01", "gemma-2024-04"),
        ("2025-03-23", "gemma-2024-04"),
        ("2025-03-24T00:00:01+00:00", "gemma"),
    ],
)
def test_the_date_settles_what_was_replaced_in_place(created: str, key: str) -> None:
    resolution = settled(("tag", "gemma"), created=created)
    assert isinstance(resolution, Resolved)
    assert keys_of(resolution) == (key,)
    assert resolution.confidence is Confidence.LIKELY
    assert len(resolution.statements[0].candidates) == 3


def test_the_text_settles_what_the_date_leaves_open() -> None:
    resolution = settled(("tag", "other"), ("name", "modified-mit"), ("file", "text of llama"))
    assert keys_of(resolution) == ("llama3.1",)


def test_the_repository_settles_a_name_of_several_texts() -> None:
    named = (("tag", "other"), ("name", "modified-mit"))
    assert isinstance(settled(*named), Unrecognised)
    assert keys_of(settled(*named, id="moonshotai/Kimi-K2-Instruct")) == ("kimi-k2-modified-mit",)
    assert isinstance(settled(*named, id="someone/Kimi-K2-Instruct-copy"), Unrecognised)


def test_llama3_may_mean_a_later_edition_once_there_is_one() -> None:
    early = settled(("tag", "llama3"), created="2024-04-20", modified="2024-05-01")
    late = settled(("tag", "llama3"), created="2024-04-20", modified="2025-05-01")
    assert isinstance(early, Resolved)
    assert isinstance(late, Resolved)
    assert (early.confidence, late.confidence) == (Confidence.CERTAIN, Confidence.LIKELY)
    assert "llama3.2" in late.statements[0].candidates


def test_a_name_of_an_unknown_early_text_is_not_given_a_later_one() -> None:
    resolution = settled(("tag", "tii-falcon-llm"), created="2023-06-01")
    assert isinstance(resolution, Unrecognised)
    assert "falcon-3" in resolution.candidates


GAP = Gap("org/model", GapReason.GATED, "gated")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, Undeclared),
        ({"kind": NodeKind.DATASET}, Undeclared),
        ({"files": ()}, Undeclared),
        ({"gap": GAP}, Unseen),
        ({"kind": NodeKind.EXTERNAL}, Unseen),
        ({"kind": NodeKind.COMPONENT}, Unseen),
        ({"files": (FileEntry("LICENSE.pdf"),)}, Unseen),
        ({"file_gaps": (Gap("org/model", GapReason.UNREACHABLE, "x", "LICENSE"),)}, Unseen),
    ],
)
def test_silence_is_four_different_things(fields: dict[str, Any], kind: type) -> None:
    resolution = settled(**fields)
    assert type(resolution) is kind
    if isinstance(resolution, Undeclared):
        assert resolution.looked_for


def test_code_alone_says_nothing_of_the_weights() -> None:
    resolution = settled(("file", "text of mit", "code"))
    assert isinstance(resolution, Undeclared)
    assert resolution.statements[0].keys == ("mit",)


def test_a_folder_of_somebody_else_is_not_the_licence_of_the_whole() -> None:
    resolution = settled(("file", "text of mit", "third_party/tool"))
    assert isinstance(resolution, Unrecognised)
    beside = settled(("file", "text of mit", "third_party/tool"), ("tag", "llama3.1"))
    assert keys_of(beside) == ("llama3.1",)


@pytest.mark.parametrize("claims", [(("tag", "llama3.1"),), (("tag", "other"), ("name", "qwen"))])
def test_public_metadata_of_a_gated_repository_counts(claims: tuple[tuple[str, ...], ...]) -> None:
    assert isinstance(settled(*claims, gap=GAP), Resolved)


def test_an_unread_licence_file_leaves_doubt_about_the_tag() -> None:
    resolution = settled(("tag", "mit"), files=(FileEntry("README.md"), FileEntry("LICENSE")))
    assert isinstance(resolution, Resolved)
    assert resolution.confidence is Confidence.LIKELY


def test_without_recognition_a_text_is_not_named() -> None:
    assert isinstance(resolve(node(("file", "text of mit")), KNOWLEDGE), Unrecognised)


WORDS = st.sampled_from(
    [
        ("tag", "mit"),
        ("tag", "other"),
        ("tag", "gemma"),
        ("name", "qwen"),
        ("name", "nobody"),
        ("link", "LICENSE"),
        ("file", "text of mit"),
        ("file", "text of llama"),
        ("file", "text of nobody"),
        ("metadata", "apache-2.0"),
        ("prose", "mit"),
        ("file", "text of nc", "vae"),
        ("file", "text of mit", "code"),
        ("policy", "text of a policy"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=5, unique=True))
def test_the_order_of_claims_does_not_matter(claims: list[tuple[str, ...]]) -> None:
    expected = settled(*claims)
    for order in list(permutations(claims))[:24]:
        again = settled(*order)
        assert type(again) is type(expected)
        assert keys_of(again) == keys_of(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4, unique=True), min_size=1, max_size=8))
def test_a_whole_lineage_is_weighed_as_its_nodes_are(rows: list[list[tuple[str, ...]]]) -> None:
    artifacts = [
        node(*row, id=f"org{number}/model", created=f"202{number}-05-01", source=Source.HUB)
        for number, row in enumerate([*rows, *rows][:9])
    ]
    lineage = Lineage.build((artifacts[0].id,), artifacts, ())
    found = resolve_all(lineage, KNOWLEDGE, identify)
    assert found == {one.id: resolve(one, KNOWLEDGE, identify) for one in artifacts}


def test_a_text_is_recognised_once_in_a_lineage() -> None:
    asked: list[str] = []

    def count(text: str) -> Identity:
        asked.append(text)
        return identify(text)

    artifacts = [node(("file", "text of llama"), id=f"org/m{number}") for number in range(20)]
    resolve_all(Lineage.build(("org/m0",), artifacts, ()), KNOWLEDGE, count)
    assert len(asked) == 1


@settings(deadline=None)
@given(st.sampled_from(sorted(ClaimKind)), st.text(max_size=400))
def test_anything_may_be_claimed(kind: ClaimKind, text: str) -> None:
    resolution = settled((kind.value, text))
    assert len(resolution.statements) == 1 or kind is ClaimKind.PROSE, "a sentence may say nothing of a licence"


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        (Change("added", "But first, please read the page about why not."), True),
        (Change("added", "You must not sell the software."), False),
        (Change("changed", "The licensor grants you a licence,"), True),
        (Change("changed", "Software means the parameters of ChatGLM-6B."), False),
        (Change("changed", "DeepFloyd is provided under this licence."), False),
        (Change("removed", ""), False),
    ],
)
def test_a_text_is_an_edition_where_nothing_that_counts_differs(change: Change, *, is_same: bool) -> None:
    assert is_sure(Identity("near", "gemma", 0.99, (change,))) is is_same


@pytest.mark.parametrize("tag", ["other", "unknown"])
def test_a_tag_that_names_no_licence_declares_none(tag: str) -> None:
    resolution = settled(("tag", tag))
    assert isinstance(resolution, Undeclared)
    assert resolution.declared == (tag,)
