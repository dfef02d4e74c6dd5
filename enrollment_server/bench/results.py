"""What was measured of a row, medians of several measurements, and how two of them compare."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isnan, nan
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measurement of a row; NaN is what could not be known."""

    per_second: float
    of_floor: float
    """Rate divided by that of the floor, measured just before."""
    p50_ms: float
    p95_ms: float
    p99_ms: float
    open_p99_ms: float
    """With open arrivals at 80 % of the rate, from the moment at which a request was due."""
    server_us: float
    """CPU a request, as the next three."""
    behind_us: float
    """Of the server behind, where there is one."""
    postgresql_us: float
    generator_us: float
    statements: float
    round_trips: float
    fsyncs: float
    foreign: float
    """Share of the machine that others took."""
    generator_busy: float
    """Share of one processor that the generator took."""
    measured_s: float
    answered: float

    @property
    def cpu_us(self) -> float:
        """CPU a request, of all servers and PostgreSQL."""
        behind = 0.0 if isnan(self.behind_us) else self.behind_us
        return self.server_us + behind + self.postgresql_us

    @classmethod
    def median(cls, results: Sequence[Self]) -> Self:
        """Give the median of each member, of what is known of it."""
        return cls(**{field.name: _median(results, field.name) for field in fields(cls)})

    def members(self) -> dict[str, float | None]:
        """Give all members for JSON, which has no NaN."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: None if isnan(value) else round(value, 4) for name, value in values.items()}


def _median(results: Sequence[Result], name: str) -> float:
    known = [value for result in results if not isnan(value := getattr(result, name))]
    return statistics.median(known) if known else nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """All measurements of one row on one server."""

    row: str
    label: str
    runs: list[Result]

    @property
    def median(self) -> Result:
        return Result.median(self.runs)
