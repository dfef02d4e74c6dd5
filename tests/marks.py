"""Which tests need more than this process: `make check` leaves these out, `make test` none."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.house.commands import ROOT

STARTERS = ("generate_load", "manage", "own_bank", "own_server", "subprocess")
"""What a module imports to start other processes."""

RACES = ROOT / "tests" / "races"


def marks_of(path: Path, module: ModuleType) -> set[str]:
    """Give the names of the marks that a test gets by where it is and what its module imports."""
    marks = set()
    if RACES in path.parents:
        marks.add("races")
    if hasattr(module, "chromium"):
        marks.add("browser")
    if any(hasattr(module, name) for name in STARTERS):
        marks.add("processes")
    return marks


def mark(items: list[pytest.Item]) -> None:
    """Mark what was collected."""
    for item in items:
        if isinstance(item, pytest.Function):
            for name in marks_of(item.path, item.module):
                item.add_marker(name)


def longest_first(items: list[pytest.Item]) -> None:
    """Let tests that wait for other processes begin: no worker is left with them at the end.

    All others stay in their order.
    """
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)
