"""What changed in law between two editions of a licence, or between two licences: term by term, with the clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from licscan.core.license import Category, Condition, License, Provision, Term
from licscan.core.limit import Limit, limits_compared
from licscan.core.lock import Direction
from licscan.core.text import Text, text

_DUTY = ("none", "no", "silent")
_ORDERS: dict[Term, tuple[tuple[str, ...], ...]] = {
    Term.COMMERCIAL_USE: (("yes",), ("conditional",), ("silent", "unclear", "conflicting"), ("no",)),
    Term.DERIVATIVES: (
        ("yes",),
        ("source_only", "private_only", "noncommercial_only"),
        ("research_only",),
        ("silent", "not_granted"),
        ("no",),
    ),
    Term.REDISTRIBUTION: (
        ("yes",),
        ("noncommercial_only_without_agreement",),
        ("not_by_commercial_entities", "noncommercial_only"),
        ("research_only",),
        ("silent",),
        ("no",),
    ),
    Term.SUBLICENSE: (
        ("yes",),
        ("yes_same_terms", "multi_tier_distribution"),
        ("noncommercial_only",),
        ("silent",),
        ("no",),
    ),
    Term.SHARE_ALIKE: (
        _DUTY,
        ("library_only", "file_level", "derivative_database"),
        ("same_or_compatible", "same_license"),
        ("same_license_strong",),
        ("same_license_strong_network", "same_or_equally_permissive_network"),
    ),
    Term.RESTRICTION_PASSTHROUGH: (
        _DUTY,
        ("license_copy",),
        ("license_copy_and_aup", "license_copy_and_no_help_to_violate", "usage_limits_follow_derivatives"),
        ("use_restrictions", "threshold_follows_derivatives", "research_purpose_follows_derivatives"),
        ("full_license",),
    ),
    Term.NAMING: (_DUTY, ("required",)),
    Term.DISPLAY_ATTRIBUTION: (_DUTY, ("required",)),
    Term.LICENSE_COPY: (_DUTY, ("if_unmodified_and_whole",), ("link_ok", "copy_or_url"), ("yes",)),
    Term.NOTICE_FILE: (_DUTY, ("if_present", "retain_notices"), ("notice_sentence", "yes")),
    Term.MODIFICATION_NOTICE: (_DUTY, ("yes",), ("with_date",)),
    Term.USE_POLICY: (
        _DUTY,
        ("embedded", "embedded_exhibit", "separate_file", "law_and_responsible_ai_guideline"),
        ("url", "file_and_url", "embedded_and_url", "embedded_and_unnamed_policy", "by_reference_without_address"),
    ),
    Term.UNILATERAL_CHANGE: (
        _DUTY,
        ("for_legal_and_regulatory_reasons",),
        ("yes_similar_in_spirit", "announced", "via_aup"),
        ("yes", "yes_by_posting"),
    ),
    Term.REVOCABILITY: (
        ("irrevocable", "irrevocable_cc_part"),
        ("irrevocable_but_auto_terminates", "irrevocable_but_terminable_on_breach"),
        ("on_breach", "silent"),
        ("revocable_on_listed_triggers",),
        ("revocable",),
        ("at_will_with_notice",),
        ("at_will",),
    ),
    Term.TERMINATION: (_DUTY, ("stated",)),
    Term.TERRITORY_EXCLUDED: (_DUTY, ("stated",)),
    Term.OUTPUTS_CLAIM: (
        ("none", "user_owns", "silent"),
        ("none_but_restricted", "none_but_use_limited"),
        ("restricted_use",),
        ("licensor_owns",),
    ),
    Term.OUTPUTS_TRAINING: (
        ("allowed", "silent", "by_copyright_only"),
        ("allowed_with_naming", "allowed_with_attribution", "allowed_within_aup", "allowed_license_copy_and_notice"),
        ("derivative_carries_terms", "inherits_restrictions"),
        ("competing_models_prohibited", "similar_models_prohibited", "commercial_synthetic_data_prohibited"),
        ("foundation_models_prohibited", "commercial_training_of_other_models_prohibited"),
        ("commercial_training_prohibited", "research_only"),
        ("prohibited",),
    ),
    Term.OUTPUT_MODELS_ARE_DERIVATIVES: (("no", "silent", "outputs_not_derivative"), ("named_only",), ("yes",)),
    Term.DERIVATIVE_OWNERSHIP: (
        ("user_owns", "user_owns_own_part", "silent"),
        ("not_to_be_asserted",),
        ("licensor_owns",),
    ),
    Term.PATENT_GRANT: (("yes",), ("make_use_sell_import_words",), ("silent", "no")),
    Term.BENCHMARK_LIMIT: (_DUTY, ("yes",)),
    Term.UPDATE_DUTY: (_DUTY, ("yes",)),
    Term.REMOTE_RESTRICTION: (_DUTY, ("yes",)),
    Term.EXPORT_CONTROL: (_DUTY, ("yes",)),
    Term.INDEMNITY: (
        _DUTY,
        ("only_if_you_offer_warranty", "only_if_you_offer_warranty_or_export_breach"),
        ("for_breach",),
        ("yes",),
    ),
}
"""Answers from the loosest to the tightest; those of one group weigh the same. Terms that are missing have no order."""

_GRANTS = frozenset({"outputs_commercial_use_allowed", "individuals_may_sell_derivative_weights"})
"""Conditions that allow what the clause otherwise withholds."""
_LIMITS_A_DUTY = frozenset({Term.DISPLAY_ATTRIBUTION, Term.NAMING, Term.SHARE_ALIKE, Term.NOTICE_FILE})
"""Terms whose conditions make a duty smaller; elsewhere a condition makes a grant smaller or a limit larger."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """One term that reads differently."""

    term: Term
    direction: Direction
    before: Provision
    after: Provision
    says: Text
    regions: tuple[str, ...] = ()
    """Places that are newly left out."""


def differences(before: License, after: License) -> tuple[TermChange, ...]:
    """Every term on which the two differ, in the order of the vocabulary."""
    return tuple(change for term in Term for change in _differs(term, before[term], after[term]))


def overall(before: License, after: License, changes: tuple[TermChange, ...]) -> Direction:
    """Where all of it goes: the kind of licence first, then the terms that weigh most, a lost right before a won."""
    seen = {one.direction for one in changes}
    if Direction.REGION in seen or not seen:
        return Direction.REGION if seen else Direction.NONE
    kinds = list(Category)
    first, last = before.category, after.category
    if first is not last and Category.UNKNOWN not in {first, last}:
        return Direction.TIGHTER if kinds.index(last) > kinds.index(first) else Direction.LOOSER
    heavy = {one.direction for one in changes if one.term not in _LIGHT}
    return next((one for one in _WEIGHT if one in (heavy or seen)), Direction.NONE)


_WEIGHT = (Direction.TIGHTER, Direction.UNCLEAR, Direction.LOOSER)
_LIGHT = frozenset(
    {
        Term.LICENSE_COPY,
        Term.NOTICE_FILE,
        Term.MODIFICATION_NOTICE,
        Term.PATENT_GRANT,
        Term.LITIGATION_TERMINATION,
        Term.EXPORT_CONTROL,
        Term.SUBLICENSE,
        Term.INDEMNITY,
        Term.ACCEPTANCE,
        Term.FORUM,
        Term.GOVERNING_LAW,
    }
)
"""Terms that cost little to keep, or that matter in a dispute only."""


def _differs(term: Term, before: Provision, after: Provision) -> Iterator[TermChange]:
    if _same(before, after):
        return
    if term is Term.TERRITORY_EXCLUDED and (change := _territory(before, after)):
        yield change
        return
    direction = _direction(term, before, after)
    if direction is not Direction.NONE:
        yield TermChange(term, direction, before, after, _says(term, before, after))


def _same(before: Provision, after: Provision) -> bool:
    return (before.value, before.conditions, before.limits, before.says, before.binding) == (
        after.value,
        after.conditions,
        after.limits,
        after.says,
        after.binding,
    )


def _direction(term: Term, before: Provision, after: Provision) -> Direction:
    if not before.is_known or not after.is_known:
        return Direction.UNCLEAR
    ranks = [_rank(term, one) for one in (before.value, after.value)]
    if None in ranks:
        return Direction.UNCLEAR
    first, last = ranks[0] or 0, ranks[1] or 0
    if first != last:
        return Direction.TIGHTER if last > first else Direction.LOOSER
    if before.conditions != after.conditions or before.limits != after.limits:
        return _by_conditions(term, before, after)
    return Direction.UNCLEAR if before.says != after.says else Direction.NONE


def _rank(term: Term, value: str) -> int | None:
    return next((place for place, group in enumerate(_ORDERS.get(term, ())) if value in group), None)


def _by_conditions(term: Term, before: Provision, after: Provision) -> Direction:
    old, new = ({(one.type, one.region): one for one in side.conditions} for side in (before, after))
    if any(old[key] != new[key] for key in set(old) & set(new)):
        return Direction.UNCLEAR
    more, fewer = set(new) - set(old), set(old) - set(new)
    # A condition that grants something makes the licence looser where it came, and tighter where it went.
    granted, taken = ({key for key in side if key[0] in _GRANTS} for side in (more, fewer))
    more, fewer = (more - granted) | taken, (fewer - taken) | granted
    limits_a_duty = term in _LIMITS_A_DUTY
    steps = {-1 if limits_a_duty else 1 for _ in more} | {1 if limits_a_duty else -1 for _ in fewer}
    steps |= limits_compared(before.limits, after.limits, of_grant=term is Term.COMMERCIAL_USE)
    if not steps:
        return Direction.NONE
    return _STEPS[steps.pop()] if len(steps) == 1 else Direction.UNCLEAR


_STEPS = {1: Direction.TIGHTER, 0: Direction.UNCLEAR, -1: Direction.LOOSER}


def _territory(before: Provision, after: Provision) -> TermChange | None:
    if not before.is_known or not after.is_known:
        return None
    old, new = ({one.region for one in side.conditions if one.region} for side in (before, after))
    if added := sorted(new - old):
        says = text("no grant any more in {places}{clause}", places=", ".join(added), clause=_at(after))
        return TermChange(Term.TERRITORY_EXCLUDED, Direction.REGION, before, after, says, tuple(added))
    if gone := sorted(old - new):
        says = text("the grant now also holds in {places}{clause}", places=", ".join(gone), clause=_at(after))
        return TermChange(Term.TERRITORY_EXCLUDED, Direction.LOOSER, before, after, says)
    return None


def _says(term: Term, before: Provision, after: Provision) -> Text:
    return text(
        "{term}: {before} -> {after}{clause}",
        term=term.value,
        before=_words(before),
        after=_words(after),
        clause=_at(after) or _at(before),
    )


def _words(provision: Provision) -> str:
    value = provision.value.replace("_", " ")
    extra = [_condition(one) for one in provision.conditions if one.type != "aup_compliance"]
    extra += [_limit(one) for one in provision.limits]
    return f"{value} [{', '.join(extra)}]" if extra else value


def _condition(one: Condition) -> str:
    name = one.type.replace("_", " ")
    return f"{name} {one.region}" if one.region else name


def _limit(one: Limit) -> str:
    return " ".join(
        [one.metric.replace("_", " "), "over", *([one.currency] if one.currency else ()), f"{one.over:,.0f}"]
    )


def _at(provision: Provision) -> str:
    return f" (clause {provision.clause})" if provision.clause else ""
