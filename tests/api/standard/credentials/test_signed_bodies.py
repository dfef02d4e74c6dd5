"""How long a signed body may be, and what is kept of it."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from operations.mobile.serializers import MOBILE_TOKEN_DATA_SIZE
from powerauth.http.access import SIGNED_BODY, P
from powerauth.http.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from tests.api.answers import OK, outcome
from tests.api.integration.back_end import ok
from tests.api.standard.wire import UNAUTHENTICATED
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL, WsgiAdapter

RESOURCE_ID = "/pa/signature/validate"
PATH = "/pa/v3/signature/validate"


class Chunked(WsgiAdapter):
    """Sends bodies without a declared length, as Java clients do."""

    def _environ(self, request: requests.PreparedRequest) -> dict[str, Any]:
        environ = super()._environ(request)
        del environ["CONTENT_LENGTH"]
        return {**environ, "wsgi.input_terminated": True}


def validate(phone: Phone, body: bytes, *, chunked: bool = False) -> int:
    value = phone.sign("POST", RESOURCE_ID, body, factors=P)
    with requests.Session() as http:
        http.trust_env = False
        http.mount(BASE_URL, Chunked() if chunked else WsgiAdapter())
        return http.post(f"{BASE_URL}{PATH}", body, headers={SIGNATURE_HEADER: value}).status_code


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused_before_anything_is_written(
    bank: Bank, alice: Phone, settings: Settings, chunked: bool
) -> None:
    before = bank.activation(alice)
    assert validate(alice, b"x" * (settings.SIGNED_BODY_BYTES + 1), chunked=chunked) == 413
    after = bank.activation(alice)
    assert (after.counter, after.last_used_at) == (before.counter, before.last_used_at)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_up_to_the_limit_is_fine(alice: Phone, settings: Settings, chunked: bool) -> None:
    assert validate(alice, b"x" * settings.SIGNED_BODY_BYTES, chunked=chunked) == 200


def test_the_limit_is_a_setting(alice: Phone, settings: Settings) -> None:
    settings.SIGNED_BODY_BYTES = 2000
    assert [validate(alice, b"x" * size) for size in (2000, 2001)] == [200, 413]


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif (view := getattr(pattern.callback, "cls", None)) is not None:
            yield view


def test_every_view_of_phones_that_authenticate_has_the_limit() -> None:
    ways = {SignatureAuthentication, TokenAuthentication}
    views = {
        view
        for view in _views(get_resolver().url_patterns)
        if hasattr(view, "access") or ways & set(view.authentication_classes)
    }
    assert len(views) > 15
    assert {view for view in views if view.body_limit != SIGNED_BODY} == set()


def test_a_decision_may_carry_as_much_of_the_phone_as_is_documented(
    bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    data = {"text": "x" * (MOBILE_TOKEN_DATA_SIZE - 100)}
    alice.approve(str(operation.pk), operation.data, pin=PIN, mobile_token_data=data)
    operation.refresh_from_db()
    assert operation.status == "APPROVED"
    assert operation.additional_data["mobileTokenData"] == data


@pytest.mark.parametrize("valid", [True, False])
def test_of_long_signed_data_beginning_size_and_digest_are_kept(
    http: requests.Session, alice: Phone, settings: Settings, valid: bool
) -> None:
    settings.SIGNATURE_AUDIT_DATA_BYTES = 1000
    header = alice.signature_header("POST", RESOURCE_ID, b"x" * 3000, factors=P)
    body = b"x" * 3000 if valid else b"y" * 3000
    answer = alice.server.post(PATH, body, {SIGNATURE_HEADER: header.format()})
    assert outcome(answer) == (OK if valid else UNAUTHENTICATED)
    base = f"POST&{b64(RESOURCE_ID.encode())}&{header.nonce}&{b64(body)}".encode()
    info = {"DATA_SIZE": str(len(base)), "DATA_SHA256": hashlib.sha256(base).hexdigest()}
    row = SignatureAudit.objects.get()
    assert (bytes(row.data), row.additional_info) == (base[:1000], info)
    item = ok(http, "signature/list", userId="alice")["items"][0]
    assert b64d(item["dataBase64"]) == base[:1000], "no secret follows what is cut"
    assert {each["key"]: each["value"] for each in item["additionalInfo"]} == info
