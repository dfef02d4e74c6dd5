"""What a phone is shown of what the other server has selected: only what is its user's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from operations.backends import remote_calls
from operations.backends.remote import RemoteBackend
from operations.values import Caller

ACTIVATION = "49414e31-f3df-4cea-87e6-f214ca3b8412"
CALLER = Caller(user_id="alice", application_id="app", activation_id=ACTIVATION, flags=("GOLD",))


def _told(name: str, **members: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "id": name,
        "userId": "alice",
        "applications": ["app"],
        "operationType": "payment",
        "data": "A1",
        "status": "PENDING",
        "signatureType": ["POSSESSION_KNOWLEDGE"],
        "timestampCreated": now.isoformat(),
        "timestampExpires": now.replace(year=now.year + 1).isoformat(),
        **members,
    }


TOLD = [
    _told("mine"),
    _told("bound to me", activationId=ACTIVATION),
    _told("with my flag", activationFlag="GOLD"),
    _told("of another user", userId="bob"),
    _told("of nobody", userId=None),
    _told("of another application", applications=["other"]),
    _told("bound to another activation", activationId="00000000-0000-4000-8000-000000000000"),
    _told("with a flag that I lack", activationFlag="PLATINUM"),
    _told("of a state that nobody knows", status="SLEEPING"),
]


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(method: str, asked: object, read: Callable[[Any], Any]) -> Any:
        return read(TOLD)

    monkeypatch.setattr(remote_calls, "call", call)


@pytest.mark.parametrize("asked", ["pending", "history"])
def test_what_the_server_selects_too_much_is_not_shown(db: None, asked: str) -> None:
    shown = getattr(RemoteBackend(), asked)(CALLER, language="en", at=timezone.now())
    assert {one.id for one in shown} == {"mine", "bound to me", "with my flag"}
