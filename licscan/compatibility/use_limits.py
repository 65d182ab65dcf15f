"""Clauses held against the stated use: thresholds, non-commercial limits, territory, hosting, field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from licscan.compatibility.limits import (
    Measured,
    applies,
    figure_of,
    is_business_open,
    is_near,
    is_once,
    measured,
    name_of,
)
from licscan.core.artifact import Artifact, FactKind
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import Condition, License, Provision, Term
from licscan.core.limit import Limit
from licscan.core.text import Text, text
from licscan.core.use import Distribution, Purpose, Use
from licscan.knowledge.flowtable import Asked, FlowTable
from licscan.knowledge.limit_words import all_limits, consequence, limit_words

_BREACH, _DUTY, _OPEN = ReasonKind.BREACH, ReasonKind.OBLIGATION, ReasonKind.UNSETTLED


def reason(kind: ReasonKind, license: License, provision: Provision, says: Text, needs: str = "") -> Reason:
    """A reason that stands on one provision of one licence."""
    return Reason(kind, provision.term, license.key, provision.clause, says, needs)


def cited(license: License, provision: Provision | None = None) -> str:
    """The licence's edition and, where it is recorded, the clause."""
    clause = provision.clause if provision else None
    if not clause:
        return license.name
    return f"{license.name} § {clause}" if clause[0].isdigit() else f"{license.name}, {clause}"


def against_use(license: License, use: Use, table: FlowTable, multimodal: bool | None) -> Iterator[Reason]:
    """Everything that the licence says about the stated use, where its terms bind the model."""
    yield from commercial(license, use, table)
    yield from territory(license, use, table, multimodal)
    yield from _hosted(license, use, table)
    yield from _limited_duty(license, use)
    policy = license[Term.USE_POLICY]
    if use.field and policy.is_known and policy.value != "none":
        says = text(
            "whether {where} allows the field {field} must be read there", where=cited(license, policy), field=use.field
        )
        yield reason(_OPEN, license, policy, says, "field")


def _hosted(license: License, use: Use, table: FlowTable) -> Iterator[Reason]:
    """What a licence that reaches users over a network asks of a hosted service."""
    share = license[Term.SHARE_ALIKE]
    if Distribution.HOSTED_API in use.distributes and share.value in table.share_alike["network"]:
        says = text("{where}: offer the source to everybody who uses the hosted service", where=cited(license, share))
        yield reason(_DUTY, license, share, says)


def commercial(license: License, use: Use, table: FlowTable) -> Iterator[Reason]:
    """What the licence says about commercial use, against the stated one."""
    provision = license[Term.COMMERCIAL_USE]
    if provision.value == "no":
        yield _noncommercial(license, provision, use)
        return
    if provision.value in {"unclear", "conflicting"}:
        kind = _OPEN if use.purpose is Purpose.COMMERCIAL else _DUTY
        says = text("{where} does not say clearly whether commercial use is granted", where=cited(license, provision))
        yield reason(kind, license, provision, says, "use")
    for limit in provision.limits:
        yield from _limited(license, provision, limit, use)
    for condition in provision.conditions:
        asked = table.asked(condition.type)
        if asked.kind == "breach":
            yield _reserved(license, provision, condition, asked, use)
        elif asked.kind == "question":
            kind = _OPEN if use.purpose is Purpose.COMMERCIAL else _DUTY
            says = text(
                "{where} ties commercial use to a condition that only you can answer: {what}",
                where=cited(license, provision),
                what=words_of(condition),
            )
            yield reason(kind, license, provision, says, condition.type)
        elif asked.kind == "duty":
            says = text("{where} asks for: {what}", where=cited(license, provision), what=words_of(condition))
            yield reason(_DUTY, license, provision, says)


def is_commercial(use: Use) -> bool:
    """The stated use is commercial."""
    return use.purpose is Purpose.COMMERCIAL


def _noncommercial(license: License, provision: Provision, use: Use) -> Reason:
    where = cited(license, provision)
    free_outputs = any(one.type == "outputs_commercial_use_allowed" for one in provision.conditions)
    only_outputs = use.distributes == frozenset({Distribution.OUTPUTS})
    research = license[Term.DERIVATIVES].value == "research_only"
    production = license[Term.RESTRICTION_PASSTHROUGH].value == "usage_limits_follow_derivatives"
    if use.purpose is Purpose.COMMERCIAL and not (free_outputs and only_outputs):
        return reason(_BREACH, license, provision, text("{where} does not allow commercial use", where=where))
    if use.purpose is None and Distribution.HOSTED_API in use.distributes and production:
        says = text("{where} does not allow use in production, and a hosted service is that", where=where)
        return reason(_BREACH, license, provision, says)
    if use.purpose is Purpose.NONCOMMERCIAL and research:
        says = text(
            "{where} allows research only; whether your non-commercial use is research, only you can say", where=where
        )
        return reason(_OPEN, license, provision, says, "use")
    if use.purpose is Purpose.COMMERCIAL:
        says = text("{where} limits the model to non-commercial use and leaves its outputs free", where=where)
        return reason(_DUTY, license, provision, says)
    return reason(
        _DUTY,
        license,
        provision,
        text("{where} allows non-commercial use only", where=where),
        "use" if use.purpose is None else "",
    )


def _reserved(license: License, provision: Provision, condition: Condition, asked: Asked, use: Use) -> Reason:
    stated = {one.value for one in use.distributes} | ({"commercial"} if is_commercial(use) else set())
    where, what = cited(license, provision), words_of(condition)
    hit = bool(stated & set(asked.uses))
    if hit and use.purpose in {Purpose.COMMERCIAL, None}:
        says = text("{where} needs a separate agreement for this use: {what}", where=where, what=what)
        return reason(_BREACH, license, provision, says)
    if is_commercial(use) and not use.distributes:
        says = text(
            "{where} needs a separate agreement for some uses: {what}; say what you distribute", where=where, what=what
        )
        return reason(_OPEN, license, provision, says, "distribute")
    return reason(_DUTY, license, provision, text("{where} reserves: {what}", where=where, what=what))


def _limited(license: License, provision: Provision, limit: Limit, use: Use) -> Iterator[Reason]:
    """Hold one limit of a grant against the figure that the user gave, or ask for it."""
    where, what, figure = cited(license, provision), limit_words(limit), name_of(limit)
    then, given = consequence(limit), figure_of(limit, use)
    match measured(limit, use):
        case Measured.SPARED:
            says = text("{where} has a limit that does not apply to the stated use: {what}", where=where, what=what)
            yield reason(_DUTY, license, provision, says)
        case Measured.OVER:
            yield reason(_BREACH, license, provision, _crossed(limit, where, figure, given or 0), figure)
        case Measured.UNDER if not is_once(limit):
            says = text(
                "your {figure} of {given} is within the limit of {where} ({what}); watch it",
                figure=figure,
                given=f"{given:,}",
                where=where,
                what=what,
            )
            yield replace(reason(_DUTY, license, provision, says), near=is_near(limit, use))
        case Measured.UNSURE:
            kind = _OPEN if is_commercial(use) or given is not None else _DUTY
            needs = "distribute" if given is not None and is_business_open(limit, use) else figure
            says = text(
                "{where}: with {what}, {then}; needs your figure, {figure}",
                where=where,
                what=what,
                then=then,
                figure=figure,
            )
            yield reason(kind, license, provision, says, needs)


def _crossed(limit: Limit, where: str, figure: str, given: int) -> Text:
    facts = {"figure": figure, "given": f"{given:,}", "where": where}
    what, then = limit_words(limit), consequence(limit)
    if is_once(limit):
        return text(
            "your {figure} of {given} is over the limit of {where}: {what}; if it was over it then, {then}",
            **facts,
            what=what,
            then=then,
        )
    return text("your {figure} of {given} is over the limit of {where}: {what}; {then}", **facts, what=what, then=then)


def _limited_duty(license: License, use: Use) -> Iterator[Reason]:
    """A display that is owed only beyond a limit: owed, not owed, or a matter of a figure."""
    provision = license[Term.DISPLAY_ATTRIBUTION]
    if not provision.limits or not provision.binding:
        return
    facts = {"where": cited(license, provision), "what": all_limits(provision), "words": provision.says or "?"}
    match applies(provision, use):
        case True:
            over = next(one for one in provision.limits if measured(one, use) is Measured.OVER)
            says = text(
                "your {figure} of {given} is over a limit of {where} ({what}): display '{words}' as it asks",
                figure=name_of(over),
                given=f"{figure_of(over, use):,}",
                **facts,
            )
            yield replace(reason(_DUTY, license, provision, says), near=True)
        case None:
            over = next(one for one in provision.limits if measured(one, use) is Measured.UNSURE)
            says = text("{where} asks to display '{words}' with {what}", **facts)
            yield reason(_DUTY, license, provision, says, name_of(over) if is_commercial(use) else "")


def territory(license: License, use: Use, table: FlowTable, multimodal: bool | None) -> Iterator[Reason]:
    """The territories that the licence leaves out, against the stated ones."""
    provision = license[Term.TERRITORY_EXCLUDED]
    if provision.value != "stated":
        return
    places = use.territories | ({use.home} if use.home else frozenset())
    for condition in provision.conditions:
        if condition.region is None or (condition.detail("scope") == "multimodal_models" and multimodal is False):
            continue
        where = cited(license, provision)
        if not table.within(condition.region, places):
            says = text("{where} leaves out {region}; pass that on", where=where, region=condition.region)
            yield reason(_DUTY, license, provision, says, "" if places else "territory")
        elif condition.detail("scope") == "multimodal_models" and multimodal is None:
            says = text(
                "{where} leaves out {region} for multimodal models; is this one?", where=where, region=condition.region
            )
            yield reason(_OPEN, license, provision, says, "multimodal")
        elif _only_end_users(condition, use, table):
            says = text(
                "{where} leaves out {region} except for end users of products", where=where, region=condition.region
            )
            yield reason(_DUTY, license, provision, says)
        else:
            says = text(
                "{where} grants nothing in {region}, which is among your territories",
                where=where,
                region=condition.region,
            )
            yield reason(_BREACH, license, provision, says)


def _only_end_users(condition: Condition, use: Use, table: FlowTable) -> bool:
    """Nobody in the region gets the model itself, and the licensee is not at home there."""
    at_home = use.home is not None and table.within(str(condition.region), frozenset({use.home}))
    products = frozenset({Distribution.HOSTED_API, Distribution.OUTPUTS})
    return (
        bool(condition.detail("exception"))
        and not at_home
        and use.home is not None
        and bool(use.distributes)
        and use.distributes <= products
    )


_SAYS = {
    "registration": text("registration with the licensor"),
    "application": text("an application to the licensor"),
    "written_authorization": text("a written authorisation of the licensor"),
    "aup_compliance": text("compliance with the use policy"),
    "competes_with_licensor": text("use that competes with the licensor"),
    "hosting": text("hosting for others"),
}
_DETAILS = {
    "licensee_and_affiliates": text("licensee and affiliates together"),
    "month_before_model_release_date": text("in the month before the model's release"),
    "preceding_calendar_month": text("in the preceding calendar month"),
    "at_any_time": text("at any time"),
    "any_12_months": text("in any 12 months"),
    "most_recent_fiscal_year": text("in the most recent fiscal year"),
    "year": text("in a year"),
    "month": text("in a month"),
    "product_or_service": text("for a product or service"),
    "licensee": text("of the licensee"),
    "model_as_a_service_business": text("for whoever offers models as a service"),
}


def words_of(condition: Condition) -> Text:
    """A condition in plain words: its type and what the clause adds."""
    whole = _SAYS.get(condition.type) or text("{what}", what=condition.type.replace("_", " "))
    for key, value in condition.details:
        if key in {"period", "only_if", "scope", "basis"}:
            more = _DETAILS.get(value) or text("{what}", what=value.replace("_", " "))
            whole = text("{first}, {then}", first=whole, then=more)
    return whole


def multimodal(artifacts: Iterable[Artifact], table: FlowTable) -> bool | None:
    """Whether a model takes more than text, by its name and its architecture; None where neither tells."""
    known: bool | None = None
    for artifact in artifacts:
        architectures = [fact.value.lower() for fact in artifact.facts_of(FactKind.ARCHITECTURE)]
        words = [artifact.id.lower(), *architectures]
        if any(sign in word for sign in table.multimodal for word in words):
            return True
        if any(sign in word for sign in table.text_only for word in architectures):
            known = False
    return known
