"""How a row of the integration API is written; its request is read from the view."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.openapi.endpoints import Endpoint
from enrollment_server.openapi.envelopes import OK_EXAMPLE, answered, ok_example
from enrollment_server.openapi.shapes import Schema, ref
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused


def method(
    tag: str,
    summary: str,
    *codes: ErrorCode,
    request: Mapping[str, Any] | None = None,
    result: Schema,
    example: Any,
    description: str = "",
) -> Endpoint:
    """Describe a method.

    Args:
        codes: what the engine refuses it with.
        request: example of the `requestObject`; None for a method without arguments.
        result: schema of the `responseObject`.
        example: of the `responseObject`.
    """
    return Endpoint(
        tag=tag,
        summary=summary,
        description=description,
        example={"requestObject": request or {}},
        result=answered(result),
        result_example=ok_example(example),
        refusals=refused(codes),
    )


def command(tag: str, summary: str, *codes: ErrorCode, request: Mapping[str, Any]) -> Endpoint:
    """Describe a method without a result; see `method`."""
    return Endpoint(
        tag=tag,
        summary=summary,
        example={"requestObject": request},
        result=ref("Success"),
        result_example=OK_EXAMPLE,
        refusals=refused(codes),
    )


def refused(codes: tuple[ErrorCode, ...]) -> tuple[CallRefused, ...]:
    """Give what a method answers with when the engine refuses it."""
    return tuple(CallRefused(EngineRefusal(code)) for code in codes)
