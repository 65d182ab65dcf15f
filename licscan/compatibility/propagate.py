"""Terms flow down the links: the verdict on every link, and what binds the subjects in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licscan.compatibility.effective_terms import Source, burdens_of, own_sources, sources_of
from licscan.compatibility.link_verdicts import judge_links
from licscan.compatibility.release_duties import release_duties
from licscan.core.collector import uncollected
from licscan.core.judgement import Burden, Judgement, Obligation
from licscan.core.license import License, Resolution
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher
from licscan.core.use import Use
from licscan.knowledge.flowtable import table
from licscan.licensing.licensor import FindPublisher, Owners

LinkKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """What the terms come to."""

    burdens: Mapping[str, tuple[Burden, ...]]
    """By subject: every term that reaches it, with the path."""
    judgements: Mapping[LinkKey, Judgement]
    obligations: tuple[Obligation, ...]
    """What must be done before the subjects go out."""
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """By subject: the licences behind its burdens, and the nodes of which no licence is known."""
    own: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """By subject: its own licences, where they bind the user."""

    @property
    def all(self) -> tuple[Burden, ...]:
        """The burdens of all subjects."""
        return tuple(burden for node in sorted(self.burdens) for burden in self.burdens[node])


@uncollected()
def flow(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    licenses: Mapping[str, License],
    use: Use,
    publishers: Mapping[str, Publisher] | None = None,
    named: FindPublisher | None = None,
) -> Flow:
    """Judge every link and gather what binds the subjects.

    `publishers` is by node; `named` finds the publisher that a licence names as its licensor
    (`knowledge.publishers.named`), so that a licensor may license its own work anew.
    """
    owners = Owners(lineage, publishers or {}, named)
    law = table()
    sources = {
        subject: sources_of(subject, lineage, resolutions, licenses, owners, law)
        for subject in dict.fromkeys(lineage.subjects)
    }
    burdens = {
        subject: burdens_of(subject, found, lineage, resolutions, licenses, use, law)
        for subject, found in sources.items()
    }
    judgements = judge_links(lineage, resolutions, licenses, use, owners, law)
    own = {subject: own_sources(subject, lineage, resolutions, licenses, use, law) for subject in sources}
    obligations = tuple(
        one
        for subject, found in sources.items()
        for one in release_duties(subject, (*own[subject], *found), lineage, resolutions, licenses, use, law)
    )
    return Flow(burdens, judgements, obligations, sources, own)
