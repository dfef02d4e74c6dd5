"""What is there and has no place here: it is counted, so that nobody misses it later."""

from collections.abc import Iterable
from typing import LiteralString

from enrollment_server.wultra.report import Report
from enrollment_server.wultra.source import Source

# What has no place here, by table, with the rows that are meant.
FROM_ENGINE = (
    ("pa_recovery_code", "true", "recovery codes: there are none here"),
    ("pa_recovery_config", "true", "recovery configurations: there is no recovery here"),
    ("pa_fido2_authenticator", "true", "models of FIDO2 authenticators: there is no FIDO2 here"),
    ("pa_temporary_key", "true", "temporary keys: phones fetch new ones"),
    (
        "pa_application_callback_event",
        "status IN ('PENDING', 'PROCESSING')",
        "callback events that were not delivered: let the old server deliver them",
    ),
)
FROM_PUSH = (
    ("push_message", "true", "sent messages"),
    ("push_campaign", "true", "campaigns"),
)


def note(source: Source, tables: Iterable[tuple[str, LiteralString, str]], report: Report) -> None:
    """Tell how many rows of some tables are not taken, and why."""
    for table, where, what in tables:
        if number := source.count(table, where):
            report.notes.append(f"not taken: {number} {what}")
