"""Who may use the inbox, and what it costs: mobile-token-api.md 2.1 and 3.2."""

from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.models import Token
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import NOT_FOUND, WRONG_MEDIA_TYPE, WRONG_METHOD, outcome
from tests.api.inbox.wire import COUNT, DETAIL, LIST, PATHS, READ, READ_ALL
from tests.api.mobile_answers import NO_ACTIVATION, UNAUTHENTICATED
from tests.bank import PIN, Bank, take_user_away
from tests.inbox.mailbox import write
from tests.wsgi import BASE_URL


@pytest.fixture
def payload(bank: Bank) -> dict[str, Any]:
    """An object that every endpoint accepts, about a message of Alice."""
    return {"id": str(write("alice", [bank.application.id]).pk)}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("factors", ["possession", "possession_knowledge", "possession_biometry"])
def test_tokens(alice: Phone, payload: dict[str, Any], path: str, factors: str) -> None:
    token = alice.create_token(factors, PIN)
    assert alice.token_post(path, payload, token=token).ok


@pytest.mark.parametrize("path", PATHS)
def test_token_of_three_factors(alice: Phone, payload: dict[str, Any], path: str) -> None:
    token = alice.create_token()
    Token.objects.update(signature_type=SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY)
    assert alice.token_post(path, payload, token=token).ok


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["knowledge", "biometry"])
def test_tokens_without_possession(
    alice: Phone, payload: dict[str, Any], path: str, kind: str
) -> None:
    token = alice.create_token()
    Token.objects.update(signature_type=SignatureType.parse(kind))
    assert outcome(alice.token_post(path, payload, token=token)) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_a_token_digest_is_used_once(alice: Phone, payload: dict[str, Any], path: str) -> None:
    headers = {TOKEN_HEADER: alice.token_header(alice.create_token())}
    assert alice.server.post(path, to_body(payload), headers).ok
    assert outcome(alice.server.post(path, to_body(payload), headers)) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_a_signature_is_no_token(
    alice: Phone, bank: Bank, payload: dict[str, Any], path: str
) -> None:
    answer = alice.signed_post(path, payload, resource_id=path, factors="possession")
    assert outcome(answer) == UNAUTHENTICATED
    assert bank.activation(alice).counter == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", [None, "", "PowerAuth", 'PowerAuth token_id="x"'])
def test_missing_and_malformed_headers(alice: Phone, path: str, value: str | None) -> None:
    headers = {} if value is None else {TOKEN_HEADER: value}
    # The body is not looked at.
    assert outcome(alice.server.post(path, b"{", headers)) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_a_stolen_token_identifier(alice: Phone, bob: Phone, path: str) -> None:
    mine, foreign = alice.create_token(), bob.create_token()
    header = alice.token_header(mine).replace(mine.token_id, foreign.token_id)
    assert outcome(alice.server.post(path, b"{}", {TOKEN_HEADER: header})) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("end", ["block", "remove"])
def test_inactive_activation(alice: Phone, payload: dict[str, Any], path: str, end: str) -> None:
    token = alice.create_token()
    getattr(lifecycle, end)(alice.activation_id, at=timezone.now())
    assert outcome(alice.token_post(path, payload, token=token)) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_an_activation_without_a_user(alice: Phone, payload: dict[str, Any], path: str) -> None:
    take_user_away(alice)
    assert outcome(alice.token_post(path, payload)) == NO_ACTIVATION


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(db: None, http: requests.Session, method: str, path: str) -> None:
    response = http.request(method, f"{BASE_URL}{path}", json={"requestObject": {}})
    assert (response.status_code, response.json()) == WRONG_METHOD


@pytest.mark.parametrize("path", [LIST, DETAIL, READ])
def test_media_type(alice: Phone, payload: dict[str, Any], path: str) -> None:
    answer = alice.token_post(path, payload, headers={"Content-Type": "text/plain"})
    assert outcome(answer) == WRONG_MEDIA_TYPE


@pytest.mark.parametrize("path", PATHS)
def test_an_inbox_that_is_switched_off(
    alice: Phone, payload: dict[str, Any], settings: Settings, path: str
) -> None:
    settings.INBOX_API_ENABLED = False
    assert outcome(alice.token_post(path, payload)) == NOT_FOUND
    assert outcome(alice.server.post(path, b"{}", {SIGNATURE_HEADER: "x"})) == NOT_FOUND


@pytest.mark.parametrize("path", [*(f"{path}/" for path in PATHS), "/api/inbox", "/api/inbox/x"])
def test_other_paths(alice: Phone, path: str) -> None:
    assert outcome(alice.token_post(path, {})) == NOT_FOUND


@pytest.mark.parametrize(
    ("path", "own"), [(COUNT, 1), (LIST, 1), (DETAIL, 1), (READ, 1), (READ_ALL, 1)]
)
def test_statements(alice: Phone, payload: dict[str, Any], path: str, own: int) -> None:
    alice.token_post(COUNT, {})  # the minute of last use is written now
    with CaptureQueriesContext(connection) as captured:
        assert alice.token_post(path, payload).ok
    statements = [query["sql"] for query in captured.captured_queries]
    about_inbox = [sql for sql in statements if "inbox_inboxmessage" in sql]
    others = [sql for sql in statements if "inbox" not in sql and "SAVEPOINT" not in sql]
    # Besides its own: the token, and the memory of used digests.
    assert (len(about_inbox), len(others)) == (own, 2)
