"""Who stands behind each node: the registry, past repackagers, corrected by licence texts and by the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from licscan.core.artifact import Artifact
from licscan.core.license import License, Resolution, Resolved, keys_of
from licscan.core.lineage import Lineage, Relation
from licscan.core.publisher import Publisher
from licscan.knowledge import Knowledge

_FORMS = frozenset({Relation.QUANTIZED, Relation.CONVERTED, Relation.UNSTATED})
"""Relations under which the weights stay what their origin made of them."""


def publishers_of(
    lineage: Lineage,
    knowledge: Knowledge,
    overrides: Mapping[str, Publisher] | None = None,
    resolutions: Mapping[str, Resolution] | None = None,
) -> dict[str, Publisher]:
    """The publisher of every node for which one is known, by node id.

    `overrides` is what the user's policy says, by organisation or by node; it wins over everything.
    """
    said = {key.lower(): value for key, value in (overrides or {}).items()}
    found: dict[str, Publisher] = {}
    for node in lineage.bottom_up():
        publisher = _publisher(node, lineage, knowledge, said, found)
        if resolutions is not None and node.lower() not in said:
            publisher = _as_licensed(publisher, knowledge, resolutions.get(node))
        if publisher is not None:
            found[node] = publisher
    return dict(sorted(found.items()))


def _publisher(
    node: str,
    lineage: Lineage,
    knowledge: Knowledge,
    said: Mapping[str, Publisher],
    found: Mapping[str, Publisher],
) -> Publisher | None:
    artifact = lineage[node]
    if node.lower() in said:
        return said[node.lower()]
    registered = _registered(artifact, knowledge, said)
    if registered is None or not (registered.repackager or knowledge.publishers.repackages(node)):
        return registered
    if not registered.repackager and not _passed_on(node, lineage):
        # The name alone looks like a copy: without a link to an original it is the account's own.
        return registered
    behind = _behind(node, lineage, found)
    if behind is not None and behind.name == registered.name:
        return behind
    # The account publishes what it hands on; whose work that is belongs to the node of the original.
    work_of = (behind.work_of or behind.name) if behind is not None else None
    return replace(registered, repackager=True, work_of=work_of, country=None, hq_country=None, parent_country=None)


def _registered(artifact: Artifact, knowledge: Knowledge, said: Mapping[str, Publisher]) -> Publisher | None:
    org = artifact.org
    if org is None:
        name = artifact.repo.name if artifact.repo else None
        return knowledge.publishers.of_legacy(name) if name else None
    return said.get(org.lower()) or knowledge.publishers.get(org)


def _passed_on(node: str, lineage: Lineage) -> tuple[str, ...]:
    """The originals that the node hands on in another form."""
    return tuple(link.parent for link in lineage.up(node) if link.relation in _FORMS)


def _behind(node: str, lineage: Lineage, found: Mapping[str, Publisher]) -> Publisher | None:
    """Whose weights a repackager passes on, where all that it passes on is one publisher's."""
    origins = [found.get(parent) for parent in _passed_on(node, lineage)]
    names = {one.name if one else None for one in origins}
    return origins[0] if len(names) == 1 else None


def _as_licensed(publisher: Publisher | None, knowledge: Knowledge, resolution: Resolution | None) -> Publisher | None:
    """What the licence text says of its licensor beats the registry, where the account is known to be that one's."""
    license = _own_license(resolution, knowledge.licenses)
    if license is None or license.licensor is None:
        return publisher
    named = knowledge.publishers.named(license.licensor)
    if publisher is None or named is None or named.name != publisher.name:
        # An account that nobody knows stays unknown: a copy or a fine-tune often stands under the text of its base.
        return publisher
    country = license.licensor_country or publisher.country
    return replace(publisher, country=country, confidence="high")


def _own_license(resolution: Resolution | None, licenses: Mapping[str, License]) -> License | None:
    if not isinstance(resolution, Resolved):
        return None
    keys = keys_of(resolution)
    license = licenses[keys[0]] if len(keys) == 1 and keys[0] in licenses else None
    return license if license is not None and not license.is_standard else None
