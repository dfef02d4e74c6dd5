"""One operation of a document, from a view and what it says of itself."""

import json
import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from enrollment_server.api.views import ApiView
from enrollment_server.openapi import security
from enrollment_server.openapi.catalogue import endpoint_of
from enrollment_server.openapi.derivation.described import DescribedEndpoint
from enrollment_server.openapi.derivation.requests import query_parameters
from enrollment_server.openapi.envelopes import (
    ENVELOPES_OF,
    failure_responses,
    json_content,
)
from enrollment_server.openapi.json_schema import Schema, any_of, ref, text
from enrollment_server.openapi.refusals import body_of, refusals
from powerauth.http import examples
from powerauth.http.generations import generations_of
from powerauth.integration.api import IntegrationView

_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "Language of the texts, and of amounts and currencies.",
    "schema": text(),
    "example": "en-US",
}


class EndpointSchema(AutoSchema):
    """Describe a view of this project; the view says in `endpoint` what its code cannot say."""

    def get_operation(
        self,
        path: str,
        path_regex: str,
        path_prefix: str,
        method: str,
        registry: ComponentRegistry,
    ) -> dict[str, Any]:
        """Give the operation object.

        Raises:
            TypeError: the view is not one of this project's, or says nothing of itself.
        """
        routed = self.view
        if not isinstance(routed, ApiView):
            raise TypeError(f"{type(routed).__name__} says nothing of its errors")
        view = _answering(routed, method)
        endpoint = endpoint_of(view)
        operation: dict[str, Any] = {
            "operationId": _operation_id(path, method, routed),
            "tags": [endpoint.words.tag],
            "summary": endpoint.words.summary,
            "description": _description(view, endpoint),
            "security": security.requirements(view),
        }
        parameters = _path_parameters(path)
        if endpoint.words.localized:
            parameters.append(_LANGUAGE)
        if isinstance(view, IntegrationView) and view.reads_query():
            parameters += query_parameters(view.input_class)
        if parameters:
            operation["parameters"] = parameters
        body = _request_body(view, endpoint)
        if body is not None:
            operation["requestBody"] = body
        operation["responses"] = _responses(view, endpoint)
        operation.update(_plaintext(view, endpoint))
        return operation


def _answering(view: ApiView, method: str) -> ApiView:
    """Give the view that answers a method: a path may leave DELETE to another one."""
    removing = getattr(view, "removing", None)
    return removing() if method == "DELETE" and removing is not None else view


def _operation_id(path: str, method: str, view: ApiView) -> str:
    name = re.sub(r"/\{\w+\}", "", path).strip("/").replace("/", "_").replace("-", "_")
    return name if len(view.allowed_methods) == 1 else f"{name}_{method.lower()}"


def _path_parameters(path: str) -> list[dict[str, Any]]:
    """Describe what stands in a path, which are numbers of rows."""
    number = text(pattern="^[0-9]{1,18}$")
    return [
        {"name": name, "in": "path", "required": True, "schema": number}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _description(view: ApiView, endpoint: DescribedEndpoint) -> str:
    parts = [endpoint.words.description, security.explained(view)]
    if security.is_encrypted(view):
        parts.append(_encryption_explained(view, endpoint))
    return "\n\n".join(part for part in parts if part)


def _encryption_explained(view: ApiView, endpoint: DescribedEndpoint) -> str:
    lines = ["The body is encrypted; errors are not. Decrypted request:", _code(endpoint.example)]
    if endpoint.result is not None:
        lines += ["Decrypted answer:", _code(endpoint.result_example)]
    if security.admits_plain(view):
        lines.append("A plain body is accepted as well, and its answer is plain.")
    return "\n\n".join(lines)


def _code(example: object) -> str:
    return f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```"


def _plaintext(view: ApiView, endpoint: DescribedEndpoint) -> dict[str, Any]:
    """Tell programs what is inside of encrypted bodies."""
    if not security.is_encrypted(view):
        return {}
    plaintext: dict[str, Any] = {"request": endpoint.body}
    if endpoint.result is not None:
        plaintext["response"] = endpoint.result
    return {"x-powerauth-plaintext": plaintext}


def _request_body(view: ApiView, endpoint: DescribedEndpoint) -> dict[str, Any] | None:
    if endpoint.body is None:
        return None
    if not security.is_encrypted(view):
        content = json_content(endpoint.body, endpoint.example)
        return {"content": content, "required": endpoint.body_required}
    schema, example = _protected(view, 0, endpoint.body, endpoint.example)
    return {"content": json_content(schema, example), "required": True}


def _responses(view: ApiView, endpoint: DescribedEndpoint) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if endpoint.result is not None:
        responses["200"] = {
            "description": "Done.",
            "content": _result_content(view, endpoint),
        }
    if endpoint.words.images:
        image = {"schema": text(format="binary")}
        content = dict.fromkeys(endpoint.words.images, image)
        responses["200"] = {"description": "Done.", "content": content}
    errors = refusals(view, endpoint)
    responses.update(failure_responses(errors, {error: body_of(view, error) for error in errors}))
    return responses


def _result_content(view: ApiView, endpoint: DescribedEndpoint) -> dict[str, Any]:
    result = endpoint.result or {}
    if not security.is_encrypted(view):
        return json_content(result, endpoint.result_example)
    return json_content(*_protected(view, 1, result, endpoint.result_example))


def _protected(view: ApiView, way: int, plain: Schema, plain_example: Any) -> tuple[Schema, Any]:
    """Describe what travels in the place of a plain body, with an example.

    Args:
        way: 0 for the request, 1 for the answer.
    """
    served = sorted(generations_of(view))
    options = [ref(ENVELOPES_OF[generation][way]) for generation in served]
    if security.admits_plain(view):
        return any_of(*options, plain), plain_example
    schema = options[0] if len(options) == 1 else any_of(*options)
    return schema, examples.ENCRYPTED[served[0]][way]
