"""Every trap of protocol-4.md 37 has a test that names its number."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.commands import ROOT

TRAPS = set(range(1, 31))
_NUMBERED = re.compile(r"trap_(\d+)_|\btraps? (\d+)\b", re.IGNORECASE)


def _numbers(module: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            told = f"{node.name}\n{ast.get_docstring(node) or ''}"
            for match in _NUMBERED.finditer(told):
                yield int(match[1] or match[2])


def test_every_trap_has_a_test() -> None:
    named = {n for path in (ROOT / "tests").rglob("test_*.py") for n in _numbers(path)}
    assert named == TRAPS


def test_traps_are_those_of_the_specification() -> None:
    text = (ROOT / "docs" / "spec" / "protocol-4.md").read_text(encoding="utf-8")
    section = text.partition("\n## 37. Traps\n")[2].partition("\n## ")[0]
    assert {int(n) for n in re.findall(r"^(\d+)\. ", section, re.MULTILINE)} == TRAPS
