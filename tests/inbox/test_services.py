"""Writing of messages, and the read state: push-and-inbox.md 7."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inbox import services
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.models import InboxMessage
from inbox.values import Reader
from powerauth.announcements import Announcement, News
from powerauth.engine.applications import applications
from tests.inbox.mailbox import START

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_applications(db: None) -> None:
    for name in ("app", "other-app", "App_3"):
        applications.create(name)


def create(**changes: Any) -> InboxMessage:
    members: dict[str, Any] = {
        "user_id": "alice",
        "type": "text",
        "subject": "Your card",
        "summary": "It is on its way",
        "body": "Dear Alice",
        "applications": ["app"],
        "at": START,
        **changes,
    }
    return services.create_message(**members)


def alice(application_id: str = "app") -> Reader:
    return Reader(user_id="alice", application_id=application_id)


def test_a_message_as_written() -> None:
    message = InboxMessage.objects.get(pk=create(applications=["other-app", "app"]).pk)
    assert (message.user_id, message.type, message.created_at) == ("alice", "text", START)
    assert (message.subject, message.summary) == ("Your card", "It is on its way")
    assert (message.body, message.read, message.read_at) == ("Dear Alice", False, None)
    linked = message.applications.values_list("application_id", flat=True)
    assert sorted(linked) == ["app", "other-app"]


def test_a_message_rings_if_it_says_so(announced: list[Announcement]) -> None:
    create()
    assert announced == []
    message = create(applications=["app", "App_3", "app"], notify=True)
    assert announced == [
        Announcement(
            user_id="alice",
            application_ids=["app", "App_3"],
            cause=f"inbox:{message.pk}",
            texts={"": News(title="Your card", body="It is on its way")},
            extras={"messageType": "mtoken.inboxMessage.new", "inboxId": str(message.pk)},
        )
    ]


def test_what_is_refused_rings_nowhere(announced: list[Announcement]) -> None:
    for wrong in ({"subject": "short"}, {"applications": ["nobody"]}):
        with pytest.raises((InvalidMessage, UnknownApplication)):
            create(notify=True, **wrong)
    assert announced == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("user_id", "x"),
        ("user_id", "x" * 255),
        ("type", "html"),
        ("subject", "x" * 8),
        ("subject", "č" * 255),
        ("summary", "x" * 8),
        ("summary", "x" * 255),
        ("body", "x" * 8),
        ("body", "\U0001f4f1" * 65536),
        ("applications", ["app", "App_3", "app"]),
    ],
)
def test_limits_that_just_hold(member: str, value: object) -> None:
    message = InboxMessage.objects.get(pk=create(**{member: value}).pk)
    if member == "applications":
        assert message.applications.count() == 2
    else:
        assert getattr(message, member) == value


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("user_id", ""),
        ("user_id", "x" * 256),
        ("type", "TEXT"),
        ("type", "markdown"),
        ("type", ""),
        ("subject", "x" * 7),
        ("subject", "x" * 256),
        ("summary", "x" * 7),
        ("summary", "x" * 256),
        ("body", "x" * 7),
        ("body", "x" * 65537),
        ("applications", []),
        ("applications", ["ap"]),
        ("applications", ["app", "an app"]),
        ("applications", ["app\n"]),
        ("applications", ["x" * 256]),
    ],
)
def test_limits_that_are_broken(member: str, value: object) -> None:
    with pytest.raises(InvalidMessage) as caught:
        create(**{member: value})
    assert [violation.field for violation in caught.value.violations] == [member]
    assert caught.value.violations[0].hint.startswith("must ")
    assert not InboxMessage.objects.exists()


def test_all_violations_at_once() -> None:
    with pytest.raises(InvalidMessage, match=r"^type, subject, applications$"):
        create(type="x", subject="x", applications=[])


def test_unknown_applications() -> None:
    with pytest.raises(UnknownApplication) as caught:
        create(applications=["nobody", "app", "noone"])
    assert caught.value.application_ids == ("nobody", "noone")
    assert not InboxMessage.objects.exists()


def test_the_database_refuses_a_read_state_without_its_time() -> None:
    message = create()
    rows = InboxMessage.objects.filter(pk=message.pk)
    for wrong in ({"read": True}, {"read_at": START}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_read_says_whether_the_message_is_visible() -> None:
    message_id = str(create().pk)
    assert services.read(message_id, by=alice(), at=START) is True
    assert services.read(message_id, by=alice(), at=START + timedelta(hours=1)) is True
    assert InboxMessage.objects.get().read_at == START
    assert services.read(message_id, by=alice("other-app"), at=START) is False
    bob = Reader(user_id="bob", application_id="app")
    assert services.read(message_id, by=bob, at=START) is False
    assert services.read("nonsense", by=alice(), at=START) is False


def test_read_all_counts_what_it_changed() -> None:
    for _ in range(3):
        create()
    create(applications=["other-app"])
    assert services.read_all(by=alice(), at=START) == 3
    assert services.read_all(by=alice(), at=START) == 0
    assert InboxMessage.objects.unread().count() == 1


def test_the_state_of_read_messages_costs_two_statements() -> None:
    message_id = str(create().pk)
    with CaptureQueriesContext(connection) as first:
        services.read(message_id, by=alice(), at=START)
    with CaptureQueriesContext(connection) as again:
        services.read(message_id, by=alice(), at=START)
    assert (len(first), len(again)) == (1, 2)
