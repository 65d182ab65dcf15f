"""Whether a later change of terms, or a party outside, can reach weights that were already taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licscan.core.license import License, Provision, Term
from licscan.core.text import Text, text


class Reach(StrEnum):
    """How far a licensor's hand reaches, from not at all to at will."""

    NONE = "none"
    """The grant cannot be taken back; only the user's own breach ends it."""
    BREACH = "breach"
    """Ends on the user's breach, and not otherwise."""
    DISPUTED = "disputed"
    """The text is silent, or says both."""
    UNKNOWN = "unknown"
    """Nobody has read it."""
    CHANGE = "change"
    """The terms, or a policy that they take in, can change for those who hold the weights."""
    WILL = "will"
    """Can be revoked, or ended without a breach."""

    @property
    def is_outside(self) -> bool:
        """Somebody outside can stop the use though the user did nothing wrong."""
        return self in {Reach.CHANGE, Reach.WILL}


@dataclass(frozen=True, slots=True)
class Hold:
    """What decides how far the licensor can reach, with the clause."""

    reach: Reach
    provision: Provision
    says: Text


_FIRM = frozenset({"irrevocable", "irrevocable_cc_part"})
_AT_WILL = frozenset({"at_will", "at_will_with_notice", "revocable"})
_WILL = {
    "at_will": text("the licensor can end the grant without a breach"),
    "at_will_with_notice": text("the licensor can end the grant without a breach, by notice"),
    "revocable": text("the grant can be revoked"),
}
_ENDS = {
    "at_will": text("the licensor can end it without a breach"),
    "at_will_notice": text("the licensor can end it without a breach, by notice"),
    "licensor_commercial_discretion": text("the licensor can end it when it decides so for its own business"),
    "refusal_of_updated_terms": text("it ends for whoever refuses updated terms"),
}
CHANGES = {
    "yes": text("the licensor may change the terms later"),
    "yes_by_posting": text("the licensor may change the terms by posting new ones; going on is consent"),
    "yes_similar_in_spirit": text("the licensor may publish later versions that bind, similar in spirit"),
    "announced": text("the text announces that it may be updated"),
    "via_aup": text("the use policy, which is part of the terms, may change later"),
    "for_legal_and_regulatory_reasons": text("the licensor may change the terms for legal or regulatory reasons"),
}
"""How a licence lets its author change the terms, by the value of the term."""
_ON_BREACH = frozenset({"on_breach", "irrevocable_but_auto_terminates", "revocable_on_listed_triggers"})
_MOVING = frozenset({"yes", "yes_by_posting", "yes_similar_in_spirit", "announced", "via_aup"})
_WITHOUT_CAUSE = frozenset({"at_will", "at_will_notice", "licensor_commercial_discretion", "refusal_of_updated_terms"})


REMOTE = text("the licensor may restrict the use, remotely or otherwise, where it sees a violation of the terms")
"""What a reserved right to restrict comes to: weights that were taken are not out of reach."""


def hold_of(license: License) -> Hold:
    """How far the licensor can reach under this licence: the strongest of grant, termination and power to change."""
    grant = license[Term.REVOCABILITY]
    ending = license[Term.TERMINATION]
    change = license[Term.UNILATERAL_CHANGE]
    without_cause = [one.type for one in ending.conditions if one.type in _WITHOUT_CAUSE]
    if grant.value in _AT_WILL:
        return Hold(Reach.WILL, grant, _WILL[grant.value])
    if without_cause:
        return Hold(Reach.WILL, ending, _ENDS[without_cause[0]])
    if change.value in _MOVING:
        return Hold(Reach.CHANGE, change, CHANGES[change.value])
    if not grant.is_known or not change.is_known:
        return Hold(Reach.UNKNOWN, grant, text("nobody has read whether it can be revoked or changed"))
    if grant.value == "irrevocable_but_terminable_on_breach":
        return Hold(
            Reach.DISPUTED, grant, text("it says both that it is irrevocable and that it can be ended on breach")
        )
    remote = license[Term.REMOTE_RESTRICTION]
    if remote.value == "yes" and grant.value in _FIRM | _ON_BREACH:
        return Hold(Reach.BREACH, remote, REMOTE)
    if grant.value in _FIRM:
        return Hold(
            Reach.NONE, grant, text("the grant is irrevocable: a later change cannot reach weights already taken")
        )
    if grant.value in _ON_BREACH:
        return Hold(
            Reach.BREACH,
            grant,
            text("it ends on the user's breach; a later change does not reach weights already taken"),
        )
    return Hold(Reach.DISPUTED, grant, text("it says nothing of revocation: whether it can be revoked is disputed"))


_ORDER = tuple(Reach)


def worst(holds: tuple[Hold, ...]) -> Hold | None:
    """The one that reaches furthest; None where there is none."""
    return max(holds, key=lambda one: _ORDER.index(one.reach), default=None)
