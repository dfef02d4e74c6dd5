"""Pages of long lists: integration-api.md 1.3 and 16."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from powerauth.engine import policy
from powerauth.rules import invalid

_LIMIT = 2**31  # of a page number and of a page size: their product has to fit 64 bits

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; numbers begin at 0."""

    number: int
    size: int

    @classmethod
    def of(cls, number: int | None, size: int | None) -> "Page":
        """Give the page that a caller asked for, with the configured defaults.

        Raises:
            EngineRefusal: INVALID_REQUEST for a negative number, a size below 1, or huge ones.
        """
        page = cls(number=number or 0, size=policy.page_size() if size is None else size)
        if not 0 <= page.number < _LIMIT:
            raise invalid("pageNumber", f"must be between 0 and {_LIMIT - 1}")
        if not 1 <= page.size < _LIMIT:
            raise invalid("pageSize", f"must be between 1 and {_LIMIT - 1}")
        return page

    def cut(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Give the rows of this page."""
        first = self.number * self.size
        return rows[first : first + self.size]
