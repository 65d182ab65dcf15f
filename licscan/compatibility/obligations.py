"""What must be done where a licence's terms get along a link: texts, notices, names, credits, use policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from licscan.compatibility.parties import Traits, says_something
from licscan.compatibility.use_limits import cited, reason
from licscan.core.judgement import Reason, ReasonKind
from licscan.core.license import License, Provision, Term
from licscan.core.text import Text, text
from licscan.knowledge.flowtable import Column, FlowTable, Reach
from licscan.knowledge.limit_words import all_limits

_DUTY = ReasonKind.OBLIGATION
DUTIES = (
    Term.LICENSE_COPY,
    Term.NOTICE_FILE,
    Term.MODIFICATION_NOTICE,
    Term.NAMING,
    Term.DISPLAY_ATTRIBUTION,
    Term.RESTRICTION_PASSTHROUGH,
    Term.USE_POLICY,
    Term.OUTPUTS_TRAINING,
    Term.UPDATE_DUTY,
)
"""Terms that ask for something to be done when the work is passed on."""
_HANDED_ON = frozenset({"use_restrictions"})
"""Values of the passing-on term that ask for a provision in one's own terms; others ask for the text alone."""
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
    """What one provision asks to be done, as a sentence with the clause."""
    where = cited(license, provision)
    say = _SAYINGS.get(provision.term)
    return (
        say(where, provision)
        if say
        else text("keep under its licence what it asks to stay there ({where})", where=where)
    )


def _copy(where: str, provision: Provision) -> Text:
    if provision.value in {"link_ok", "copy_or_url"}:
        return text("ship a copy of the licence or a link to it ({where})", where=where)
    return text("ship a copy of the licence ({where})", where=where)


def _notice(where: str, provision: Provision) -> Text:
    if provision.value == "if_present":
        return text("pass on the NOTICE file that comes with it ({where})", where=where)
    if provision.value == "retain_notices":
        return text("keep the copyright and attribution notices ({where})", where=where)
    if provision.says:
        return text("ship a notice that says “{words}” ({where})", words=provision.says, where=where)
    return text("ship the notice that it prescribes ({where})", where=where)


def _changes(where: str, provision: Provision) -> Text:
    if provision.value == "with_date":
        return text("state in the changed files that you changed them, and when ({where})", where=where)
    return text("state that you changed the files ({where})", where=where)


def _naming(where: str, provision: Provision) -> Text:
    return text("begin the name with '{prefix}' ({where})", prefix=provision.says or "?", where=where)


def _shown(where: str, provision: Provision) -> Text:
    words = provision.says or "?"
    if provision.limits:
        return text("display '{words}' with {what} ({where})", words=words, where=where, what=all_limits(provision))
    if words[0].islower():  # a description, and no words to be shown as they stand
        return text("give the attribution that it asks for: {words} ({where})", where=where, words=words)
    return text("show '{words}' ({where})", words=words, where=where)


def _policy(where: str, _: Provision) -> Text:
    return text("pass on its limits on use ({where})", where=where)


def _passed_on(where: str, _: Provision) -> Text:
    return text(
        "make its limits on use an enforceable provision of your terms, and give notice of them to whoever gets the "
        "model ({where})",
        where=where,
    )


def _outputs(where: str, _: Provision) -> Text:
    return text(
        "let nobody train another model on its outputs, your users included, as far as it forbids that ({where})",
        where=where,
    )


def _latest(where: str, _: Provision) -> Text:
    return text("make reasonable efforts to use the latest version ({where})", where=where)


def _kept(where: str, provision: Provision) -> Text:
    if provision.value.endswith("network"):
        return text(
            "keep the whole under this licence, for those too who use it over a network ({where})",
            where=where,
        )
    if provision.value in {"library_only", "file_level", "module_level"}:
        return text("keep the covered files under this licence ({where})", where=where)
    return text("keep the whole under this licence ({where})", where=where)


_SAYINGS: dict[Term, Callable[[str, Provision], Text]] = {
    Term.LICENSE_COPY: _copy,
    Term.NOTICE_FILE: _notice,
    Term.MODIFICATION_NOTICE: _changes,
    Term.NAMING: _naming,
    Term.DISPLAY_ATTRIBUTION: _shown,
    Term.USE_POLICY: _policy,
    Term.RESTRICTION_PASSTHROUGH: _passed_on,
    Term.OUTPUTS_TRAINING: _outputs,
    Term.UPDATE_DUTY: _latest,
    Term.SHARE_ALIKE: _kept,
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do about a licence."""

    provision: Provision
    says: Text
    clause: str | None


def duties_of(license: License, column: Column, table: FlowTable, *, has_notice: bool | None = None) -> Iterator[Duty]:
    """Everything that a licence asks of whoever passes its work on in this way, each with its own clause.

    Args:
        license: the licence of the work.
        column: the way in which the work is contained or was made from it.
        table: what gets along which way.
        has_notice: whether the work comes with a NOTICE file; None where nobody looked.
    """
    for term in DUTIES:
        provision = license[term]
        if not is_due(license, term, column, table):
            continue
        if not (term is Term.NOTICE_FILE and provision.value == "if_present" and has_notice is False):
            yield Duty(provision, to_do(license, provision), provision.clause)
        for condition in provision.conditions:
            if condition.type == "retain_notices":
                clause = condition.detail("clause")
                kept = replace(provision, value="retain_notices", clause=clause)
                yield Duty(kept, to_do(license, kept), clause)
    source = table.source_duty.get(license.expression)
    if source and column not in {Column.DISTILLED, Column.TRAINED_ON}:
        share = replace(license[Term.SHARE_ALIKE], clause=source)
        yield Duty(
            share, text("offer the complete corresponding source ({where})", where=cited(license, share)), source
        )


def duties(license: License, column: Column, traits: Traits, table: FlowTable) -> Iterator[Reason]:
    """Everything to do about this licence's terms, as far as they get along the column, as reasons."""
    if traits.named is False and naming_applies(license, column, table):
        naming = license[Term.NAMING]
        says = text(
            "the name must begin with '{prefix}' ({where}) and does not",
            prefix=naming.says or "?",
            where=cited(license, naming),
        )
        yield reason(ReasonKind.BREACH, license, naming, says)
    for duty in duties_of(license, column, table, has_notice=traits.has_notice):
        if duty.provision.term is Term.NAMING and traits.named is False:
            continue
        if duty.provision.limits:
            continue  # told with the figures on which it turns
        yield reason(_DUTY, license, duty.provision, duty.says)


def is_due(license: License, term: Term, column: Column, table: FlowTable) -> bool:
    """The term of this licence asks something of whoever makes, or passes on, the child in this way."""
    provision = license[term]
    if not says_something(provision.value) or not provision.binding:
        return False
    if term is Term.MODIFICATION_NOTICE and column is Column.COMPONENT:
        return False  # a part that is built in as it is
    if term is Term.RESTRICTION_PASSTHROUGH and provision.value not in _HANDED_ON:
        return False
    if term is Term.OUTPUTS_TRAINING and (column is Column.DISTILLED or table.means(provision.value) != "breach"):
        return False
    if term is Term.USE_POLICY and license[Term.RESTRICTION_PASSTHROUGH].value in _HANDED_ON:
        return False  # told by the duty to hand its limits on
    return reach(license, term, column, table) in {Reach.FLOWS, Reach.PART}


def naming_applies(license: License, column: Column, table: FlowTable) -> bool:
    """The licence prescribes a name for what is made in this way."""
    naming = license[Term.NAMING]
    if naming.value != "required" or not naming.binding:
        return False
    columns = {column} if column is not Column.UNSTATED else {Column.TUNED, Column.MERGE}
    triggered = {one for trigger in naming.triggers for one in table.name_triggers.get(trigger, frozenset())}
    return bool(columns & triggered)
