"""The house itself: its floors, its style, its types; and what no code may contain."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from licscan.knowledge import Knowledge

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "licscan"
RULE_CEILING = 90


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",)],
    ids=["format", "lint", "types"],
)
def test_the_code_is_clean(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_floors_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_stays_small() -> None:
    """What a rule asks beyond so many lines of code belongs into the case; its docstring may be as long as it must."""
    large = {}
    for path in (ROOT / "licscan" / "rules").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        docstring = ast.get_docstring(ast.parse(source), clean=False) or ""
        count = len(source.splitlines()) - len(docstring.splitlines())
        if path.name != "__init__.py" and count > RULE_CEILING:
            large[path.name] = count
    assert not large


def strings_of(path: Path) -> list[str]:
    """Every string of the code except docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # A string that stands alone as a statement documents the field above it.
    docstrings |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def test_no_code_names_a_licence(knowledge: Knowledge) -> None:
    written = [knowledge.licenses[key] for key in knowledge.licenses.written]
    names = {license.key for license in written if re.search(r"\d|-", license.key)}
    names |= {license.expression for license in written} - {"ISC"}
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in sources()
        for string in strings_of(path)
        for word in re.findall(r"[A-Za-z0-9.+\-]+", string)
        if word in names
    }
    assert not found


def test_only_the_terminal_prints() -> None:
    printing = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.parent.name != "cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def test_one_broad_except() -> None:
    broad = [
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]
    assert broad == ["licscan/cli/main.py"]


def test_nothing_is_unfinished() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    unfinished = [str(path.relative_to(ROOT)) for path in sources() if marks.search(path.read_text(encoding="utf-8"))]
    assert not unfinished
