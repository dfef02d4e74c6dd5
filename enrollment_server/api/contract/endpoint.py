"""What a view says of itself beside its code: the words of its documentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.serializers import BaseSerializer, Serializer

from enrollment_server.api.errors import ApiError

Refusal = ApiError | type[ApiError]


class Ignored(Serializer[Any]):
    """A body that may be there, and that nobody reads."""


class Empty(Serializer[Any]):
    """An object without members, which has to be there. Clients send `{}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The words about a view; who may call it and what it refuses by itself are read from its code.

    Args:
        tag: the group that the page shows it in.
        summary: one line.
        description: what else a reader needs, Markdown.
        body: what reads the request, decrypted if it comes encrypted: a serializer, or a
            `TypedDict` where the engine reads it; None: nothing is read, or what the view's
            `input_class` says.
        bare: the body has no `requestObject` around it.
        example: the request as the API's document shows it, without its envelope.
        result: type of the answer, without its envelope; None for an answer without a result. Of
            a view with `call`, the type is what that returns; if it returns nothing ever
            (`NoReturn`), the view only refuses.
        beside: a `TypedDict` of members beside the `responseObject`.
        result_example: the answer without its envelope.
        beside_example: the members beside it.
        only_refuses: there is no other answer than a refusal.
        images: media types of the answer, where it is an image instead of JSON.
        refusals: documented errors that the view does not name itself.
        localized: whether `Accept-Language` changes the answer.
    """

    tag: str
    summary: str
    description: str = ""
    body: type[BaseSerializer[Any]] | type[Any] | None = None
    bare: bool = False
    example: Any = None
    result: Any = None
    beside: type[Any] | None = None
    result_example: Any = None
    beside_example: Mapping[str, Any] = field(default_factory=dict)
    only_refuses: bool = False
    images: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    localized: bool = False
