"""Members that a method declares as mandatory or bounded: integration-api.md 1.3.

Four methods name all that is wrong with their request at once: `activation/name/update`,
`application/callback/create`, `application/callback/update` and `telemetry/report`; others name the
first member that the engine refuses. A view gives `check` the members on the wire, each with the
reason why its value is refused, or None:

    check(
        {
            "name": not_blank(body["name"]),
            "maxAttempts": at_least(body["max_attempts"], 1),
        }
    )
"""

from collections.abc import Mapping

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.rules import NOT_BLANK, NOT_NULL, complaint


def not_blank(value: str | None) -> str | None:
    """Give why a text is no text with something in it; None if it is one."""
    return None if value and value.strip() else NOT_BLANK


def not_null(value: object) -> str | None:
    """Give why a member is missing; None if it has a value."""
    return NOT_NULL if value is None else None


def at_least(value: int | None, minimum: int) -> str | None:
    """Give why a number is too small; None if it is not, or absent."""
    if value is None or value >= minimum:
        return None
    return f"must be greater than or equal to {minimum}"


def check(reasons: Mapping[str, str | None]) -> None:
    """Refuse a request that has a reason for at least one of its members.

    Args:
        reasons: by the name of the member on the wire; members of members as `outer.inner`.

    Raises:
        EngineRefusal: INVALID_REQUEST with the text `requestObject.<member> - <reason>`, sorted by
            member and joined by `, `.
    """
    found = {name: reason for name, reason in sorted(reasons.items()) if reason is not None}
    if found:
        message = ", ".join(complaint(name, reason) for name, reason in found.items())
        raise EngineRefusal(ErrorCode.INVALID_REQUEST, message, member=",".join(found))
