"""How far a long command is: a changing line on a terminal, log lines elsewhere."""

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.utils import timezone

from enrollment_server import progress
from enrollment_server.progress import Progress
from inbox.models import InboxMessage
from powerauth.models import UniqueValue
from powerauth.phone.phone import Phone
from tests.bank import Bank
from tests.inbox.test_write_message import TEXTS


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Any:
    """Every step is told, as if much time went by between two."""
    monkeypatch.setattr(progress, "_TERMINAL_S", 0.0)
    monkeypatch.setattr(progress, "_LOG_S", 0.0)
    caplog.set_level(logging.INFO, logger=progress.__name__)
    return caplog


def test_a_terminal_shows_one_line_that_ends_empty(impatient: pytest.LogCaptureFixture) -> None:
    terminal = Terminal()
    with Progress("rows", 4, stream=OutputWrapper(terminal)) as shown:
        shown.advance(3)
        shown.advance()
    lines = terminal.getvalue().split("\r\033[K")
    assert lines == ["", "rows: 0 of 4", "rows: 3 of 4", "rows: 4 of 4", ""]
    assert impatient.messages == []


def test_elsewhere_it_is_logged(impatient: pytest.LogCaptureFixture) -> None:
    stream = io.StringIO()
    with Progress("rows", 4, stream=OutputWrapper(stream)) as shown:
        shown.advance(3)
    with Progress("others", None, stream=OutputWrapper(stream)) as shown:
        shown.advance(7)
    assert stream.getvalue() == ""
    assert impatient.messages == ["rows: 3 of 4", "rows: 3 of 4", "others: 7", "others: 7"]


def test_what_is_short_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=progress.__name__)
    with Progress("rows", 4, stream=OutputWrapper(io.StringIO())) as shown:
        shown.advance(4)
    assert caplog.messages == []


def shown_by(*command: str, **options: Any) -> str:
    terminal = Terminal()
    call_command(*command, stdout=io.StringIO(), stderr=terminal, **options)
    return terminal.getvalue()


def test_rotation_shows_it(impatient: Any, alice: Phone) -> None:
    alice.create_token()
    assert "powerauth.Token.secret: 1 of 1" in shown_by("rotate_encryption")


@pytest.mark.django_db
def test_pruning_shows_it(impatient: Any) -> None:
    UniqueValue.objects.create(digest=b"x" * 32, expires_at=timezone.now())
    assert "used values: 1" in shown_by("prune")


@pytest.mark.django_db
def test_an_import_shows_it(impatient: Any, tmp_path: Path) -> None:
    path = tmp_path / "templates.json"
    path.write_text(
        '[{"placeholder": "pay", "language": "en", "title": "Pay", "message": "Pay it"},'
        '{"placeholder": "pay", "language": "cs", "title": "Plat", "message": "Plat to"}]'
    )
    assert "form templates: 2" in shown_by("import_form_templates", str(path))


def test_messages_to_many_show_it(impatient: Any, bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("bob\n\ncarol\n")
    options = {"application": [bank.application.id], "users": path, **TEXTS}
    assert "messages: 3 of 3" in shown_by("write_message", "alice", **options)
    assert {message.user_id for message in InboxMessage.objects.all()} == {"alice", "bob", "carol"}


def test_messages_to_nobody(bank: Bank) -> None:
    with pytest.raises(CommandError, match="Name a user"):
        call_command("write_message", application=[bank.application.id], **TEXTS)


def test_a_user_who_cannot_be_one_ends_it_and_is_named(bank: Bank) -> None:
    users = ["alice", "x" * 300, "bob"]
    with pytest.raises(CommandError, match="messages written before: 1"):
        call_command("write_message", *users, application=[bank.application.id], **TEXTS)
    assert [message.user_id for message in InboxMessage.objects.all()] == ["alice"]
