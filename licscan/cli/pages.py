"""Pages for people about what the program knows: a licence, a term, the difference between two licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from licscan.cli.layout import Page
from licscan.cli.records import policies_of, written_licenses
from licscan.core.license import Condition, Hand, License, Provision, Reading
from licscan.knowledge import Knowledge
from licscan.knowledge.limit_words import limit_sentence
from licscan.knowledge.vocabulary import TermEntry, Vocabulary
from licscan.licensing.term_diff import Difference, overall
from licscan.words import say

_GROUPS = {
    "permission": ("What you may do", "허용"),
    "condition": ("What you must do", "조건·의무"),
    "limit": ("What is limited", "제한"),
    "risk": ("What may change or end it", "변경·종료 위험"),
}
_READINGS = {
    Reading.FULL_TEXT: ("the full text was read", "전문을 확인함"),
    Reading.STANDARD_TEXT: ("the standard text was read", "표준 문언을 확인함"),
    Reading.CITED_CLAUSES: (
        "only the cited clauses were read; the rest is not known",
        "인용된 조항만 확인함. 나머지는 미확인",
    ),
    Reading.SECONDARY: (
        "the text itself was not read; these facts come from others who cite it",
        "문언 자체는 확인하지 않았고 인용한 자료에 따름",
    ),
    Reading.NONE: ("nobody has read the text", "문언을 확인하지 않음"),
}
_HANDS = {
    Hand.FIRST: ("first-hand", "직접 확인"),
    Hand.SECOND: ("second-hand", "간접 확인"),
}
_DIRECTIONS = {
    "tighter": ("binds more", "더 엄격함"),
    "looser": ("binds less", "더 완화됨"),
    "unclear": ("differs; which binds more cannot be said", "다르나 어느 쪽이 엄격한지 불분명"),
    "same": ("no difference in the terms known", "확인된 조건에 차이 없음"),
}
_WORDS = {
    "key": "키",
    "SPDX": "SPDX",
    "kind": "종류",
    "editions": "판",
    "in force from": "시행일",
    "licensor": "허락자",
    "law, forum": "준거법·관할",
    "read": "확인 정도",
    "read by": "확인자",
    "text": "원문 해시",
    "use policy": "사용 정책",
    "policy of": "소속 라이선스",
    "same text as": "동일 문언",
    "Hub id": "Hub 식별자",
    "also called": "다른 이름",
    "note": "참고",
    "Sources": "출처",
    "Not read": "미확인 항목",
    "No such duty, limit or risk": "해당 의무·제한·위험이 없거나 언급이 없음",
    "clause": "조항",
    "only encouraged": "권장일 뿐 의무 아님",
    "on": "적용",
}
_QUIET = {"none", "no", "silent"}


def license_page(license: License, knowledge: Knowledge, language: str) -> str:
    """A licence as counsel wants to read it: who, under which law, every term with clause, and the sources."""
    page = Page(language, _WORDS)
    page.title(license.name)
    page.facts(_head(license, knowledge, page))
    vocabulary = knowledge.terms
    quiet, unread = [], []
    for group, titles in _GROUPS.items():
        told = []
        for entry in (one for one in vocabulary.terms.values() if one.group == group):
            provision = license[entry.term]
            if not provision.is_known:
                unread.append(entry.label[language])
            elif provision.value in _QUIET and provision.clause is None and group != "permission":
                quiet.append(f"{entry.label[language]} ({provision.value})")
            else:
                told.append((entry, provision))
        if told:
            page.heading(page.either(*titles))
            for entry, provision in told:
                _provision(page, entry, provision, vocabulary)
    for heading, names in (("No such duty, limit or risk", quiet), ("Not read", unread)):
        if names:
            page.heading(page.word(heading))
            page.paragraph(", ".join(names))
    page.heading(page.word("Sources"))
    for source in license.sources:
        page.line(f"  {source}")
    return page.text()


def _head(license: License, knowledge: Knowledge, page: Page) -> Iterator[tuple[str, str]]:
    yield "key", license.key
    yield "SPDX", license.expression + (" (OSI)" if license.osi_approved else "")
    yield "kind", license.category.value
    if license.series:
        line = (f"[{one.key}]" if one.key == license.key else one.key for one in knowledge.editions(license.series))
        yield "editions", " < ".join(line)
    yield "in force from", license.effective or page.either("not known", "알 수 없음")
    country = f" ({license.licensor_country})" if license.licensor_country else ""
    yield "licensor", (license.licensor or page.either("whoever uses it", "이용하는 자 누구나")) + country
    if law := _law(license, page):
        yield "law, forum", law
    yield from _reading(license, page)
    if policies := ", ".join(one.key for one in policies_of(license, knowledge)):
        yield "use policy", policies
    for word, value in (("policy of", license.policy_of), ("same text as", license.text_of)):
        if value:
            yield word, value
    if license.hub_ids:
        yield "Hub id", ", ".join(license.hub_ids)
    if license.aliases:
        yield "also called", ", ".join(license.aliases)
    if license.note:
        yield "note", license.note


def _reading(license: License, page: Page) -> Iterator[tuple[str, str]]:
    """How the text was read, from whose hand, by whom and when, and which bytes it was."""
    hand = _HANDS.get(license.hand)
    yield "read", page.either(*_READINGS[license.reading]) + (f" ({page.either(*hand)})" if hand else "")
    if license.reading is not Reading.NONE and license.reviewed:
        yield "read by", f"{license.reader}, {license.reviewed}"
    for name, sha256 in zip(license.texts, license.sha256, strict=True):
        yield "text", f"{name}: SHA-256 {sha256}"


def _law(license: License, page: Page) -> str:
    terms = (one for one in license.provisions.values() if one.term.value in {"governing-law", "forum"})
    found = [
        f"{one.says} ({page.word('clause')} {one.clause})" if one.clause else str(one.says) for one in terms if one.says
    ]
    return "; ".join(found)


def _provision(
    page: Page, entry: TermEntry, provision: Provision, vocabulary: Vocabulary, name: str | None = None
) -> None:
    clause = f"  [{page.word('clause')} {provision.clause}]" if provision.clause else ""
    page.line(f"  {name or entry.label[page.language]}: {provision.value.replace('_', ' ')}{clause}")
    page.paragraph(entry.values[provision.value][page.language], 6)
    if provision.says:
        page.paragraph(f"\u201c{provision.says}\u201d", 6)
    if not provision.binding:
        page.paragraph(page.word("only encouraged"), 6)
    if provision.triggers:
        names = ", ".join(vocabulary.triggers[one][page.language] for one in provision.triggers)
        page.paragraph(f"{page.word('on')}: {names}", 6)
    for condition in provision.conditions:
        page.paragraph("- " + condition_words(condition, vocabulary, page.language), 6, 8)
    for limit in provision.limits:
        page.paragraph("- " + say(limit_sentence(limit), page.language), 6, 8)


def condition_words(condition: Condition, vocabulary: Vocabulary, language: str) -> str:
    """One condition in words: what, where, and everything else that the clause states."""
    words = [vocabulary.conditions[condition.type][language]]
    details = dict(condition.details)
    if condition.region:
        words[0] += f": {condition.region}"
    for name, value in details.items():
        label = vocabulary.details[name][language] if name in vocabulary.details else name.replace("_", " ")
        words.append(f"{label}: {value.replace('_', ' ')}")
    return "; ".join(words)


def difference_page(
    first: License, second: License, found: tuple[Difference, ...], knowledge: Knowledge, language: str
) -> str:
    """Two licences side by side, where they differ."""
    page = Page(language, _WORDS)
    page.title(f"{first.name}  ->  {second.name}")
    page.paragraph(f"{first.key} ({first.expression})  ->  {second.key} ({second.expression})")
    page.paragraph(f"{second.key}: {_summary(found, page)}")
    for one in found:
        entry = knowledge.terms[one.term]
        page.heading(f"{entry.label[language]}: {page.either(*_DIRECTIONS[one.direction.value])}")
        for license, provision in ((first, one.first), (second, one.second)):
            _provision(page, entry, provision, knowledge.terms, license.key)
    return page.text()


def _summary(found: tuple[Difference, ...], page: Page) -> str:
    """The direction of the whole, or how many terms went which way."""
    counts = Counter(one.direction.value for one in found)
    if len(counts) < 2:
        return page.either(*_DIRECTIONS[overall(found).value])
    return ", ".join(f"{page.either(*_DIRECTIONS[way])} ({counts[way]})" for way in _DIRECTIONS if counts[way])


def term_page(entry: TermEntry, knowledge: Knowledge, language: str) -> str:
    """A term: what it asks, the closed list of answers, and who gives which."""
    page = Page(language, _WORDS)
    page.title(f"{entry.label[language]}  ({entry.term.value})")
    page.paragraph(entry.sentence[language])
    page.paragraph(page.either(*_GROUPS[entry.group]))
    holders = written_licenses(knowledge)
    for value, sentence in entry.values.items():
        page.heading(value)
        page.paragraph(sentence[language])
        page.paragraph(_some(one.key for one in holders if one[entry.term].value == value and not one.is_policy))
    return page.text()


def _some(keys: Iterable[str], most: int = 60) -> str:
    listed = list(keys)
    more = f" ... (+{len(listed) - most})" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
