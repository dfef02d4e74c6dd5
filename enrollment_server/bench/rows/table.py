"""All rows there are, by their names."""

from enrollment_server.bench.rows.of_activations import Activate, Detail
from enrollment_server.bench.rows.of_banks import OperationCreate
from enrollment_server.bench.rows.of_phones import (
    ActivationStatus,
    Authorize,
    InboxCount,
    InboxList,
    LongOperationList,
    OperationList,
    Validate,
)
from enrollment_server.bench.rows.row import Row

_ALL: tuple[type[Row], ...] = (
    OperationList,
    Authorize,
    Validate,
    ActivationStatus,
    InboxCount,
    InboxList,
    OperationCreate,
    LongOperationList,
    Activate,
    Detail,
)
ROWS: dict[str, type[Row]] = {row.name: row for row in _ALL}
TITLES: dict[str, str] = {row.name: row.title for row in _ALL}

USUAL_OF_PHONES = "list,authorize,validate,count,messages"
USUAL_OF_GENERATIONS = "list,authorize,activate,detail"


class UnknownRow(Exception):
    """There is no such row."""


def selected(names: str) -> list[str]:
    """Give the rows that a list such as ``list,authorize`` names, in the order of the table.

    Raises:
        UnknownRow: one of them does not exist; with those that do.
    """
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    if unknown := sorted(wanted - set(ROWS)):
        raise UnknownRow(f"There is no row {', '.join(unknown)}; there are {', '.join(ROWS)}.")
    return [name for name in ROWS if name in wanted or not wanted]
