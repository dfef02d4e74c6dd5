"""Counting of the vectors that passed."""

import pytest

from tests.protocol import vectors


@pytest.fixture(autouse=True)
def _note_vector(request: pytest.FixtureRequest) -> None:
    """Note in the report of a test which vector it ran."""
    callspec = getattr(request.node, "callspec", None)
    case = callspec.params.get("case") if callspec is not None else None
    if isinstance(case, vectors.Case):
        entry = (vectors.PROPERTY, f"{case.source}#{case.index}")
        request.node.user_properties.append(entry)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many vectors of each source passed."""
    counts = vectors.passed(terminalreporter.getreports("passed"))
    if not counts:
        return
    terminalreporter.section("vectors passed per file")
    for source, count in sorted(counts.items()):
        terminalreporter.write_line(f"{count:6d}  {source}")
    terminalreporter.write_line(f"{counts.total():6d}  all")
