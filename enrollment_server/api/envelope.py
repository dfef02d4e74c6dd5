"""The JSON around every answer: `status`, `responseObject` and members beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment_server.api.errors import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A successful answer: its payload, and members beside `responseObject`.

    A payload of None leaves `responseObject` out.
    """

    payload: Any = None
    beside: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"status": "OK", **self.beside}
        if self.payload is not None:
            body["responseObject"] = self.payload
        return body


def error_body(error: ApiError) -> dict[str, Any]:
    """Give the body of a refusal: code and message are always strings."""
    detail = {"code": error.code, "message": error.message, **error.extra}
    return {"status": "ERROR", "responseObject": detail}
