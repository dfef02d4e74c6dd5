"""From decoded JSON to the values that a serializer describes."""

from functools import cache
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer


def validated(serializer: type[BaseSerializer[Any]], data: object) -> Any:
    """Give the validated values of an object; None is one that is missing.

    Raises:
        ValidationError: the object is not what the serializer describes.
    """
    try:
        shared = _shared(serializer)  # type: ignore[arg-type] # classes are hashable
        return shared.run_validation(data)
    except ValidationError:
        body = serializer(data=data)
        body.is_valid(raise_exception=True)
        raise


def payload(request: Request, serializer: type[BaseSerializer[Any]]) -> Any:
    """Give the validated `requestObject` of a request.

    Raises:
        ParseError: the body is no JSON object.
        UnsupportedMediaType: the body is not announced as JSON.
        ValidationError: the object is absent or not what the serializer describes.
    """
    return validated(serializer, request.data)


@cache
def _shared(serializer: Any) -> BaseSerializer[Any]:
    """Give a serializer whose fields are copied once; it keeps nothing of what it validates."""
    made: BaseSerializer[Any] = serializer()
    return made
