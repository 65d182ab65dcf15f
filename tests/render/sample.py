"""Reports built by hand: the founding story with everything that a renderer must cope with, and large ones."""

from __future__ import annotations

from hashlib import sha256

from licscan.causes import causes_of
from licscan.core.artifact import Artifact, Claim, ClaimKind, Fact, FactKind, FileEntry, NodeKind, Source
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.finding import Finding, Severity, Waiver
from licscan.core.ids import RepoId, RepoKind
from licscan.core.judgement import Blocker, Burden, Judgement, Obligation, Reason, ReasonKind, Release, Verdict
from licscan.core.license import (
    Disputed,
    Resolution,
    Resolved,
    Statement,
    Term,
    Undeclared,
    Unrecognised,
    Unseen,
)
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.publisher import Publisher
from licscan.core.report import (
    ControlFact,
    Origin,
    OriginVerdict,
    Outcome,
    PolicySummary,
    Report,
    Share,
)
from licscan.core.text import text
from licscan.core.use import Distribution, Purpose, Use
from licscan.knowledge import load
from licscan.rules import RULES

SUBJECT = "naver-hyperclovax/HyperCLOVAX-SEED-Think-32B"
ENCODER = "Qwen/Qwen2.5-VL-32B-Instruct"
LLAMA = "meta-llama/Llama-3.1-8B"
MERGED = "acme/clova-merge"
DATA = "datasets/HuggingFaceH4/ultrachat_200k"
GATED = "secret-lab/base"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe"
LOOSE = "acme/loose-adapter"
SILENT = "someone/silent"
PART = f"{SILENT}#tokenizer"

REVISION = "0123456789abcdef0123456789abcdef01234567"
APACHE_TEXT = "Apache License\nVersion 2.0, January 2004\n(the stored text of a fixture)\n"
HYPER_TEXT = "HyperCLOVA X SEED Model License Agreement\n</textarea><script>alert(3)</script>\n"


def _evidence(repo: str, place: str, says: str, line: int | None = None) -> Evidence:
    return Evidence(repo, REVISION, place, says, line)


def _claim(repo: str, kind: ClaimKind, path: str, words: str) -> Claim:
    return Claim(kind, words, _evidence(repo, path, words[:60]), sha256=sha256(words.encode()).hexdigest())


def _model(name: str, kind: RepoKind = RepoKind.MODEL, **fields: object) -> Artifact:
    repo = RepoId.parse(name.removeprefix("datasets/"), kind)
    node_kind = NodeKind.MODEL if kind is RepoKind.MODEL else NodeKind.DATASET
    known: dict[str, object] = {
        "revision": REVISION,
        "source": Source.RECORDING,
        "as_of": "2026-11-24",
        "created": "2025-06-01T00:00:00.000Z",
        "files": (
            FileEntry("README.md", 1200),
            FileEntry("model-00001-of-00002.safetensors", 4_900_000_000, sha256(name.encode()).hexdigest()),
        ),
    }
    return Artifact(str(repo), node_kind, repo=repo, **(known | fields))  # type: ignore[arg-type]


def _resolved(node: str, key: str, place: str = "README.md#license") -> Resolved:
    license = load().licenses[key]
    where = _evidence(node, place, key, 3)
    return Resolved(
        declared=(key,),
        evidence=(where,),
        statements=(Statement(license.expression, (key,), key, where),),
        expression=license.expression,
        alternatives=((key,),),
        governs="file",
    )


def _artifacts() -> tuple[Artifact, ...]:
    return (
        _model(
            SUBJECT,
            parameters=33_000_000_000,
            claims=(
                _claim(SUBJECT, ClaimKind.FILE, "LICENSE", HYPER_TEXT),
                Claim(ClaimKind.NAME, "hyperclovax-seed", _evidence(SUBJECT, "README.md#license_name", "x")),
            ),
            facts=(
                Fact(FactKind.ARCHITECTURE, "HCXVisionV2ForCausalLM", _evidence(SUBJECT, "config.json#arch", "H")),
                Fact(FactKind.REMOTE_CODE, "acme/code", _evidence(SUBJECT, "config.json#auto_map", "acme/code--m.py")),
                Fact(FactKind.COPYRIGHT, "Copyright (c) NAVER Cloud Corp.", _evidence(SUBJECT, "NOTICE", "Copyright")),
            ),
        ),
        _model(
            ENCODER,
            parameters=33_400_000_000,
            claims=(_claim(ENCODER, ClaimKind.FILE, "LICENSE", APACHE_TEXT),),
        ),
        _model(
            LLAMA,
            gated="manual",
            parameters=8_030_000_000,
            claims=(
                _claim(LLAMA, ClaimKind.FILE, "LICENSE", "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT (fixture)\n"),
                _claim(LLAMA, ClaimKind.POLICY, "USE_POLICY.md", "# Use policy (fixture)\n"),
                _claim(LLAMA, ClaimKind.NOTICE, "NOTICE", "Copyright (c) Meta Platforms, Inc. (fixture)\n"),
            ),
        ),
        _model(MERGED),
        _model(LOOSE),
        _model(SILENT),
        _model(DATA, RepoKind.DATASET),
        Artifact(
            GATED,
            NodeKind.MODEL,
            repo=RepoId.parse(GATED),
            gap=Gap(GATED, GapReason.GATED, "the Hub asks for a login with access"),
        ),
        Artifact(HOSTILE, NodeKind.EXTERNAL, candidates=(ENCODER,)),
        Artifact(PART, NodeKind.COMPONENT, publisher="someone"),
    )


def _links() -> tuple[Link, ...]:
    return (
        Link(
            SUBJECT,
            ENCODER,
            Relation.COMPONENT,
            "vision_encoder",
            declared=False,
            evidence=(_evidence(SUBJECT, "config.json#vision_config.model_type", "qwen2_5_vl", 41),),
            share=(0.0201, 0.0201),
        ),
        Link(SUBJECT, MERGED, Relation.FINETUNE, evidence=(_evidence(SUBJECT, "README.md#base_model", MERGED, 5),)),
        Link(MERGED, LLAMA, Relation.MERGE, evidence=(_evidence(MERGED, "mergekit_config.yml#models[0]", LLAMA),)),
        Link(MERGED, LOOSE, Relation.MERGE, evidence=(_evidence(MERGED, "mergekit_config.yml#models[1]", LOOSE),)),
        Link(LOOSE, LLAMA, Relation.ADAPTER, evidence=(_evidence(LOOSE, "adapter_config.json", LLAMA),)),
        Link(MERGED, GATED, Relation.DISTILLED, confidence=Confidence.POSSIBLE),
        Link(SUBJECT, DATA, Relation.TRAINED_ON, evidence=(_evidence(SUBJECT, "README.md#datasets", DATA, 9),)),
        Link(SUBJECT, HOSTILE, Relation.UNSTATED, confidence=Confidence.LIKELY),
        Link(MERGED, SILENT, Relation.QUANTIZED),
        Link(SILENT, PART, Relation.COMPONENT, "tokenizer", confidence=Confidence.LIKELY),
    )


def _resolutions() -> dict[str, Resolution]:
    two = tuple(
        Statement(key, (key,), key, _evidence(MERGED, place, key))
        for key, place in (("mit", "README.md#license"), ("apache-2.0", "LICENSE"))
    )
    return {
        SUBJECT: _resolved(SUBJECT, "hyperclovax-seed", "LICENSE"),
        ENCODER: _resolved(ENCODER, "apache-2.0", "LICENSE"),
        LLAMA: _resolved(LLAMA, "llama3.1", "LICENSE"),
        MERGED: Disputed(declared=("mit", "apache-2.0"), evidence=tuple(o.evidence for o in two), options=two),
        LOOSE: _resolved(LOOSE, "mit"),
        SILENT: Undeclared(looked_for=("README.md#license", "LICENSE")),
        DATA: _resolved(DATA, "cc-by-nc-4.0"),
        GATED: Unseen(),
        HOSTILE: Unseen(),
        PART: Unrecognised(declared=("house rules | <b>v2</b>",), nearest=(("mit", 0.62),)),
    }


def _judgements(links: tuple[Link, ...]) -> dict[tuple[str, str, str, str], Judgement]:
    special = {
        (LOOSE, LLAMA): Verdict.CONFLICT,
        (SUBJECT, ENCODER): Verdict.CONDITIONS,
        (SUBJECT, DATA): Verdict.DEPENDS,
        (MERGED, GATED): Verdict.UNKNOWN,
        (SUBJECT, HOSTILE): Verdict.UNKNOWN,
        (MERGED, LLAMA): Verdict.CONDITIONS,
    }
    reason = Reason(
        ReasonKind.CONTRADICTION,
        Term.USE_POLICY,
        "llama3.1",
        "1.b.iv",
        text("{license} demands that its use policy goes along; {child} says nothing of it", license="L", child=LOOSE),
        source=LLAMA,
    )
    return {
        link.key: Judgement(
            link,
            special.get((link.child, link.parent), Verdict.OK),
            (reason,) if (link.child, link.parent) == (LOOSE, LLAMA) else (),
        )
        for link in links
    }


def _burdens() -> tuple[Burden, ...]:
    way = (SUBJECT, MERGED, LLAMA)
    llama, hyper = load().licenses["llama3.1"], load().licenses["hyperclovax-seed"]
    nc = load().licenses["cc-by-nc-4.0"]
    return (
        *(Burden(hyper[term], hyper.key, SUBJECT, (SUBJECT,)) for term in (Term.NAMING, Term.COMMERCIAL_USE)),
        *(
            Burden(llama[term], llama.key, LLAMA, way)
            for term in (Term.DISPLAY_ATTRIBUTION, Term.NAMING, Term.USE_POLICY, Term.NOTICE_FILE)
        ),
        Burden(
            nc[Term.COMMERCIAL_USE],
            nc.key,
            DATA,
            (SUBJECT, DATA),
            Confidence.POSSIBLE,
            unsettled=True,
            question=text("whether the terms of training data reach the model is not settled in law"),
        ),
    )


def _findings() -> tuple[Finding, ...]:
    found = (
        Finding(
            "undeclared-base",
            Severity.HIGH,
            Confidence.CERTAIN,
            SUBJECT,
            text(
                "{component} comes from {parent}, which the card does not name",
                component="vision_encoder",
                parent=ENCODER,
            ),
            path=(SUBJECT, ENCODER),
            evidence=(_evidence(SUBJECT, "config.json#vision_config.model_type", "qwen2_5_vl", 41),),
            remedies=(text("name {parent} on the card", parent=ENCODER), text("replace the part")),
        ),
        Finding(
            "looser-than-upstream",
            Severity.CRITICAL,
            Confidence.LIKELY,
            LOOSE,
            text("{child} grants what {parent} withholds", child=LOOSE, parent=LLAMA),
            path=(SUBJECT, MERGED, LOOSE, LLAMA),
            evidence=(_evidence(LOOSE, "README.md#license", "mit", 2), _evidence(LLAMA, "LICENSE", "=1+1")),
            clause="1.b.i",
            license="llama3.1",
            remedies=(text("relabel {child}", child=LOOSE),),
            also=(MERGED,),
        ),
        Finding(
            "unseen-upstream",
            Severity.MEDIUM,
            Confidence.CERTAIN,
            GATED,
            text("{node} could not be read: {why}", node=GATED, why="gated"),
            path=(SUBJECT, MERGED, GATED),
        ),
        Finding(
            "malformed-base",
            Severity.LOW,
            Confidence.CERTAIN,
            SUBJECT,
            text("{value} is no repository", value=HOSTILE),
            path=(SUBJECT, HOSTILE),
            evidence=(_evidence(SUBJECT, "README.md#base_model", HOSTILE),),
        ),
        Finding(
            "single-source",
            Severity.INFO,
            Confidence.POSSIBLE,
            ENCODER,
            text("there is no mirror of {node}", node=ENCODER),
            waived=Waiver("we keep a copy in-house", "legal@acme.example", "2027-06-30"),
        ),
    )
    return tuple(sorted(found, key=lambda one: one.sort_key))


def story(lang: str = "en") -> Report:
    """The founding story: an encoder that the card does not name, a gated base, a dispute, and hostile names."""
    links = _links()
    lineage = Lineage.build((SUBJECT,), _artifacts(), links)
    licenses = load().licenses
    publishers = {
        SUBJECT: Publisher(
            "naver-hyperclovax", "NAVER Cloud", "NAVER Cloud Corporation", "KR", parent="NAVER", parent_country="KR"
        ),
        ENCODER: Publisher("Qwen", "Qwen", "Alibaba Cloud", "CN", parent="Alibaba Group", parent_country="CN"),
        LLAMA: Publisher("meta-llama", "Meta", "Meta Platforms, Inc.", "US"),
    }
    duty = text("show {words} where the model is used", words="Built with Llama")
    way = (SUBJECT, MERGED, LLAMA)
    obligations = (
        Obligation(Term.DISPLAY_ATTRIBUTION, duty, "llama3.1", "1.b.i", LLAMA, way),
        Obligation(Term.LICENSE_COPY, text("ship a copy of the licence"), "llama3.1", "1.b.i", LLAMA, way),
        Obligation(Term.NAMING, text("begin the name with {prefix}", prefix="Llama"), "llama3.1", "1.b.i", LLAMA, way),
        Obligation(
            Term.MODIFICATION_NOTICE, text("say what you changed"), "apache-2.0", "4(b)", ENCODER, (SUBJECT, ENCODER)
        ),
        Obligation(Term.USE_POLICY, text("pass on the use policy"), "llama3.1", "1.b.iv", LLAMA, way),
    )
    return Report(
        lineage=lineage,
        resolutions=_resolutions(),
        licenses={key: licenses[key] for key in ("apache-2.0", "cc-by-nc-4.0", "hyperclovax-seed", "llama3.1", "mit")},
        publishers=publishers,
        judgements=_judgements(links),
        burdens=_burdens(),
        obligations=obligations,
        release=Release(
            "Apache-2.0",
            allowed=False,
            blockers=(
                Blocker(
                    text("{license} lets nobody drop its use policy", license="Llama 3.1 Community License"),
                    Term.USE_POLICY,
                    "llama3.1",
                    "1.b.iv",
                    LLAMA,
                    way,
                ),
            ),
            obligations=obligations,
            suggested=("llama3.1",),
        ),
        findings=_findings(),
        causes=causes_of(_findings(), tuple(rule.info for rule in RULES), lineage),
        use=Use(
            Purpose.COMMERCIAL,
            frozenset({Distribution.WEIGHTS, Distribution.HOSTED_API}),
            frozenset({"KR", "EU"}),
            home="KR",
            monthly_users=2_000_000,
            release_as="Apache-2.0",
            release_name="Clova-Merge-32B",
        ),
        policy=PolicySummary("licscan.toml", "kr-independent-2026", "high", ("the licence of acme/x is MIT",)),
        outcome=Outcome.BLOCKED,
        version="0.1.0",
        knowledge="2026.11.24",
        shares=(
            Share(
                "country",
                "KR",
                0.97,
                0.98,
                text("{part} of {whole} parameters", part="32,300,000,000", whole="33,000,000,000"),
            ),
            Share("country", "CN", 0.0201, 0.0201),
            Share("country", None, 0.0, 0.01),
            Share("publisher", "NAVER Cloud", 0.97, 0.98),
            Share("license", "apache-2.0", 0.0201, 0.0201),
        ),
        control=(
            ControlFact(LLAMA, "gate", text("access is granted by the publisher, person by person")),
            ControlFact(LLAMA, "stop", text("the licence ends on breach"), "llama3.1", "6"),
            ControlFact(SUBJECT, "law", text("governed by the law of {law}", law="KR"), "hyperclovax-seed", "10"),
            ControlFact(
                ENCODER, "publisher", text("published by {name} ({country})", name="Alibaba Cloud", country="CN")
            ),
        ),
        origins=(
            Origin(
                "vision_encoder",
                OriginVerdict.REFUTED,
                text("{same} of {all} tensors are byte-identical to {parent}", same=390, all=390, parent=ENCODER),
                (text("hashes of tensors"),),
                (0.0201, 0.0201),
            ),
        ),
        lang=lang,
        made="2026-11-24T06:00:00Z",
    )


def many(count: int, lang: str = "en") -> Report:
    """A lineage of `count` nodes: a few levels of merges, adapters and data sets, wider towards the top."""
    base = story(lang)
    keys = ("apache-2.0", "llama3.1", "mit", "cc-by-nc-4.0", "hyperclovax-seed")
    ids = [f"org-{number % 17}/model-{number:04d}-with-a-longish-name" for number in range(count)]
    artifacts = [_model(name, parameters=7_000_000_000) for name in ids]
    relations = (Relation.FINETUNE, Relation.MERGE, Relation.ADAPTER, Relation.QUANTIZED, Relation.COMPONENT)
    links = [
        Link(
            ids[(number - 1) // 3],
            ids[number],
            relations[number % 5],
            "vision_encoder" if number % 5 == 4 else None,
            declared=number % 7 != 0,
            evidence=(_evidence(ids[(number - 1) // 3], "README.md#base_model", ids[number], 4),),
            share=(0.1, 0.12) if number % 5 == 4 else None,
        )
        for number in range(1, count)
    ]
    links += [Link(ids[number], ids[number * 2], Relation.DISTILLED) for number in range(5, count // 2, 9)]
    verdicts = tuple(Verdict)
    frozen = Lineage.build((ids[0],), artifacts, links)
    return Report(
        lineage=frozen,
        resolutions={name: _resolved(name, keys[number % 5]) for number, name in enumerate(ids)},
        licenses=base.licenses,
        publishers={},
        judgements={link.key: Judgement(link, verdicts[number % 6]) for number, link in enumerate(frozen.links)},
        burdens=base.burdens if count > len(base.lineage) else (),
        obligations=(),
        release=None,
        findings=tuple(
            Finding(
                "looser-than-upstream",
                Severity.HIGH,
                Confidence.CERTAIN,
                ids[number],
                text("{child} grants what {parent} withholds", child=ids[number], parent=ids[0]),
                path=frozen.path(ids[0], ids[number]),
                evidence=(_evidence(ids[number], "README.md#license", "mit", 2),),
                remedies=(text("relabel {child}", child=ids[number]),),
            )
            for number in range(1, count, 8)
        ),
        use=Use(),
        policy=PolicySummary(None, "neutral", None),
        outcome=Outcome.CONDITIONS if count > 1 else Outcome.CLEAR,
        version="0.1.0",
        knowledge="2026.11.24",
        lang=lang,
        made="2026-11-24T06:00:00Z",
    )
