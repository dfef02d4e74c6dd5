"""`manage.py write_message`: what a bank writes from a shell, a phone reads."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from inbox.models import InboxMessage
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from tests.bank import Bank

TEXTS = {"subject": "Your new card", "summary": "It is on its way", "body": "Expect it on Monday."}


def _write(*applications: str, **texts: Any) -> None:
    call_command("write_message", "alice", application=list(applications), **{**TEXTS, **texts})


@pytest.mark.main_path
def test_a_message_reaches_the_phone(
    bank: Bank, alice: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(bank.application.id)
    message_id = capsys.readouterr().out.strip()
    assert [message["id"] for message in alice.messages()] == [message_id]
    shown = alice.message(message_id)
    assert {name: shown[name] for name in TEXTS} == TEXTS


def test_a_message_rings_if_it_is_told_to(bank: Bank, announced: list[Announcement]) -> None:
    _write(bank.application.id)
    _write(bank.application.id, notify=True)
    newest = InboxMessage.objects.newest_first()[0]
    assert [news.extras["inboxId"] for news in announced] == [str(newest.pk)]


@pytest.mark.parametrize(
    ("application", "texts", "complaint"),
    [
        ("nobody", {}, "No such application: nobody"),
        (None, {"subject": "short"}, "subject: "),
    ],
)
def test_what_cannot_be_written(
    bank: Bank, application: str | None, texts: dict[str, str], complaint: str
) -> None:
    with pytest.raises(CommandError, match=complaint):
        _write(application or bank.application.id, **texts)
    assert not InboxMessage.objects.exists()


def test_messages_that_are_elsewhere_are_written_there(bank: Bank, settings: Settings) -> None:
    settings.PUSH_SERVICE_URL = "https://push.bank.example"
    with pytest.raises(CommandError, match="on the Push Server that PUSH_SERVICE_URL names"):
        _write(bank.application.id)
    assert not InboxMessage.objects.exists()
