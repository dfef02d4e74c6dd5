"""Bytes of a request to the value that a serializer reads."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from enrollment_server.api.payloads.json import MalformedJson, load_exact


class ObjectParser(BaseParser):
    """Unwrap `{"requestObject": ...}`; an absent object becomes None.

    Raises:
        ParseError: the body is not a JSON object.
        RequestDataTooBig: the body exceeds `DATA_UPLOAD_MAX_MEMORY_SIZE`.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise RequestDataTooBig
        if not data.strip():
            return None
        return self.read(data)

    def read(self, data: bytes) -> Any:
        """Give what the view works with."""
        return unwrap(data)


class BareObjectParser(ObjectParser):
    """Take the whole body, an object without an envelope; see `ObjectParser`."""

    def read(self, data: bytes) -> Any:
        return _object(data)


def unwrap(data: bytes) -> Any:
    """Give the `requestObject` of a JSON body, None if there is none.

    Raises:
        ParseError: not a JSON object; its detail says what it is, and repeats nothing of it.
    """
    return _object(data).get("requestObject")


def _object(data: bytes) -> dict[str, Any]:
    try:
        body = load_exact(data)
    except MalformedJson as error:
        raise ParseError(str(error)) from error
    if not isinstance(body, dict):
        raise ParseError("no JSON object")
    return body
