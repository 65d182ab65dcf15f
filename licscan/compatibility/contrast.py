"""Where the child's licence grants what the parent's withholds, or refuses what the parent's demands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from licscan.compatibility.limits import is_once
from licscan.compatibility.obligations import reach
from licscan.compatibility.parties import Child, Found, Says, says_something
from licscan.compatibility.use_limits import cited, reason, words_of
from licscan.core.judgement import ReasonKind, Verdict
from licscan.core.license import License, Provision, Term
from licscan.core.text import Text, joined, text
from licscan.knowledge.flowtable import Column, FlowTable, Reach
from licscan.knowledge.limit_words import limit_words

_HARD = frozenset({"use_restrictions", "license_copy_and_aup", "license_copy_and_no_help_to_violate", "full_license"})
_FOLLOWS = frozenset(
    {"threshold_follows_derivatives", "usage_limits_follow_derivatives", "research_purpose_follows_derivatives"}
)


def contrast(parent: License, column: Column, child: Child, table: FlowTable) -> Iterator[Found]:
    """Every contradiction between the parent's licence and a child that says something else."""
    if child.says not in {Says.LICENSED, Says.CLOSED}:
        return
    yield from _added(parent, column, child, table)
    if child.has(parent):
        return
    yield from _share_alike(parent, column, child, table)
    yield from _listed_clash(parent, child, table)
    if child.says is Says.CLOSED:
        return
    yield from _noncommercial(parent, column, child, table)
    if reach(parent, Term.RESTRICTION_PASSTHROUGH, column, table) in {Reach.FLOWS, Reach.PART}:
        yield from _restrictions(parent, child)
    if reach(parent, Term.COMMERCIAL_USE, column, table) is Reach.FLOWS:
        yield from _threshold(parent, child, table)


def _added(parent: License, column: Column, child: Child, table: FlowTable) -> Iterator[Found]:
    """A share-alike text to which nothing may be added, in company of a licence that binds by more."""
    clause = table.no_further.get(parent.expression)
    share = parent[Term.SHARE_ALIKE]
    if clause is None or reach(parent, Term.SHARE_ALIKE, column, table) is not Reach.FLOWS:
        return
    for other in child.licenses:
        if other.expression == parent.expression or not table.binds_by_more(other, parent):
            continue
        provision = replace(share, clause=clause)
        says = text(
            "{where} lets nothing be added to it: a work under it cannot go out under {other} too",
            where=cited(parent, provision),
            other=other.name,
        )
        yield _contradiction(parent, provision, says)


def _contradiction(parent: License, provision: Provision, says: Text, weight: Verdict = Verdict.CONFLICT) -> Found:
    why = reason(ReasonKind.CONTRADICTION, parent, provision, says)
    return Found(replace(why, firm=weight is Verdict.CONFLICT), weight)


def _noncommercial(parent: License, column: Column, child: Child, table: FlowTable) -> Iterator[Found]:
    provision = parent[Term.COMMERCIAL_USE]
    if provision.value != "no" or reach(parent, Term.COMMERCIAL_USE, column, table) is not Reach.FLOWS:
        return
    where = cited(parent, provision)
    if not child.is_noncommercial:
        says = text("{where} allows no commercial use; {child} grants it", where=where, child=child.name)
        yield _contradiction(parent, provision, says)
    elif parent[Term.DERIVATIVES].value == "research_only" and not child.is_research_only:
        says = text("{where} allows research only; {child} grants more", where=where, child=child.name)
        yield _contradiction(parent, parent[Term.DERIVATIVES], says, Verdict.CONDITIONS)


def _restrictions(parent: License, child: Child) -> Iterator[Found]:
    passing, policy, onward = parent[Term.RESTRICTION_PASSTHROUGH], parent[Term.USE_POLICY], parent[Term.SUBLICENSE]
    if passing.clause is None:
        # The duty to hand on the text is where most licences hand on their limits too.
        passing = replace(passing, clause=parent[Term.LICENSE_COPY].clause)
    must = passing.value in _HARD and not parent.is_standard  # a standard text says so by its share-alike
    bound = says_something(policy.value) and (must or onward.value == "no" or passing.value in _FOLLOWS)
    if not must and not bound:
        if onward.value == "no" and not parent.is_standard and not child.is_noncommercial:
            says = text(
                "{where} cannot be sublicensed: {child} can cover your changes only, beside it",
                where=cited(parent, onward),
                child=child.name,
            )
            yield _contradiction(parent, onward, says, Verdict.CONDITIONS)
        return
    if child.has_family(parent):
        says = text(
            "{child} is the wrong agreement: another edition than {where}, which binds here",
            where=cited(parent, passing),
            child=child.name,
        )
        yield _contradiction(parent, passing, says, Verdict.CONDITIONS)
        return
    shown = passing if must else policy
    says = text(
        "{where} must go along with its limits on use; {child} alone leaves them out",
        where=cited(parent, shown),
        child=child.name,
    )
    yield _contradiction(parent, shown, says)
    if onward.value == "no":
        says = text(
            "{where} cannot be sublicensed, and its text must go along ({copy}): {child} can cover your changes only",
            where=cited(parent, onward),
            copy=parent[Term.LICENSE_COPY].clause or parent.name,
            child=child.name,
        )
        yield _contradiction(parent, onward, says)


def _threshold(parent: License, child: Child, table: FlowTable) -> Iterator[Found]:
    provision = parent[Term.COMMERCIAL_USE]
    gates = [one for one in provision.conditions if table.asked(one.type).kind not in {"duty", "grant"}]
    limits = [one for one in provision.limits if not is_once(one)]
    if provision.value != "conditional" or not (gates or limits) or child.is_limited:
        return  # a limit that was tested once before the release is no limit that a label could hide
    follows = parent[Term.RESTRICTION_PASSTHROUGH].value
    says = text(
        "{where} withholds commercial use in some cases ({what}); {child} hides that",
        where=cited(parent, provision),
        what=joined([*(limit_words(one) for one in limits), *(words_of(one) for one in gates)]),
        child=child.name,
    )
    yield _contradiction(
        parent, provision, says, Verdict.CONFLICT if follows in _HARD | _FOLLOWS else Verdict.CONDITIONS
    )


def _share_alike(parent: License, column: Column, child: Child, table: FlowTable) -> Iterator[Found]:
    provision = parent[Term.SHARE_ALIKE]
    lists = table.share_alike
    if provision.value not in lists["whole"] | lists["part"] or _compatible(parent, child, table):
        return
    where = cited(parent, provision)
    match reach(parent, Term.SHARE_ALIKE, column, table):
        case Reach.FLOWS:
            says = text(
                "{where} demands the same licence for the whole; {child} is another", where=where, child=child.name
            )
            yield _contradiction(parent, provision, says)
        case Reach.PART:
            says = text("the part stays under {where}", where=where)
            yield Found(reason(ReasonKind.OBLIGATION, parent, provision, says), Verdict.CONDITIONS)
        case Reach.UNSETTLED:
            says = text("whether the share-alike of {where} reaches this kind of work is open", where=where)
            yield Found(reason(ReasonKind.UNSETTLED, parent, provision, says), Verdict.DEPENDS)
        case _:
            return


def _compatible(parent: License, child: Child, table: FlowTable) -> bool:
    allowed = table.compatible.get(parent.expression, ())
    return any(one.expression in allowed for one in child.licenses)


def _listed_clash(parent: License, child: Child, table: FlowTable) -> Iterator[Found]:
    for clash in table.clashes:
        if parent.expression == clash.upstream and any(one.expression == clash.downstream for one in child.licenses):
            says = text(
                "{parent} cannot stand inside a work under {child} ({clause})",
                parent=parent.name,
                child=child.name,
                clause=clash.clause,
            )
            yield _contradiction(parent, parent[Term.PATENT_GRANT], says)
