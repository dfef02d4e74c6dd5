"""From decoded JSON to the values that a serializer describes."""

from typing import Any

from rest_framework.serializers import BaseSerializer


def validated(serializer: type[BaseSerializer[Any]], data: object) -> Any:
    """Give the validated values of an object; None is one that is missing.

    Raises:
        ValidationError: the object is not what the serializer describes.
    """
    body = serializer(data=data)
    body.is_valid(raise_exception=True)
    return body.validated_data
