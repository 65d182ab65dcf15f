"""What must be done where a licence's terms get along a link: texts, notices, names, credits, use policy."""

from __future__ import annotations

from collections.abc import Iterator

from licscan.compatibility.parties import Traits, says_something
from licscan.compatibility.use_limits import cited, reason
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import License, Provision, Term
from licscan.core.text import Text, text
from licscan.knowledge.flowtable import Column, FlowTable, Reach
from licscan.knowledge.limit_words import all_limits

_DUTY = ReasonKind.OBLIGATION
_DUTIES = (
    Term.LICENSE_COPY,
    Term.NOTICE_FILE,
    Term.MODIFICATION_NOTICE,
    Term.NAMING,
    Term.DISPLAY_ATTRIBUTION,
    Term.USE_POLICY,
    Term.UPDATE_DUTY,
)
_CARRIED = frozenset({"yes", "separate_class_with_same_duties"})


def reach(license: License, term: Term, column: Column, table: FlowTable) -> Reach:
    """Whether a term of this licence gets along the column; the licence's own definitions come before the table."""
    cell = table.cell(term, column)
    if term is Term.SHARE_ALIKE:
        return _share_alike(license, column, table, cell)
    if term is Term.NAMING:
        return Reach.FLOWS if naming_applies(license, column, table) else Reach.STOPS
    if term is Term.DERIVATIVES and license[term].value not in {"no", "private_only", "not_granted", "source_only"}:
        # "Research only" and the like are limits of use; they travel as such.
        return table.cell(Term.COMMERCIAL_USE, column)
    if column is Column.DISTILLED and cell is not Reach.STOPS:
        return _distilled(license, term, cell, table)
    if cell is Reach.DEFINED:
        # Only a licence written by a model's publisher can have meant an adapter.
        return Reach.STOPS if license.is_standard else Reach.FLOWS
    return cell


def _distilled(license: License, term: Term, cell: Reach, table: FlowTable) -> Reach:
    if term is Term.OUTPUTS_TRAINING:
        return cell if says_something(license[term].value) else Reach.STOPS
    means = table.means(license[Term.OUTPUTS_TRAINING].value)
    row = table.rows[term]
    if license[Term.OUTPUT_MODELS_ARE_DERIVATIVES].value in _CARRIED or means == "carries":
        return Reach.FLOWS
    if row == "territory":
        scoped = any(one.detail("scope") == "all_use_incl_outputs" for one in license[term].conditions)
        return Reach.FLOWS if scoped else Reach.STOPS
    if row == "noncommercial" and term is Term.COMMERCIAL_USE and license[term].value == "no":
        if means == "noncommercial" or license.key in table.nc_outputs["covered"]:
            return Reach.FLOWS
        return Reach.UNSETTLED if means == "copyright" or license.key in table.nc_outputs["open"] else Reach.STOPS
    granted = {"names": {"name"}, "display": {"display"}, "texts": {"texts"}, "use": {"policy"}}.get(row, set())
    return Reach.FLOWS if means in granted else Reach.STOPS


def _share_alike(license: License, column: Column, table: FlowTable, cell: Reach) -> Reach:
    value = license[Term.SHARE_ALIKE].value
    lists = table.share_alike
    if column is Column.DISTILLED:
        return Reach.FLOWS if license[Term.OUTPUT_MODELS_ARE_DERIVATIVES].value == "yes" else Reach.STOPS
    if column is Column.COMPONENT:
        return Reach.FLOWS if value in lists["component"] else Reach.PART
    if column is Column.ADAPTER:
        return Reach.FLOWS if value in lists["adapter"] else Reach.UNSETTLED
    if value in lists["data"] and column is not Column.TRAINED_ON:
        return Reach.UNSETTLED
    return cell


def to_do(license: License, provision: Provision) -> Text:
    """What one provision asks to be done, as a sentence."""
    where, words = cited(license, provision), provision.says or "?"
    match provision.term:
        case Term.LICENSE_COPY:
            if provision.value in {"link_ok", "copy_or_url"}:
                return text("ship a copy of {where}, or a link to it", where=where)
            return text("ship a copy of {where}", where=where)
        case Term.NOTICE_FILE:
            return text("keep or add the notice that {where} asks for", where=where)
        case Term.MODIFICATION_NOTICE:
            return text("state what was changed, as {where} asks", where=where)
        case Term.NAMING:
            return text("begin the name with '{prefix}' ({where})", prefix=words, where=where)
        case Term.DISPLAY_ATTRIBUTION:
            return _shown(where, words, provision)
        case Term.USE_POLICY:
            return text("pass on the use policy of {where}", where=where)
        case Term.UPDATE_DUTY:
            return text("make reasonable efforts to use the latest version, as {where} asks", where=where)
        case _:
            return _kept(where, provision)


def _shown(where: str, words: str, provision: Provision) -> Text:
    if provision.limits:
        what = all_limits(provision)
        return text("display '{words}' as {where} asks, with {what}", words=words, where=where, what=what)
    if words[0].islower():  # a description, and no words to be shown as they stand
        return text("give the attribution that {where} asks for: {words}", where=where, words=words)
    return text("show '{words}' where {where} asks for it", words=words, where=where)


def _kept(where: str, provision: Provision) -> Text:
    if provision.value.endswith("network"):
        return text(
            "keep under {where} what it asks to stay under it, and offer the source to those who use it over a network",
            where=where,
        )
    return text("keep under {where} what it asks to stay under it", where=where)


def duties(license: License, column: Column, traits: Traits, table: FlowTable) -> Iterator[Reason]:
    """Everything to do about this licence's terms, as far as they get along the column."""
    if traits.named is False and naming_applies(license, column, table):
        naming = license[Term.NAMING]
        says = text(
            "the name must begin with '{prefix}' ({where}) and does not",
            prefix=naming.says or "?",
            where=cited(license, naming),
        )
        yield reason(ReasonKind.BREACH, license, naming, says)
    for term in _DUTIES:
        if term is Term.NAMING and traits.named is False:
            continue
        if license[term].limits:
            continue  # told with the figures on which it turns
        if is_due(license, term, column, table):
            yield reason(_DUTY, license, license[term], to_do(license, license[term]))


def is_due(license: License, term: Term, column: Column, table: FlowTable) -> bool:
    """The term of this licence asks something of whoever makes, or passes on, the child in this way."""
    provision = license[term]
    if not says_something(provision.value) or not provision.binding:
        return False
    if term is Term.MODIFICATION_NOTICE and column is Column.COMPONENT:
        return False  # a part that is built in as it is
    return reach(license, term, column, table) in {Reach.FLOWS, Reach.PART}


def naming_applies(license: License, column: Column, table: FlowTable) -> bool:
    """The licence prescribes a name for what is made in this way."""
    naming = license[Term.NAMING]
    if naming.value != "required" or not naming.binding:
        return False
    columns = {column} if column is not Column.UNSTATED else {Column.TUNED, Column.MERGE}
    triggered = {one for trigger in naming.triggers for one in table.name_triggers.get(trigger, frozenset())}
    return bool(columns & triggered)
