"""One line for each refusal, one for each call of a back end, and never a value of a request."""

import logging
import re
import uuid
from typing import Any

import pytest
import requests
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from enrollment_server.middleware import CorrelationMiddleware
from enrollment_server.serving.logs import logging_configuration
from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import integrations
from powerauth.models import Token
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, post
from tests.api.operations.calls import BASE, authorize, by_token, error
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

# Another server writes lines of its own, and tells fewer reasons.
pytestmark = pytest.mark.embedded
REFUSED, ANSWERED = "request refused: ", "call answered: "
SECRET = "SeCrEt-12345"


@pytest.fixture(autouse=True)
def _everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def _lines(caplog: pytest.LogCaptureFixture, kind: str = REFUSED) -> list[dict[str, str]]:
    """Give the members of each line of a kind, and forget all lines."""
    found = [
        dict(member.split("=", 1) for member in record.getMessage().removeprefix(kind).split(" "))
        for record in caplog.records
        if record.getMessage().startswith(kind)
    ]
    caplog.clear()
    return found


def _line(caplog: pytest.LogCaptureFixture, kind: str = REFUSED) -> dict[str, str]:
    """Give the members of the only line that a refusal or a call may leave at INFO or above."""
    told = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert len(told) == 1, [record.getMessage() for record in told]
    assert told[0].levelno == logging.INFO
    [line] = _lines(caplog, kind)
    return line


# --- Phones ---------------------------------------------------------------------------------------


@pytest.mark.main_path
@pytest.mark.django_db(transaction=True)
def test_wrong_pins_until_the_activation_is_blocked(
    bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    for attempt in range(1, 7):
        caplog.clear()
        alice.signed_post(f"{BASE}/history", {}, resource_id="/operation/history", pin="9" * 4)
        blocked = [r.getMessage() for r in caplog.records if "blocked" in r.getMessage()]
        assert blocked == (
            [f"activation blocked: activation={alice.activation_id} reason=MAX_FAILED_ATTEMPTS"]
            if attempt == 5
            else []
        )
        assert _lines(caplog) == [
            {
                "method": "POST",
                "route": "api/auth/token/app/operation/history",
                "status": "401",
                "code": "POWERAUTH_AUTH_FAIL",
                "credential": "signature",
                "activation": alice.activation_id,
                "reason": "signature_does_not_match"
                if attempt <= 5
                else "activation_invalid_state",
            }
        ]


@pytest.mark.main_path
def test_token_that_is_refused(bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture) -> None:
    token = alice.usual_token()
    caplog.clear()
    header = alice.token_header(token)
    headers = {
        "X-PowerAuth-Token": re.sub('token_digest="[^"]*"', f'token_digest="{"A" * 43}="', header)
    }
    assert alice.plain_post(f"{BASE}/list", {}, headers=headers).status == 401
    line = _line(caplog)
    assert (line["credential"], line["reason"]) == ("token", "digest_does_not_match")
    assert (line["activation"], line["code"]) == (alice.activation_id, "POWERAUTH_AUTH_FAIL")
    Token.objects.all().delete()
    assert by_token(alice, "list", {}).status == 401
    assert _line(caplog)["reason"] == "token_unknown"


def test_nobody(bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    assert alice.plain_post(f"{BASE}/list", {}).status == 401
    assert _line(caplog)["reason"] == "NotAuthenticated"


@pytest.mark.main_path
def test_decryption_that_fails(bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    headers = {"X-PowerAuth-Encryption": "PowerAuth broken"}
    assert alice.plain_post("/pa/v3/user/info", {}, headers=headers).status == 400
    line = _line(caplog)
    assert (line["code"], line["reason"]) == ("ERR_ENCRYPTION", "MalformedHeader")
    assert line["route"] == "pa/v3/user/info"


@pytest.mark.main_path
def test_activation_that_is_refused(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice", otp="12345678", commit_phase="ON_KEY_EXCHANGE")
    caplog.clear()
    with pytest.raises(Exception, match="ERR_ACTIVATION"):
        phone.activate(code, pin=PIN, otp=SECRET)
    lines = _lines(caplog)
    assert [(line["code"], line["reason"]) for line in lines] == [("ERR_ACTIVATION", "ERR0031")]
    assert lines[0]["route"] == "pa/v3/activation/create"


def test_approval_that_is_refused(
    bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    operation = bank.operation("alice")
    caplog.clear()
    assert not alice.approve(str(operation.pk), SECRET, pin=PIN).ok
    assert SECRET not in caplog.text
    line = _line(caplog)
    assert (line["code"], line["reason"]) == ("OPERATION_FAILED", "data")
    assert line["operation"] == str(operation.pk)


def test_state_error_in_place_of_a_wrong_pin_tells_of_both(
    bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    operation = bank.operation("alice", status="CANCELED")
    caplog.clear()
    answer = authorize(alice, {"id": str(operation.pk), "data": operation.data}, pin="9999")
    assert error(answer)[1] == "OPERATION_ALREADY_CANCELED"
    line = _line(caplog)
    assert (line["reason"], line["activation"]) == ("signature_does_not_match", alice.activation_id)


def test_member_of_a_phones_request(
    bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    alice.usual_token()
    caplog.clear()
    assert by_token(alice, "detail", {"id": [SECRET]}).status == 400
    assert SECRET not in caplog.text
    line = _line(caplog)
    assert (line["code"], line["member"]) == ("INVALID_REQUEST", "id")


# --- Back ends ------------------------------------------------------------------------------------


@pytest.mark.main_path
def test_call_that_is_refused(
    http: requests.Session, bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    post(http, "operation/create", {"templateName": "payment", "userId": SECRET})
    assert SECRET not in caplog.text
    assert _line(caplog) == {
        "method": "POST",
        "route": "rest/v3/operation/create",
        "status": "400",
        "code": "ERR0024",
        "member": "applications",
    }


def test_names_that_callers_choose_do_not_get_into_the_log(
    http: requests.Session, bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    members = {
        "templateName": "payment",
        "applications": [bank.application.id],
        "parameters": {f"{SECRET} \n x=y": "\t"},
    }
    post(http, "operation/create", members)
    assert SECRET not in caplog.text
    assert _line(caplog)["member"] == "parameters.*"


@pytest.mark.main_path
def test_call_that_succeeds(
    http: requests.Session, bank: Bank, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    made = integrations.create("core-banking")
    caplog.clear()
    http.auth = (made.integration.client_token, made.client_secret)
    ok(http, "activation/list", userId=SECRET)
    assert SECRET not in caplog.text
    line = _line(caplog, ANSWERED)
    assert line.pop("duration_ms").isdigit()
    assert line == {
        "method": "POST",
        "route": "rest/v3/activation/list",
        "status": "200",
        "integration": "core-banking",
    }
    http.auth = (made.integration.client_token, SECRET)
    assert post(http, "activation/list", {"userId": "alice"}).status_code == 401
    assert _line(caplog)["reason"] == "IntegrationUnknown"


def test_name_of_an_integration_cannot_forge_a_line(
    http: requests.Session, bank: Bank, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    made = integrations.create("core\nrequest refused: code=X")
    http.auth = (made.integration.client_token, made.client_secret)
    caplog.clear()
    ok(http, "application/list")
    [record] = caplog.records
    assert "\n" not in record.getMessage()


def test_paths_that_do_not_exist(
    http: requests.Session, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert http.get(f"{BASE_URL}/no/such%0Apath?token={SECRET}").status_code == 404
    assert SECRET not in caplog.text
    [message] = [r.getMessage() for r in caplog.records if r.getMessage().startswith(REFUSED)]
    assert "\n" not in message
    assert "ERROR_NOT_FOUND" in message


def test_blocking_by_a_back_end_does_not_repeat_its_reason(
    bank: Bank,
    alice: Phone,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.block(alice.activation_id, reason=SECRET, at=bank.activation(alice).created_at)
    assert f"activation blocked: activation={alice.activation_id} reason=OTHER" in caplog.text
    assert SECRET not in caplog.text


# --- Correlation ----------------------------------------------------------------------------------

HEADER = "X-Correlation-ID"


@pytest.mark.main_path
@pytest.mark.parametrize("path", ["rest/v3/status", "api/inbox/count", "no/such/path", ""])
def test_every_answer_has_an_id(http: requests.Session, db: None, path: str) -> None:
    first, second = (
        http.post(f"{BASE_URL}/{path}", json={}, headers={HEADER: "chosen-by-a-stranger"}).headers[
            HEADER
        ]
        for _ in range(2)
    )
    assert first != second
    assert {uuid.UUID(first).version, uuid.UUID(second).version} == {4}


def test_id_of_the_caller(http: requests.Session, db: None, settings: Settings) -> None:
    settings.CORRELATION_HEADER_ENABLED = True
    for given, kept in (("abc-DEF-123", True), ("short", False), ("white space in it", False)):
        answer = http.post(f"{BASE_URL}/rest/v3/status", json={}, headers={HEADER: given})
        assert (answer.headers[HEADER] == given) is kept
        assert re.fullmatch(r"[a-zA-Z0-9\-]{8,1024}", answer.headers[HEADER])


def test_id_ends_with_its_request(rf: RequestFactory) -> None:
    seen: list[object] = []

    def note() -> object:
        seen.append(structlog.contextvars.get_contextvars().get("correlation_id"))
        return seen[-1]

    def inner(request: HttpRequest) -> HttpResponse:
        note()
        return HttpResponse()

    def outer(request: HttpRequest) -> HttpResponse:
        before = note()
        CorrelationMiddleware(inner)(request)
        assert note() == before
        raise LookupError

    with pytest.raises(LookupError):
        CorrelationMiddleware(outer)(rf.get("/"))
    assert note() is None
    assert len(set(seen)) == 3


def test_id_is_on_every_line(
    http: requests.Session, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    handler = logging.Handler()

    def emit(record: logging.LogRecord) -> None:
        seen.append(str(structlog.contextvars.get_contextvars().get("correlation_id")))

    monkeypatch.setattr(handler, "emit", emit)
    logging.getLogger().addHandler(handler)
    try:
        refused = post(http, "operation/create", {})
        answered = post(http, "status", {})
    finally:
        logging.getLogger().removeHandler(handler)
    assert seen == [refused.headers[HEADER], answered.headers[HEADER]]
    shared = logging_configuration(level="INFO", style="json")["formatters"]["line"]
    assert structlog.contextvars.merge_contextvars in shared["foreign_pre_chain"]
