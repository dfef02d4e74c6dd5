"""Count, list and detail: mobile-token-api.md 10.1 to 10.3."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from inbox.models import InboxMessage
from powerauth.phone.phone import Phone
from tests.api.answers import outcome, success
from tests.api.inbox.wire import COUNT, DETAIL, FAILED, LIST, UNKNOWN_ID
from tests.api.mobile_answers import INVALID
from tests.bank import VERSIONS, Bank
from tests.inbox.mailbox import write

CREATED = "2022-08-25T22:34:58+00:00"


@pytest.fixture
def application(bank: Bank) -> str:
    return bank.application.id


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in messages]


# --- A whole inbox, byte by byte ----------------------------------------------------------------


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_reads(bank: Bank, application: str, version: str) -> None:
    phone = bank.phone("alice", version=version)
    message_id = str(write("alice", [application]).pk)
    assert phone.unread_count() == 1
    assert ids(phone.messages()) == [message_id]
    assert phone.message(message_id)["body"] == "Dear Alice, your card is on its way."
    assert phone.read_message(message_id).ok
    assert phone.unread_count() == 0
    assert phone.read_all_messages().ok


def test_bytes_of_the_count(alice: Phone, application: str) -> None:
    assert alice.token_post(COUNT, {}).content == (
        b'{"status":"OK","responseObject":{"countUnread":0}}'
    )
    for _ in range(10):
        write("alice", [application])
    assert alice.token_post(COUNT, {}).content == (
        b'{"status":"OK","responseObject":{"countUnread":10}}'
    )


def test_bytes_of_the_list(alice: Phone, application: str) -> None:
    message = write("alice", [application], subject="Příští \u201ekarta\u201c")
    answer = alice.token_post(LIST, {"page": 0, "size": 100, "onlyUnread": False})
    assert answer.content.decode() == (
        '{"status":"OK","page":0,"size":100,"responseObject":['
        f'{{"id":"{message.pk}","type":"text","subject":"Příští „karta“",'
        f'"summary":"It is on its way","read":false,"timestampCreated":"{CREATED}"}}]}}'
    )


def test_bytes_of_an_empty_list(alice: Phone) -> None:
    answer = alice.token_post(LIST, {"page": 3})
    assert answer.content == b'{"status":"OK","page":3,"size":20,"responseObject":[]}'


def test_bytes_of_the_detail(alice: Phone, application: str) -> None:
    message = write("alice", [application], type="html", body='<p>\u00a0"Hi"\\ \n</p>')
    alice.read_message(str(message.pk))
    answer = alice.token_post(DETAIL, {"id": str(message.pk)})
    assert answer.content.decode() == (
        f'{{"status":"OK","responseObject":{{"id":"{message.pk}","type":"html",'
        '"subject":"Your card","summary":"It is on its way","read":true,'
        f'"timestampCreated":"{CREATED}","body":"<p>\u00a0\\"Hi\\"\\\\ \\n</p>"}}}}'
    )


def test_no_answer_contains_null(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    for path, body in ((LIST, {}), (DETAIL, {"id": str(message.pk)}), (COUNT, {})):
        assert b"null" not in alice.token_post(path, body).content


# --- Forms that settings choose -----------------------------------------------------------------


def test_dates_with_milliseconds(alice: Phone, application: str, settings: Settings) -> None:
    settings.INBOX_DATE_STYLE = "millis"
    message = write("alice", [application])
    # The stored microseconds are .702999: cut off, not rounded.
    expected = "2022-08-25T22:34:58.702+00:00"
    assert alice.messages()[0]["timestampCreated"] == expected
    assert alice.message(str(message.pk))["timestampCreated"] == expected


def test_detail_as_an_array(alice: Phone, application: str, settings: Settings) -> None:
    message = write("alice", [application])
    plain = alice.token_post(DETAIL, {"id": str(message.pk)}).json["responseObject"]
    settings.INBOX_DETAIL_SHAPE = "array"
    answer = alice.token_post(DETAIL, {"id": str(message.pk)})
    assert outcome(answer) == success([plain])


# --- Who sees what ------------------------------------------------------------------------------


def test_visibility_by_user_and_application(
    bank: Bank, other_bank: Bank, alice: Phone, bob: Phone, mallory: Phone
) -> None:
    here, there = bank.application.id, other_bank.application.id
    mine = write("alice", [here])
    both = write("alice", [here, there], minutes=1)
    foreign = write("alice", [there], minutes=2)
    bobs = write("bob", [here], minutes=3)
    seen = {
        alice: [both, mine],
        bob: [bobs],
        mallory: [foreign, both],
    }
    for phone, messages in seen.items():
        expected = [str(message.pk) for message in messages]
        assert ids(phone.messages()) == expected
        assert phone.unread_count() == len(expected)
        for message in (mine, both, foreign, bobs):
            answer = phone.token_post(DETAIL, {"id": str(message.pk)})
            assert answer.ok if message in messages else outcome(answer) == FAILED


def test_two_activations_of_one_user_see_the_same(bank: Bank, alice: Phone) -> None:
    message = write("alice", [bank.application.id])
    second = bank.phone("alice")
    alice.read_message(str(message.pk))
    assert second.messages()[0]["read"] is True
    assert second.unread_count() == 0


def test_users_whose_names_resemble(bank: Bank, application: str) -> None:
    for name in ("Alice", "alice ", "alic", "alice%"):
        write(name, [application])
    assert bank.phone("alice").messages() == []
    assert len(bank.phone("Alice").messages()) == 1


def test_reading_the_detail_leaves_it_unread(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    assert alice.message(str(message.pk))["read"] is False
    assert alice.unread_count() == 1


@pytest.mark.parametrize("message_id", [UNKNOWN_ID, "x", "x" * 255, UNKNOWN_ID + "0", "1"])
def test_unknown_message(alice: Phone, message_id: str) -> None:
    assert outcome(alice.token_post(DETAIL, {"id": message_id})) == FAILED


def test_the_identifier_in_upper_case(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    answer = alice.token_post(DETAIL, {"id": str(message.pk).upper()})
    assert answer.json["responseObject"]["id"] == str(message.pk)


# --- Pages --------------------------------------------------------------------------------------


@pytest.fixture
def history(application: str) -> list[str]:
    """Thirty messages, the newest first; every third is read."""
    messages = [write("alice", [application], minutes=minutes) for minutes in range(30)]
    for message in messages[::3]:
        message.read, message.read_at = True, message.created_at
        message.save()
    return [str(message.pk) for message in reversed(messages)]


@pytest.mark.parametrize(
    ("asked", "page", "size", "start", "stop"),
    [
        ({}, 0, 20, 0, 20),
        ({"page": None, "size": None, "onlyUnread": None}, 0, 20, 0, 20),
        ({"size": 0}, 0, 20, 0, 20),
        ({"page": 1}, 1, 20, 20, 30),
        ({"page": 2}, 2, 20, 30, 30),
        ({"page": 0, "size": 100}, 0, 100, 0, 30),
        ({"page": 7, "size": 4}, 7, 4, 28, 30),
        ({"size": 1}, 0, 1, 0, 1),
        ({"size": 2000}, 0, 2000, 0, 30),
        ({"size": 2001}, 0, 2000, 0, 30),
        ({"size": 2**62}, 0, 2000, 0, 30),
        ({"page": 2**63 - 1, "size": 2000}, 2**63 - 1, 2000, 30, 30),
        ({"unknown": {"x": []}}, 0, 20, 0, 20),
    ],
)
def test_pages(
    alice: Phone,
    history: list[str],
    asked: dict[str, Any],
    page: int,
    size: int,
    start: int,
    stop: int,
) -> None:
    answer = alice.token_post(LIST, asked)
    body = answer.json
    assert (answer.status, body["page"], body["size"]) == (200, page, size)
    assert ids(body["responseObject"]) == history[start:stop]


def test_sizes_as_configured(alice: Phone, history: list[str], settings: Settings) -> None:
    settings.INBOX_DEFAULT_PAGE_SIZE, settings.INBOX_MAX_PAGE_SIZE = 3, 5
    for asked, size in ((0, 3), (4, 4), (5, 5), (6, 5)):
        body = alice.token_post(LIST, {"size": asked}).json
        assert (body["size"], ids(body["responseObject"])) == (size, history[:size])


def test_only_unread(alice: Phone, history: list[str]) -> None:
    unread = [message_id for place, message_id in enumerate(history) if (29 - place) % 3]
    assert ids(alice.messages(only_unread=True)) == unread
    assert ids(alice.messages(only_unread=True, page=1, size=7)) == unread[7:14]
    assert alice.unread_count() == len(unread) == 20


def test_an_app_that_wants_everything(alice: Phone, application: str) -> None:
    for minutes in range(201):
        write("alice", [application], minutes=minutes)
    assert len({message["id"] for message in alice.all_messages()}) == 201


def test_messages_of_one_moment_keep_their_order(alice: Phone, application: str) -> None:
    for _ in range(12):
        write("alice", [application])
    whole = ids(alice.messages())
    assert ids([m for page in range(4) for m in alice.messages(page=page, size=3)]) == whole


# --- Requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b'{\n  "requestObject": {\n    "page": 0,\n    "size": 100,\n'
        b'    "onlyUnread": false\n  }\n}',
        b'{"requestObject":{"page":0,"size":100,"onlyUnread":true,"more":null},"beside":1}',
        b'{"requestObject":{}}',
    ],
)
def test_lists_as_written(alice: Phone, application: str, body: bytes) -> None:
    write("alice", [application])
    answer = alice.token_post(LIST, body, headers={"Content-Type": "application/json"})
    assert (answer.status, len(answer.json["responseObject"])) == (200, 1)


def test_detail_as_written(alice: Phone, application: str) -> None:
    message = write("alice", [application])
    body = json.dumps({"requestObject": {"id": str(message.pk)}}, indent=2).encode()
    assert alice.token_post(DETAIL, body).json["responseObject"]["id"] == str(message.pk)


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{}", b'{"requestObject":null}', b'{"requestObject":{}}', b'{"x":1}']
)
def test_the_count_needs_no_body(alice: Phone, body: bytes) -> None:
    assert outcome(alice.token_post(COUNT, body)) == success({"countUnread": 0})


MALFORMED: list[object] = [
    b"{",
    b"[]",
    b"null",
    b"\xff",
    b'{"requestObject":[]}',
    b'{"requestObject":"x"}',
    b'{"requestObject":1}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=str)
@pytest.mark.parametrize("path", [LIST, DETAIL])
def test_malformed(alice: Phone, path: str, body: object) -> None:
    assert outcome(alice.token_post(path, body)) == INVALID


@pytest.mark.parametrize("body", [b"", b"{}", b'{"requestObject":null}'])
@pytest.mark.parametrize("path", [LIST, DETAIL])
def test_no_request_object(alice: Phone, path: str, body: bytes) -> None:
    assert outcome(alice.token_post(path, body)) == INVALID


@pytest.mark.parametrize("member", ["page", "size"])
@pytest.mark.parametrize("value", [-1, -(2**40), 1.5, "one", True, [1], {}])
def test_no_whole_numbers(alice: Phone, member: str, value: object) -> None:
    assert outcome(alice.token_post(LIST, {member: value})) == INVALID


@pytest.mark.parametrize("value", [1.5, "yes", [], {}])
def test_no_boolean(alice: Phone, value: object) -> None:
    assert outcome(alice.token_post(LIST, {"onlyUnread": value})) == INVALID


def test_values_of_another_kind_mean_what_java_makes_of_them(
    alice: Phone, application: str
) -> None:
    write("alice", [application])
    asked = {"page": "0", "size": 2.0, "onlyUnread": "true"}
    assert len(alice.token_post(LIST, asked).payload) == 1
    assert len(alice.token_post(LIST, {"page": "", "size": "", "onlyUnread": 0}).payload) == 1


@pytest.mark.parametrize("body", [*MALFORMED, b"", b"x=1"], ids=str)
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_the_body_of_a_count_is_not_read(alice: Phone, body: object, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    assert alice.token_post(COUNT, body, headers=headers).payload == {"countUnread": 0}


BAD_IDS: list[object] = [None, "", " ", [], {}, "x" * 256]


@pytest.mark.parametrize("members", [{}, *({"id": value} for value in BAD_IDS)], ids=str)
def test_no_identifier(alice: Phone, members: dict[str, object]) -> None:
    assert outcome(alice.token_post(DETAIL, members)) == INVALID


def test_a_body_is_not_loaded_for_the_list(alice: Phone, application: str) -> None:
    write("alice", [application], body="x" * 65536)
    assert InboxMessage.objects.get().body == "x" * 65536
    assert "body" not in alice.messages()[0]
