"""What a Push Server is asked, word by word: push-and-inbox.md 3.1 and 7.1."""

import json
from base64 import b64encode
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from inbox.backends.remote import RemoteBackend
from inbox.errors import InboxFailed
from inbox.values import Page, Reader
from powerauth.phone.phone import Phone
from tests.bank import Bank
from tests.remote.fault_server import FaultServer, fault_server, result

ALICE = Reader(user_id="alice & co", application_id="app")


@pytest.fixture
def away(settings: Settings) -> Iterator[FaultServer]:
    with fault_server() as running:
        settings.PUSH_SERVICE_URL = f"{running.url}/"
        running.behaviour = result([])
        yield running


def _sent(away: FaultServer) -> tuple[str, object]:
    """Give the first line and the body of the last request."""
    head, _, body = away.requests[-1].partition(b"\r\n\r\n")
    return head.decode().split("\r\n")[0], json.loads(body) if body else None


@pytest.mark.parametrize(
    ("vocabulary", "platform", "environment", "said"),
    [
        ("1.9", "apns", None, {"platform": "ios"}),
        ("1.9", "ios", "production", {"platform": "ios"}),
        ("1.9", "fcm", None, {"platform": "android"}),
        ("1.9", "hms", None, {"platform": "huawei"}),
        ("1.10", "ios", None, {"platform": "apns"}),
        ("1.10", "apns", "development", {"platform": "apns", "environment": "development"}),
        ("1.10", "apns", "production", {"platform": "apns", "environment": "production"}),
        ("1.10", "android", "production", {"platform": "fcm"}),
        ("1.10", "huawei", "development", {"platform": "hms"}),
    ],
)
def test_registration(
    bank: Bank,
    alice: Phone,
    away: FaultServer,
    settings: Settings,
    vocabulary: str,
    platform: str,
    environment: str | None,
    said: dict[str, str],
) -> None:
    settings.PUSH_SERVICE_VOCABULARY = vocabulary
    assert alice.register_push("t O+k", platform=platform, environment=environment).ok
    device = {
        "appId": bank.application.id,
        "token": "t O+k",
        "activationId": alice.activation_id,
        **said,
    }
    expected = ("POST /rest/push/device/create HTTP/1.1", {"requestObject": device})
    assert _sent(away) == expected


def test_questions_about_messages(away: FaultServer) -> None:
    inbox = RemoteBackend()
    assert inbox.messages(ALICE, Page(number=3, size=50), only_unread=True) == []
    line = "applications=app&onlyUnread=true&page=3&size=50 HTTP/1.1"
    expected = f"GET /rest/inbox/messages/list?userId=alice%20%26%20co&{line}"
    assert _sent(away) == (expected, None)
    away.behaviour = result({"countUnread": 1})
    assert inbox.count_unread(ALICE) == 1
    expected = "GET /rest/inbox/messages/count?userId=alice%20%26%20co&appId=app HTTP/1.1"
    assert _sent(away) == (expected, None)
    with pytest.raises(InboxFailed):
        inbox.detail("no uuid/&", ALICE)
    assert _sent(away) == ("GET /rest/inbox/messages/detail?id=no%20uuid%2F%26 HTTP/1.1", None)


def test_page_that_the_server_cannot_count_to_is_empty(away: FaultServer) -> None:
    page = Page(number=2**31, size=20)
    assert RemoteBackend().messages(ALICE, page, only_unread=False) == []
    assert away.requests == []


def test_application_that_would_be_taken_for_two(away: FaultServer) -> None:
    reader = Reader(user_id="alice", application_id="app,another")
    with pytest.raises(InboxFailed):
        RemoteBackend().messages(reader, Page(number=0, size=20), only_unread=False)
    assert away.requests == []


def test_credentials_are_sent_if_there_are_some(
    alice: Phone, away: FaultServer, settings: Settings
) -> None:
    assert alice.register_push("token").ok
    settings.PUSH_SERVICE_USERNAME, settings.PUSH_SERVICE_PASSWORD = "push", "secret"
    assert alice.register_push("token").ok
    bare, full = (request.decode() for request in away.requests)
    assert "Authorization" not in bare
    assert f"Authorization: Basic {b64encode(b'push:secret').decode()}" in full
