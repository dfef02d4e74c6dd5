"""The contract of where messages live, embedded or remote."""

from typing import Any

import pytest

from inbox.models import InboxMessage
from powerauth.phone.phone import Phone
from tests.api.answers import OK, outcome
from tests.api.inbox.wire import DETAIL, FAILED, LIST, READ, READ_ALL, UNKNOWN_ID
from tests.api.mobile_answers import INVALID, NO_ACTIVATION
from tests.bank import VERSIONS, Bank, take_user_away
from tests.inbox.mailbox import write

pytestmark = pytest.mark.usefixtures("push_server")
CREATED = "2022-08-25T22:34:58+00:00"


@pytest.fixture
def application(bank: Bank) -> str:
    return bank.application.id


def _ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in messages]


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_message_is_counted_listed_shown_and_read(
    bank: Bank, application: str, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    message = write("alice", [application], subject="Příští karta", type="html")
    shown = {
        "id": str(message.pk),
        "type": "html",
        "subject": "Příští karta",
        "summary": "It is on its way",
        "read": False,
        "timestampCreated": CREATED,
    }
    assert phone.unread_count() == 1
    assert phone.messages() == [shown]
    assert phone.message(str(message.pk)) == {**shown, "body": message.body}
    assert phone.unread_count() == 1
    assert phone.read_message(str(message.pk)).ok
    assert phone.unread_count() == 0
    assert phone.messages() == [{**shown, "read": True}]


def test_empty_inbox(alice: Phone) -> None:
    assert alice.unread_count() == 0
    assert alice.messages() == []
    assert outcome(alice.token_post(READ_ALL, {})) == OK


def test_first_reader_sets_the_time(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    assert alice.read_message(str(message.pk)).ok
    message.refresh_from_db()
    first = message.read_at
    assert alice.read_message(str(message.pk)).ok
    message.refresh_from_db()
    assert (message.read, message.read_at) == (True, first)


def test_all_of_a_reader_are_read_and_no_others(
    bank: Bank, other_bank: Bank, alice: Phone, application: str
) -> None:
    mine = [write("alice", [application]), write("alice", [application, other_bank.application.id])]
    others = [write("bob", [application]), write("alice", [other_bank.application.id])]
    assert alice.read_all_messages().ok
    read = InboxMessage.objects.filter(read=True).values_list("pk", flat=True)
    assert set(read) == {message.pk for message in mine}
    assert len(others) == InboxMessage.objects.unread().count()


def test_visibility_by_user_and_application(
    bank: Bank, other_bank: Bank, alice: Phone, bob: Phone, mallory: Phone
) -> None:
    here, there = bank.application.id, other_bank.application.id
    mine = write("alice", [here])
    both = write("alice", [here, there], minutes=1)
    foreign = write("alice", [there], minutes=2)
    bobs = write("bob", [here], minutes=3)
    for phone, seen in {alice: [both, mine], bob: [bobs], mallory: [foreign, both]}.items():
        assert _ids(phone.messages()) == [str(message.pk) for message in seen]
        assert phone.unread_count() == len(seen)
        for message in (mine, both, foreign, bobs):
            answer = phone.token_post(DETAIL, {"id": str(message.pk)})
            assert answer.ok if message in seen else outcome(answer) == FAILED


def test_strangers_mark_nothing(
    bank: Bank, other_bank: Bank, alice: Phone, bob: Phone, mallory: Phone
) -> None:
    message = write("alice", [bank.application.id])
    for stranger in (bob, mallory):
        assert outcome(stranger.token_post(READ, {"id": str(message.pk)})) == FAILED
    message.refresh_from_db()
    assert not message.read
    assert outcome(alice.token_post(READ, {"id": str(message.pk)})) == OK


def test_users_whose_names_resemble(bank: Bank, application: str) -> None:
    names = ("alice", "Alice", "alice ", "alic", "alice%", "al&ice=", "č", "a,b", "a+b")
    written = {name: str(write(name, [application]).pk) for name in names}
    for name, message_id in written.items():
        assert _ids(bank.phone(name).messages()) == [message_id]


@pytest.mark.parametrize("message_id", [UNKNOWN_ID, "x", "č" * 255, UNKNOWN_ID + "0", "a&id=b"])
def test_unknown_message(alice: Phone, message_id: str) -> None:
    assert outcome(alice.token_post(DETAIL, {"id": message_id})) == FAILED
    assert outcome(alice.token_post(READ, {"id": message_id})) == FAILED


def test_identifier_in_upper_case(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    shown = alice.token_post(DETAIL, {"id": str(message.pk).upper()}).json["responseObject"]
    assert shown["id"] == str(message.pk)
    assert alice.read_message(str(message.pk).upper()).ok


@pytest.mark.parametrize(
    ("asked", "page", "size", "start", "stop"),
    [
        ({}, 0, 20, 0, 20),
        ({"size": 0}, 0, 20, 0, 20),
        ({"page": 1}, 1, 20, 20, 30),
        ({"page": 2}, 2, 20, 30, 30),
        ({"page": 7, "size": 4}, 7, 4, 28, 30),
        ({"size": 2001}, 0, 2000, 0, 30),
        ({"page": 2**63 - 1, "size": 2000}, 2**63 - 1, 2000, 30, 30),
    ],
)
def test_pages(
    alice: Phone,
    application: str,
    asked: dict[str, Any],
    page: int,
    size: int,
    start: int,
    stop: int,
) -> None:
    written = [write("alice", [application], minutes=minutes) for minutes in range(30)]
    newest_first = [str(message.pk) for message in reversed(written)]
    body = alice.token_post(LIST, asked).json
    assert (body["page"], body["size"]) == (page, size)
    assert _ids(body["responseObject"]) == newest_first[start:stop]


def test_only_unread(alice: Phone, application: str) -> None:
    read, unread = write("alice", [application]), write("alice", [application])
    alice.read_message(str(read.pk))
    assert _ids(alice.messages(only_unread=True)) == [str(unread.pk)]


def test_activation_of_nobody(alice: Phone) -> None:
    alice.create_token()
    take_user_away(alice)
    assert outcome(alice.token_post(LIST, {})) == NO_ACTIVATION


def test_malformed(alice: Phone) -> None:
    assert outcome(alice.token_post(LIST, {"page": -1})) == INVALID
    assert outcome(alice.token_post(DETAIL, {"id": " "})) == INVALID
