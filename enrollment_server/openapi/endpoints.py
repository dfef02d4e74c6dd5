"""What a document says about one view, beside what it reads from its code."""

from dataclasses import dataclass
from typing import Any

from enrollment_server.api.contract.endpoint import Refusal
from enrollment_server.openapi.shapes import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The words of a view, with its bodies as schemas and examples.

    Args:
        tag: the group that the page shows it in.
        summary: one line.
        description: what else a reader needs, Markdown.
        body: the request, decrypted if it comes encrypted; None: no body is read.
        body_required: whether there has to be a body.
        example: the request as the API's document shows it.
        result: the whole answer, decrypted if it goes out encrypted; None if the endpoint can only
            refuse.
        result_example: the answer as the API's document shows it.
        images: media types of the answer, where it is an image instead of JSON.
        refusals: documented errors that the view does not name itself.
        localized: whether `Accept-Language` changes the answer.
    """

    tag: str
    summary: str
    description: str = ""
    body: Schema | None = None
    body_required: bool = True
    example: Any = None
    result: Schema | None = None
    result_example: Any = None
    images: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    localized: bool = False
