"""The lock files: pip in hash mode refuses what is asked for with an extra and locked without."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.commands import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9][^\s;\\]*==[^\s;\\]+)", re.MULTILINE)
Extras = dict[str, set[str]]


def locked(name: str) -> Extras:
    """Give the extras of each package that a lock file holds."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found: Extras = {}
    for line in LOCKED.findall(text):
        requirement = Requirement(line)
        found.setdefault(canonicalize_name(requirement.name), set()).update(requirement.extras)
    return found


def project_asks(*, dev: bool) -> Iterator[Requirement]:
    """Give what pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    if dev:
        lines += project["dependency-groups"]["dev"]
    return map(Requirement, lines)


def package_asks(name: str, extras: set[str]) -> Iterator[Requirement]:
    """Give what an installed package asks for, with some of its extras."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:  # of another platform or interpreter
        return
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            yield requirement


def missing(asked: Iterator[Requirement], lock: Extras) -> set[str]:
    """Give the requirements whose extras a lock file drops."""
    return {
        str(requirement)
        for requirement in asked
        if not requirement.extras <= lock[canonicalize_name(requirement.name)]
    }


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_locked_with_their_extras(name: str) -> None:
    lock = locked(name)
    dropped = missing(project_asks(dev="dev" in name), lock)
    for package, extras in lock.items():
        dropped |= missing(package_asks(package, extras), lock)
    assert dropped == set()


def test_test_reads_extras_of_the_project_and_of_packages() -> None:
    lock = locked("requirements-dev.txt")
    assert lock["psycopg"] == {"binary"}
    assert any(r.extras == {"toml"} for r in package_asks("pytest-cov", set()))
    without = {**lock, "coverage": set[str](), "psycopg": set[str]()}
    assert missing(project_asks(dev=False), without) == {"psycopg[binary]>=3.2"}
    assert missing(package_asks("pytest-cov", set()), without) == {"coverage[toml]>=7.10.6"}


def test_lock_command_keeps_extras() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [line for line in makefile.splitlines() if "uv pip compile" in line]
    assert len(commands) == 2
    assert all("--no-strip-extras" in command for command in commands)
