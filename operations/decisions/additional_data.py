"""What is shown of the additional data of an operation: integration-api.md 13.6 and 13.8. Pure."""

from typing import Any

from operations.decisions.device import parse_user_agent


def shown(additional_data: Any, *, device: bool) -> Any:
    """Give a copy of the stored additional data of an operation.

    Args:
        device: add what the user agent tells of the device, which only some places show.
    """
    described = parse_user_agent(additional_data.get("userAgent")) if device else None
    return {**additional_data} if described is None else {**additional_data, "device": described}
