"""What the program knows as JSON: licences, terms and differences in the shape of `explain -f json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from licscan.core.license import License, Provision, Term
from licscan.knowledge import Knowledge
from licscan.knowledge.limit_words import limit_sentence
from licscan.knowledge.vocabulary import TermEntry, Vocabulary
from licscan.licensing.term_diff import Difference, overall
from licscan.words import say


def license_record(license: License, knowledge: Knowledge, language: str = "en") -> dict[str, Any]:
    """A licence with every term of the vocabulary; what nobody read says so."""
    return {
        "kind": "license",
        "key": license.key,
        "name": license.name,
        "expression": license.expression,
        "category": license.category.value,
        "family": license.family,
        "series": license.series,
        "edition": license.edition,
        "editions": [one.key for one in knowledge.editions(license.series or "")],
        "effective": license.effective,
        "licensor": license.licensor,
        "licensor_country": license.licensor_country,
        "osi_approved": license.osi_approved,
        "spdx_listed": license.spdx_listed,
        "hub_ids": list(license.hub_ids),
        "aliases": list(license.aliases),
        "policy_of": license.policy_of,
        "policies": [one.key for one in policies_of(license, knowledge)],
        "text_of": license.text_of,
        "reading": license.reading.value,
        "hand": license.hand.value,
        "reader": license.reader,
        "reviewed": license.reviewed,
        "texts": [{"name": name, "sha256": sha256} for name, sha256 in zip(license.texts, license.sha256, strict=True)],
        "note": license.note,
        "terms": [provision_record(license[term], knowledge.terms, language) for term in knowledge.terms.terms],
        "sources": list(license.sources),
    }


def policies_of(license: License, knowledge: Knowledge) -> tuple[License, ...]:
    """The use policies that are kept as records of their own for a licence."""
    found = (one for one in knowledge.family(license.family) if one.policy_of == license.key)
    return tuple(sorted(found, key=lambda one: one.key))


def provision_record(provision: Provision, vocabulary: Vocabulary, language: str = "en") -> dict[str, Any]:
    """What a licence says about one term."""
    entry = vocabulary[provision.term]
    return {
        "term": provision.term.value,
        "group": entry.group,
        "label": entry.label[language],
        "value": provision.value,
        "sentence": entry.values[provision.value][language],
        "clause": provision.clause,
        "says": provision.says,
        "binding": provision.binding,
        "triggers": list(provision.triggers),
        "conditions": [
            {
                "type": one.type,
                "region": one.region,
                "details": dict(one.details),
                "sentence": vocabulary.conditions[one.type][language],
            }
            for one in provision.conditions
        ],
        "limits": [
            {
                "metric": one.metric,
                "over": one.over,
                "inclusive": one.inclusive,
                "currency": one.currency,
                "whose": one.whose,
                "window": one.window,
                "only_for": one.only_for,
                "unless": one.unless,
                "then": one.then,
                "sentence": say(limit_sentence(one), language),
            }
            for one in provision.limits
        ],
    }


def term_record(entry: TermEntry, holders: Iterable[License], language: str = "en") -> dict[str, Any]:
    """A term with its closed list of answers, and the licences that give each."""
    by_value: dict[str, list[str]] = {}
    for license in holders:
        by_value.setdefault(license[entry.term].value, []).append(license.key)
    return {
        "kind": "term",
        "tag": entry.term.value,
        "group": entry.group,
        "label": entry.label[language],
        "sentence": entry.sentence[language],
        "values": [
            {"value": value, "sentence": sentence[language], "licenses": by_value.get(value, [])}
            for value, sentence in entry.values.items()
        ],
    }


def difference_record(
    first: License, second: License, found: tuple[Difference, ...], vocabulary: Vocabulary, language: str = "en"
) -> dict[str, Any]:
    """What differs between two licences, with the direction from the first to the second."""
    return {
        "kind": "difference",
        "a": first.key,
        "b": second.key,
        "direction": overall(found).value,
        "differences": [
            {
                "term": one.term.value,
                "direction": one.direction.value,
                "a": provision_record(one.first, vocabulary, language),
                "b": provision_record(one.second, vocabulary, language),
            }
            for one in found
        ],
    }


def written_licenses(knowledge: Knowledge) -> tuple[License, ...]:
    """Every licence with a record of its own, in the order of keys."""
    return tuple(knowledge.licenses[key] for key in knowledge.licenses.written)


def has_term(license: License, wanted: str, value: str | None) -> bool:
    """Whether a licence has the term with the value, or (without a value) says anything that binds."""
    found = license[Term(wanted)].value
    return found == value if value is not None else found not in {"not_read", "silent", "no", "none"}
