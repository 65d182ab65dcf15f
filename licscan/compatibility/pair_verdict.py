"""The verdict on one pair: what one licence of a parent comes to under one relation for what the child says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licscan.compatibility.contrast import contrast
from licscan.compatibility.obligations import duties, reach
from licscan.compatibility.parties import Child, Found, Says, Traits, unread, worst
from licscan.compatibility.use_limits import against_use, cited, commercial, reason, territory
from licscan.core.judgement import Reason, ReasonKind, Verdict
from licscan.core.license import License, Term
from licscan.core.text import text
from licscan.core.use import Distribution, Purpose, Use
from licscan.knowledge.flowtable import Column, FlowTable, Reach

_BY_KIND = {
    ReasonKind.BREACH: Verdict.CONFLICT,
    ReasonKind.CONTRADICTION: Verdict.CONFLICT,
    ReasonKind.UNSETTLED: Verdict.DEPENDS,
    ReasonKind.OMISSION: Verdict.CONDITIONS,
    ReasonKind.OBLIGATION: Verdict.CONDITIONS,
}
_LIGHT = frozenset({Term.LICENSE_COPY, Term.NOTICE_FILE, Term.MODIFICATION_NOTICE, Term.SHARE_ALIKE})
_NO_DERIVATIVES = frozenset({"no", "private_only", "not_granted", "source_only"})


def judge_pair(
    parent: License, column: Column, child: Child, traits: Traits, use: Use, table: FlowTable
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict on one licence of the parent, with every reason, worst first."""
    if traits.same_licensor and child.says in {Says.LICENSED, Says.CLOSED}:
        return (Verdict.SAME if child.has(parent) else Verdict.OK), ()
    found = [*_unknown(parent, column, child), *_by_column(parent, column, child, traits, use, table)]
    found = sorted(dict.fromkeys(found), key=lambda one: (-_rank(one), one.reason.term or "", str(one.reason.says)))
    verdict = worst(*(one.weight for one in found)) if found else Verdict.OK
    if child.has(parent) and all(_is_light(one) for one in found):
        verdict = Verdict.SAME
    return verdict, tuple(one.reason for one in found)


def _rank(found: Found) -> int:
    from licscan.compatibility.parties import VERDICT_RANK

    return VERDICT_RANK[found.weight]


def _is_light(found: Found) -> bool:
    return (
        found.weight is Verdict.CONDITIONS
        and found.reason.kind is ReasonKind.OBLIGATION
        and found.reason.term in _LIGHT
    )


def _by_column(
    parent: License, column: Column, child: Child, traits: Traits, use: Use, table: FlowTable
) -> Iterator[Found]:
    if column is Column.DISTILLED:
        yield from _outputs(parent, child, traits, use, table)
    elif column is Column.TRAINED_ON:
        yield from _dataset(parent, child, use, table)
    else:
        yield from contrast(parent, column, child, table)
        yield from _plain(_derivatives(parent, column, use, table))
        yield from _plain(against_use(parent, use, table, traits.multimodal))
        yield from _plain(_duties_or_omission(parent, column, child, traits, table))


def _plain(reasons: Iterable[Reason]) -> Iterator[Found]:
    return (Found(one, _BY_KIND[one.kind]) for one in reasons)


def _unknown(parent: License, column: Column, child: Child) -> Iterator[Found]:
    """What cannot be judged because somebody has not read or recognised something."""
    unsettled = ReasonKind.UNSETTLED
    missing = unread(parent)
    same = child.has(parent)
    if missing and not (same and (parent.osi_approved or Term.COMMERCIAL_USE not in missing)):
        says = text("what {where} says about {terms} has not been read", where=parent.name, terms=", ".join(missing))
        yield Found(reason(unsettled, parent, parent[missing[0]], says, "text"), Verdict.UNKNOWN)
    if parent.grants_nothing:
        says = text("{where} allows and refuses nothing by itself", where=parent.name)
        yield Found(reason(unsettled, parent, parent[Term.COMMERCIAL_USE], says, "license"), Verdict.UNKNOWN)
    if child.says is Says.UNSEEN or (child.says is Says.UNRECOGNISED and column is not Column.TRAINED_ON):
        says = text(
            "the licence of the derived work is not known, so it cannot be held against {where}", where=parent.name
        )
        yield Found(Reason(unsettled, None, parent.key, None, says, "license"), Verdict.UNKNOWN)
    elif child.is_unread and not same:
        says = text("what {child} grants is not known", child=child.name)
        yield Found(Reason(unsettled, None, parent.key, None, says, "text"), Verdict.UNKNOWN)


def _duties_or_omission(
    parent: License, column: Column, child: Child, traits: Traits, table: FlowTable
) -> Iterator[Reason]:
    todo = tuple(duties(parent, column, traits, table))
    if child.says is Says.NOTHING and any(one.kind is ReasonKind.OBLIGATION for one in todo):
        first = next(
            (
                parent[one]
                for one in (Term.LICENSE_COPY, Term.RESTRICTION_PASSTHROUGH)
                if parent[one].value not in {"no", "none"}
            ),
            parent[Term.LICENSE_COPY],
        )
        says = text("nothing is said about a licence, although {where} must go along", where=cited(parent, first))
        yield reason(ReasonKind.OMISSION, parent, first, says)
    yield from todo


def _derivatives(parent: License, column: Column, use: Use, table: FlowTable) -> Iterator[Reason]:
    provision, shared = parent[Term.DERIVATIVES], parent[Term.REDISTRIBUTION]
    private = use.distributes == frozenset({Distribution.INTERNAL})
    if shared.value == "no" and not private:
        yield reason(
            ReasonKind.BREACH, parent, shared, text("{where} allows no redistribution", where=cited(parent, shared))
        )
    if shared.value == "not_by_commercial_entities" and use.purpose is Purpose.COMMERCIAL and not private:
        says = text("{where} allows no redistribution by commercial entities", where=cited(parent, shared))
        yield reason(ReasonKind.BREACH, parent, shared, says)
    if provision.value not in _NO_DERIVATIVES:
        return
    where = cited(parent, provision)
    match reach(parent, Term.DERIVATIVES, column, table):
        case Reach.CONFLICT if private and provision.value == "private_only":
            says = text("{where} allows changes for yourself only: keep the derived model in the house", where=where)
            yield reason(ReasonKind.OBLIGATION, parent, provision, says)
        case Reach.CONFLICT:
            yield reason(
                ReasonKind.BREACH, parent, provision, text("{where} allows no derivative to be shared", where=where)
            )
        case Reach.UNSETTLED:
            says = text("whether a conversion is a derivative that {where} forbids to share is open", where=where)
            yield reason(ReasonKind.UNSETTLED, parent, provision, says)
        case _:
            yield reason(
                ReasonKind.OBLIGATION, parent, provision, text("{where}: ship the part unchanged", where=where)
            )


def _outputs(parent: License, child: Child, traits: Traits, use: Use, table: FlowTable) -> Iterator[Found]:
    """A model that was trained on the parent's outputs."""
    provision = parent[Term.OUTPUTS_TRAINING]
    means = table.means(provision.value)
    where = cited(parent, provision)
    own = (
        traits.own_family
        and bool(table.outputs.get(provision.value, {}).get("own-family"))
        and parent.key not in table.no_exception
    )
    kinds = ReasonKind
    if own:
        yield from _plain(
            [
                reason(
                    kinds.OBLIGATION,
                    parent,
                    provision,
                    text("{where} leaves its own line of models free to learn from outputs", where=where),
                )
            ]
        )
    elif means == "breach":
        yield from _plain(
            [
                reason(
                    kinds.BREACH,
                    parent,
                    provision,
                    text("{where} forbids to train another model on its outputs", where=where),
                )
            ]
        )
    elif means == "question":
        question = str(table.outputs[provision.value]["question"])
        yield from _plain(
            [
                reason(
                    kinds.UNSETTLED,
                    parent,
                    provision,
                    text("{where} leaves open {question}", where=where, question=question),
                )
            ]
        )
    elif means == "commercial":
        kind = {Purpose.COMMERCIAL: kinds.BREACH, None: kinds.UNSETTLED}.get(use.purpose, kinds.OBLIGATION)
        says = text("{where} forbids to train a commercial model on its outputs", where=where)
        yield from _plain([reason(kind, parent, provision, says, "use" if use.purpose is None else "")])
    elif means == "unread":
        says = text("what {where} says about training on its outputs has not been read", where=parent.name)
        yield Found(reason(kinds.UNSETTLED, parent, provision, says, "text"), Verdict.UNKNOWN)
    elif means == "policy":
        yield from _plain(
            [
                reason(
                    kinds.OBLIGATION,
                    parent,
                    provision,
                    text("{where} allows training on outputs within its use policy", where=where),
                )
            ]
        )
    yield from _outputs_noncommercial(parent, child, use, table)
    yield from contrast(parent, Column.DISTILLED, child, table)
    if reach(parent, Term.RESTRICTION_PASSTHROUGH, Column.DISTILLED, table) is Reach.FLOWS and means != "policy":
        yield from _plain(one for one in commercial(parent, use, table) if parent[Term.COMMERCIAL_USE].value != "no")
    if reach(parent, Term.TERRITORY_EXCLUDED, Column.DISTILLED, table) is Reach.FLOWS:
        yield from _plain(territory(parent, use, table, traits.multimodal))
    yield from _plain(_duties_or_omission(parent, Column.DISTILLED, child, traits, table))


def _outputs_noncommercial(parent: License, child: Child, use: Use, table: FlowTable) -> Iterator[Found]:
    provision = parent[Term.COMMERCIAL_USE]
    if provision.value != "no" or any(one.type == "outputs_commercial_use_allowed" for one in provision.conditions):
        return
    where = cited(parent, provision)
    match reach(parent, Term.COMMERCIAL_USE, Column.DISTILLED, table):
        case Reach.FLOWS:
            kind = ReasonKind.BREACH if use.purpose is Purpose.COMMERCIAL else ReasonKind.OBLIGATION
            yield from _plain(
                [reason(kind, parent, provision, text("{where} keeps outputs non-commercial too", where=where))]
            )
        case Reach.UNSETTLED:
            settled = use.purpose in {Purpose.NONCOMMERCIAL, Purpose.RESEARCH} and child.is_noncommercial
            kind = ReasonKind.OBLIGATION if settled else ReasonKind.UNSETTLED
            says = text(
                "whether the non-commercial limit of {where} reaches a model trained on outputs is open", where=where
            )
            yield from _plain([reason(kind, parent, provision, says)])
        case _:
            kind = ReasonKind.BREACH if use.purpose is Purpose.COMMERCIAL else ReasonKind.OBLIGATION
            says = text("{where} allows no commercial use, and making training data for a product is one", where=where)
            yield from _plain([reason(kind, parent, provision, says)])


def _dataset(parent: License, child: Child, use: Use, table: FlowTable) -> Iterator[Found]:
    """A training set: what binds the data need not bind the model; nobody has decided."""
    where = cited(parent, parent[Term.COMMERCIAL_USE])
    if parent[Term.COMMERCIAL_USE].value in {"no", "unclear", "conflicting"}:
        settled = use.purpose in {Purpose.NONCOMMERCIAL, Purpose.RESEARCH} and (
            child.is_noncommercial or not child.licenses
        )
        kind = ReasonKind.OBLIGATION if settled else ReasonKind.UNSETTLED
        says = text(
            "whether the non-commercial limit of {where} on training data reaches the model is open", where=where
        )
        yield from _plain([reason(kind, parent, parent[Term.COMMERCIAL_USE], says)])
    share = parent[Term.SHARE_ALIKE]
    if share.value in table.share_alike["whole"] and not child.has(parent):
        says = text(
            "whether a model trained on data under {where} is a work that must go out under it is open",
            where=cited(parent, share),
        )
        yield from _plain([reason(ReasonKind.UNSETTLED, parent, share, says)])
    derivatives = parent[Term.DERIVATIVES]
    if derivatives.value in _NO_DERIVATIVES:
        says = text(
            "whether a model trained on data under {where} is a derivative is open", where=cited(parent, derivatives)
        )
        yield from _plain([reason(ReasonKind.UNSETTLED, parent, derivatives, says)])
    outputs = parent[Term.OUTPUTS_TRAINING]
    if table.means(outputs.value) in {"breach", "commercial", "question", "carries", "noncommercial", "name"}:
        says = text(
            "the data are under {where}, which speaks of training on outputs: are these data its model's outputs?",
            where=cited(parent, outputs),
        )
        yield from _plain([reason(ReasonKind.UNSETTLED, parent, outputs, says)])
