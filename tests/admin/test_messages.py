"""Writing messages in the back office."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from inbox.models import InboxMessage
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from tests.admin.office import notices, staff
from tests.bank import Bank

LIST = "/admin/inbox/inboxmessage/"
WRITER = ("inbox.view_inboxmessage", "inbox.add_inboxmessage")


def _values(bank: Bank, **changes: Any) -> dict[str, Any]:
    return {
        "user_id": "alice",
        "applications": [bank.application.id],
        "type": "text",
        "subject": "Your new card",
        "summary": "It is on its way",
        "body": "Dear Alice, your card is on its way.",
        **changes,
    }


def _list(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("users.txt", content, content_type="text/plain")


def test_a_message_reaches_the_phone(bank: Bank, alice: Phone) -> None:
    answer = staff("some", *WRITER).post(f"{LIST}add/", _values(bank))
    assert notices(answer) == ["Sent to 1 user."]
    (message,) = alice.messages()
    assert alice.message(message["id"])["body"] == "Dear Alice, your card is on its way."


def test_a_message_rings_if_the_box_is_ticked(
    chief: Client, bank: Bank, announced: list[Announcement]
) -> None:
    chief.post(f"{LIST}add/", _values(bank))
    assert announced == []
    chief.post(f"{LIST}add/", _values(bank, notify="on"))
    assert [news.texts[""].body for news in announced] == ["It is on its way"]


def test_a_list_of_users_rings_once_it_is_written_to_all(
    chief: Client,
    bank: Bank,
    announced: list[Announcement],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    values = _values(bank, user_id="", user_list=_list(b"alice\nbob"), notify="on")
    with django_capture_on_commit_callbacks() as callbacks:
        chief.post(f"{LIST}add/", values)
    assert (InboxMessage.objects.count(), announced) == (2, [])
    for callback in callbacks:
        callback()
    assert [news.user_id for news in announced] == ["alice", "bob"]


def test_a_notification_is_sent_later(
    chief: Client, bank: Bank, announced: list[Announcement]
) -> None:
    chief.post(f"{LIST}add/", _values(bank))
    message = InboxMessage.objects.get()
    values = {"action": "notify", "_selected_action": [str(message.pk)], "confirmed": "yes"}
    assert staff("reader", WRITER[0]).post(LIST, values).status_code in (200, 302)
    assert announced == []
    staff("writer", *WRITER).post(LIST, values)
    (news,) = announced
    assert (news.user_id, list(news.application_ids)) == ("alice", [bank.application.id])
    assert news.extras["inboxId"] == str(message.pk)
    message.read, message.read_at = True, message.created_at
    message.save()
    answer = chief.post(LIST, values)
    assert notices(answer) == [f"{message}: It is read already."]
    assert len(announced) == 1


def test_a_list_of_users_gets_a_message_each(
    chief: Client, bank: Bank, alice: Phone, bob: Phone
) -> None:
    content = b"\xef\xbb\xbfalice\r\n bob \r\n\r\nalice\ncarol"
    answer = chief.post(f"{LIST}add/", _values(bank, user_id="", user_list=_list(content)))
    assert notices(answer) == ["Sent to 3 users."]
    assert sorted(InboxMessage.objects.values_list("user_id", flat=True)) == [
        "alice",
        "bob",
        "carol",
    ]
    assert alice.unread_count() == bob.unread_count() == 1


@pytest.mark.parametrize(
    ("member", "changes"),
    [
        ("__all__", {"user_id": ""}),
        ("__all__", {"user_list": _list(b"bob")}),
        ("user_list", {"user_id": "", "user_list": _list(b"\n \n")}),
        ("user_list", {"user_id": "", "user_list": _list(b"\xff\xfe")}),
        ("user_list", {"user_id": "", "user_list": _list(b"bob\n" + b"x" * 256)}),
        ("user_list", {"user_id": "", "user_list": _list(b"x\n" * 600_000)}),
        ("subject", {"subject": "short"}),
        ("summary", {"summary": "x" * 256}),
        ("body", {"body": "x" * 65537}),
        ("applications", {"applications": ["nobody"]}),
        ("applications", {"applications": []}),
        ("type", {"type": "html"}),
    ],
)
def test_messages_follow_the_rules(bank: Bank, member: str, changes: dict[str, Any]) -> None:
    if "user_list" in changes:
        changes["user_list"].seek(0)
    answer = staff("some", *WRITER).post(f"{LIST}add/", _values(bank, **changes))
    assert answer.context["form"].errors.keys() == {member}
    assert not InboxMessage.objects.exists()


def test_html_needs_its_permission(bank: Bank) -> None:
    values = _values(bank, type="html", body="<b>Dear Alice</b>")
    writer = staff("html", *WRITER, "inbox.write_html_inboxmessage")
    assert writer.post(f"{LIST}add/", values).status_code == HTTPStatus.FOUND
    message = InboxMessage.objects.get()
    page = writer.get(f"{LIST}{message.pk}/change/").content.decode()
    assert "<b>Dear Alice</b>" not in page
    assert "&lt;b&gt;Dear Alice&lt;/b&gt;" in page and "<iframe sandbox " in page


def test_a_preview_sends_nothing(chief: Client, bank: Bank) -> None:
    answer = chief.post(f"{LIST}add/", _values(bank, _preview=""))
    assert b'id="message-preview"' in answer.content
    assert answer.context["user_count"] == 1
    assert not InboxMessage.objects.exists()


def test_writing_needs_its_permission(bank: Bank) -> None:
    client = staff("some", "inbox.view_inboxmessage", "inbox.change_inboxmessage")
    assert client.get(f"{LIST}add/").status_code == HTTPStatus.FORBIDDEN
    assert client.post(f"{LIST}add/", _values(bank)).status_code == HTTPStatus.FORBIDDEN
    assert not InboxMessage.objects.exists()


def test_read_state_is_shown_and_changed(chief: Client, bank: Bank, alice: Phone) -> None:
    chief.post(f"{LIST}add/", _values(bank))
    message = InboxMessage.objects.get()
    values = {"_selected_action": [str(message.pk)], "confirmed": "yes"}
    chief.post(LIST, {"action": "mark_read", **values})
    assert alice.unread_count() == 0
    assert chief.get(LIST, {"read__exact": "0"}).context["cl"].result_count == 0
    chief.post(LIST, {"action": "mark_unread", **values})
    assert alice.unread_count() == 1
    name = bank.application.id
    assert chief.get(LIST, {"application_id": name}).context["cl"].result_count == 1
    assert chief.get(LIST, {"application_id": "x"}).context["cl"].result_count == 0


def test_messages_are_not_rewritten(chief: Client, bank: Bank) -> None:
    chief.post(f"{LIST}add/", _values(bank))
    message = InboxMessage.objects.get()
    page = f"{LIST}{message.pk}/change/"
    assert chief.post(page, {"subject": "Something else"}).status_code == HTTPStatus.FORBIDDEN
    chief.post(f"{LIST}{message.pk}/delete/", {"post": "yes"})
    assert not InboxMessage.objects.exists()
