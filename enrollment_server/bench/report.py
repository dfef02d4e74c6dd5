"""What the benchmark says in the end: tables for people, and JSON."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from enrollment_server.bench.results import Measurements, Result
from enrollment_server.bench.rows.table import TITLES

_COLUMNS = (
    ("a second", "per_second", "{:.0f}"),
    ("of floor", "of_floor", "{:.0%}"),
    ("p50 ms", "p50_ms", "{:.1f}"),
    ("p95 ms", "p95_ms", "{:.1f}"),
    ("p99 ms", "p99_ms", "{:.1f}"),
    ("open p99", "open_p99_ms", "{:.1f}"),
    ("server us", "server_us", "{:.0f}"),
    ("behind us", "behind_us", "{:.0f}"),
    ("PG us", "postgresql_us", "{:.0f}"),
    ("generator us", "generator_us", "{:.0f}"),
    ("statements", "statements", "{:.1f}"),
    ("round trips", "round_trips", "{:.1f}"),
    ("fsyncs", "fsyncs", "{:.2f}"),
    ("foreign", "foreign", "{:.0%}"),
)
_NOT_COMPARED = {"p95_ms", "generator_us", "behind_us", "foreign"}
_COMPARED = [member for _, member, _ in _COLUMNS if member not in _NOT_COMPARED]
# A generator that is busier than this may be what the server waits for.
_BUSY_GENERATOR = 0.8
_FOREIGN = 0.1
_ENDED_EARLY = 0.9


def _cell(form: str, value: float) -> str:
    return "-" if isnan(value) else form.format(value)


def _grid(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _name(one: Measurements, *, labelled: bool) -> str:
    return f"{TITLES[one.row]} [{one.label}]" if labelled else TITLES[one.row]


def table(measured: Sequence[Measurements]) -> str:
    """Write the medians of each row below each other."""
    labelled = len({one.label for one in measured}) > 1
    alone = all(isnan(one.median.behind_us) for one in measured)
    columns = [column for column in _COLUMNS if not (alone and column[1] == "behind_us")]
    lines = [["", *(title for title, _, _ in columns)]]
    for one in measured:
        median = one.median
        cells = [_cell(form, getattr(median, member)) for _, member, form in columns]
        lines.append([_name(one, labelled=labelled), *cells])
    return _grid(lines)


def ratios(measured: Sequence[Measurements], *, before: str, after: str) -> str:
    """Write what became of each row: the median behind divided by the one before."""
    titles = {member: title for title, member, _ in _COLUMNS}
    lines = [[f"{after} / {before}", *(titles[member] for member in _COMPARED)]]
    by_place = {(one.row, one.label): one.median for one in measured}
    for row in dict.fromkeys(one.row for one in measured):
        pair = by_place[row, after], by_place[row, before]
        lines.append([TITLES[row], *(_ratio(*pair, member) for member in _COMPARED)])
    return _grid(lines)


def added(measured: Sequence[Measurements], *, alone: str, in_front: str) -> str:
    """Write what a server in front adds to each row: time of an answer, and CPU of all together."""
    lines = [["added by the server in front", "p50 ms", "CPU us", "rate left"]]
    by_place = {(one.row, one.label): one.median for one in measured}
    for row in dict.fromkeys(one.row for one in measured):
        with_it, without = by_place[row, in_front], by_place[row, alone]
        lines.append(
            [
                TITLES[row],
                _cell("{:+.1f}", with_it.p50_ms - without.p50_ms),
                _cell("{:+.0f}", with_it.cpu_us - without.cpu_us),
                _cell("{:.0%}", with_it.per_second / without.per_second),
            ]
        )
    return _grid(lines)


def _ratio(after: Result, before: Result, member: str) -> str:
    now, then = getattr(after, member), getattr(before, member)
    return "-" if isnan(now) or isnan(then) or not then else f"{now / then:.2f}"


def remarks(measured: Sequence[Measurements], *, seconds: float) -> list[str]:
    """Say what makes a number worth less than it looks."""
    found = []
    for one in measured:
        name, median = f"{one.row} [{one.label}]", one.median
        if median.generator_busy > _BUSY_GENERATOR:
            share = f"{median.generator_busy:.0%} of one processor"
            found.append(f"{name}: the generator took {share}, and may be what limits.")
        if median.foreign > _FOREIGN:
            found.append(f"{name}: others took {median.foreign:.0%} of the machine.")
        if median.measured_s < _ENDED_EARLY * seconds:
            found.append(f"{name}: no requests were left after {median.measured_s:.1f} s.")
    return found


def document(
    machine: dict[str, Any], measured: Sequence[Measurements], *, seconds: float
) -> dict[str, Any]:
    """Give all that was measured, for JSON."""
    return {
        "machine": machine,
        "seconds": seconds,
        "rows": [
            {
                "row": one.row,
                "title": TITLES[one.row],
                "revision": one.label,
                "median": one.median.members(),
                "runs": [run.members() for run in one.runs],
            }
            for one in measured
        ],
    }
