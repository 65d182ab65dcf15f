"""Collects every sentence that people read into the catalogues of `data/locale`, and says what is missing or stale.

    python scripts/extract_messages.py           rewrite data/locale/*.po: new sentences come in, stale ones go
    python scripts/extract_messages.py --check   change nothing; exit 1 where a catalogue is stale or incomplete

A sentence is a literal in `text("...")`, `word("...")` or `plural(lang, "...", "...", n)`, the title of a rule, a call
of `_("...")` or `count("...", "...", n)` in a template, or the English of the vocabulary in `data/terms.toml`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib

ROOT = Path(__file__).resolve().parent.parent
RULE_MAKERS = {"artifact_rule", "link_rule", "lineage_rule"}
TEMPLATE_CALLS = {"_": 1, "count": 2}


@dataclass
class Messages:
    """English sentences with the places they come from."""

    places: dict[str, list[str]] = field(default_factory=dict)
    plurals: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Translations into Korean that our own data files carry."""

    def add(self, sentence: str, place: str, many: str | None = None) -> None:
        """Take a sentence in, once."""
        if not sentence:
            return
        where = self.places.setdefault(sentence, [])
        if place not in where:
            where.append(place)
        if many is not None:
            self.plurals[sentence] = many


def collect() -> Messages:
    """Every sentence of the program."""
    found = Messages()
    for path in sorted((ROOT / "licscan").rglob("*.py")):
        _from_code(path, found)
    for path in sorted((ROOT / "licscan" / "render" / "templates").glob("*.j2")):
        _from_template(path, found)
    _from_vocabulary(found)
    _from_presets(found)
    _from_facts(found)
    return found


def _from_code(path: Path, found: Messages) -> None:
    place = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        words = [_literal(one) for one in node.args]
        if name == "text" and words:
            for template in _choices(node.args[0]):
                found.add(_must(_literal(template), place, node.lineno), place)
            for phrase in _phrases(node):
                found.add(phrase, place)
        elif name in {"word", "_word", "Text"} and words and words[0] is not None:
            found.add(words[0], place)
        elif name == "plural" and len(words) > 2 and words[1] is not None and words[2] is not None:
            found.add(words[1], place, words[2])
        elif name in RULE_MAKERS and len(words) > 1:
            found.add(_must(words[1], place, node.lineno), place)


def _phrases(call: ast.Call) -> Iterator[str]:
    """Fixed phrases among the values of a sentence, given as they are or one of two."""
    for keyword in call.keywords:
        words = [_literal(one) for one in _choices(keyword.value)]
        yield from (one for one in words if one and any(letter.isalpha() for letter in one))


def _choices(value: ast.expr) -> list[ast.expr]:
    """An expression, or the two that it chooses from."""
    return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]


def _must(words: str | None, place: str, line: int) -> str:
    if words is None:
        raise SystemExit(f"{place}:{line}: the sentence is no literal, so it cannot be translated")
    return words


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _from_template(path: Path, found: Messages) -> None:
    import jinja2

    place = str(path.relative_to(ROOT))
    tree = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).parse(
        path.read_text(encoding="utf-8")
    )
    for call in tree.find_all(jinja2.nodes.Call):
        if not isinstance(call.node, jinja2.nodes.Name) or call.node.name not in TEMPLATE_CALLS:
            continue
        words = [one.value for one in call.args if isinstance(one, jinja2.nodes.Const)]
        if len(words) < TEMPLATE_CALLS[call.node.name]:
            raise SystemExit(f"{place}:{call.lineno}: the sentence is no literal, so it cannot be translated")
        found.add(str(words[0]), place, str(words[1]) if call.node.name == "count" else None)


def _from_vocabulary(found: Messages) -> None:
    import tomllib

    path = ROOT / "data" / "terms.toml"
    if not path.exists():
        return
    for table in _tables(tomllib.loads(path.read_text(encoding="utf-8"))):
        for english in ("label", "sentence"):
            if isinstance(table.get(english), str):
                found.add(table[english], "data/terms.toml")
                found.known.setdefault(table[english], str(table.get(f"{english}_ko", "")))


def _from_presets(found: Messages) -> None:
    import tomllib

    for path in sorted((ROOT / "data" / "presets").glob("*.toml")):
        for line in tomllib.loads(path.read_text(encoding="utf-8")).get("line", {}).values():
            found.add(str(line), str(path.relative_to(ROOT)))


def _from_facts(found: Messages) -> None:
    """Sentences of our own in the data about companies: what was observed, what a list restricts, how it names whom."""
    import tomllib

    data = ROOT / "data"
    for path, keys in (
        (data / "origins.toml", ("says", "by", "how")),
        (data / "lists.toml", ("title", "authority", "restricts")),
        *((path, ("names",)) for path in sorted((data / "publishers").glob("*.toml"))),
    ):
        for table in _tables(tomllib.loads(path.read_text(encoding="utf-8"))):
            for key in keys:
                # The name of an entity is no sentence; a remark behind it is.
                if isinstance(table.get(key), str) and (key != "names" or "(" in table[key]):
                    found.add(table[key], str(path.relative_to(ROOT)))


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _tables(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tables(inner)


def updated(path: Path, found: Messages) -> polib.POFile:
    """The catalogue with every sentence of today, its translations kept."""
    old = polib.pofile(str(path), encoding="utf-8")
    kept = {entry.msgid: entry for entry in old}
    new = polib.POFile(wrapwidth=0)
    new.metadata = old.metadata
    new.header = old.header
    for sentence in sorted(found.places):
        before = kept.get(sentence)
        entry = polib.POEntry(msgid=sentence, occurrences=[(place, "") for place in found.places[sentence]])
        if sentence in found.plurals:
            entry.msgid_plural = found.plurals[sentence]
            forms = dict(before.msgstr_plural) if before is not None else {}
            entry.msgstr_plural = forms or {0: before.msgstr if before is not None else ""}
        else:
            entry.msgstr = before.msgstr if before is not None and before.msgstr else ""
            if not entry.msgstr and path.stem == "ko":
                entry.msgstr = found.known.get(sentence, "")
        new.append(entry)
    return new


def faults(catalogue: polib.POFile) -> Iterator[str]:
    """What is not translated, and translations that lost or made up a value."""
    for entry in catalogue:
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not forms or not all(forms):
            yield f"not translated: {entry.msgid}"
            continue
        places = set(re.findall(r"\{(\w+)\}", entry.msgid + (entry.msgid_plural or "")))
        for form in forms:
            made_up = set(re.findall(r"\{(\w+)\}", form)) ^ places
            if made_up:
                yield f"values differ ({', '.join(sorted(made_up))}): {entry.msgid}"


def main() -> int:
    """Update or check every catalogue."""
    check = "--check" in sys.argv[1:]
    found = collect()
    wrong = 0
    for path in sorted((ROOT / "data" / "locale").glob("*.po")):
        new = updated(path, found)
        problems = list(faults(new))
        if check and str(new) != str(polib.pofile(str(path), encoding="utf-8", wrapwidth=0)):
            problems.append("not up to date: run python scripts/extract_messages.py")
        if not check:
            new.save(str(path), newline="\n")
        for problem in problems:
            print(f"{path.relative_to(ROOT)}: {problem}")
        wrong += len(problems)
    print(f"{len(found.places)} sentences")
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
