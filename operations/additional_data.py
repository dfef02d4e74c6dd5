"""What is shown of the additional data of an operation: integration-api.md 13.6 and 13.8. Pure."""

from typing import Any

from operations.device import parse_user_agent

_INT64 = 2**63


def shown(additional_data: Any, *, device: bool) -> Any:
    """Give a copy of the stored additional data of an operation.

    Args:
        device: add what the user agent tells of the device, which only some places show.
    """
    copy = _with_small_numbers(additional_data)
    described = parse_user_agent(copy.get("userAgent")) if device else None
    return copy if described is None else {**copy, "device": described}


def _with_small_numbers(value: Any) -> Any:
    """Keep every number within what JSON readers take: PostgreSQL gives 1e300 back as digits."""
    match value:
        case dict():
            return {name: _with_small_numbers(item) for name, item in value.items()}
        case list():
            return [_with_small_numbers(item) for item in value]
        case int() if not -_INT64 <= value < _INT64:
            return float(value)
        case _:
            return value
