"""The table that the benchmark prints."""

from dataclasses import dataclass

from enrollment_server.bench.load import Measured

COLUMNS = ("", "requests", "a second", "of the floor", "p50 ms", "p95 ms", "statements")
FLOOR = "GET /livez (floor)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured kind of request, and the floor that was measured with it."""

    name: str
    measured: Measured
    floor: Measured
    statements: int


def table(rows: list[Row]) -> str:
    """Write the rows below each other, each below its floor."""
    cells: list[tuple[str, ...]] = [COLUMNS]
    for row in rows:
        cells.append(_cells(FLOOR, row.floor, row.floor, "-"))
        cells.append(_cells(row.name, row.measured, row.floor, str(row.statements)))
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )


def _cells(name: str, measured: Measured, floor: Measured, statements: str) -> tuple[str, ...]:
    return (
        name,
        str(measured.requests),
        f"{measured.per_second:.0f}",
        f"{measured.per_second / floor.per_second:.0%}",
        f"{measured.p50 * 1000:.1f}",
        f"{measured.p95 * 1000:.1f}",
        statements,
    )
