"""Test vectors: where they lie, how a test gets them, and how many of them passed.

The folder comes from POWERAUTH_VECTORS; without it the tests of foreign vectors are skipped, and
the recorded ones of this folder still run.
"""

import base64
import json
import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DEFAULT_FOLDER = Path(__file__).parents[3] / "shared" / "vectors"
FOLDER = Path(os.environ.get("POWERAUTH_VECTORS", DEFAULT_FOLDER))
PROPERTY = "vector"


def decode(text: str) -> bytes:
    """Decode Base64, without the code under test."""
    return base64.b64decode(text, validate=True)


class Case(dict[str, Any]):
    """One vector: the members of its input and output, or of its group and entry."""

    def __init__(self, members: dict[str, Any], *, source: str, index: int) -> None:
        """Take the members and remember where they come from."""
        super().__init__(members)
        self.source = source
        self.index = index

    def binary(self, name: str) -> bytes:
        """Decode a member from Base64, without the code under test."""
        return decode(self[name])

    def optional_binary(self, name: str) -> bytes | None:
        """Decode a member that may be null."""
        return None if self[name] is None else self.binary(name)

    def hex(self, name: str) -> bytes:
        """Decode a member from hexadecimal digits."""
        return bytes.fromhex(self[name])


def each(*sources: str) -> pytest.MarkDecorator:
    """Run a test for each vector of the sources: files, or ``extra.json: group``."""
    if not FOLDER.is_dir():
        reason = f"no test vectors in {FOLDER}; set POWERAUTH_VECTORS"
        return pytest.mark.parametrize("case", [pytest.param(None, marks=pytest.mark.skip(reason))])
    cases = [case for source in sources for case in cases_of(source)]
    names = [f"{case.source}-{case.index}" for case in cases]
    return pytest.mark.parametrize("case", cases, ids=names)


def cases_of(source: str) -> list[Case]:
    """Read the vectors of a source.

    Members that stand beside the list of vectors belong to each of them; a vector that is no object
    is the member ``value``.
    """
    file, _, group = source.partition(": ")
    content = _load(file)
    section = content[group] if group else content
    entries = section if isinstance(section, list) else section["data"]
    around = content if isinstance(section, list) else section
    shared = {name: value for name, value in around.items() if not isinstance(value, list)}
    return [
        Case({**shared, **_members(entry)}, source=source, index=index)
        for index, entry in enumerate(entries)
    ]


def _members(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        return {"value": entry}
    if "input" in entry:
        return {**entry["input"], **entry["output"]}
    return entry


def passed(reports: Iterable[pytest.TestReport]) -> Counter[str]:
    """Count the different vectors among the reports of passed tests, by source."""
    unique = {
        value
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    }
    return Counter(str(value).rpartition("#")[0] for value in unique)


@cache
def _load(file: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return content
