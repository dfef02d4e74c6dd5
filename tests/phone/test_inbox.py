"""The inbox, against the fake server."""

import json
from typing import Any

import pytest

from powerauth.phone.commands import console
from powerauth.phone.errors import PhoneFailure, UntrustworthyAnswer
from powerauth.phone.phone import Phone
from tests.phone.conftest import MakePhone
from tests.phone.fake_server import FakeServer, raw

MESSAGE = {
    "id": "msg-1",
    "type": "text",
    "subject": "Your card",
    "summary": "It is\non its way\x1b[31m",
    "read": True,
    "timestampCreated": "2022-08-25T22:34:58+00:00",
    "body": "Dear Alice,\n\nyour card\x1b[31m is on its way.\n",
}


def sent(server: FakeServer) -> Any:
    return json.loads(raw(server.seen[-1]))["requestObject"]


def test_every_verb(phone: Phone, server: FakeServer) -> None:
    assert phone.unread_count() == 1
    assert phone.messages() == phone.all_messages() == server.messages
    assert phone.message("msg-1")["body"] == "Good\nmorning"
    assert phone.read_message("msg-1").ok
    assert sent(server) == {"id": "msg-1"}
    assert phone.read_all_messages().ok
    assert len(server.tokens) == 1


def test_a_page_is_asked_for_as_told(make_phone: MakePhone, server: FakeServer) -> None:
    make_phone().messages(page=2, size=5, only_unread=True)
    assert sent(server) == {"page": 2, "size": 5, "onlyUnread": True}


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (99, 1), (100, 2), (250, 3)])
def test_all_messages_come_page_by_page(
    make_phone: MakePhone, server: FakeServer, count: int, requests: int
) -> None:
    server.messages = [{"id": str(number)} for number in range(count)]
    phone = make_phone()
    assert phone.all_messages() == server.messages
    pages = [request for request in server.seen if str(request.url).endswith("message/list")]
    assert len(pages) == requests


def test_refusals(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    phone.create_token()
    server.tokens.clear()
    for verb in (phone.unread_count, phone.messages, lambda: phone.message("msg-1")):
        with pytest.raises(PhoneFailure):
            verb()
    assert phone.read_message("msg-1").status == phone.read_all_messages().status == 401


def test_untrustworthy_answers(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    with pytest.raises(UntrustworthyAnswer):
        phone.message("another")
    server.tamper = lambda path, body: (
        {"status": "OK", "responseObject": {}} if "inbox" in path else body
    )
    for verb in (phone.unread_count, phone.messages):
        with pytest.raises(UntrustworthyAnswer):
            verb()


def test_message_on_the_screen() -> None:
    assert console.message_text(MESSAGE).splitlines() == [
        "Your card",
        "It is on its way [31m",
        "Message  msg-1",
        "Created  2022-08-25T22:34:58+00:00",
        "Read     yes",
        "Type     text",
        "",
        "Dear Alice,",
        "",
        "your card [31m is on its way.",
    ]


def test_list_on_the_screen() -> None:
    other = {**MESSAGE, "id": "2", "read": False}
    assert console.messages_text([MESSAGE, other], unread=1).splitlines() == [
        "ID     READ  CREATED                    SUBJECT",
        "msg-1  yes   2022-08-25T22:34:58+00:00  Your card",
        "2      no    2022-08-25T22:34:58+00:00  Your card",
        "",
        "Unread: 1",
    ]
    assert console.messages_text([], unread=0) == "No messages."
