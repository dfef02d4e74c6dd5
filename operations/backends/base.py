"""What the mobile endpoints need to know of operations and to do with them.

Every method takes the present time, raises an `ApiError` of `operations.errors` where it refuses,
and decides races in the backend: of two simultaneous decisions at most one succeeds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from operations.values import Approval, Caller, FailedApproval, OperationFacts, Rejection

T = TypeVar("T")


class OperationBackend(Protocol):
    """Where operations live, embedded or remote."""

    def pending(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        """List what waits for the caller's decision, newest first, with texts."""
        ...

    def history(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        """List the caller's operations of all states, newest first, with texts."""
        ...

    def detail(
        self, operation_id: str, caller: Caller, *, language: str, at: datetime
    ) -> OperationFacts:
        """Give a pending operation that the caller may see, with texts."""
        ...

    def claim(
        self,
        operation_id: str,
        caller: Caller,
        *,
        language: str,
        at: datetime,
        present: Callable[[OperationFacts], T],
    ) -> T:
        """Make the caller the user of a pending operation that has none, and present it.

        Only who can decide about it may claim it. What `present` refuses is not claimed either.
        """
        ...

    def approve(self, approval: Approval, *, at: datetime) -> None:
        """Approve a pending operation; a refused attempt is counted."""
        ...

    def reject(self, rejection: Rejection, *, at: datetime) -> None:
        """Reject a pending operation."""
        ...

    def report_failed_approval(self, report: FailedApproval, *, at: datetime) -> None:
        """Count an attempt to approve whose signature was refused, if the caller is plausible."""
        ...
