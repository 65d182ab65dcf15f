"""Licences, the terms they set, and what is known about the licence of a node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from licscan.core.evidence import Confidence, Evidence
from licscan.core.limit import Limit


class Term(StrEnum):
    """The closed vocabulary of terms; `data/terms.toml` explains each, and a test keeps the two equal."""

    COMMERCIAL_USE = "commercial-use"
    DERIVATIVES = "derivatives"
    REDISTRIBUTION = "redistribution"
    SHARE_ALIKE = "share-alike"
    RESTRICTION_PASSTHROUGH = "restriction-passthrough"
    NAMING = "naming"
    DISPLAY_ATTRIBUTION = "display-attribution"
    LICENSE_COPY = "license-copy"
    NOTICE_FILE = "notice-file"
    MODIFICATION_NOTICE = "modification-notice"
    USE_POLICY = "use-policy"
    UNILATERAL_CHANGE = "unilateral-change"
    REVOCABILITY = "revocability"
    TERMINATION = "termination"
    TERRITORY_EXCLUDED = "territory-excluded"
    OUTPUTS_CLAIM = "outputs-claim"
    OUTPUTS_TRAINING = "outputs-training"
    OUTPUT_MODELS_ARE_DERIVATIVES = "output-models-are-derivatives"
    DERIVATIVE_OWNERSHIP = "derivative-ownership"
    GOVERNING_LAW = "governing-law"
    FORUM = "forum"
    PATENT_GRANT = "patent-grant"
    LITIGATION_TERMINATION = "litigation-termination"
    EXPORT_CONTROL = "export-control"
    BENCHMARK_LIMIT = "benchmark-limit"
    UPDATE_DUTY = "update-duty"
    REMOTE_RESTRICTION = "remote-restriction"
    SUBLICENSE = "sublicense"
    ACCEPTANCE = "acceptance"
    INDEMNITY = "indemnity"
    END_USER_PRODUCT_EXCEPTION = "end-user-product-exception"


NOT_READ = "not_read"
"""The value of a term whose text nobody has read; never the same as "no"."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition or exclusion inside a provision, as the clause states it."""

    type: str
    """`registration`, `region`, `breach` ...; the vocabulary is in `data/terms.toml`."""
    region: str | None = None
    """ISO 3166 code or `EU`, for exclusions."""
    details: tuple[tuple[str, str], ...] = ()
    """Everything else that the clause states: effect, basis, scope, exception ..."""

    def detail(self, name: str) -> str | None:
        """One of the details, or None."""
        return next((value for key, value in self.details if key == name), None)


@dataclass(frozen=True, slots=True)
class Provision:
    """What one licence says about one term, and in which clause."""

    term: Term
    value: str
    """From the closed list of the term in `data/terms.toml`: `yes`, `no`, `conditional`, `silent`, `not_read` ..."""
    clause: str | None = None
    conditions: tuple[Condition, ...] = ()
    limits: tuple[Limit, ...] = ()
    """Figures beyond which the provision is another (a grant), or from which on it holds (a duty)."""
    says: str | None = None
    """The words that the term turns on: a name prefix, a display sentence, a policy's address, a law."""
    triggers: tuple[str, ...] = ()
    """What sets the duty off: `finetune`, `distribute`, `product_or_service` ..."""
    binding: bool = True
    """False where the text only encourages."""

    @property
    def is_known(self) -> bool:
        """Somebody has read this."""
        return self.value != NOT_READ


class Reading(StrEnum):
    """How well the text behind a licence record was read."""

    FULL_TEXT = "full_text_read"
    STANDARD_TEXT = "standard_text_stored"
    CITED_CLAUSES = "cited_clauses_read"
    SECONDARY = "secondary_source"
    NONE = "none"


class Hand(StrEnum):
    """From whom the knowledge of a licence's terms comes."""

    FIRST = "first"
    """The text itself was read."""
    SECOND = "second"
    """Somebody else's account of it was read."""
    NONE = "none"
    """Neither."""


class Category(StrEnum):
    """Kinds of licence, freest first; two licences of different kinds cannot stand for each other."""

    PUBLIC_DOMAIN = "public-domain"
    PERMISSIVE = "permissive"
    WEAK_COPYLEFT = "weak-copyleft"
    COPYLEFT = "copyleft"
    USE_RESTRICTED = "use-restricted"
    """Commercial use is free, but uses are forbidden or conditions travel along."""
    COMMERCIAL_LIMITED = "commercial-limited"
    """Commercial use is free up to a threshold, or for some only."""
    NO_DERIVATIVES = "no-derivatives"
    NON_COMMERCIAL = "non-commercial"
    RESEARCH_ONLY = "research-only"
    UNKNOWN = "unknown"
    """Too little of the text was read."""


@dataclass(frozen=True, slots=True)
class License:
    """One known set of terms: one edition of an SPDX or custom licence."""

    key: str
    name: str
    expression: str
    """SPDX id, `LicenseRef-...` or (for a licence made of two) an expression."""
    family: str
    reading: Reading
    provisions: Mapping[Term, Provision] = field(default_factory=lambda: MappingProxyType({}))
    series: str | None = None
    """The line of editions that this one belongs to, where editions follow each other under one name."""
    edition: int | None = None
    """Place among the editions of its series, oldest first."""
    effective: str | None = None
    """ISO date from which the edition holds."""
    licensor: str | None = None
    """None where anybody may be the licensor (a standard licence)."""
    licensor_country: str | None = None
    osi_approved: bool = False
    spdx_listed: bool = False
    hub_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    url: str | None = None
    sources: tuple[str, ...] = ()
    reviewed: str | None = None
    note: str | None = None
    policy_of: str | None = None
    """For a use policy kept as a record of its own: the key of its licence."""
    text_of: str | None = None
    """For a publisher's record under somebody else's text (a model released under MIT): the key of that licence."""
    reusable: bool = False
    """Others than the licensor that the text names use it for works of their own: a template such as a RAIL."""
    texts: tuple[str, ...] = ()
    """Names of the reference texts of this edition, from which its fingerprints are made."""
    sha256: tuple[str, ...] = ()
    """SHA-256 of each reference text as it was read, byte for byte, in the order of `texts`."""
    reader: str = "the licscan project (no lawyer)"
    """Who read the text and wrote the record; the name of a lawyer where one did."""

    def __getitem__(self, term: Term) -> Provision:
        """What the licence says about `term`; a provision with `not_read` where nobody knows."""
        return self.provisions.get(term) or Provision(term, NOT_READ)

    @property
    def is_standard(self) -> bool:
        """On the SPDX list, so anybody may be the licensor."""
        return self.licensor is None

    @property
    def hand(self) -> Hand:
        """Whether the terms were taken from the text itself, from an account of it, or from nothing."""
        return _HANDS.get(self.reading, Hand.FIRST)

    @property
    def grants_nothing(self) -> bool:
        """The text was read, and neither allows nor refuses any use: a use policy, terms of a service."""
        return all(
            self[term].value == "silent" for term in (Term.COMMERCIAL_USE, Term.DERIVATIVES, Term.REDISTRIBUTION)
        )

    @property
    def is_policy(self) -> bool:
        """A use policy, which grants nothing by itself."""
        return self.policy_of is not None

    @property
    def category(self) -> Category:
        """What kind of licence this is, worked out from its terms and from nothing else."""
        return _category(self)


_HANDS = {Reading.SECONDARY: Hand.SECOND, Reading.NONE: Hand.NONE}
_STRONG = frozenset(
    {
        "same_license",
        "same_license_strong",
        "same_license_strong_network",
        "same_or_compatible",
        "same_or_equally_permissive_network",
        "derivative_database",
    }
)
_WEAK = frozenset({"library_only", "file_level", "module_level"})
_FREE = frozenset({"none", "silent", NOT_READ})
_TRAVELLING = frozenset({"use_restrictions", "license_copy_and_aup", "license_copy_and_no_help_to_violate"})
_RESEARCH = frozenset({"research_only"})


def _category(license: License) -> Category:
    """The strictest kind that the terms speak for; see `Category`."""
    commercial = license[Term.COMMERCIAL_USE]
    gates = {one.type for one in commercial.conditions} - {"aup_compliance", "not_sold_alone"}
    share = license[Term.SHARE_ALIKE].value
    answers = (
        (license.is_policy, Category.USE_RESTRICTED),
        (not commercial.is_known or license.grants_nothing, Category.UNKNOWN),
        (license[Term.DERIVATIVES].value in _RESEARCH, Category.RESEARCH_ONLY),
        (commercial.value in {"no", "conflicting", "unclear"}, Category.NON_COMMERCIAL),
        (license[Term.DERIVATIVES].value in {"no", "private_only"}, Category.NO_DERIVATIVES),
        (commercial.value == "conditional" and bool(gates or commercial.limits), Category.COMMERCIAL_LIMITED),
        (_restricts_use(license), Category.USE_RESTRICTED),
        (share in _STRONG, Category.COPYLEFT),
        (share in _WEAK, Category.WEAK_COPYLEFT),
        (license[Term.LICENSE_COPY].value == "no" and share == "none", Category.PUBLIC_DOMAIN),
    )
    return next((kind for holds, kind in answers if holds), Category.PERMISSIVE)


def _restricts_use(license: License) -> bool:
    return (
        license[Term.USE_POLICY].value not in _FREE
        or license[Term.RESTRICTION_PASSTHROUGH].value in _TRAVELLING
        or license[Term.TERRITORY_EXCLUDED].value == "stated"
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One place where a text differs from the known edition that it is nearest to."""

    kind: str
    """`added`, `removed` or `changed`."""
    theirs: str
    ours_hash: str = ""
    terms: tuple[Term, ...] = ()
    """Terms that the sentence seems to alter, by pattern."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which licence a text is."""

    result: str
    """`exact`, `near`, `family`, `modified-standard`, `use-policy`, `multiple` or `none`."""
    key: str | None = None
    """Null unless the result is exact, near or modified-standard."""
    similarity: float = 0.0
    changes: tuple[Change, ...] = ()
    parts: tuple[tuple[str, int, int], ...] = ()
    """For a text of several licences: key, start and end in characters."""
    candidates: tuple[tuple[str, float], ...] = ()
    patterns: tuple[tuple[Term, str, str], ...] = ()
    """Live text facts: term, value that the pattern suggests, the sentence."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One answer to "which licence?" with where it stands: what claims come to after resolving them."""

    expression: str | None
    """Null where the claim could not be resolved to anything known."""
    keys: tuple[str, ...]
    says: str
    """As published."""
    evidence: Evidence
    confidence: Confidence = Confidence.CERTAIN
    part: str = ""
    identity: Identity | None = None
    """For texts."""
    kind: str = ""
    """Which kind of claim it was: `file`, `name`, `tag` ... (the values of `ClaimKind`)."""
    candidates: tuple[str, ...] = ()
    """Every licence that the same words may mean, where they do not settle it alone."""
    restricts: tuple[tuple[Term, str], ...] = ()
    """What a sentence withholds without naming a licence: term and value, by pattern."""
    unknown: str = ""
    """The name of a licence in a sentence that nobody knows."""


@dataclass(frozen=True, slots=True)
class _Known:
    declared: tuple[str, ...] = ()
    """As published, in the order of governing."""
    evidence: tuple[Evidence, ...] = ()
    statements: tuple[Statement, ...] = ()
    """Everything that was said, resolved one by one; disagreement stays visible here."""


@dataclass(frozen=True, slots=True)
class Resolved(_Known):
    """The licence is known."""

    expression: str = ""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """The expression as a choice (outer) of sets of licence keys that hold together (inner)."""
    confidence: Confidence = Confidence.CERTAIN
    governs: str = ""
    """Which kind of claim decided: `file`, `tag` ..."""


@dataclass(frozen=True, slots=True)
class Disputed(_Known):
    """Sources of equal weight name different licences; every one of them may hold."""

    options: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Unrecognised(_Known):
    """A licence text or name was found that the knowledge does not have."""

    nearest: tuple[tuple[str, float], ...] = ()
    candidates: tuple[str, ...] = ()
    """For an ambiguous name: the licence keys that it may mean."""


@dataclass(frozen=True, slots=True)
class Undeclared(_Known):
    """The repository was read and says nothing about a licence."""

    looked_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unseen(_Known):
    """The repository (or that part of it) was not seen, so nothing can be said."""


Resolution = Resolved | Disputed | Unrecognised | Undeclared | Unseen


def keys_of(resolution: Resolution) -> tuple[str, ...]:
    """Every licence key that may hold, sorted; empty where none is known."""
    match resolution:
        case Resolved(alternatives=alternatives):
            return tuple(sorted({key for together in alternatives for key in together}))
        case Disputed(options=options):
            return tuple(sorted({key for option in options for key in option.keys}))
        case _:
            return ()
