"""What an import did with the rows of each table, for the one who runs it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

NAMED = 100  # rows of a table that are named; of more, only the number is told


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the rows of one table.

    Args:
        taken: rows that are new here.
        changed: rows that were taken before, were changed there since, and so were changed here.
        known: rows that were taken before.
        removed_here: rows of something that was removed here since it was taken.
        not_supported: rows of what this server does not do, by what that is.
        left_out: how many rows were not taken for another reason.
        named: the first of these, each with its reason.
    """

    table: str
    what: str
    taken: int = 0
    changed: int = 0
    known: int = 0
    removed_here: int = 0
    not_supported: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    named: list[str] = field(default_factory=list)

    def leave_out(self, row_id: object, reason: str) -> None:
        """Count a row that is not taken, and name it."""
        self.left_out += 1
        if self.left_out <= NAMED:
            self.named.append(f"{self.table} {row_id}: {reason}")

    def lines(self) -> Iterator[str]:
        """Tell it."""
        told = [f"{self.taken} taken"]
        told += [f"{self.changed} brought up to date"] if self.changed else []
        told += [f"{self.known} taken before"] if self.known else []
        told += [f"{self.removed_here} of what was removed here"] if self.removed_here else []
        told += [f"{number} not supported ({what})" for what, number in self.not_supported.items()]
        told += [f"{self.left_out} left out"] if self.left_out else []
        yield f"{self.what}: {', '.join(told)}"

    def complaints(self) -> Iterator[str]:
        """Name what was left out."""
        yield from self.named
        if self.left_out > len(self.named):
            yield f"{self.table}: {self.left_out - len(self.named)} more"


@dataclass(slots=True)
class Report:
    """What became of everything.

    Args:
        notes: what is there and has no place here, and what was compared at the end.
    """

    tallies: list[Tally] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin(self, table: str, what: str) -> Tally:
        """Give a new tally."""
        self.tallies.append(Tally(table=table, what=what))
        return self.tallies[-1]

    @property
    def left_out(self) -> int:
        """How many rows were left out although this server has a place for them."""
        return sum(tally.left_out for tally in self.tallies)

    @property
    def written(self) -> dict[str, int]:
        """How many rows were written here, by table; those without any are not named."""
        numbers = {tally.table: tally.taken + tally.changed for tally in self.tallies}
        return {table: number for table, number in numbers.items() if number}
