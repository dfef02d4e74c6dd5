"""The house: every room says what lives there, and none has become a corridor."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.commands import APPS, ROOT

# Django finds these by their place; what lives there is said by Django.
FOUND_BY_PLACE = {"migrations", "management", "commands", "formats", "en", "cs", "sk", "de"}
# What one can take in at a glance.
MOST_MODULES = 15


def _rooms() -> list[Path]:
    return sorted(
        found.parent
        for app in APPS
        for found in (ROOT / app).rglob("__init__.py")
        if found.parent.name not in FOUND_BY_PLACE or found.parent.parent.name == "phone"
    )


def test_rooms_are_found() -> None:
    assert ROOT / "powerauth" / "protocol" / "v3" in _rooms()
    assert ROOT / "powerauth" / "phone" / "commands" in _rooms()


@pytest.mark.parametrize("room", _rooms(), ids=lambda room: str(room.relative_to(ROOT)))
def test_room_says_what_lives_there(room: Path) -> None:
    assert ast.get_docstring(ast.parse((room / "__init__.py").read_text()))


def test_architecture_names_every_room() -> None:
    tree = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Who imports whom")[0]
    named = {path.rstrip("/").rpartition("/")[2] for path in re.findall(r"`([\w/]+/)`", tree)}
    assert {room.name for room in _rooms() if room.parent != ROOT} <= named


@pytest.mark.parametrize("room", _rooms(), ids=lambda room: str(room.relative_to(ROOT)))
def test_room_is_no_corridor(room: Path) -> None:
    modules = [path for path in room.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES
