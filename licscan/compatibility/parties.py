"""The two sides of a link as the law sees them: what the child says, and what is known about both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licscan.core.artifact import Artifact, ClaimKind
from licscan.core.judgement import Reason, Verdict
from licscan.core.license import NOT_READ, Category, License, Term
from licscan.core.text import Text, text
from licscan.knowledge.flowtable import FlowTable


class Says(StrEnum):
    """What the child says about its licence."""

    LICENSED = "licensed"
    CLOSED = "closed"
    """That it is nobody else's to use."""
    NOTHING = "nothing"
    UNRECOGNISED = "unrecognised"
    UNSEEN = "unseen"


_NAMES = {
    Says.LICENSED: text("a licence"),
    Says.CLOSED: text("a closed licence"),
    Says.NOTHING: text("no licence"),
    Says.UNRECOGNISED: text("a licence that is not recognised"),
    Says.UNSEEN: text("a licence that was not seen"),
}


@dataclass(frozen=True, slots=True)
class Child:
    """What the child says: one set of licences that hold together, or that it says nothing."""

    says: Says
    licenses: tuple[License, ...] = ()

    @property
    def name(self) -> Text:
        """For sentences."""
        if not self.licenses:
            return _NAMES[self.says]
        whole = text("{name}", name=self.licenses[0].name)
        for one in self.licenses[1:]:
            whole = text("{first} and {then}", first=whole, then=one.name)
        return whole

    def has(self, license: License) -> bool:
        """The child goes out under this very text, alone or beside others."""
        return any(one.expression == license.expression for one in self.licenses)

    def has_family(self, license: License) -> bool:
        """The child goes out under another edition of a custom licence's line."""
        return any(one.family == license.family and not is_free_family(one) for one in self.licenses)

    @property
    def is_noncommercial(self) -> bool:
        """Commercial use is refused."""
        return self.says is Says.CLOSED or any(one[Term.COMMERCIAL_USE].value == "no" for one in self.licenses)

    @property
    def is_research_only(self) -> bool:
        """Research alone is granted."""
        return self.says is Says.CLOSED or any(one.category is Category.RESEARCH_ONLY for one in self.licenses)

    @property
    def is_limited(self) -> bool:
        """Commercial use is refused, or granted within limits of the child's own licence."""
        return self.is_noncommercial or any(one[Term.COMMERCIAL_USE].value == "conditional" for one in self.licenses)

    @property
    def is_unread(self) -> bool:
        """What the child's licence grants is not known: nobody has read it, or it is a policy that grants nothing."""
        return any(
            one.grants_nothing or (not one[Term.COMMERCIAL_USE].is_known and not one.osi_approved)
            for one in self.licenses
        )


@dataclass(frozen=True, slots=True)
class Traits:
    """Facts about one link that matter beside the two licences."""

    same_licensor: bool = False
    named: bool | None = None
    """The child's name begins as the parent's licence demands; None where it demands nothing or the name is unknown."""
    multimodal: bool | None = None
    has_notice: bool | None = None
    """The parent comes with a NOTICE file; None where nobody looked."""
    own_family: bool = False
    """The child also descends from a model of the parent's own line."""


@dataclass(frozen=True, slots=True)
class Found:
    """One reason and how far it goes by itself."""

    reason: Reason
    weight: Verdict


VERDICT_RANK = {
    verdict: rank
    for rank, verdict in enumerate(
        (Verdict.SAME, Verdict.OK, Verdict.CONDITIONS, Verdict.DEPENDS, Verdict.UNKNOWN, Verdict.CONFLICT)
    )
}


def worst(*verdicts: Verdict) -> Verdict:
    """The worst of the verdicts; same where there is none."""
    return max(verdicts, key=VERDICT_RANK.__getitem__, default=Verdict.SAME)


_CORE = (Term.COMMERCIAL_USE, Term.DERIVATIVES, Term.SHARE_ALIKE, Term.RESTRICTION_PASSTHROUGH)


def unread(license: License) -> tuple[Term, ...]:
    """The terms that a verdict turns on and that nobody has read."""
    return tuple(term for term in _CORE if not license[term].is_known)


def is_free_family(license: License) -> bool:
    """The family is a shelf for standard licences, not one publisher's line."""
    return license.is_standard or license.text_of is not None


def says_something(value: str) -> bool:
    """A provision is there: neither denied, nor silent, nor unread."""
    return value not in {"none", "no", "silent", NOT_READ}


def name_of(artifact: Artifact) -> str:
    """The name under which a work goes: of its repository, else of its folder; empty where it has none."""
    name = artifact.repo.name if artifact.repo else artifact.id.rstrip("/").rpartition("/")[2]
    return name.strip(".") and name


def has_notice(artifact: Artifact) -> bool | None:
    """Whether a work comes with a NOTICE file; None where its files were not listed."""
    if any(one.kind is ClaimKind.NOTICE for one in artifact.claims):
        return True
    if artifact.files is None:
        return None
    return any("notice" in entry.path.rpartition("/")[2].lower() for entry in artifact.files)


def begins_with(name: str, prefix: str, table: FlowTable) -> bool:
    """The name begins as a naming clause demands, whatever its spelling of blanks and dashes."""
    plain, wanted = in_plain_letters(name), in_plain_letters(prefix)
    starts = [plain, *(plain.removeprefix(word) for word in table.name_before)]
    return any(start.startswith(wanted) for start in starts)


def in_plain_letters(name: str) -> str:
    """Letters and digits alone, in lower case: spelling, blanks and dashes do not count."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
