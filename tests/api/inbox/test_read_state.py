"""Read and read-all: mobile-token-api.md 10.4 and 10.5."""

from datetime import datetime

import pytest
from django.utils import timezone

from inbox.models import InboxMessage
from powerauth.phone.phone import Phone
from tests.api.answers import OK, outcome
from tests.api.inbox.wire import FAILED, READ, READ_ALL, UNKNOWN_ID
from tests.api.mobile_answers import INVALID
from tests.bank import Bank
from tests.inbox.mailbox import write


def read_at(message: InboxMessage) -> datetime | None:
    message.refresh_from_db()
    assert message.read is (message.read_at is not None)
    return message.read_at


def test_read_twice_keeps_the_time(bank: Bank, alice: Phone) -> None:
    message = write("alice", [bank.application.id])
    other = write("alice", [bank.application.id])
    before = timezone.now()
    answer = alice.read_message(str(message.pk))
    assert (answer.status, answer.content) == (200, b'{"status":"OK"}')
    first = read_at(message)
    assert first is not None
    assert before <= first <= timezone.now()
    assert outcome(alice.read_message(str(message.pk))) == OK
    assert outcome(alice.read_all_messages()) == OK
    assert read_at(message) == first
    assert read_at(other) is not None


@pytest.mark.parametrize("message_id", [UNKNOWN_ID, "x", "x" * 255])
def test_unknown_message(alice: Phone, message_id: str) -> None:
    assert outcome(alice.read_message(message_id)) == FAILED


def test_foreign_user_and_application(
    bank: Bank, other_bank: Bank, alice: Phone, bob: Phone, mallory: Phone
) -> None:
    message = write("alice", [bank.application.id])
    for stranger in (bob, mallory):
        assert outcome(stranger.read_message(str(message.pk))) == FAILED
        assert outcome(stranger.read_all_messages()) == OK
    assert read_at(message) is None
    assert alice.read_message(str(message.pk)).ok
    # A stranger learns nothing of one that is read, either.
    for stranger in (bob, mallory):
        assert outcome(stranger.read_message(str(message.pk))) == FAILED


def test_two_applications_share_the_state(
    bank: Bank, other_bank: Bank, alice: Phone, mallory: Phone
) -> None:
    message = write("alice", [bank.application.id, other_bank.application.id])
    mallory.read_message(str(message.pk))
    first = read_at(message)
    assert alice.message(str(message.pk))["read"] is True
    assert alice.unread_count() == 0
    assert outcome(alice.read_message(str(message.pk))) == OK
    assert read_at(message) == first


def test_read_all_marks_what_this_user_sees_in_this_application(
    bank: Bank, other_bank: Bank, alice: Phone
) -> None:
    here, there = bank.application.id, other_bank.application.id
    mine = [write("alice", [here]), write("alice", [here, there]), write("alice", [here])]
    others = [write("alice", [there]), write("bob", [here])]
    answer = alice.read_all_messages()
    assert (answer.status, answer.content) == (200, b'{"status":"OK"}')
    assert len({read_at(message) for message in mine}) == 1
    assert [read_at(message) for message in others] == [None, None]
    assert alice.unread_count() == 0


def test_read_all_of_nothing(alice: Phone) -> None:
    assert outcome(alice.read_all_messages()) == OK


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"requestObject":null}', b'{"x":[]}', b"[1]", b'"text"', b"7", b"{", b"\xff"],
)
def test_the_body_of_read_all_is_not_read(
    bank: Bank, alice: Phone, body: bytes, media_type: str
) -> None:
    message = write("alice", [bank.application.id])
    answer = alice.token_post(READ_ALL, body, headers={"Content-Type": media_type})
    assert outcome(answer) == OK
    assert read_at(message) is not None


@pytest.mark.parametrize("path", [READ])
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"requestObject":[]}'])
def test_malformed(bank: Bank, alice: Phone, path: str, body: bytes) -> None:
    message = write("alice", [bank.application.id])
    assert outcome(alice.token_post(path, body)) == INVALID
    assert read_at(message) is None


BAD_IDS: list[object] = [None, "", [], {}, "x" * 256]


@pytest.mark.parametrize("members", [{}, *({"id": value} for value in BAD_IDS)], ids=str)
def test_no_identifier(alice: Phone, members: dict[str, object]) -> None:
    assert outcome(alice.token_post(READ, members)) == INVALID


@pytest.mark.parametrize("body", [b"", b"{}", b'{"requestObject":null}'])
def test_no_request_object(alice: Phone, body: bytes) -> None:
    assert outcome(alice.token_post(READ, body)) == INVALID
