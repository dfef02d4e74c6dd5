"""What the stand-in says to nonsense."""

import json
from urllib.parse import urlencode

import pytest

from push.stand_in.accounts import Accounts
from push.stand_in.control import control
from push.stand_in.desks import Desks
from push.stand_in.faults import Behaviour, Kind
from push.stand_in.values import Provider, Request


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "faults", b"", 404),
        ("POST", "messages", b"", 404),
        ("GET", "messages?after=x", b"", 400),
        ("POST", "faults", b"{", 400),
        ("POST", "faults", b"[]", 400),
        ("POST", "faults", b"{}", 400),
        ("POST", "faults", b'{"provider":"fax"}', 400),
        ("POST", "faults", b'{"provider":"apns","kind":"burn"}', 400),
        ("POST", "faults", b'{"provider":"apns","status":"many"}', 400),
        ("POST", "latency", b"{}", 400),
        ("POST", "latency", b'{"seconds":"x"}', 400),
    ],
)
def test_nonsense_is_refused(
    their_accounts: Accounts, method: str, path: str, body: bytes, status: int
) -> None:
    request = Request(method=method, path=f"/stand-in/{path}", body=body)
    reply = control(Desks(their_accounts), request)
    assert reply.status == status
    assert json.loads(reply.body)["error"]


def test_access_tokens_expire_on_demand(their_accounts: Accounts) -> None:
    desks = Desks(their_accounts)
    members = {"grant_type": "client_credentials"}
    members["client_id"] = their_accounts.hms.client_id
    members["client_secret"] = their_accounts.hms.client_secret
    form = urlencode(members).encode()
    asked = Request(method="POST", path="/oauth2/v3/token", body=form)
    token = json.loads(desks.https.answer(asked).reply.body)["access_token"]

    def code() -> str:
        path = f"/v2/{their_accounts.hms.project_id}/messages:send"
        headers = {"authorization": f"Bearer {token}"}
        body = json.dumps({"message": {"data": "{}", "token": ["t" * 20]}}).encode()
        sent = Request(method="POST", path=path, headers=headers, body=body)
        return str(json.loads(desks.https.answer(sent).reply.body)["code"])

    assert code() == "80000000"
    control(desks, Request(method="POST", path="/stand-in/expire-tokens"))
    assert code() == "80200003"


def test_fault_of_a_device_goes_before_that_of_all(their_accounts: Accounts) -> None:
    faults = Desks(their_accounts).faults
    faults.plan(Provider.FCM, Behaviour(kind=Kind.RESET))
    faults.plan(Provider.FCM, Behaviour(kind=Kind.HANG), token="a", times=2)

    def taken(provider: Provider, token: str) -> Kind | None:
        found = faults.take(provider, token)
        return None if found is None else found.kind

    assert [taken(Provider.FCM, "a") for _ in range(3)] == [Kind.HANG, Kind.HANG, Kind.RESET]
    assert taken(Provider.FCM, "b") is Kind.RESET
    assert taken(Provider.HMS, "a") is None
