"""Campaigns in the back office: written, filled, looked at, sent once, watched and deleted."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from powerauth.admin import user_lists
from powerauth.models import AuditRecord
from push.admin import trying
from push.campaigns import sending, services
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import PushCampaign, PushMessage
from tests.admin.office import notices, staff, text_of
from tests.factories import ApplicationFactory
from tests.push.accounts import every_provider
from tests.push.outbox import providers

pytestmark = pytest.mark.django_db
LIST = "/admin/push/pushcampaign/"
VIEW, ADD = "push.view_pushcampaign", "push.add_pushcampaign"
SEND, DELETE = "push.send_pushcampaign", "push.delete_pushcampaign"
NEWS = Content(title=Text(text="News"), body=Text(text="Read our news"))
FORM = {"application_id": "retail", "title": "News", "body": "Read our news"}
YES = {"confirmed": "yes"}


@pytest.fixture(autouse=True)
def retail(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ApplicationFactory.create(id="retail")
    every_provider("retail")
    monkeypatch.setattr(trying, "PATIENCE_S", 0.0)


def campaign(*users: str) -> PushCampaign:
    made = services.create("retail", NEWS, at=timezone.now())
    services.add_users(made.pk, users, at=timezone.now())
    return made


def listed(campaign_id: int) -> list[str]:
    return services.users(campaign_id, offset=0, limit=100)


def delete(client: Client, *keys: int) -> Any:
    values = {"action": "delete_campaigns", "_selected_action": [str(key) for key in keys], **YES}
    return client.post(LIST, values)


def test_a_campaign_is_written_with_its_users() -> None:
    client = staff("some", VIEW, ADD)
    answer = client.post(
        f"{LIST}add/", {**FORM, "extras": '{"a": 1}', "pasted": " alice\n\nbob \nalice"}
    )
    made = PushCampaign.objects.get()
    assert answer["Location"] == f"{LIST}{made.pk}/change/"
    assert services.body_of(made) == {
        "title": "News",
        "body": "Read our news",
        "sound": "default",
        "extras": {"a": 1},
    }
    assert (made.application_id, made.sent_at) == ("retail", None)
    assert listed(made.pk) == ["alice", "bob"]
    record = AuditRecord.objects.get()
    assert (record.action, json.loads(record.after)["users"]) == ("admin/add", 2)


def test_users_are_added_as_long_as_it_was_not_sent() -> None:
    made = campaign("alice")
    client = staff("some", VIEW, ADD)
    path = f"{LIST}{made.pk}/users/"
    file = SimpleUploadedFile("users.txt", b"bob\nalice\n")
    assert notices(client.post(path, {"user_list": file})) == ["The list named 2 users."]
    assert listed(made.pk) == ["alice", "bob"]
    record = AuditRecord.objects.get()
    assert (record.action, record.before, record.after) == (
        *("admin/add_users", '{"users":1}', '{"users":2}'),
    )
    services.begin(made.pk, at=timezone.now())
    form = client.post(path, {"pasted": "carol"}).context["form"]
    assert form.non_field_errors() == ["It was sent already."]
    assert path not in client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert listed(made.pk) == ["alice", "bob"]


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"title": ""}, "title", "required"),
        ({"title": "x" * 256}, "title", "at most 255"),
        ({"body": "x" * 1025}, "body", "at most 1024"),
        ({"extras": "{"}, "extras", "no JSON"),
        ({"extras": "[]"}, "extras", "no object"),
        ({"extras": json.dumps({"a": "x" * 4096})}, "extras", "at most 4096"),
        ({"extras": '{"aps": 1}'}, "__all__", "which is Apple"),
        ({"extras": json.dumps({"a": "x" * 4000}), "body": "x" * 1000}, "__all__", "so long"),
        ({"application_id": "unknown"}, "application_id", "valid choice"),
        ({"pasted": "x" * 256}, "pasted", "User 1 of the list cannot exist."),
        (
            {"pasted": "\n".join(map(str, range(user_lists.MAX_USERS + 1)))},
            "pasted",
            "too many users",
        ),
        (
            {"pasted": "a", "user_list": SimpleUploadedFile("users.txt", b"bob")},
            "__all__",
            "not both",
        ),
        ({"user_list": SimpleUploadedFile("users.txt", b"\xff")}, "user_list", "no text in UTF-8"),
        (
            {"user_list": SimpleUploadedFile("users.txt", b"x" * (user_lists.MAX_SIZE + 1))},
            "user_list",
            "too large",
        ),
    ],
)
def test_what_cannot_be_a_campaign_is_said(
    chief: Client, values: dict[str, Any], field: str, text: str
) -> None:
    for each in values.values():
        if isinstance(each, SimpleUploadedFile):
            each.seek(0)
    errors = chief.post(f"{LIST}add/", {**FORM, **values}).context["form"].errors
    assert list(errors) == [field] and text in errors[field][0]
    assert not PushCampaign.objects.exists()
    assert not AuditRecord.objects.exists()


def test_a_campaign_is_sent_once_and_after_a_question() -> None:
    made = campaign("alice", "bob")
    client = staff("some", VIEW, SEND)
    path = f"{LIST}{made.pk}/send/"
    asked = text_of(client.get(path).content)
    assert "Users 2" in asked and "Title News" in asked and "Application retail" in asked
    client.post(path)
    assert not PushCampaign.objects.filter(sent_at__isnull=False).exists()
    assert notices(client.post(path, YES)) == ["Send campaign: 1 row."]
    first = PushCampaign.objects.get().sent_at
    assert first is not None
    assert notices(client.post(path, YES))[-1] == f"{made.pk}: It was sent already."
    assert PushCampaign.objects.get().sent_at == first
    assert AuditRecord.objects.get().action == "admin/send"


def test_a_campaign_for_nobody_is_not_sent(chief: Client) -> None:
    made = campaign()
    assert notices(chief.post(f"{LIST}{made.pk}/send/", YES)) == [
        f"{made.pk}: There is nobody on its list."
    ]
    made.refresh_from_db()
    assert made.sent_at is None and not AuditRecord.objects.exists()


def test_progress_is_shown(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaign("alice", "bob", "carol")
    for number, user in enumerate(("alice", "bob")):
        providers.device(number, user=user)
    services.begin(made.pk, at=timezone.now())
    monkeypatch.setattr(sending, "BATCH", 1)
    for _ in range(2):
        sending.advance(at=timezone.now())
        providers.FakeProvider(
            lambda content, target: providers.NO if target.token == "token-1" else providers.SENT
        ).run()
    page = f"{LIST}{made.pk}/change/"
    text = text_of(chief.get(page).content)
    assert "2 of 3 users; devices: 1 sent, 1 failed, 0 waiting" in text
    assert "2 of 3 users" in text_of(chief.get(LIST).content)
    while made.completed_at is None:
        sending.advance(at=timezone.now())
        made.refresh_from_db()
    assert "complete" in text_of(chief.get(LIST).content)
    assert "3 of 3 users; devices: 1 sent, 1 failed" in text_of(chief.get(page).content)


def test_one_user_looks_at_it_first() -> None:
    made = campaign("alice")
    providers.device(1, user="boss")
    client = staff("some", VIEW, SEND)
    path = f"{LIST}{made.pk}/test/"
    assert notices(client.post(path, {"user_id": "boss"})) == ["Google: waiting"]
    message = PushMessage.objects.get()
    assert (message.user_id, message.source) == ("boss", "test")
    assert message.cause == f"campaign:{made.pk}"
    record = AuditRecord.objects.get()
    assert (record.action, record.object_id) == ("admin/send_test", str(made.pk))
    assert json.loads(record.after) == {"user_id": "boss", "messages": [message.pk]}
    made.refresh_from_db()
    assert made.sent_at is None
    nobody = notices(client.post(path, {"user_id": "nobody"}))
    assert nobody[-1] == "Nothing was sent: there is no device for it."


def test_campaigns_are_deleted_but_not_while_they_are_sent() -> None:
    kept, gone = campaign("alice"), campaign("alice", "bob")
    services.begin(kept.pk, at=timezone.now())
    client = staff("some", VIEW, DELETE)
    assert notices(delete(client, kept.pk, gone.pk)) == [
        f"{kept.pk}: It is being sent.",
        "Delete campaigns: 1 row.",
    ]
    assert list(PushCampaign.objects.values_list("pk", flat=True)) == [kept.pk]
    record = AuditRecord.objects.get()
    assert (record.action, record.object_id) == ("admin/delete_campaigns", str(gone.pk))
    assert json.loads(record.before)["users"] == 2 and record.after == "{}"


def test_each_page_needs_its_permission() -> None:
    made = campaign("alice")
    acts: dict[str, Callable[[Client], Any]] = {
        ADD: lambda client: client.post(f"{LIST}add/", FORM),
        SEND: lambda client: client.post(f"{LIST}{made.pk}/send/", YES),
    }
    fills = (f"{LIST}{made.pk}/users/", {"pasted": "bob"})
    tests = (f"{LIST}{made.pk}/test/", {"user_id": "bob"})
    for number, held in enumerate(([VIEW], [VIEW, DELETE], [VIEW, ADD], [VIEW, SEND])):
        client = staff(f"some {number}", *held)
        assert client.get(LIST).status_code == HTTPStatus.OK
        for needed, act in acts.items():
            if needed not in held:
                assert act(client).status_code == HTTPStatus.FORBIDDEN
        if ADD not in held:
            assert client.post(*fills).status_code == HTTPStatus.FORBIDDEN
        if SEND not in held:
            assert client.post(*tests).status_code == HTTPStatus.FORBIDDEN
        if DELETE not in held:
            delete(client, made.pk)
    for client in (staff("none"), staff("blind", ADD, SEND, DELETE)):
        assert client.get(LIST).status_code == HTTPStatus.FORBIDDEN
        for path in ("users", "test", "send"):
            answer = client.post(f"{LIST}{made.pk}/{path}/", YES)
            assert answer.status_code == HTTPStatus.FORBIDDEN
    assert PushCampaign.objects.get().sent_at is None
    assert listed(made.pk) == ["alice"] and not PushMessage.objects.exists()


def test_pages_take_few_statements(
    chief: Client,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    made = [campaign("alice", "bob") for _ in range(12)]
    for one in made[:8]:
        services.begin(one.pk, at=timezone.now())
    for path in (LIST, f"{LIST}{made[0].pk}/change/", f"{LIST}{made[-1].pk}/send/"):
        with django_assert_max_num_queries(12):
            assert chief.get(path).status_code == HTTPStatus.OK
