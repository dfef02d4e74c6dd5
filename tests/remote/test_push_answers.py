"""What a Push Server says of messages: what is shown of it, and to whom, by any version of it."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.phone import Phone
from tests.api.answers import OK, outcome
from tests.api.inbox.wire import COUNT, DETAIL, FAILED, LIST, READ
from tests.bank import Bank
from tests.remote.fault_server import Behaviour, FaultServer, fault_server, json_answer, result
from tests.remote.faults import FAULTS, lines

ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
ITEM: dict[str, Any] = {
    "id": ID,
    "type": "text",
    "subject": "Your card",
    "summary": "It is on its way",
    "read": False,
    "timestampCreated": "2022-08-25T22:34:58.702+00:00",
}
SHOWN = {**ITEM, "timestampCreated": "2022-08-25T22:34:58+00:00"}


@pytest.fixture
def away(settings: Settings) -> Iterator[FaultServer]:
    with fault_server() as running:
        settings.PUSH_SERVICE_URL = running.url
        settings.PUSH_SERVICE_RESPONSE_TIMEOUT_S = 1
        yield running


@pytest.fixture
def message(bank: Bank) -> dict[str, Any]:
    """The detail of a message of Alice, as the server answers with it."""
    return {
        **ITEM,
        "body": "Dear Alice, your card is on its way.",
        "userId": "alice",
        "applications": [bank.application.id, "another"],
        "timestampRead": None,
    }


def _listed(*items: object) -> Behaviour:
    return json_answer(200, {"status": "OK", "responseObject": list(items), "page": 0, "size": 20})


def _listed_to(phone: Phone) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = phone.messages()
    return items


@pytest.mark.parametrize(
    "written",
    [
        "2022-08-25T22:34:58.702+00:00",
        "2022-08-25T22:34:58.702+0000",
        "2022-08-25T22:34:58+0000",
        "2022-08-26T00:34:58.999999+02:00",
        "2022-08-25T22:34:58Z",
        1661466898702,
    ],
)
def test_spellings_of_dates(alice: Phone, away: FaultServer, written: object) -> None:
    away.behaviour = _listed({**ITEM, "timestampCreated": written})
    assert _listed_to(alice) == [SHOWN]


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"type": "HTML"}, {"type": "html"}),
        ({"type": "markdown"}, {"type": "text"}),
        ({"id": "no-uuid/ž&?#"}, {"id": "no-uuid/ž&?#"}),
        ({"subject": "", "summary": ""}, {"subject": "", "summary": ""}),
        ({"priority": {"level": [1, 2.5]}, "userId": None}, {}),
    ],
)
def test_newer_servers_may_say_more(
    alice: Phone, away: FaultServer, members: dict[str, Any], shown: dict[str, Any]
) -> None:
    away.behaviour = _listed({**ITEM, **members}, ITEM)
    assert _listed_to(alice) == [{**SHOWN, **shown}, SHOWN]


def test_status_of_a_newer_server(alice: Phone, away: FaultServer) -> None:
    away.behaviour = json_answer(201, {"status": "OK", "responseObject": {"countUnread": 3}})
    assert alice.unread_count() == 3


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"type": None},
        {"type": 7},
        {"subject": None},
        {"summary": ["x"]},
        {"read": "true"},
        {"read": None},
        {"timestampCreated": None},
        {"timestampCreated": "yesterday"},
        {"timestampCreated": "2022-08-25T22:34:58"},
        {"timestampCreated": 10**30},
        {"timestampCreated": True},
    ],
)
def test_half_a_message_is_none(
    alice: Phone,
    away: FaultServer,
    caplog: pytest.LogCaptureFixture,
    message: dict[str, Any],
    members: dict[str, Any],
) -> None:
    away.behaviour = _listed(ITEM, {**ITEM, **members})
    assert outcome(alice.token_post(LIST, {})) == FAILED
    away.behaviour = result({**message, **members})
    assert outcome(alice.token_post(DETAIL, {"id": ID})) == FAILED
    assert len(lines(caplog)) == 2


@pytest.mark.parametrize("count", [-1, "3", 1.5, True, None, [3]])
def test_count_that_is_none(alice: Phone, away: FaultServer, count: object) -> None:
    away.behaviour = result({"countUnread": count})
    assert outcome(alice.token_post(COUNT, {})) == FAILED


def _paths(away: FaultServer) -> list[str]:
    return [request.split()[1].decode().partition("?")[0] for request in away.requests]


@pytest.mark.parametrize(
    "members",
    [
        {"userId": "bob"},
        {"userId": "Alice"},
        {"userId": "alice "},
        {"userId": None},
        {"userId": ["alice"]},
        {"applications": ["another"]},
        {"applications": []},
        {"applications": None},
        {"applications": [None]},
        {"id": "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"},
        {"body": None},
    ],
)
def test_message_of_somebody_else_is_neither_shown_nor_marked(
    alice: Phone, away: FaultServer, message: dict[str, Any], members: dict[str, Any]
) -> None:
    away.behaviour = result({**message, **members})
    assert outcome(alice.token_post(DETAIL, {"id": ID})) == FAILED
    assert outcome(alice.token_post(READ, {"id": ID})) == FAILED
    assert _paths(away) == ["/rest/inbox/messages/detail"] * 2


def test_application_whose_name_is_part_of_the_text(
    alice: Phone, bank: Bank, away: FaultServer, message: dict[str, Any]
) -> None:
    away.behaviour = result({**message, "applications": bank.application.id + "x"})
    assert outcome(alice.token_post(DETAIL, {"id": ID})) == FAILED
    away.behaviour = result({**message, "applications": [bank.application.id + "x"]})
    assert outcome(alice.token_post(DETAIL, {"id": ID})) == FAILED


def test_phone_sees_only_what_is_for_phones(
    alice: Phone, away: FaultServer, message: dict[str, Any]
) -> None:
    away.behaviour = result(message)
    assert alice.message(ID) == {**SHOWN, "body": message["body"]}


def _then(away: FaultServer, detail: Behaviour, marked: Behaviour) -> Behaviour:
    def behave(connection: socket.socket) -> bool:
        return (detail if b"/detail?" in away.requests[-1] else marked)(connection)

    return behave


@pytest.mark.parametrize(
    "fault", ["HTML", "failure", "no object", "an empty object", "unknown code", "no answer"]
)
def test_failure_between_showing_and_marking(
    alice: Phone,
    away: FaultServer,
    caplog: pytest.LogCaptureFixture,
    message: dict[str, Any],
    fault: str,
) -> None:
    away.behaviour = _then(away, result(message), FAULTS[fault])
    assert outcome(alice.token_post(READ, {"id": ID})) == FAILED
    assert _paths(away) == ["/rest/inbox/messages/detail", "/rest/inbox/messages/read"]
    assert len(lines(caplog)) == 1


def test_message_that_stays_unread(
    alice: Phone, away: FaultServer, message: dict[str, Any]
) -> None:
    away.behaviour = result(message)
    assert outcome(alice.token_post(READ, {"id": ID})) == FAILED


def test_message_that_is_read_is_not_marked_again(
    alice: Phone, away: FaultServer, message: dict[str, Any]
) -> None:
    away.behaviour = result({**message, "read": True})
    assert outcome(alice.token_post(READ, {"id": ID})) == OK
    assert _paths(away) == ["/rest/inbox/messages/detail"]


def test_marking_names_the_message_as_the_server_does(
    alice: Phone, away: FaultServer, message: dict[str, Any]
) -> None:
    away.behaviour = _then(away, result(message), result({**message, "read": True}))
    assert outcome(alice.token_post(READ, {"id": ID.upper()})) == OK
    body = json.loads(away.requests[-1].partition(b"\r\n\r\n")[2])
    assert body == {"requestObject": {"inboxId": ID}}
