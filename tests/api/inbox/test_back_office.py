"""The inbox as back ends fill and read it: push-and-inbox.md 7 and 13."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from inbox.models import InboxMessage
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from tests.api.push_server import (
    EMPTY,
    NO_APP,
    UNKNOWN_ID,
    done,
    get,
    malformed,
    post,
    refusal,
    result,
    send,
    violations,
)
from tests.bank import Bank
from tests.inbox.mailbox import START, write
from tests.wsgi import BASE_URL

CREATE = "inbox/messages"
LIST = "inbox/messages/list"
COUNT = "inbox/messages/count"
DETAIL = "inbox/messages/detail"
READ = "inbox/messages/read"
READ_ALL = "inbox/messages/read-all"
NO_USER = ("ERROR_GENERIC", "No userId was specified")
UNKNOWN_APP = ("ERROR_APP_NOT_FOUND", "Application with given ID does not exist")
UNKNOWN_APPS = (
    "ERROR_APP_NOT_FOUND",
    "Application list contained an app that is not configured in the system.",
)
UNKNOWN_MESSAGE = ("ERROR_MESSAGE_NOT_FOUND", "Inbox message with given ID does not exist")
CREATED = "2022-08-25T22:34:58.702+00:00"


@pytest.fixture
def app(bank: Bank) -> str:
    return bank.application.id


@pytest.fixture
def other_app(other_bank: Bank) -> str:
    return other_bank.application.id


def letter(app: str, **changes: object) -> dict[str, Any]:
    """Give the object of a new message."""
    return {
        "userId": "alice",
        "type": "text",
        "subject": "Your card",
        "summary": "It is on its way",
        "body": "Dear Alice, your card is on its way.",
        "applications": [app],
        **changes,
    }


def listed(http: requests.Session, **parameters: object) -> dict[str, Any]:
    """Check a list, and give its whole body."""
    response = get(http, LIST, **parameters)
    body: dict[str, Any] = response.json()
    assert response.status_code == 200, body
    assert set(body) == {"status", "responseObject", "page", "size"}
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [message["id"] for message in body["responseObject"]]


def unread(http: requests.Session, user_id: str, app: str) -> int:
    answer = result(get(http, COUNT, userId=user_id, appId=app))
    assert set(answer) == {"countUnread"}
    return int(answer["countUnread"])


# --- Writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("notify", "rings"), [(True, 1), (False, 0), (None, 0)])
def test_a_message_rings_if_it_says_so(
    http: requests.Session,
    app: str,
    announced: list[Announcement],
    notify: bool | None,
    rings: int,
) -> None:
    shown = result(post(http, CREATE, letter(app, notify=notify)))
    assert set(shown) == {*letter(app), "id", "read", "timestampCreated", "timestampRead"}
    assert [news.extras["inboxId"] for news in announced] == [shown["id"]] * rings


def test_whether_it_rings_is_a_truth_value(http: requests.Session, app: str) -> None:
    assert post(http, CREATE, letter(app, notify="loud")).status_code == 400
    assert not InboxMessage.objects.exists()


@pytest.mark.main_path
def test_a_phone_sees_what_the_bank_wrote(http: requests.Session, app: str, alice: Phone) -> None:
    written = result(post(http, CREATE, letter(app)))
    (shown,) = alice.messages()
    assert (shown["id"], shown["subject"]) == (written["id"], "Your card")
    detail = alice.message(written["id"])
    assert detail["body"] == "Dear Alice, your card is on its way."
    assert not {"userId", "applications", "timestampRead"} & set(detail)
    assert unread(http, "alice", app) == 1
    assert alice.read_message(written["id"]).ok
    assert unread(http, "alice", app) == 0
    record = result(get(http, DETAIL, id=written["id"]))
    assert record["read"] is True
    assert record["timestampRead"].endswith("+00:00")


def test_the_whole_record(http: requests.Session, app: str, other_app: str) -> None:
    before = timezone.now().replace(microsecond=0)
    created = result(post(http, CREATE, letter(app, applications=[other_app, app, other_app])))
    row = InboxMessage.objects.get()
    assert before <= row.created_at <= timezone.now()
    assert created == {
        **letter(app),
        "id": str(row.pk),
        "read": False,
        "timestampCreated": row.created_at.isoformat(timespec="milliseconds"),
        "timestampRead": None,
        "applications": [other_app, app],
    }
    assert result(get(http, DETAIL, id=row.pk)) == created


def test_a_message_in_html(http: requests.Session, app: str, alice: Phone) -> None:
    body = "<p>Dear <b>Alice</b> &amp; all</p>"
    created = result(post(http, CREATE, letter(app, type="html", body=body)))
    assert (created["type"], created["body"]) == ("html", body)
    assert alice.message(created["id"])["type"] == "html"


@pytest.mark.parametrize(
    "limit",
    [
        {"userId": "x"},
        {"userId": "x" * 255},
        {"subject": "x" * 8},
        {"subject": "č" * 255},
        {"summary": "x" * 8},
        {"summary": "x" * 255},
        {"body": "x" * 8},
        {"body": "č" * 65536},
    ],
)
def test_at_the_limits(http: requests.Session, app: str, limit: dict[str, str]) -> None:
    created = result(post(http, CREATE, letter(app, **limit)))
    assert limit.items() <= created.items()
    assert limit.items() <= result(get(http, DETAIL, id=created["id"])).items()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("userId", "", ""),
        ("userId", None, None),
        ("userId", "x" * 256, "x" * 64 + "…"),
        ("type", "TEXT", "TEXT"),
        ("type", "markdown", "markdown"),
        ("type", None, None),
        ("subject", "x" * 7, None),
        ("subject", "x" * 256, None),
        ("summary", "x" * 7, None),
        ("summary", "x" * 256, None),
        ("body", "x" * 7, None),
        ("body", "x" * 65537, None),
        ("body", None, None),
        ("applications", [], None),
        ("applications", None, None),
        ("applications", ["a"], None),
        ("applications", ["x" * 256], None),
        ("applications", ["not allowed"], None),
    ],
)
def test_beyond_the_limits(
    http: requests.Session, app: str, name: str, value: object, shown: object
) -> None:
    response = post(http, CREATE, letter(app, **{name: value}))
    assert violations(response) == [(name, shown)]
    assert "xxxxxxx" not in response.text or name == "userId"
    assert not InboxMessage.objects.exists()


def test_everything_is_missing(http: requests.Session, app: str) -> None:
    names = ["userId", "type", "subject", "summary", "body", "applications"]
    assert violations(post(http, CREATE, {})) == [(name, None) for name in names]


def test_unknown_applications(http: requests.Session, app: str) -> None:
    for applications in (["nobody"], [app, "nobody"]):
        response = post(http, CREATE, letter(app, applications=applications))
        assert refusal(response) == UNKNOWN_APPS
    assert not InboxMessage.objects.exists()


def test_requests_that_cannot_be_read(http: requests.Session, app: str) -> None:
    for path in (CREATE, READ, READ_ALL):
        assert refusal(post(http, path, None)) == EMPTY
        assert refusal(http.post(f"{BASE_URL}/{path}")) == EMPTY
        headers = {"Content-Type": "application/json"}
        response = http.post(f"{BASE_URL}/{path}", data=b'{"requestObject":', headers=headers)
        assert malformed(response)
    for name, value in (("userId", [1]), ("applications", app), ("applications", [None])):
        assert malformed(post(http, CREATE, letter(app, **{name: value})))
    assert malformed(post(http, CREATE, letter(app, body="12345678\x00")))
    assert not InboxMessage.objects.exists()


# --- Lists --------------------------------------------------------------------------------------


def test_an_item_of_a_list(http: requests.Session, app: str) -> None:
    message = write("alice", [app])
    assert listed(http, userId="alice", applications=app) == {
        "status": "OK",
        "page": 0,
        "size": 20,
        "responseObject": [
            {
                "id": str(message.pk),
                "type": "text",
                "subject": "Your card",
                "summary": "It is on its way",
                "read": False,
                "timestampCreated": CREATED,
            }
        ],
    }


def test_whose_messages(http: requests.Session, app: str, other_app: str) -> None:
    both = write("alice", [app, other_app], minutes=3)
    first = write("alice", [app], minutes=2)
    second = write("alice", [other_app], minutes=1)
    write("bob", [app])

    def seen(applications: str) -> list[str]:
        return ids(listed(http, userId="alice", applications=applications))

    assert seen(app) == [str(both.pk), str(first.pk)]
    assert seen(other_app) == [str(both.pk), str(second.pk)]
    everything = [str(both.pk), str(first.pk), str(second.pk)]
    assert seen(f"{app},{other_app}") == everything
    assert seen(f",{other_app},,{app},{app}") == everything
    assert ids(listed(http, userId="carol", applications=app)) == []
    repeated = http.get(
        f"{BASE_URL}/{LIST}?userId=alice&applications={app}&applications={other_app}"
    )
    assert ids(repeated.json()) == everything


def test_newest_first_and_then_by_identifier(http: requests.Session, app: str) -> None:
    later = [str(write("alice", [app], minutes=1).pk) for _ in range(5)]
    early = str(write("alice", [app]).pk)
    assert ids(listed(http, userId="alice", applications=app)) == [
        *sorted(later, reverse=True),
        early,
    ]


def test_only_unread(http: requests.Session, app: str) -> None:
    read, left = write("alice", [app], minutes=1), write("alice", [app])
    result(post(http, READ, {"inboxId": str(read.pk)}))
    of_alice = {"userId": "alice", "applications": app}
    assert ids(listed(http, **of_alice, onlyUnread="true")) == [str(left.pk)]
    for everything in ("false", "False", ""):
        assert len(ids(listed(http, **of_alice, onlyUnread=everything))) == 2


@pytest.mark.parametrize(
    ("asked", "page", "size"),
    [
        ({}, 0, 20),
        ({"page": "", "size": ""}, 0, 20),
        ({"page": 2}, 2, 20),
        ({"size": 0}, 0, 20),
        ({"size": -5}, 0, 20),
        ({"size": 1}, 0, 1),
        ({"size": 2000}, 0, 2000),
        ({"size": 2001, "page": 1}, 1, 2000),
        ({"size": 10**17, "page": 10**17}, 10**17, 2000),
    ],
)
def test_the_page_in_effect(
    http: requests.Session, app: str, asked: dict[str, object], page: int, size: int
) -> None:
    body = listed(http, userId="alice", applications=app, **asked)
    assert (body["page"], body["size"]) == (page, size)


def test_parts_of_a_list(http: requests.Session, app: str) -> None:
    every = [str(write("alice", [app], minutes=-number).pk) for number in range(45)]
    of_alice = {"userId": "alice", "applications": app}
    pages = [ids(listed(http, **of_alice, page=number)) for number in range(4)]
    assert pages == [every[:20], every[20:40], every[40:], []]
    assert ids(listed(http, **of_alice, page=3, size=7)) == every[21:28]


def test_lists_that_are_refused(http: requests.Session, app: str) -> None:
    of_alice = {"userId": "alice", "applications": app}
    for missing in ({}, {"userId": ""}, {"userId": " "}):
        assert refusal(get(http, LIST, applications=app, **missing)) == NO_USER
    for empty in ({}, {"applications": ""}, {"applications": ",,"}):
        assert violations(get(http, LIST, userId="alice", **empty)) == [("applications", None)]
    assert violations(get(http, LIST, userId="alice", page=-1)) == [
        ("applications", None),
        ("page", -1),
    ]
    for wrong in ({"page": "x"}, {"size": "1.5"}, {"size": "9" * 30}, {"onlyUnread": "yes"}):
        assert malformed(get(http, LIST, **{**of_alice, **wrong}))
    for unknown in ("nobody", f"{app},nobody"):
        assert refusal(get(http, LIST, userId="alice", applications=unknown)) == UNKNOWN_APPS


# --- Counting -----------------------------------------------------------------------------------


def test_count(http: requests.Session, app: str, other_app: str) -> None:
    write("alice", [app, other_app])
    write("alice", [app])
    write("bob", [app])
    assert unread(http, "alice", app) == 2
    assert unread(http, "alice", other_app) == 1
    assert unread(http, "carol", app) == 0


def test_counts_that_are_refused(http: requests.Session, app: str) -> None:
    assert refusal(get(http, COUNT, appId=app)) == NO_USER
    assert refusal(get(http, COUNT, userId="alice")) == NO_APP
    assert refusal(get(http, COUNT, userId="alice", appId="")) == NO_APP
    assert refusal(get(http, COUNT, userId="alice", appId="nobody")) == UNKNOWN_APP


# --- Reading ------------------------------------------------------------------------------------


def test_detail_does_not_read(http: requests.Session, app: str) -> None:
    message_id = write("alice", [app]).pk
    for _ in range(2):
        assert result(get(http, DETAIL, id=message_id))["read"] is False
    assert unread(http, "alice", app) == 1


def test_read_twice_keeps_the_time(http: requests.Session, app: str) -> None:
    message_id = str(write("alice", [app]).pk)
    first = result(post(http, READ, {"inboxId": message_id}))
    assert (first["read"], first["applications"]) == (True, [app])
    assert first["timestampRead"] is not None
    early = datetime(2024, 1, 2, 3, 4, 5, 678999, tzinfo=UTC)
    InboxMessage.objects.update(read_at=early)
    again = result(post(http, READ, {"inboxId": message_id}))
    assert again == {**first, "timestampRead": "2024-01-02T03:04:05.678+00:00"}
    assert InboxMessage.objects.get().read_at == early


def test_one_read_state_for_two_applications(
    http: requests.Session, app: str, other_app: str, alice: Phone, mallory: Phone
) -> None:
    message_id = str(write("alice", [app, other_app]).pk)
    result(post(http, READ, {"inboxId": message_id}))
    assert (unread(http, "alice", app), unread(http, "alice", other_app)) == (0, 0)
    assert (alice.unread_count(), mallory.unread_count()) == (0, 0)


@pytest.mark.parametrize("message_id", [UNKNOWN_ID, "nonsense", "1", "x" * 5000])
def test_an_unknown_message(http: requests.Session, app: str, message_id: str) -> None:
    write("alice", [app])
    assert refusal(get(http, DETAIL, id=message_id)) == UNKNOWN_MESSAGE
    assert refusal(post(http, READ, {"inboxId": message_id})) == UNKNOWN_MESSAGE
    assert not InboxMessage.objects.get().read


def test_no_message(http: requests.Session, db: None) -> None:
    assert violations(get(http, DETAIL)) == [("id", None)]
    assert violations(get(http, DETAIL, id=" ")) == [("id", " ")]
    assert violations(post(http, READ, {})) == [("inboxId", None)]
    assert violations(post(http, READ, {"id": UNKNOWN_ID})) == [("inboxId", None)]
    assert malformed(post(http, READ, {"inboxId": [1]}))


def test_read_all_of_one_user_in_one_application(
    http: requests.Session, app: str, other_app: str
) -> None:
    read = write("alice", [app])
    InboxMessage.objects.filter(pk=read.pk).update(read=True, read_at=START)
    mine = [write("alice", [app], minutes=number) for number in range(3)]
    both = write("alice", [app, other_app])
    elsewhere, of_bob = write("alice", [other_app]), write("bob", [app])
    before = timezone.now()
    done(post(http, READ_ALL, {"userId": "alice", "appId": app}))
    times = dict(InboxMessage.objects.values_list("pk", "read_at"))
    now_read = {times[message.pk] for message in (*mine, both)}
    assert len(now_read) == 1
    (moment,) = now_read
    assert moment is not None
    assert before <= moment <= before + timedelta(minutes=1)
    assert (times[elsewhere.pk], times[of_bob.pk], times[read.pk]) == (None, None, START)
    done(post(http, READ_ALL, {"userId": "alice", "appId": app}))
    assert dict(InboxMessage.objects.values_list("pk", "read_at")) == times


def test_read_all_that_is_refused(http: requests.Session, app: str) -> None:
    write("alice", [app])
    assert refusal(post(http, READ_ALL, {"appId": app})) == NO_USER
    assert refusal(post(http, READ_ALL, {"userId": "alice"})) == NO_APP
    assert refusal(post(http, READ_ALL, {"userId": "alice", "appId": "nobody"})) == UNKNOWN_APP
    assert refusal(send(http, READ_ALL, {"userId": "alice", "appId": app})) == EMPTY
    assert not InboxMessage.objects.get().read


# --- Beside the mobile API ----------------------------------------------------------------------


def test_settings_of_the_mobile_inbox_do_not_matter(
    http: requests.Session, app: str, settings: Settings
) -> None:
    settings.INBOX_API_ENABLED = False
    settings.INBOX_DATE_STYLE = "seconds"
    settings.INBOX_DETAIL_SHAPE = "array"
    message = write("alice", [app])
    assert result(get(http, DETAIL, id=message.pk))["timestampCreated"] == CREATED


def test_statements(http: requests.Session, app: str, other_app: str) -> None:
    message_id = write("alice", [app, other_app]).pk
    of_alice = {"userId": "alice", "appId": app}
    for expected, path, parameters in (
        (1, DETAIL, {"id": message_id}),
        (2, LIST, {"userId": "alice", "applications": f"{app},{other_app}"}),
        (2, COUNT, of_alice),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert get(http, path, **parameters).ok
        assert len(captured) == expected, path
