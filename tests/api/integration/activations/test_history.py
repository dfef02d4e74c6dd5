"""The history of an activation over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from django.utils import timezone

from powerauth.models import ActivationHistory
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"
MOMENT = datetime(2024, 10, 24, 7, 25, 28, 123_456, UTC)


def _history(http: requests.Session, phone: Phone, **bounds: object) -> list[dict[str, object]]:
    answer = ok(http, "activation/history", activationId=phone.activation_id, **bounds)
    assert set(answer) == {"items"}
    items: list[dict[str, object]] = answer["items"]
    return items


def _milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.main_path
def test_history_tells_every_change(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    who = {"activationId": alice.activation_id, "externalUserId": "clerk"}
    ok(http, "activation/block", **who, reason="LOST")
    ok(http, "activation/unblock", **who)
    ok(http, "activation/remove", activationId=alice.activation_id)

    items = _history(http, alice)

    rows = ActivationHistory.objects.filter(activation_id=alice.activation_id).order_by("-id")
    told = [
        ("REMOVED", None, None, "Phone", 3),
        ("ACTIVE", None, "clerk", "Phone", 3),
        ("BLOCKED", "LOST", "clerk", "Phone", 3),
        ("ACTIVE", None, None, "Phone", 3),
        ("PENDING_COMMIT", None, None, "Phone", 3),
        ("CREATED", None, None, None, None),
    ]
    assert items == [
        {
            "id": row.pk,
            "activationId": alice.activation_id,
            "activationStatus": state,
            "eventReason": reason,
            "externalUserId": user,
            "activationName": name,
            "timestampCreated": row.created_at.isoformat(timespec="milliseconds"),
            "version": version,
        }
        for row, (state, reason, user, name, version) in zip(rows, told, strict=True)
    ]


def test_history_tells_why_a_phone_was_blocked(http: requests.Session, alice: Phone) -> None:
    for _ in range(5):
        alice.validate_signature(pin="0000")

    newest = _history(http, alice)[0]

    assert (newest["activationStatus"], newest["eventReason"]) == (
        "BLOCKED",
        "MAX_FAILED_ATTEMPTS",
    )


def test_changes_of_one_moment_are_told_in_order(http: requests.Session, alice: Phone) -> None:
    ActivationHistory.objects.update(created_at=MOMENT)

    ids = [int(str(item["id"])) for item in _history(http, alice)]

    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        (None, None, 3),
        (MOMENT, MOMENT, 3),
        (MOMENT, None, 3),
        (None, MOMENT, 3),
        (MOMENT + timedelta(milliseconds=1), None, 0),
        (None, MOMENT - timedelta(milliseconds=1), 0),
        (MOMENT - timedelta(days=1), MOMENT + timedelta(days=1), 3),
        (MOMENT + timedelta(days=1), MOMENT - timedelta(days=1), 0),
    ],
)
def test_bounds_are_inclusive(
    http: requests.Session,
    alice: Phone,
    since: datetime | None,
    until: datetime | None,
    count: int,
) -> None:
    """The bounds go the way they came: a time that was shown selects what it was shown for."""
    ActivationHistory.objects.update(created_at=MOMENT)
    numbers = {
        "timestampFrom": None if since is None else _milliseconds(since),
        "timestampTo": None if until is None else _milliseconds(until),
    }
    texts = {
        "timestampFrom": None if since is None else since.isoformat(timespec="milliseconds"),
        "timestampTo": None if until is None else until.isoformat(timespec="milliseconds"),
    }

    assert len(_history(http, alice, **numbers)) == count
    assert len(_history(http, alice, **texts)) == count


def test_bound_without_microseconds_is_inclusive(http: requests.Session, alice: Phone) -> None:
    exact = MOMENT.replace(microsecond=123_000)
    ActivationHistory.objects.update(created_at=exact)
    bound = _milliseconds(exact)

    assert len(_history(http, alice, timestampFrom=bound, timestampTo=bound)) == 3


def test_bounds_may_lie_anywhere(http: requests.Session, alice: Phone) -> None:
    assert len(_history(http, alice, timestampFrom=-(2**63), timestampTo=2**63 - 1)) == 3
    assert _history(http, alice, timestampFrom=2**63 - 1) == []


def test_history_of_an_unknown_activation(http: requests.Session) -> None:
    for unknown in [NIL, "", "x" * 9999]:
        assert ok(http, "activation/history", activationId=unknown) == {"items": []}


def test_history_needs_an_identifier(http: requests.Session) -> None:
    members = {"activationId": None, "timestampFrom": 0, "timestampTo": 1}

    assert refused(http, "activation/history", **members) == "ERR0024"


def test_history_tells_an_expiry_that_it_met(http: requests.Session, bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, expires_at=timezone.now() + timedelta(minutes=1))
    phone_row = bank.activation(phone)
    phone_row.expires_at = timezone.now() - timedelta(minutes=1)
    phone_row.save(update_fields=["expires_at"])
    ok(http, "activation/list", userId="alice")

    assert [item["activationStatus"] for item in _history(http, phone)] == [
        "REMOVED",
        "PENDING_COMMIT",
        "CREATED",
    ]
