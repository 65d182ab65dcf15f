"""Sentences of cards, access forms and notices about licences and uses, clause by clause, with what each is about.

What a clause means (which licence, which limit) is for `licensing` to say; here it is only cut out, and clauses about
code, data, a demo or somebody else's model are told from those about the weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from licscan.core.artifact import Claim, ClaimKind
from licscan.core.bounds import CARD_CHARACTERS, LICENSE_SENTENCES
from licscan.extract.card_lines import HEADING, lines_of
from licscan.extract.extraction import At
from licscan.knowledge.license_prose import WEIGHTS, LicenseProse, Spot, license_prose

_BOLD = re.compile(r"^\s*\*\*([^*\n]{2,60})\*\*\s*:?\s*$")
_RULE_LINE = re.compile(r"^[\s|:\-=+*_]*$")
_LINK = re.compile(r"\[([^\[\]\n]{0,300}+)\]\(([^\[)\s]{0,500}+)[^\[)\n]{0,100}+\)")
_STOP = re.compile(r"(?<=[.!?])[\"'”’)*_]{0,3}\s+|(?<=[。！？])|(?<=다\.)\s*|(?<=요\.)\s*")
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|inc|ltd|no|vs|v|ver|vers|et al|cf)\.|\b\d+\.)\s*$", re.IGNORECASE)
_CLAUSE = re.compile(
    r";\s*|；\s*|，\s*|、(?=\s)|,\s++(?!version|v\.? ?\d|inc|ltd|llc)"
    r"|(?<!\s)\s++(?=(?:while|whereas|although|however|but)\b)"
    r"|(?<=지만)\s+|(?<=이며)[, ]\s*|(?<=[가-힣]고),\s*|(?<=が)、\s*|\.\s+(?=[A-ZÀ-Ý])",
    re.IGNORECASE,
)
_LICENSE_NAME = re.compile(
    r"(?:[A-Z0-9][\w.+\-\[\]]{0,40}[ ,]{1,2}){1,8}(?=(?:LICEN[CS]E|Licen[cs]e|Agreement|AGREEMENT|Terms|TERMS)\b)"
)
_PROPER = re.compile(r"[A-Z][\w.+\-]{0,40}(?:[ \-][A-Z0-9][\w.+\-]{0,40}){0,4}")
_AFTER = re.compile(r"[\s*_`]*[(\[（]\s*(?:for |on )?(?:the |our )?")
_QUESTION = re.compile(r"\?\s*$|？\s*$")
_OF_OTHERS = re.compile(
    r"((?<![\w.+\-])[A-Z][\w.+\-]{1,40}(?: [\w.+\-]{1,30}){0,3}) [(\[]([^()\[\]]{3,120})[)\]](?!\()"
)
_ALL_CAPITALS = re.compile(r"^[^a-z]*$")
_LONGEST_CLAUSE = 600


@dataclass
class _Place:
    """Where the reading is: under which headings, and what was spoken of last."""

    own: set[str]
    of_data: bool = False
    named_only: bool = False
    headings: list[tuple[int, str]] = field(default_factory=list)
    last: str = ""
    """What the sentence before spoke of."""
    before: str = ""
    """The line before in the same paragraph, where nobody had to read it yet."""

    @property
    def subject(self) -> str:
        """What the nearest heading that tells says of the lines below it."""
        return next((one for _, one in reversed(self.headings) if one and one != "license"), "")

    @property
    def in_license(self) -> bool:
        """The lines stand under a heading about licences."""
        return bool(self.headings) and self.headings[-1][1] == "license"

    def enter(self, level: int, subject: str) -> None:
        """A heading begins: those of its level and below end."""
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, subject))
        self.last = ""


def read(
    body: str,
    at: At,
    first_line: int | None = 1,
    *,
    field_path: str = "",
    of_data: bool = False,
    named_only: bool = False,
) -> tuple[Claim, ...]:
    """The clauses about licences and uses of the model, each as a claim.

    Args:
        body: Markdown or plain text.
        at: The file that it stands in.
        first_line: The line of the file at which it begins; None where that is not known.
        field_path: The field of the file that it stands in, for the evidence.
        of_data: It is the text of a data set, so clauses about the data count.
        named_only: Clauses without a subject of their own are left out: the text speaks of many works.
    """
    words = license_prose()
    if not words.trigger.search(body[: CARD_CHARACTERS.value]):
        return ()
    place = _Place(_own_names(at.repo.split("/")), of_data, named_only)
    found: dict[tuple[str, str], Claim] = {}
    for index, line in lines_of(body):
        if _enters(line, place, words):
            continue
        flat = _flat(line)
        if not flat:
            place.last = place.before = ""
            continue
        if not (place.in_license or words.trigger.search(flat)):
            place.before = flat
            continue
        _recall(place, words)
        number = None if first_line is None else first_line + (0 if field_path else index)
        for clause, part in _clauses(flat, place, words):
            claim = Claim(ClaimKind.PROSE, clause, at.saw(field_path, flat, number), part)
            found.setdefault((clause, part), claim)
        if len(found) > LICENSE_SENTENCES.value:  # whoever asks sees that there is more
            break
    return tuple(found.values())


def _enters(line: str, place: _Place, words: LicenseProse) -> bool:
    """A heading is taken in; whether the line was one."""
    heading = HEADING.match(line)
    if heading:
        place.enter(len(heading[1]), words.heading(heading[2]))
        if len(heading[1]) == 1:
            place.own |= _own_names([heading[2]])
        return True
    bold = _BOLD.match(line)
    if bold and (subject := words.heading(bold[1])):
        place.enter(7, subject)
        return True
    return False


def _flat(line: str) -> str:
    """The line without marks; of a table only a row that gives a key its value."""
    stripped = line.strip()
    if _RULE_LINE.match(stripped):
        return ""
    if stripped.startswith("|"):
        cells = [cell.strip() for cell in stripped.strip("|").split("|")]
        if len(cells) != 2 or not license_prose().trigger.search(cells[0]):
            return ""
        stripped = f"{cells[0].strip(' *')}: {cells[1]}"
    return stripped.replace("**", "").replace("__", "").lstrip("#>-*+•· \t").strip()


def _recall(place: _Place, words: LicenseProse) -> None:
    """What the line before spoke of, now that a line about licences refers to it."""
    for clause in _cut(place.before[-_LONGEST_CLAUSE:]) if place.before else ():
        place.last = _named(clause, place, words) or place.last
    place.before = ""


def _stretch(clause: str, words: LicenseProse) -> str:
    """The clause; of a very long one the stretch around the words that speak of a licence."""
    if len(clause) <= _LONGEST_CLAUSE:
        return clause
    hit = words.trigger.search(clause)
    start = max(0, hit.start() - _LONGEST_CLAUSE // 2) if hit else 0
    return clause[start : start + _LONGEST_CLAUSE]


def _clauses(flat: str, place: _Place, words: LicenseProse) -> Iterator[tuple[str, str]]:
    """Clauses that are about the work, with the part that they are about."""
    sentences = _sentences(flat)
    for number, sentence in enumerate(sentences):
        answer = sentences[number + 1] if number + 1 < len(sentences) else ""
        if _QUESTION.search(sentence) and words.grammar["no"].match(answer):
            sentence = f"{_QUESTION.sub('', sentence)}: not allowed"  # noqa: PLW2901 - question and answer are one
        subject, ties = "", place.in_license or bool(words.license.search(sentence))
        for clause in _cut(_without_others(sentence, place, words)):
            clause = _stretch(clause, words)  # noqa: PLW2901 - a very long one is cut to what matters
            named = _named(clause, place, words)
            subject = _subject(named, subject, place)
            if not (words.trigger.search(clause) or place.in_license):
                continue
            if words.guard.search(clause) or words.guard.search(sentence[:80]) is not None:
                continue
            part = _part(subject, of_data=place.of_data)
            if part is not None and (named in WEIGHTS or not place.named_only):
                yield (f"license: {clause}" if ties and not words.connector.search(clause) else clause), part


def _without_others(sentence: str, place: _Place, words: LicenseProse) -> str:
    """The sentence without the licence in brackets behind somebody else's work: `based on X (CC BY-NC)`."""

    def kept(hit: re.Match[str]) -> str:
        tokens = [one for one in re.split(r"[ \-]", hit[1]) if one[:1].isupper() and _is_name(one, words)]
        others = tokens and not any(_is_own(_plain(one), place.own) for one in (*tokens, "".join(tokens)))
        return hit[1] if others and words.trigger.search(hit[2]) else hit[0]

    return _OF_OTHERS.sub(kept, sentence)


def _sentences(flat: str) -> list[str]:
    found: list[str] = []
    for piece in _STOP.split(flat):
        if found and _SHORT.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece.strip():
            found.append(piece.strip())
    return found


def _cut(sentence: str) -> list[str]:
    """The clauses; nothing is cut inside a link or a bracket."""
    kept = {match.start(): match.end() for match in _LINK.finditer(sentence)}
    cuts = [0]
    ends = []
    for match in _CLAUSE.finditer(sentence):
        if any(start < match.start() < end for start, end in kept.items()) or match.start() <= cuts[-1]:
            continue
        if license_prose().grammar["opening"].match(sentence[cuts[-1] : match.start()]):
            continue  # "for commercial use, contact us" is one thing
        ends.append(match.start())
        cuts.append(match.end())
    return [one.strip() for one in map(lambda a, b: sentence[a:b], cuts, [*ends, len(sentence)]) if one.strip()]


def _subject(named: str, before: str, place: _Place) -> str:
    """What a clause is about: by its own words, the clause before, the sentence before, or the heading."""
    if named == "same":
        named = place.last or before
    subject = named or before or place.subject or (place.last if place.last in {"data", "demo", "other"} else "")
    if named:
        place.last = named
    return subject or "whole"


def _named(clause: str, place: _Place, words: LicenseProse) -> str:
    clause = _LINK.sub(lambda hit: hit[1] + " " * (len(hit[0]) - len(hit[1])), clause)
    clause = _LICENSE_NAME.sub(lambda hit: " " * len(hit[0]), clause)
    spots = words.spots(clause)
    said = words.connector.search(clause)
    anchor = min((hit.start() for hit in (said, words.trigger.search(clause)) if hit), default=len(clause))
    lead = [one for one in spots if one.start < max(anchor, 1)]
    in_brackets = [one for one in spots if _AFTER.search(clause[max(0, one.start - 14) : one.start])]
    if in_brackets and not lead:
        return _head(clause, in_brackets)
    owner = _owner(clause[: lead[-1].end if lead else anchor], place, words)
    if owner == "other":
        return owner
    if lead or spots:
        return _head(clause, lead or list(spots))
    return owner


def _head(clause: str, spots: list[Spot]) -> str:
    """The subject of the first group: of words side by side the last counts, of words that are joined the weights."""
    found = [spots[0]]
    for spot in spots[1:]:
        between = clause[found[-1].end : spot.start]
        if between.strip(" *_`의のde") == "":
            found[-1] = spot
        elif license_prose().grammar["joins"].fullmatch(between):
            found.append(spot)
        else:
            break
    subjects = [one.subject for one in found]
    return next((one for one in subjects if one in WEIGHTS), subjects[0])


def _owner(lead: str, place: _Place, words: LicenseProse) -> str:
    """Whose work is named before anything is said: `whole` for the work itself, `other`, or empty for none."""
    if _ALL_CAPITALS.match(lead):
        return ""
    found = ""
    german = bool(words.grammar["nouns_have_capitals"].search(lead))
    for hit in _PROPER.finditer(lead):
        tokens = [one for one in re.split(r"[ \-]", hit[0]) if _is_name(one, words)]
        if tokens and any(_is_own(_plain(one), place.own) for one in (*tokens, "".join(tokens))):
            found = "whole"
            continue
        plain = hit[0][1:].replace("-", "").islower()
        opens = hit.start() == 0 and not words.grammar["said_of"].match(lead[hit.end() :])
        if tokens and not (plain and (german or opens)):  # else a common word with a capital
            return "other"
    return found


def _is_name(word: str, words: LicenseProse) -> bool:
    plain = _plain(word)
    is_common = plain in words.generic or word.lower() in words.generic
    return (
        bool(plain)
        and not plain.isdigit()
        and not is_common
        and not words.license.search(word)
        and not words.spots(word)
    )


def _is_own(word: str, own: set[str]) -> bool:
    return len(word) > 1 and any(word in one or (len(one) > 3 and one in word) for one in own)


def _own_names(names: Iterable[str]) -> set[str]:
    found = set()
    for name in names:
        found |= {_plain(name), *map(_plain, re.split(r"[\s\-_./:(),]+", name))}
    return {one for one in found if len(one) > 1}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _part(subject: str, *, of_data: bool) -> str | None:
    """The part of a claim; None where the clause is about something else than the work."""
    if of_data:
        return "" if subject in {"data", "weights", "whole"} else None
    if subject in WEIGHTS:
        return "weights" if subject == "weights" else ""
    return subject if subject in {name for name, _ in license_prose().parts} else None
