"""The bank's back end: calls the integration API over HTTP and checks every envelope."""

import re
from typing import Any

import requests

from operations.models import OperationTemplate
from tests.wsgi import BASE_URL

ENGINE_MESSAGES = {
    "ERR0002": "No application ID was set.",
    "ERR0003": "No master server key pair configured in database.",
    "ERR0007": "This activation is already expired.",
    "ERR0008": "Incorrect activation state.",
    "ERR0009": "Activation with given activation ID was not found.",
    "ERR0011": "Invalid input parameter format.",
    "ERR0012": "Invalid Signature Provided.",
    "ERR0015": "Application or application version does not exist.",
    "ERR0018": "Data decryption failed.",
    "ERR0030": "Token timestamp is too old.",
    "ERR0031": "Activation OTP does not match value stored in database.",
    "ERR0032": "Activation OTP used in the wrong OTP validation mode.",
    "ERR0033": "Operation template was not found.",
    "ERR0034": "Operation was not found.",
    "ERR0036": "Operation state is invalid for the requested change.",
    "ERR0037": "Operation cannot be approved.",
    "ERR0038": "Operation cannot be rejected.",
    "ERR0039": "Operation template already exists.",
    "ERR0040": "Activation cannot be created with the specified properties.",
    "ERR0043": "Duplicate application or application version.",
    "ERR0044": "Token timestamp is too much in the future.",
    "ERR0045": "Missing temporary key pair.",
    "ERR0046": "Cryptography algorithm is not supported.",
    "ERR0047": "Protocol version is not supported.",
}


def post(http: requests.Session, path: str, payload: object, **options: Any) -> requests.Response:
    """Call a method with any `requestObject`."""
    url = f"{BASE_URL}/rest/v3/{path}"
    return http.post(url, json={"requestObject": payload}, **options)


def ok(http: requests.Session, path: str, **members: object) -> Any:
    """Call a method that must succeed, and give its `responseObject`."""
    response = post(http, path, members)
    body = response.json()
    assert response.status_code == 200, body
    assert response.headers["Content-Type"] == "application/json"
    assert set(body) == {"status", "responseObject"}
    assert body["status"] == "OK"
    return body["responseObject"]


def payment_to_approve_nearby(http: requests.Session, application_id: str) -> Any:
    """Create a payment of alice that wants to know whether the phone is near."""
    OperationTemplate.objects.update(proximity_check_enabled=True)
    return ok(
        http,
        "operation/create",
        userId="alice",
        templateName="payment",
        applications=[application_id],
        parameters={"amount": "1", "currency": "CZK", "iban": "CZ1"},
    )


# Refusals of a request for one of its members name the member and the rule.
NAMING = ("ERR0024", "ERROR_HTTP_REQUEST")
COMPLAINT = re.compile(r"requestObject[\w.*\[\]-]* - must [^\n]+|The body is not usable: [^\n]+\.")


def refusal(response: requests.Response) -> str:
    """Check the whole body of a refusal with HTTP 400, and give its code."""
    return told(response)[0]


def told(response: requests.Response) -> tuple[str, str]:
    """Check the whole body of a refusal with HTTP 400, and give its code and its message."""
    body = response.json()
    assert response.status_code == 400, body
    code = str(body["responseObject"]["code"])
    message = str(body["responseObject"]["message"])
    if code in NAMING:
        assert COMPLAINT.fullmatch(message), message
    else:
        assert message == ENGINE_MESSAGES[code]
    detail = {"code": code, "message": message, "localizedMessage": message}
    assert body == {"status": "ERROR", "responseObject": detail}
    return code, message


def refused(http: requests.Session, path: str, **members: object) -> str:
    """Call a method that must be refused, and give the code."""
    return refusal(post(http, path, members))
