"""Answers of the integration API: nulls are written, dates have milliseconds and an offset."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.json import json_form
from enrollment_server.api.renderers import EnvelopeRenderer, enveloped
from powerauth.integration.errors import CallerRejected


def format_time(value: datetime) -> str:
    """Write a time as `2024-10-24T07:25:28.123+00:00`. Source: integration-api.md 1.2."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")


def _default(value: object) -> object:
    return format_time(value) if isinstance(value, datetime) else json_form(value)


class BackEndRenderer(EnvelopeRenderer):
    """Write the envelope with times as back ends read them. Source: push-and-inbox.md 2."""

    def body(self, data: object) -> dict[str, Any]:
        """Give the whole body for what a view or the exception handler returned."""
        return enveloped(data)

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return orjson.dumps(
            self.body(data), default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME
        )


class IntegrationRenderer(BackEndRenderer):
    """Write the envelope around a result, or a refusal with its text twice.

    Source: integration-api.md 1.1; the answer to failed authentication has no localized text (1.4).
    """

    def body(self, data: object) -> dict[str, Any]:
        body = super().body(data)
        if isinstance(data, ApiError) and not isinstance(data, CallerRejected):
            body["responseObject"].setdefault("localizedMessage", data.message)
        return body
