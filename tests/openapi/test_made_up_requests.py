"""Requests made up from the documents: each is answered with something that is documented."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests
from django.urls import resolve
from schemathesis import Case

from powerauth.http.access import Access
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType, canonical_query
from tests.bank import PIN, Bank
from tests.openapi.conformity import (
    BOUNDED,
    as_in_v3,
    exchange,
    integration,
    integration_v4,
    mobile,
)

IN_OTHER_WORDS = integration_v4.exclude(path=sorted(as_in_v3()))
BY_TOKEN = mobile.include(
    path_regex=r"^/api/(auth/token/app/operation/(list|detail|detail/claim)|push/.*|inbox/.*)$"
)
BY_SIGNATURE = mobile.include(
    path_regex=(
        r"^(/api/auth/token/app/operation/(history|authorize|cancel)|/api/activation/code"
        r"|/pa/v3/signature/validate)$"
    )
)

BY_CODE = mobile.include(path_regex=r"^/pa/v4/(auth/validate|biometry/remove)$")


@pytest.mark.django_db
@mobile.parametrize()
@BOUNDED
def test_mobile_api_to_strangers(case: Case[Any]) -> None:
    exchange(case, lambda request: {})


@pytest.mark.django_db
@integration.parametrize()
@BOUNDED
def test_integration_api(case: Case[Any]) -> None:
    exchange(case, lambda request: {})


@pytest.mark.django_db
@IN_OTHER_WORDS.parametrize()
@BOUNDED
def test_integration_api_v4(case: Case[Any]) -> None:
    exchange(case, lambda request: {})


@BY_TOKEN.parametrize()
@BOUNDED
def test_mobile_api_to_a_phone_with_a_token(alice: Phone, case: Case[Any]) -> None:
    token = alice.usual_token()
    response = exchange(case, lambda request: {TOKEN_HEADER: alice.token_header(token)})
    assert response.status_code != 401


@BY_SIGNATURE.parametrize()
@BOUNDED
def test_mobile_api_to_a_phone_that_signs(alice: Phone, case: Case[Any]) -> None:
    response = exchange(case, lambda request: _signed(alice, request))
    assert response.status_code != 401


@pytest.fixture
def hybrid_phone(bank: Bank) -> Phone:
    return bank.phone("alice", version="4.0", suite="EC_P384_ML_L3")


@BY_CODE.parametrize()
@BOUNDED
def test_mobile_api_to_a_phone_of_protocol_4(hybrid_phone: Phone, case: Case[Any]) -> None:
    response = exchange(case, lambda request: _signed(hybrid_phone, request))
    assert response.status_code != 401


def _signed(phone: Phone, request: requests.PreparedRequest) -> Mapping[str, str]:
    view: type[object] = resolve(request.path_url.split("?")[0]).func.view_class  # type: ignore[attr-defined] # set by as_view
    access: Access = view.access  # type: ignore[attr-defined] # every signed view has it
    body = request.body or b""
    data = body.encode() if isinstance(body, str) else body
    # A request that is refused before its signature counts leaves the server's counter behind.
    phone.status()
    one_factor = SignatureType.POSSESSION in access.signature_types()
    factors = SignatureType.POSSESSION if one_factor else SignatureType.POSSESSION_KNOWLEDGE
    method = request.method or ""
    signed = canonical_query("") if method == "GET" else data
    header = phone.sign(method, access.resource_ids()[0], signed, factors=factors, pin=PIN)
    return {SIGNATURE_HEADER: header}
