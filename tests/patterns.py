"""Every regular expression of the program, and texts that would keep a backtracking one busy.

Patterns are found in the code itself: the arguments of every call of `re`. One that is put together from data is read
from the data; a call whose pattern is found in neither way is reported, so that no pattern goes untested.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from re import _constants as sre  # type: ignore[attr-defined]  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]  # isort: skip

ROOT = Path(__file__).resolve().parents[1]
CALLS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
WALKS = frozenset({"sub", "subn", "split", "findall", "finditer"})
_MOST_PUMPS = 24
_PLAIN = (" ", "\n", "\t", "a", "A", "0", "-", ".", "/", "_", "<", "[", "(", "*", "\r\n", "a ", "a\n", "가", "\u00e9")


_WHOLE_FILE = 1_000_000
Made = tuple[re.Pattern[str], str, int]
"""A pattern made from data, the call that it is used for, and the longest text that it is given."""


@dataclass
class Found:
    """One pattern with the places that use it and how."""

    pattern: str
    flags: int
    places: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    most: int = 0
    """Characters of the longest text that the code gives it."""

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)


@dataclass
class Scan:
    """What the code holds."""

    found: dict[tuple[str, int], Found] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Calls whose pattern cannot be told from the code: `file:function`."""

    def add(self, pattern: str, flags: int, place: str, calls: set[str], most: int) -> None:
        one = self.found.setdefault((pattern, flags), Found(pattern, flags))
        one.places.add(place)
        one.calls |= calls or {"search"}
        one.most = max(one.most, most)


def from_phrases() -> Iterator[Made]:
    """What the words of `data/lineage/prose.toml` are made into: all that the table has a name for."""
    from licscan.extract import prose
    from licscan.extract.phrases import phrases

    table = phrases()
    for one in table.before:
        yield one.pattern, "search", prose._REACH
        yield one.anywhere, "search", prose._LONGEST_PASSAGE
    for one in table.after:
        yield one.pattern, "match", prose._REACH
    short = dict.fromkeys(("other_subject", "other_sentence", "denied"), prose._FAR)
    short |= dict.fromkeys(("other_object", "data_object", "negative"), prose._REACH)
    for name, held in vars(type(table)).items():
        made = getattr(table, name) if isinstance(held, property) else None
        if isinstance(made, re.Pattern):
            yield made, "search", short.get(name, prose._LONGEST_PASSAGE)


def from_knowledge() -> Iterator[Made]:
    """The patterns of `data/patterns.toml`, which are laid on single sentences."""
    from licscan.identification import patterns
    from licscan.knowledge import load

    for one in load().patterns:
        for made in (one.finder, one.exception):
            if made is not None:
                yield made, "search", patterns._LONGEST


def from_lineage() -> Iterator[Made]:
    """The patterns of names in `data/lineage`."""
    from licscan.knowledge import load

    book = load().lineage
    for one in (book.endings, book.tuned, *book.model_types.values()):
        yield one, "search", _WHOLE_FILE


def from_names() -> Iterator[Made]:
    """A name of ours between parts that the code holds."""
    yield re.compile(re.escape("qwen2.5") + r"\d+b(?:base|pt|hf|v\d+)?\Z"), "match", _WHOLE_FILE
    yield re.compile(rf"(?<![0-9.])(?:v-?)?{re.escape('3.1')}(?![0-9]|\.[0-9])"), "search", _WHOLE_FILE


def from_roles() -> Iterator[Made]:
    """The patterns of tensor names in `data/weights`."""
    from licscan.weights.tensors.roles import _roles

    for _, one in _roles():
        yield one, "search", _WHOLE_FILE


def _held(value: object) -> Iterator[re.Pattern[str]]:
    """Every pattern that a value of the knowledge holds, however deep."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _held(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _held(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _held(getattr(value, one.name))


def from_keys() -> Iterator[Made]:
    """The patterns of `data/lineage/reading.toml`, which are laid on single values of a file."""
    from licscan.extract.keys import LONGEST_NAME, keys

    for one in _held(keys()):
        yield one, "search", LONGEST_NAME


def from_flow() -> Iterator[Made]:
    """The patterns of `data/flow.toml`, which are laid on notices."""
    from licscan.knowledge.flowtable import table

    for one in _held(table()):
        yield one, "search", _WHOLE_FILE


def from_license_prose() -> Iterator[Made]:
    """The patterns of sentences about licences, which are laid on single sentences."""
    from licscan.extract import license_prose as reader
    from licscan.knowledge.license_prose import license_prose

    words = license_prose()
    for one in _held(words):
        yield one, "search", _WHOLE_FILE if one is words.trigger else reader._LONGEST_CLAUSE


MADE: dict[str, Callable[[], Iterator[Made]]] = {
    "licscan/extract/phrases.py:_compiled": from_phrases,
    "licscan/extract/phrases.py:_any": from_phrases,
    "licscan/knowledge/patterns.py:finder": from_knowledge,
    "licscan/knowledge/patterns.py:exception": from_knowledge,
    "licscan/knowledge/families.py:lineage_from": from_phrases,
    "licscan/knowledge/families.py:model_types": from_lineage,
    "licscan/knowledge/families.py:endings": from_lineage,
    "licscan/knowledge/families.py:tuned": from_lineage,
    "licscan/lineage/name_resolution.py:series": from_names,
    "licscan/lineage/name_words.py:generation_fits": from_names,
    "licscan/weights/tensors/roles.py:_roles": from_roles,
    "licscan/extract/keys.py:keys": from_keys,
    "licscan/extract/keys.py:_tool_part": from_keys,
    "licscan/knowledge/flowtable.py:_table": from_flow,
    "licscan/knowledge/license_prose.py:license_prose_from": from_license_prose,
    "licscan/knowledge/license_prose.py:_any": from_license_prose,
    "licscan/knowledge/license_prose.py:_built": from_license_prose,
}
"""Where a pattern is put together from data, and what it comes to."""


def bounds() -> dict[str, int]:
    """Where the code gives a pattern less than whole files: characters at most, by the place of the pattern."""
    from licscan.extract import prose

    return {
        "licscan/extract/prose.py:_SUBJECT": prose._FAR,
        "licscan/extract/prose.py:_ENTRY": prose._FAR,
        "licscan/extract/prose.py:_NAMED": prose._FAR,
        "licscan/extract/license_prose.py:_AFTER": 14,
    }


@cache
def collect() -> Scan:
    """Every pattern of the package."""
    scan = Scan()
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "licscan").rglob("*.py"))}
    used = _uses(trees)
    for path, tree in trees.items():
        _Finder(path, scan, used).visit(tree)
    for made in dict.fromkeys(MADE.values()):
        for one, call, most in made():
            scan.add(one.pattern, one.flags, f"data, by {made.__name__}", {call}, most)
    return scan


def _uses(trees: Mapping[Path, ast.Module]) -> dict[tuple[str, str], set[str]]:
    """Which calls are made on a name of a file, as in `_WORD.search(...)`; a public name may be used in any file."""
    used: dict[tuple[str, str], set[str]] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in CALLS and not _is_re(node.value):
                value = node.value
                name = (
                    value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
                )
                file = _file(path) if name.startswith("_") else ""
                used.setdefault((file, name), set()).add(node.attr)
    return used


def _file(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _is_re(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "re"


class _Finder(ast.NodeVisitor):
    """Walks one file."""

    def __init__(self, path: Path, scan: Scan, used: dict[tuple[str, str], set[str]]) -> None:
        self._file = _file(path)
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self._module = module
        self._scan = scan
        self._used = used
        self._function = ""
        self._target = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, self._function = self._function, node.name
        self.generic_visit(node)
        self._function = before

    def visit_Assign(self, node: ast.Assign) -> None:
        before = self._target
        self._target = node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
        self.generic_visit(node)
        self._target = before

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module == "re":
            self._scan.unknown.add(f"{self._file}: import re, and not something from it")

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and _is_re(node.func.value) and node.func.attr in CALLS):
            return
        at = f"{self._file}:{self._function or self._target}"
        if at in MADE:
            return
        call = node.func.attr
        flags = {word.arg: word.value for word in node.keywords}.get("flags")
        place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call, 2)
        if flags is None and len(node.args) > place:
            flags = node.args[place]
        try:
            pattern = self._value(node.args[0])
            mark = int(self._value(flags)) if flags is not None else 0
        except (NameError, AttributeError, TypeError):
            self._scan.unknown.add(at)
            return
        told = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
        self._scan.add(told, mark, at, self._calls(call), bounds().get(at, _WHOLE_FILE))

    def _calls(self, call: str) -> set[str]:
        file = self._file if self._target.startswith("_") else ""
        return self._used.get((file, self._target), set()) if call == "compile" else {call}

    def _value(self, node: ast.expr) -> Any:
        """What an expression of the code comes to."""
        return eval(  # noqa: S307  (our own source)
            compile(ast.Expression(node), self._file, "eval"), vars(import_module(self._module))
        )


def pumps(found: Found) -> list[str]:
    """Short texts which, repeated, may keep the pattern busy: its own parts, beginnings and repetitions."""
    tree = parser.parse(found.pattern, found.flags)
    made: dict[str, None] = {}
    for text in _parts(tree):
        if text and len(text) <= 200:
            made.setdefault(text)
    return [*list(made)[:_MOST_PUMPS], *_PLAIN]


def _parts(tree: Any) -> Iterator[str]:
    """Samples of every part, of every beginning of a sequence, and of neighbours together."""
    items = list(tree)
    samples = [_sample([item]) for item in items]
    for end in range(len(items), 0, -1):
        yield "".join(samples[:end])
    for item, text in zip(items, samples, strict=True):
        yield text
        for inner in _inner(item):
            yield from _parts(inner)
    for one, two in pairwise(samples):
        yield one + two


def _inner(item: Any) -> Iterator[Any]:
    kind, value = item
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        yield value[2]
    elif kind is sre.SUBPATTERN:
        yield value[3]
    elif kind is sre.ATOMIC_GROUP:
        yield value
    elif kind is sre.BRANCH:
        yield from value[1]
    elif kind in (sre.ASSERT, sre.ASSERT_NOT):
        yield value[1]


def _sample(tree: Any) -> str:
    """A text that a part matches, as short as it gets, but with every repetition at least once."""
    text = ""
    for kind, value in tree:
        if kind is sre.LITERAL:
            text += chr(value)
        elif kind is sre.NOT_LITERAL:
            text += "x" if value != ord("x") else "y"
        elif kind is sre.ANY:
            text += "x"
        elif kind is sre.IN:
            text += _one_of(value)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * max(1, min(value[0], 20))
        elif kind is sre.SUBPATTERN:
            text += _sample(value[3])
        elif kind is sre.ATOMIC_GROUP:
            text += _sample(value)
        elif kind is sre.BRANCH:
            text += _sample(value[1][0])
    return text


def _one_of(items: Any) -> str:
    classes = {
        sre.CATEGORY_DIGIT: "0",
        sre.CATEGORY_SPACE: " ",
        sre.CATEGORY_WORD: "a",
        sre.CATEGORY_NOT_DIGIT: "a",
        sre.CATEGORY_NOT_SPACE: "a",
        sre.CATEGORY_NOT_WORD: "-",
    }
    if items[0][0] is sre.NEGATE:
        made = re.compile(
            "[^" + re.escape("".join(chr(value) for kind, value in items[1:] if kind is sre.LITERAL)) + "\\n]"
        )
        return next((sign for sign in "xa0 -_." if made.match(sign)), "x")
    kind, value = items[0]
    if kind is sre.RANGE:
        return chr(value[0])
    return classes.get(value, "x") if kind is sre.CATEGORY else chr(value)


def worst(size: int, pump: str) -> str:
    """A text of about this size that repeats a pump and then does not go on as it should."""
    return pump * (size // len(pump) + 1) + "\0"


def run(found: Found, text: str) -> None:
    """Lay the pattern on the text in each way in which the program does."""
    made = found.compiled
    for call in found.calls:
        if call in WALKS:
            for _ in made.finditer(text):
                pass
        else:
            getattr(made, call)(text)
