"""What code and tests cite of the contracts in docs/spec is there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.commands import ROOT

SPEC = ROOT / "docs" / "spec"
SUFFIXES = {".html", ".md", ".py"}
NUMBER = r"\d+(?:\.\d+)*"
HEADING = re.compile(rf"^#+ ({NUMBER})\.? ", re.MULTILINE)
CITATION = re.compile(
    rf"\b([\w-]+)\.md,?(?: sections?)? ({NUMBER}(?:(?:,| and|, and| to| or) {NUMBER}\b)*)"
)
FOLDED = re.compile(r"\s*\n\s*(?:#+ )?")  # a citation may go on in the next line of a comment


@dataclass(frozen=True, slots=True)
class Citation:
    """A section of a document, and the file that cites it."""

    where: str
    document: str
    section: str


def sources() -> Iterator[Path]:
    """Give the texts of the project, without the contracts themselves and this file."""
    for folder in sorted(ROOT.iterdir()):
        if folder.name.startswith(".") or folder.name in {"var", "node_modules"}:
            continue
        paths = folder.rglob("*") if folder.is_dir() else [folder]
        for path in paths:
            if path.suffix in SUFFIXES and SPEC not in path.parents and path != Path(__file__):
                yield path


def citations(text: str, where: str) -> Iterator[Citation]:
    """Give every section that a text cites of a Markdown document."""
    for document, sections in CITATION.findall(FOLDED.sub(" ", text)):
        for section in re.findall(NUMBER, sections):
            yield Citation(where, document, section)


def cited() -> Iterator[Citation]:
    for path in sources():
        yield from citations(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def headings() -> dict[str, set[str]]:
    """Give the numbers of the sections of each contract."""
    return {
        path.stem: set(HEADING.findall(path.read_text(encoding="utf-8")))
        for path in SPEC.glob("*.md")
    }


def dangling(found: Iterator[Citation]) -> list[Citation]:
    """Give the citations of documents or sections that do not exist."""
    known = headings()
    return [one for one in found if one.section not in known.get(one.document, set())]


def test_every_citation_leads_to_a_heading() -> None:
    found = list(cited())
    assert len(found) > 600
    assert {one.document for one in found} >= headings().keys()
    assert dangling(iter(found)) == []


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("Source: protocol.md 7.6.", ["7.6"]),
        ("integration-api.md 7 and 8.3, last line", ["7", "8.3"]),
        ("protocol.md 1,\n    # 5 and 6", ["1", "5", "6"]),
        ("mobile-token-api.md section 13.", ["13"]),
        ("protocol.md, sections 2 to 4", ["2", "4"]),
    ],
)
def test_citations_are_read_as_people_write_them(text: str, sections: list[str]) -> None:
    assert [one.section for one in citations(text, "here")] == sections


def test_wrong_citations_are_found() -> None:
    wrong = "protocol.md 7.66, protocol.md 99, elsewhere.md 1"
    found = dangling(citations(wrong, "here"))
    assert [(one.document, one.section) for one in found] == [
        ("protocol", "7.66"),
        ("protocol", "99"),
        ("elsewhere", "1"),
    ]
