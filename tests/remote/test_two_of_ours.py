"""A server with the engine and one with devices and messages, each in front of the other's part."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import timezone

from enrollment_server.demo.own_server import OwnServer, new_session
from powerauth.callbacks import deliver_due
from powerauth.engine.activations import lifecycle
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication, HttpBasic
from powerauth.models import CallbackEvent, CallbackType
from tests.api.answers import OK, outcome
from tests.bank import Bank, make_bank
from tests.inbox.mailbox import START
from tests.races.crowd import Server, free_port, serving
from tests.remote.servers import front_server

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]
DEVICES = """
from push.models import PushDevice
for row in PushDevice.objects.order_by("pk"):
    print(row.activation_id, row.user_id, row.platform, row.environment, row.is_active)
"""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both servers, and the credentials that the one with devices asks for."""

    engine: Server
    push: OwnServer
    username: str
    password: str
    http: requests.Session

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Call the server with devices, as a system of the bank; give its `responseObject`."""
        pair = (self.username, self.password)
        url = f"{self.push.url}/{path}"
        answer = self.http.request(method, url, auth=pair, timeout=30, **options)
        assert answer.status_code == 200, answer.text
        return answer.json().get("responseObject")

    def devices(self) -> list[str]:
        return self.push.manage("shell", "-v", "0", "-c", DEVICES).splitlines()


@pytest.fixture
def pair(transactional_db: None, tmp_path: Path) -> Iterator[Pair]:
    port = free_port()
    service_url = f"http://127.0.0.1:{port}/enrollment-server/rest"
    with front_server(service_url, tmp_path, INTEGRATION_AUTH_REQUIRED="true") as push:
        lines = push.manage("create_integration", "engine").splitlines()
        username, password = (line.partition(": ")[2] for line in lines)
        settings = {
            "PUSH_SERVICE_URL": push.url,
            "PUSH_SERVICE_USERNAME": username,
            "PUSH_SERVICE_PASSWORD": password,
            "PUSH_SERVICE_VOCABULARY": "1.10",
        }
        # Two processes: registering here, the phone makes that server ask this one.
        with serving(processes=2, port=port, settings=settings) as engine, new_session() as http:
            yield Pair(engine=engine, push=push, username=username, password=password, http=http)


def _follow(pair: Pair, bank: Bank) -> None:
    """Have the engine report what becomes of activations to the server with their devices."""
    basic = HttpBasic(enabled=True, username=pair.username, password=pair.password)
    configuration = callbacks.Configuration(
        name="devices",
        type=CallbackType.ACTIVATION_STATUS_CHANGE,
        url=f"{pair.push.url}/push/device/status/update",
        attributes=["activationId", "activationStatus"],
        authentication=Authentication(http_basic=basic),
    )
    callbacks.create(bank.application.id, configuration, at=timezone.now())


def _delivered() -> None:
    while deliver_due():
        continue
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"COMPLETED"}


def test_each_part_is_used_where_it_is(pair: Pair) -> None:
    bank = make_bank(base_url=pair.engine.url, new_session=requests.Session)
    alice, bob = bank.phone("alice"), bank.phone("bob")
    assert outcome(alice.register_push("A0", platform="ios", environment="development")) == OK
    assert outcome(bob.register_push("B0", platform="android")) == OK
    mine = f"{alice.activation_id} alice apns development"
    bobs = f"{bob.activation_id} bob fcm  True"
    assert pair.devices() == [f"{mine} True", bobs]
    _follow(pair, bank)
    for change, expected in (
        (lifecycle.block, [f"{mine} False", bobs]),
        (lifecycle.unblock, [f"{mine} True", bobs]),
        (lifecycle.remove, [f"{mine} False", bobs]),
    ):
        change(alice.activation_id, at=timezone.now())
        _delivered()
        assert pair.devices() == expected


def test_message_that_the_bank_writes_there_is_read_here(pair: Pair) -> None:
    bank = make_bank(base_url=pair.engine.url, new_session=requests.Session)
    alice, bob = bank.phone("alice"), bank.phone("bob")
    letter = {
        "userId": "alice",
        "type": "text",
        "subject": "Your card",
        "summary": "It is on its way",
        "body": "Dear Alice, expect it on Monday.",
        "applications": [bank.application.id],
    }
    written = pair.call("POST", "inbox/messages", json={"requestObject": letter})
    assert alice.unread_count() == 1
    (shown,) = alice.messages()
    assert (shown["id"], shown["read"]) == (written["id"], False)
    assert alice.message(shown["id"])["body"] == letter["body"]
    assert not bob.read_message(shown["id"]).ok
    assert alice.read_message(shown["id"]).ok
    detail = pair.call("GET", f"inbox/messages/detail?id={written['id']}")
    assert detail["read"] and detail["timestampRead"] > START.isoformat()
    assert alice.read_all_messages().ok
    assert (alice.unread_count(), bob.messages()) == (0, [])
