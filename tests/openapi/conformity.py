"""The documents as judges of real exchanges."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from enrollment_server.openapi.documents import (
    IntegrationDocument,
    IntegrationDocumentV4,
    MobileDocument,
)
from tests import wsgi

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
# Always the same requests; those that probe the limits of each schema come on top.
BOUNDED = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

mobile = schemathesis.openapi.from_dict(MobileDocument().get_schema())
_V3, _V4 = IntegrationDocument().get_schema(), IntegrationDocumentV4().get_schema()
integration = schemathesis.openapi.from_dict(_V3)
integration_v4 = schemathesis.openapi.from_dict(_V4)


def as_in_v3() -> set[str]:
    """Give the paths of `/rest/v4` whose methods read and answer what those of `/rest/v3` do."""

    def described(document: Any, path: str) -> Any:
        operation = document["paths"].get(path, {}).get("post", {})
        return operation.get("requestBody"), operation.get("responses")

    return {
        path
        for path in _V4["paths"]
        if described(_V4, path) == described(_V3, path.replace("/rest/v4/", "/rest/v3/"))
    }


def exchange(
    case: Case[Any], headers_for: Callable[[requests.PreparedRequest], Mapping[str, str]]
) -> requests.Response:
    """Send a made-up request, and check its answer against the document.

    Args:
        headers_for: what a request gets in addition, once its body is known.
    """
    made_up = case.as_transport_kwargs(base_url=wsgi.BASE_URL)
    with wsgi.session() as http:
        request = http.prepare_request(requests.Request(**made_up))
        request.headers.update(headers_for(request))
        response = http.send(request)
    case.validate_response(_with_raw_headers(response), checks=CHECKS)
    return response


def judged_session(document: Any, seen: set[str]) -> requests.Session:
    """Give a session that refuses answers which the document does not describe.

    Args:
        seen: collects `METHOD path status` of every answer.
    """

    def judge(response: requests.Response, *args: Any, **kwargs: Any) -> None:
        method = response.request.method or ""
        path = urlsplit(response.url).path
        document[path][method].validate_response(_with_raw_headers(response))
        seen.add(f"{method} {path} {response.status_code}")

    http = wsgi.session()
    http.hooks["response"].append(judge)
    return http


def _with_raw_headers(response: requests.Response) -> requests.Response:
    # They come from a socket otherwise, and the checks look for them there.
    response.raw.headers.update(response.headers)
    return response
