"""The bank's back end: calls what a Push Server offers, and checks every envelope."""

import re
from typing import Any

import requests

from tests.wsgi import BASE_URL

Refusal = tuple[str, str]
EMPTY: Refusal = ("ERROR_GENERIC", "Request must not be empty.")
NO_APP: Refusal = ("ERROR_GENERIC", "App ID must not be null.")
UNKNOWN_ID = "12345678-1234-4234-8234-123456789012"


def send(
    http: requests.Session, path: str, body: object, *, method: str = "POST", **options: Any
) -> requests.Response:
    """Send a body as it is."""
    return http.request(method, f"{BASE_URL}/{path}", json=body, **options)


def post(
    http: requests.Session, path: str, payload: object, *, method: str = "POST", **options: Any
) -> requests.Response:
    """Send a `requestObject`."""
    return send(http, path, {"requestObject": payload}, method=method, **options)


def get(http: requests.Session, path: str, **parameters: object) -> requests.Response:
    """Ask by query parameters; an application of several is given as one text."""
    return http.get(f"{BASE_URL}/{path}", params={key: str(v) for key, v in parameters.items()})


def done(response: requests.Response) -> None:
    """Check the whole answer of a method without result."""
    assert (response.status_code, response.content) == (200, b'{"status":"OK"}')
    assert response.headers["Content-Type"] == "application/json"


def result(response: requests.Response) -> Any:
    """Check the envelope of a result, and give the result."""
    body = response.json()
    assert response.status_code == 200, body
    assert set(body) == {"status", "responseObject"}
    assert body["status"] == "OK"
    return body["responseObject"]


def refusal(response: requests.Response) -> Refusal:
    """Check the whole body of a refusal with HTTP 400, and give code and text."""
    body = response.json()
    assert response.status_code == 400, body
    detail = body["responseObject"]
    assert body == {"status": "ERROR", "responseObject": detail}
    assert set(detail) == {"code", "message"}
    return detail["code"], detail["message"]


def malformed(response: requests.Response) -> str:
    """Check the whole body of a refusal that names what is malformed, and give its text."""
    code, message = refusal(response)
    assert code == "ERROR_HTTP_REQUEST"
    assert re.fullmatch(r"[\w.*\[\]-]+ - must [^\n]+|The body is not usable: [^\n]+\.", message)
    return message


def violations(response: requests.Response) -> list[tuple[str, object]]:
    """Check the body of a refusal for its members, and give their names and shown values."""
    body = response.json()
    assert response.status_code == 400, body
    detail = body["responseObject"]
    assert set(detail) == {"code", "message", "violations"}
    assert (body["status"], detail["code"]) == ("ERROR", "ERROR_REQUEST")
    for violation in detail["violations"]:
        assert set(violation) == {"fieldName", "invalidValue", "hint"}
        assert violation["hint"]
    return [(each["fieldName"], each["invalidValue"]) for each in detail["violations"]]
