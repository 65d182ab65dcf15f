"""The phrases of cards that say what a model was made from, from `data/lineage/prose.toml`; compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.keys import keys

_BEFORE = r"(?:\A|\b|(?<=\W))(?:{})[\s:*_`\"'(\[<|\-–—]*(?:the |a |an |our |this |model )?[\s*_`\"'(\[<|]*"
_AFTER = r"\A[\s*_`\"')\]]*(?:{})"
_SUBJECT = (
    r"(?:\A|[.;:(,|>*_#\-–—]|\b(?:and|but|while|whereas|where|since|as|because|although|that|with|by|using|via|from|in|on))[\s*_`\"'(\[]*+"
    r"(?:(?:(?:this|the|our|its) \w{{1,20}}|this|the|our|its|their|these|all|most|some|parts?|much|portions?|of|a|an"
    r"|current|following|original|official|training|inference|evaluation|example|sample|provided|default|accompanying|whole|entire|model|large)[\s\-]){{0,6}}"
    r"(?:{})[*_`\"')\]]*"
    r"(?: (?:of|for|in|from|on|here|below|above|used|provided|shown|at)(?: [\w\-./]{{1,30}}){{0,6}}?)?"
    r"(?::|,? (?:which|that))?"
    r"(?:,? (?:is|are|was|were|has been|have been|had been|being|borrows?|comes?|taken|written|copied))?"
    r"(?: (?:\w{{1,20}}ly|also|in part|heavily|loosely|directly|and|just|mostly)){{0,4}}[\s*_`\"'(\[]*\Z"
)
_SENTENCE = (
    r"\A\W*(?:this|the|our|its|these)\W+(?:\w+\W+){{0,2}}?(?:{})\W+(?:is|was|are|were|has|have)\b(?!.*\b(?:{})\b)"
    r".*\b(?:and|which)\W+(?:is|was|are|were)(?: \w{{1,20}}ly)?\W*\Z"
)
_OBJECT = (
    r"\A(?:'s|’s)?[)\]*_`\"']*\s(?:(?:official|original|own|default|public|default chat|chat) )?(?:{})\b(?!\s*[:=|])"
)
_NO_MODEL = r"(?!(?:models?|trained|tuned|fine|on|with|using|from|over|by|for|to|and|in|via|of)\b)"
_DATA = (
    r"\A(?:'s|’s)?[)\]*_`\"']*(?:\s?(?:,|\(|–|—|-|,? which is|,? that is) ?(?:a|an|our|the) (?:"
    + _NO_MODEL
    + r"[\w\-]{{1,30}} ){{0,4}}?|\s(?:"
    + _NO_MODEL
    + r"[\w\-]{{1,20}} )?)(?:{})(?![A-Za-z0-9\-])(?!\s*[:=|])"
)
_DENIED = r"(?:\A|[\W_]|(?<=[a-z]))(?:{})\W*(?:\w{{1,20}}ly\W*)?\Z"
_LABEL = r"(?:\A|[\W_])(?:{})\W*\Z"
_NOT = r"\b(?:{})[\s:*_`\"'(\[<|]*(?:the |a |an )?[\s*_`\"'(\[<|]*\Z"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that tie a name to the model, and what they say."""

    relation: Relation
    component: str | None
    confidence: Confidence
    words: str
    end: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """For the words right before a name, or right after it."""
        return _compiled(self.words + self.end)

    @property
    def anywhere(self) -> re.Pattern[str]:
        """The same without its end, for a sentence in which no name was recognised."""
        return _compiled(self.words)


class Phrases:
    """All phrases, in the order in which they are tried; each is compiled when it is first tried."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self.before = _group(table["before"], _BEFORE, r"\Z")
        self.after = _group(table["after"], _AFTER, "")
        learnt = Relation.DISTILLED, None, Confidence.LIKELY
        self._learnt = Phrase(*learnt, _BEFORE.format("|".join(table["learnt"]["before"])), r"\Z")
        self._learnt_after = Phrase(*learnt, _AFTER.format("|".join(table["learnt"]["after"])), "")

    def before_in(self, sentence: str) -> tuple[Phrase, ...]:
        """The phrases that a sentence has at all, wherever, in the order in which they are tried."""
        return tuple(phrase for phrase in self.before if phrase.anywhere.search(sentence))

    def learnt(self, before: str, lead: str, rest: str) -> Phrase | None:
        """The words that say that the model learnt what another one wrote.

        Args:
            before: the sentence up to the name.
            lead: the last of it.
            rest: what stands after the name.
        """
        needs, against = self._any("learnt", "needs"), self._any("learnt", "against")
        if against.search(before) or not (needs.search(before) or needs.search(rest)):
            return None
        if self._learnt.pattern.search(lead):
            return self._learnt
        return self._learnt_after if self._learnt_after.pattern.match(rest) else None

    @property
    def denied(self) -> re.Pattern[str]:
        """Words right before a phrase that deny it."""
        return self._any("denied", "words", _DENIED)

    @property
    def other_subject(self) -> re.Pattern[str]:
        """Words right before a phrase by which it speaks of a card, code, a template and not of the model."""
        return _compiled(_SUBJECT.format("|".join(self._table["about"]["subject"])))

    @property
    def other_sentence(self) -> re.Pattern[str]:
        """The beginning of a sentence that speaks of something else, up to an `and is` right before a phrase."""
        about = self._table["about"]
        return _compiled(_SENTENCE.format("|".join(about["subject"]), "|".join(about["model"])))

    @property
    def other_object(self) -> re.Pattern[str]:
        """Words right after a name that make it a card, code, a template."""
        return _compiled(_OBJECT.format("|".join(self._table["about"]["object"])))

    @property
    def data_object(self) -> re.Pattern[str]:
        """Words right after a name that make it a data set."""
        return _compiled(_DATA.format("|".join(self._table["about"]["data"])))

    @property
    def other_label(self) -> re.Pattern[str]:
        """The end of a label that names a card, code, a template."""
        return _compiled(_LABEL.format("|".join(self._table["about"]["object"])))

    @property
    def data_label(self) -> re.Pattern[str]:
        """The end of a label that names a data set."""
        return _compiled(_LABEL.format("|".join(self._table["about"]["data"])))

    @property
    def negative(self) -> re.Pattern[str]:
        """Words right before a name that say the model was *not* made from it."""
        return self._any("negative", "before", _NOT)

    @property
    def origin(self) -> re.Pattern[str]:
        """Claims of own training."""
        return self._any("origin")

    @property
    def origin_against(self) -> re.Pattern[str]:
        """Words that take such a claim back."""
        return self._any("origin", "against")

    @property
    def data(self) -> re.Pattern[str]:
        """Words before the name of a data set that the model was trained on."""
        return self._any("data")

    def _any(self, section: str, key: str = "phrases", form: str = "{}") -> re.Pattern[str]:
        return _compiled(form.format("|".join(self._table[section][key])))


@cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


@cache
def phrases() -> Phrases:
    """All phrases of the table."""
    return Phrases(keys().prose)


def _group(rows: Iterable[Mapping[str, Any]], form: str, end: str) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(
            Relation(one["relation"]),
            one.get("component"),
            Confidence.LIKELY if one.get("sure") else Confidence.POSSIBLE,
            form.format("|".join(one["phrases"])),
            end,
        )
        for one in rows
    )
