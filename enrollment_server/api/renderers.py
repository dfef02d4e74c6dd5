"""The value that a view returns to the bytes of an answer."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from enrollment_server.api.envelope import Envelope, error_body
from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.json import dump_json


class EnvelopeRenderer(BaseRenderer):
    """Write the OK envelope around a payload, the ERROR envelope for an ApiError."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return dump_json(enveloped(data))


def enveloped(data: object) -> dict[str, Any]:
    """Give the whole body for what a view or the exception handler returned."""
    if isinstance(data, ApiError):
        return error_body(data)
    envelope = data if isinstance(data, Envelope) else Envelope(payload=data)
    return envelope.to_json()
