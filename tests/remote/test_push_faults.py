"""The Push Server answers wrongly: the documented error, one log line, and no second attempt."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.push_server.calls import PushServerFailure, command, nothing
from enrollment_server.push_server.server import server
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from tests.api.answers import OK, outcome
from tests.api.inbox import wire as inbox
from tests.api.push import wire as push
from tests.remote.fault_server import FaultServer, fault_server, json_answer, refusal, silent
from tests.remote.faults import FAULTS, SLOW, WITHOUT_RESULT, lines

ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
Act = Callable[[Phone], Answer]
REGISTER: Act = lambda phone: phone.register_push("token", platform="ios")  # noqa: E731
CALLS: dict[str, tuple[Act, object]] = {
    "push/device/create": (REGISTER, push.FAILED),
    "inbox/messages/count": (lambda phone: phone.token_post(inbox.COUNT, {}), inbox.FAILED),
    "inbox/messages/list": (lambda phone: phone.token_post(inbox.LIST, {}), inbox.FAILED),
    "inbox/messages/detail": (
        lambda phone: phone.token_post(inbox.DETAIL, {"id": ID}),
        inbox.FAILED,
    ),
    "inbox/messages/read-all": (lambda phone: phone.token_post(inbox.READ_ALL, {}), inbox.FAILED),
}
WITHOUT = ("push/device/create", "inbox/messages/read-all")


@pytest.fixture
def away(settings: Settings) -> Iterator[FaultServer]:
    with fault_server() as running:
        settings.PUSH_SERVICE_URL = running.url
        settings.PUSH_SERVICE_CONNECT_TIMEOUT_S = 1
        settings.PUSH_SERVICE_RESPONSE_TIMEOUT_S = 1
        yield running


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (call, fault)
        for call in CALLS
        for fault in FAULTS
        if call not in WITHOUT or fault not in WITHOUT_RESULT
    ],
)
def test_wrong_answer(
    alice: Phone, away: FaultServer, caplog: pytest.LogCaptureFixture, call: str, fault: str
) -> None:
    act, expected = CALLS[call]
    away.behaviour = FAULTS[fault]
    assert outcome(act(alice)) == expected
    (line,) = lines(caplog)
    assert line.startswith((f"the Push Server failed: call={call} ", "the Push Server refused: "))
    assert len(away.requests) == 1


@pytest.mark.parametrize("call", WITHOUT)
@pytest.mark.parametrize("right", WITHOUT_RESULT)
def test_method_without_a_result_may_have_any(
    alice: Phone, away: FaultServer, call: str, right: str
) -> None:
    away.behaviour = WITHOUT_RESULT[right]
    assert outcome(CALLS[call][0](alice)) == OK


@pytest.mark.parametrize("fault", SLOW)
def test_slow_answers_end_with_their_time(
    alice: Phone, away: FaultServer, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    away.behaviour = SLOW[fault]
    begun = time.monotonic()
    assert outcome(REGISTER(alice)) == push.FAILED
    # A connection, an answer, and the watch; a thread that hangs would take for ever.
    assert time.monotonic() - begun < 10
    assert (len(lines(caplog)), len(away.requests)) == (1, 1)


def test_nobody_listens(alice: Phone, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.PUSH_SERVICE_URL = "http://127.0.0.1:1/push"
    assert outcome(REGISTER(alice)) == push.FAILED
    assert outcome(alice.token_post(inbox.COUNT, {})) == inbox.FAILED
    assert lines(caplog) == [
        "the Push Server failed: call=push/device/create reason=no connection",
        "the Push Server failed: call=inbox/messages/count reason=no connection",
    ]


def test_slow_server_holds_no_more_threads_than_connections(
    alice: Phone, away: FaultServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever finds all connections in use is refused before the first one is given up."""
    settings.PUSH_SERVICE_CONNECTIONS = 1
    settings.PUSH_SERVICE_RESPONSE_TIMEOUT_S = 5
    away.behaviour = silent
    alice.create_token()
    first = threading.Thread(target=_registered)
    first.start()
    while not away.requests:
        time.sleep(0.01)
    assert outcome(REGISTER(alice)) == push.FAILED
    assert first.is_alive()
    assert "reason=all connections are in use" in lines(caplog)[0]
    first.join()
    assert len(away.requests) == 1


def _registered() -> None:
    with pytest.raises(PushServerFailure):
        command("push/device/create", {}, nothing)


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (
            "ERROR_GENERIC",
            "Application with given ID does not exist",
            "code=ERROR_GENERIC text=Application with given ID does not exist",
        ),
        (
            "ERROR_GENERIC",
            "Token 10de of alice is bad\nforged",
            "code=ERROR_GENERIC text=",
        ),
        ("forged\nline", "", "code=unknown text="),
        ("ERROR_FROM_THE_FUTURE", None, "code=ERROR_FROM_THE_FUTURE text="),
    ],
)
def test_log_tells_why_and_nothing_of_the_user(
    alice: Phone,
    away: FaultServer,
    caplog: pytest.LogCaptureFixture,
    code: str,
    message: object,
    said: str,
) -> None:
    refused = {"code": code, "message": message, "violations": [{"fieldName": "token"}]}
    away.behaviour = json_answer(400, {"status": "ERROR", "responseObject": refused})
    assert outcome(REGISTER(alice)) == push.FAILED
    assert lines(caplog) == [f"the Push Server refused: call=push/device/create {said}"]


def test_unknown_message_is_no_failure(
    alice: Phone, away: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    away.behaviour = refusal("ERROR_MESSAGE_NOT_FOUND")
    assert outcome(alice.token_post(inbox.DETAIL, {"id": ID})) == inbox.FAILED
    assert lines(caplog) == []


def test_file_of_the_settings_that_is_gone(
    alice: Phone, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PUSH_SERVICE_URL = "https://127.0.0.1:1/push"
    settings.PUSH_SERVICE_CA_FILE = "/nowhere/at/all.pem"
    assert outcome(REGISTER(alice)) == push.FAILED
    (line,) = lines(caplog)
    assert line.endswith("reason=the request failed (FileNotFoundError)")


def test_nothing_is_asked_of_a_malformed_request(alice: Phone, away: FaultServer) -> None:
    bodies: list[Any] = [{"platform": "windows", "token": "x"}, {"platform": "ios"}]
    for body in bodies:
        assert not alice.token_post(push.TOKEN_PATH, body).ok
    assert not alice.token_post(inbox.LIST, {"page": -1}).ok
    assert not alice.token_post(inbox.DETAIL, {"id": ""}).ok
    assert away.requests == []


def test_settings_of_each_server_are_its_own(settings: Settings) -> None:
    settings.POWERAUTH_SERVICE_USERNAME = "of the engine"
    settings.PUSH_SERVICE_URL = "https://push.bank.example/push-server/"
    settings.PUSH_SERVICE_USERNAME, settings.PUSH_SERVICE_PASSWORD = "push", "secret"
    named = server()
    assert (named.url, named.username) == (
        "https://push.bank.example/push-server",
        "push",
    )
    assert (named.connect_s, named.response_s, named.wait_s) == (5, 15, 1)
    assert "secret" not in repr(named)
