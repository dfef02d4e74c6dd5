"""What a view's words and its code say together, as schemas and examples of whole bodies."""

from dataclasses import dataclass
from typing import Any, NoReturn, get_type_hints

import orjson
from rest_framework.serializers import BaseSerializer

from enrollment_server.api.contract.endpoint import Empty, Endpoint, Ignored
from enrollment_server.api.payloads.json import dump_json
from enrollment_server.api.payloads.parsers import BareObjectParser
from enrollment_server.api.views import ApiView
from enrollment_server.openapi.derivation.answers import Schemas
from enrollment_server.openapi.derivation.requests import schema_of
from enrollment_server.openapi.envelopes import (
    OK_EXAMPLE,
    answered,
    asked,
    asked_or_not,
    ok_example,
)
from enrollment_server.openapi.json_schema import Schema, members, ref
from powerauth.http.encryption import EncryptedEnvelopeRenderer, EncryptedRenderer, SealedRenderer
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.base import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedEndpoint:
    """An endpoint as a document shows it.

    Args:
        words: what its view says.
        body: the request, decrypted if it comes encrypted; None: no body is read.
        body_required: whether there has to be a body.
        example: the whole request.
        result: the whole answer, decrypted if it goes out encrypted; None: there is none, or it is
            an image.
        result_example: the whole answer.
    """

    words: Endpoint
    body: Schema | None
    body_required: bool
    example: Any
    result: Schema | None
    result_example: Any


def described(view: ApiView, said: Endpoint, schemas: Schemas) -> DescribedEndpoint:
    """Describe the bodies of an endpoint.

    Args:
        schemas: where the named ones are collected.

    Raises:
        TypeError: a type or a member that nothing describes.
    """
    result, result_example = _result(view, said, schemas)
    body, example = _request(view, said, schemas)
    return DescribedEndpoint(
        words=said,
        body=body,
        body_required=_is_required(view, said),
        example=example,
        result=result,
        result_example=result_example,
    )


def _request(
    view: ApiView, said: Endpoint, schemas: Schemas
) -> tuple[Schema | None, dict[str, Any] | None]:
    if isinstance(view, IntegrationView):
        return _integration_request(view, said)
    if said.body is None:
        return None, None
    if said.body is Ignored:
        return asked_or_not(members()), {}
    if said.body is Empty:
        return members(description="Clients send `{}`."), {}
    schema = (
        schema_of(said.body) if issubclass(said.body, BaseSerializer) else schemas.of(said.body)
    )
    if said.bare:
        return schema, said.example
    return asked(schema), {"requestObject": said.example}


def _integration_request(
    view: IntegrationView, said: Endpoint
) -> tuple[Schema | None, dict[str, Any] | None]:
    if view.reads_query():
        return None, None
    schema = schema_of(view.input_class)
    if view.whole_member:
        return asked(schema["properties"][view.whole_member]), {"requestObject": said.example}
    if BareObjectParser in view.parser_classes:
        return schema, said.example
    example = {"requestObject": said.example or {}}
    return (asked(schema) if "required" in schema else asked_or_not(schema)), example


def _is_required(view: ApiView, said: Endpoint) -> bool:
    """Tell whether there has to be a body."""
    if isinstance(view, IntegrationView):
        return view.input_class is not Input
    return said.body is not Ignored


def _result(
    view: ApiView, said: Endpoint, schemas: Schemas
) -> tuple[Schema | None, dict[str, Any] | None]:
    kind = _type_of_result(view, said)
    if said.only_refuses or said.images or kind is NoReturn:
        return None, None
    if kind is None:
        return ref("Success"), OK_EXAMPLE
    payload = schemas.of(kind)
    if not _wraps(view):
        return payload, said.result_example
    beside = {} if said.beside is None else _members(said.beside)
    described_beside = {name: schemas.of(hint) for name, hint in beside.items()}
    example = ok_example(_written(view, said.result_example), **said.beside_example)
    return answered(payload, described_beside), example


def _written(view: ApiView, example: Any) -> Any:
    """Give an example as the view writes it: it holds exact numbers and times as values."""
    if not isinstance(view, IntegrationView):
        return orjson.loads(dump_json(example))
    return orjson.loads(view.renderer_classes[0]().render(example))["responseObject"]


def _type_of_result(view: ApiView, said: Endpoint) -> Any:
    if said.result is not None or not isinstance(view, IntegrationView):
        return said.result
    kind = get_type_hints(view.call, include_extras=True)["return"]
    return None if kind is type(None) else kind


def _members(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _wraps(view: ApiView) -> bool:
    """Tell whether an answer stands in the OK envelope."""
    renderer = view.renderer_classes[0]
    if issubclass(renderer, SealedRenderer):
        return False
    return issubclass(renderer, EncryptedEnvelopeRenderer) or not issubclass(
        renderer, EncryptedRenderer
    )
