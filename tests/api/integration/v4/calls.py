"""Calls of `/rest/v4`, and what a back end passes on of the requests of a phone."""

from typing import Any

import requests

from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.encrypted_messages import EncryptedResponse
from powerauth.values import SignedRequest
from tests.api.integration.back_end import told
from tests.engine.generations_four.phone import Phone4, Sealed
from tests.wsgi import BASE_URL

SEALED_ANSWER = {"encryptedData", "timestamp"}
UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"


def post(http: requests.Session, path: str, **members: object) -> requests.Response:
    """Call a method."""
    return http.post(f"{BASE_URL}/rest/v4/{path}", json={"requestObject": members})


def ok(http: requests.Session, path: str, **members: object) -> Any:
    """Call a method that must succeed, and give its `responseObject`; None for one without."""
    answer = post(http, path, **members)
    body = answer.json()
    assert answer.status_code == 200, body
    assert body["status"] == "OK"
    return body.get("responseObject")


def refused(http: requests.Session, path: str, **members: object) -> str:
    """Call a method that must be refused, and give the code."""
    return told(post(http, path, **members))[0]


def complaint(http: requests.Session, path: str, **members: object) -> str:
    """Call a method that must be refused for one of its members, and give what it says."""
    code, message = told(post(http, path, **members))
    assert code in {"ERR0024", "ERROR_HTTP_REQUEST"}
    return message.removeprefix("requestObject.")


def proof(request: SignedRequest) -> dict[str, Any]:
    """Give the members of `auth/verify` for a code."""
    return {
        "activationId": request.activation_id,
        "applicationKey": request.application_key,
        "data": request.bases[0].decode(),
        "authenticationCode": request.signature,
        "authenticationCodeType": request.signature_type.name,
        "authenticationVersion": request.version,
    }


def sealed(
    phone: Phone4, payload: object, encryptor: Encryptor, **options: Any
) -> tuple[dict[str, Any], Sealed]:
    """Encrypt a request; give its members with the application key, and what opens the answer."""
    made = phone.seal(payload, encryptor, **options)
    members = {
        **made.call.request.to_json(),
        "applicationKey": made.call.application_key,
        "protocolVersion": "4.0",
    }
    return members, made


def opened(made: Sealed, answer: Any) -> Any:
    """Decrypt the members that only the phone can read."""
    return made.answer(EncryptedResponse.parse({name: answer[name] for name in SEALED_ANSWER}))
