"""How a method of the integration API is described: its tag, its words, its refusals."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused


def method(
    tag: str,
    summary: str,
    *codes: ErrorCode,
    request: Mapping[str, Any] | None = None,
    example: Any = None,
    description: str = "",
) -> Endpoint:
    """Describe a method; what it answers is the type that its `call` returns.

    Args:
        codes: what the engine refuses it with.
        request: example of the `requestObject`; None for a method without arguments.
        example: of the `responseObject`; None for a method without a result.
    """
    return Endpoint(
        tag=tag,
        summary=summary,
        description=description,
        example=request,
        result_example=example,
        refusals=refused(*codes),
    )


def refused(*codes: ErrorCode) -> tuple[CallRefused, ...]:
    """Give what a method answers with when the engine refuses it."""
    return tuple(CallRefused(EngineRefusal(code)) for code in codes)
