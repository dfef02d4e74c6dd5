"""The JSON around requests and answers: mobile-token-api.md 1.2, standard-rest-api.md 3 and 5."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from enrollment_server.api.errors import ApiError
from enrollment_server.openapi.json_schema import (
    Schema,
    binary,
    members,
    nullable,
    one_of,
    ref,
    text,
    whole,
)

JSON = "application/json"
OK = members({"status": one_of("OK")})
OK_EXAMPLE = {"status": "OK"}
ENVELOPES: dict[str, Schema] = {
    "Success": {**OK, "description": "The answer of an endpoint without a result."},
    "Failure": members(
        {
            "status": one_of("ERROR"),
            "responseObject": members(
                {
                    "code": text("What to switch on."),
                    "message": text("Technical, in English; not meant for users."),
                }
            ),
        },
        description="Every refusal, and only a refusal; the HTTP status is never 2xx.",
    ),
    "EncryptedRequest": members(
        {
            "ephemeralPublicKey": binary("Public key of this request, P-256, compressed."),
            "encryptedData": binary("The request as it is described, encrypted."),
            "mac": binary("Code that authenticates the encrypted data."),
        },
        {
            "temporaryKeyId": text("From `/pa/v3/keystore/create`; protocol 3.3.", format="uuid"),
            "nonce": binary("16 bytes; protocol 3.1 and later."),
            "timestamp": whole("Milliseconds since 1970; protocol 3.2 and later."),
        },
        "A request under end-to-end encryption (ECIES), of protocol 3.",
    ),
    "EncryptedResponse": members(
        {
            "encryptedData": binary("The answer as it is described, encrypted."),
            "mac": binary("Code that authenticates the encrypted data."),
        },
        {
            "nonce": binary("16 bytes; protocol 3.2 and later."),
            "timestamp": whole("Milliseconds since 1970; protocol 3.2 and later."),
        },
        "An answer under the encryption of its request, of protocol 3.",
    ),
    "EncryptedRequest4": members(
        {
            "temporaryKeyId": text("From `/pa/v4/keystore/create`.", format="uuid"),
            "encryptedData": binary("The request as it is described, encrypted."),
            "nonce": binary("24 bytes: of the request, then of its answer."),
            "timestamp": whole("Milliseconds since 1970."),
        },
        description="A request under end-to-end encryption (AEAD), of protocol 4.",
    ),
    "EncryptedResponse4": members(
        {
            "encryptedData": binary("The answer as it is described, encrypted."),
            "timestamp": whole("Milliseconds since 1970."),
        },
        description="An answer under the encryption of its request, of protocol 4.",
    ),
}
ENVELOPES_OF: Mapping[int, tuple[str, str]] = {
    3: ("EncryptedRequest", "EncryptedResponse"),
    4: ("EncryptedRequest4", "EncryptedResponse4"),
}
"""The names of both envelopes by generation of the protocol."""


def asked(request_object: Schema) -> Schema:
    """Describe a request with an object in its envelope."""
    return members({"requestObject": request_object})


def asked_or_not(request_object: Schema) -> Schema:
    """Describe a request whose object may be null or absent."""
    return members(optional={"requestObject": nullable(request_object)})


def answered(payload: Schema, beside: Mapping[str, Schema] | None = None) -> Schema:
    """Describe the answer with a payload, and with members beside it."""
    return members({"status": one_of("OK"), **(beside or {}), "responseObject": payload})


def ok_example(payload: object, **beside: object) -> dict[str, Any]:
    """Give the example of an answer with a payload."""
    return {"status": "OK", **beside, "responseObject": payload}


def json_content(schema: Schema, example: object = None) -> dict[str, Any]:
    """Describe a JSON body."""
    media: dict[str, Any] = {"schema": schema}
    if example is not None:
        media["example"] = example
    return {JSON: media}


def failure_responses(
    refusals: Iterable[ApiError], example_of: Mapping[ApiError, object]
) -> dict[str, Any]:
    """Describe the refusals by HTTP status, with every code and every body.

    Args:
        refusals: without duplicates.
        example_of: the body of each.
    """
    by_status: dict[int, list[ApiError]] = {}
    for refusal in refusals:
        by_status.setdefault(int(refusal.http_status), []).append(refusal)
    return {
        str(status): _failure_response(status, by_status[status], example_of)
        for status in sorted(by_status)
    }


def _failure_response(
    status: int, refusals: list[ApiError], example_of: Mapping[ApiError, object]
) -> dict[str, Any]:
    codes = sorted({refusal.code for refusal in refusals})
    narrowed = members(optional={"responseObject": members(optional={"code": one_of(*codes)})})
    seen: dict[str, int] = {}
    examples = {}
    for refusal in refusals:
        seen[refusal.code] = seen.get(refusal.code, 0) + 1
        number = seen[refusal.code]
        name = refusal.code if number == 1 else f"{refusal.code}-{number}"
        examples[name] = {"summary": _meaning(refusal), "value": example_of[refusal]}
    listed = ", ".join(f"`{code}`" for code in codes)
    return {
        "description": f"{HTTPStatus(status).phrase}: {listed}",
        "content": {JSON: {"schema": {"allOf": [ref("Failure"), narrowed]}, "examples": examples}},
    }


def _meaning(refusal: ApiError) -> str:
    # A class for many codes says nothing of the single one; its message does.
    if refusal.code != type(refusal).code:
        return f"{refusal.code}: {refusal.message}"
    first_line = (type(refusal).__doc__ or refusal.message).strip().split("\n", 1)[0]
    return f"{refusal.code}: {first_line}"
