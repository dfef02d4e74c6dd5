"""Simultaneous reading: every reader succeeds, and the first time stays."""

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from inbox.models import InboxMessage
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.v3.headers import TOKEN_HEADER
from tests.bank import Bank, make_bank
from tests.inbox.mailbox import write
from tests.races.crowd import CROWD, in_vain, together

pytestmark = pytest.mark.postgresql
ROUNDS = 3
Outcome = tuple[int, str | None]


def _post(bank: Bank, header: str, path: str, members: dict[str, str]) -> Outcome:
    response = bank.new_session().post(
        f"{bank.base_url}/api/inbox/message/{path}",
        data=to_body(members),
        headers={"Content-Type": "application/json", TOKEN_HEADER: header},
        timeout=60,
    )
    return response.status_code, response.json().get("responseObject", {}).get("code")


def _call(
    bank: Bank, phone: Phone, path: str, members: dict[str, str] | None = None
) -> Callable[[], Outcome]:
    """Prepare a call; its header is made now, because a phone serves one thread at a time."""
    return partial(_post, bank, phone.token_header(phone.usual_token()), path, members or {})


def test_one_message_read_by_many_at_once(busy_bank: Bank) -> None:
    phones = [busy_bank.phone("alice") for _ in range(4)]
    for _ in range(ROUNDS):
        message = write("alice", [busy_bank.application.id])
        members = {"id": str(message.pk)}
        before = timezone.now()
        calls = [_call(busy_bank, phones[n % 4], "read", members) for n in range(CROWD)]
        assert together(calls) == [(200, None)] * CROWD
        message.refresh_from_db()
        assert message.read
        assert message.read_at is not None
        assert before <= message.read_at <= timezone.now()
        first = message.read_at
        assert _call(busy_bank, phones[0], "read", members)() == (200, None)
        message.refresh_from_db()
        assert message.read_at == first


def test_overlapping_applications_read_all_at_once(busy_bank: Bank) -> None:
    other = make_bank(base_url=busy_bank.base_url, new_session=busy_bank.new_session)
    here, there = busy_bank.application.id, other.application.id
    phones = [busy_bank.phone("alice"), other.phone("alice")]
    for _ in range(ROUNDS):
        messages = [write("alice", [here, there] if n % 3 else [here]) for n in range(60)]
        calls = [
            _call(bank, phone, "read-all")
            for bank, phone in zip([busy_bank, other] * 8, phones * 8, strict=True)
        ]
        members = {"id": str(messages[-1].pk)}
        calls += [_call(busy_bank, phones[0], "read", members) for _ in range(4)]
        assert together(calls) == [(200, None)] * 20
        assert not InboxMessage.objects.unread().exists()


def test_an_inbox_that_does_not_answer_in_time(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    bank = make_bank()
    phone = bank.phone("alice")
    message = write("alice", [bank.application.id])
    read = _call(bank, phone, "read", {"id": str(message.pk)})
    hold = InboxMessage.objects.select_for_update().get
    assert in_vain(hold, read) == (400, "INBOX_FAILED")
    message.refresh_from_db()
    assert not message.read
    assert "the database of the inbox failed" in caplog.text
    assert "on its way" not in caplog.text
