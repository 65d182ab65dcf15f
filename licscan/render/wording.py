"""What codes are called in front of people; the words themselves are translated in `licscan.words`."""

from __future__ import annotations

from licscan.core.license import Provision, Resolution, Term
from licscan.core.text import Text, text
from licscan.words import say

OUTCOMES = {
    "clear": text("Clear"),
    "conditions": text("Conditions to meet"),
    "blocked": text("Blocked"),
    "unknown": text("No verdict"),
}
OUTCOME_SENTENCES = {
    "clear": text("Nothing that was read stands against the stated release."),
    "conditions": text("The release can go ahead once the duties below are met."),
    "held": text(
        "The release can go ahead once the duties below are met and the findings that the policy does not let pass are "
        "settled or set aside."
    ),
    "blocked": text("At least one finding stands against the stated release."),
    "unknown": text("Something upstream is unknown, so no verdict can be given."),
}
SEVERITIES = {
    "critical": text("critical"),
    "high": text("high"),
    "medium": text("medium"),
    "low": text("low"),
    "info": text("info"),
}
CONFIDENCES = {"certain": text("certain"), "likely": text("likely"), "possible": text("possible")}
RELATIONS = {
    "finetune": text("fine-tuned from"),
    "continue-train": text("further trained from"),
    "adapter": text("adapter of"),
    "merge": text("merged from"),
    "quantized": text("quantised from"),
    "converted": text("converted from"),
    "component": text("contains"),
    "distilled": text("distilled from"),
    "trained-on": text("trained on data"),
    "unstated": text("made (how is not stated) from"),
}
SHORT_RELATIONS = {
    "finetune": text("fine-tune"),
    "continue-train": text("further training"),
    "adapter": text("adapter"),
    "merge": text("merge"),
    "quantized": text("quantised"),
    "converted": text("converted"),
    "component": text("component"),
    "distilled": text("distilled"),
    "trained-on": text("training data"),
    "unstated": text("not stated"),
}
COMPONENTS = {
    "vision_encoder": text("vision encoder"),
    "text_encoder": text("text encoder"),
    "audio_encoder": text("audio encoder"),
    "vae": text("VAE"),
    "language_model": text("language model"),
    "tokenizer": text("tokenizer"),
}
VERDICTS = {
    "same": text("same licence"),
    "ok": text("ok"),
    "conditions": text("conditions"),
    "conflict": text("conflict"),
    "depends": text("depends"),
    "unknown": text("cannot be judged"),
}
REASONS = {
    "omission": text("omission"),
    "contradiction": text("contradiction"),
    "breach": text("breach"),
    "obligation": text("duty"),
    "unsettled": text("unsettled"),
}
GAPS = {
    "absent": text("not found"),
    "gated": text("gated"),
    "private": text("private"),
    "disabled": text("disabled"),
    "unreachable": text("not reached"),
    "malformed": text("malformed"),
    "too-deep": text("not followed"),
    "offline": text("not seen offline"),
    "not-a-repo": text("no repository"),
    "truncated": text("cut off"),
    "damaged": text("damaged"),
}
LOOKED_AT = {
    "card": text("card data"),
    "card_text": text("card text"),
    "licence_files": text("licence files"),
    "gate": text("gate text"),
    "notices": text("notices and use policies"),
    "configs": text("configurations and recipes"),
    "heads": text("heads of weights files"),
    "listing": text("list of files"),
    "history": text("history"),
}
NOT_READ = {
    "not asked for": text("not asked for"),
    "the catalogue holds none": text("the catalogue holds none"),
    "only some of its lines were seen": text("only some of its lines were seen"),
    "the card was not seen": text("the card was not seen"),
    "its list of files was not seen": text("its list of files was not seen"),
    "no repository is known": text("no repository is known"),
    **GAPS,
}
"""Why something was not looked at; a reason that names files stands as it is."""
KINDS = {
    "model": text("model"),
    "dataset": text("data set"),
    "component": text("component"),
    "external": text("outside thing"),
}
STATES = {
    "resolved": text("licence known"),
    "disputed": text("licence disputed"),
    "unrecognised": text("licence not recognised"),
    "undeclared": text("no licence declared"),
    "unseen": text("licence not seen"),
}
SOURCES = {
    "hub": text("Hub"),
    "cache": text("cache"),
    "recording": text("recording"),
    "catalog": text("catalogue"),
    "path": text("folder"),
}
ROLES = {
    "publisher": text("as its publisher"),
    "adopter": text("as its adopter"),
}
PURPOSES = {
    "commercial": text("commercial"),
    "noncommercial": text("non-commercial"),
    "research": text("research"),
}
DISTRIBUTIONS = {
    "weights": text("weights"),
    "hosted-api": text("hosted API"),
    "outputs": text("outputs"),
    "internal": text("internal use"),
}
SHARES_BY = {"publisher": text("publisher"), "country": text("country"), "license": text("licence")}
ORIGINS = {
    "refuted": text("refuted"),
    "contested": text("contested"),
    "not-refuted": text("not refuted"),
    "supported": text("supported"),
    "untested": text("not tested"),
}
CONTROLS = {
    "publisher": text("publisher"),
    "owner": text("owner"),
    "repackager": text("passed on by"),
    "law": text("governing law"),
    "forum": text("jurisdiction or arbitration"),
    "stop": text("power to stop use"),
    "change": text("power to change the terms"),
    "gate": text("gated access"),
    "remote-code": text("remote code"),
    "tokenizer": text("tokenizer"),
    "list": text("restriction list"),
    "registry": text("age of the registry"),
    "owner-list": text("restriction list that names the owner"),
    "hosted": text("hosted service"),
    "update": text("update channel"),
}
GROUPS = {
    "permission": text("permission"),
    "condition": text("condition"),
    "limit": text("limit"),
    "risk": text("risk"),
}
DISCLAIMER = text(
    "This report gathers facts and clauses with their sources. It is not legal advice; a lawyer decides what they mean "
    "for this release."
)


def called(table: dict[str, Text], code: str, lang: str) -> str:
    """The words for a code; a code that the table lacks is shown as it is."""
    return say(table[code], lang) if code in table else code.replace("_", " ")


def why_not_read(why: str, lang: str) -> str:
    """Why something was not looked at; a reason that names files is no code and stands as it is."""
    return say(NOT_READ[why], lang) if why in NOT_READ else why


def component_name(role: str, lang: str) -> str:
    """What a component's role is called."""
    return called(COMPONENTS, role, lang)


def state_of(resolution: Resolution) -> str:
    """The resolution's name in the contract."""
    return type(resolution).__name__.lower()


def term_name(term: Term | None, lang: str) -> str:
    """What a term is called, from the vocabulary."""
    if term is None:
        return ""
    from licscan.knowledge import load
    from licscan.words import word

    return word(load().terms[term].label.en, lang)


def conditions_of(provision: Provision, lang: str) -> list[str]:
    """Every condition of a provision in words, with figure and place, so that no sentence promises a list it lacks."""
    from licscan.knowledge import load
    from licscan.knowledge.limit_words import limit_sentence
    from licscan.words import word

    found = [say(limit_sentence(one), lang) for one in provision.limits]
    for one in provision.conditions:
        words = [word(load().terms.conditions[one.type]["en"], lang)]
        words += [one.region] if one.region else []
        found.append(" ".join(words))
    return found


def value_sentence(term: Term, value: str, lang: str) -> str:
    """What the value of a term means, in one plain sentence."""
    from licscan.knowledge import load
    from licscan.words import word

    known = load().terms[term].values.get(value)
    return word(known.en, lang) if known else value.replace("_", " ")
