"""Which changes write events, and what is in them: integration-api.md 6.5, 11.2 and 11.3."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from operations.decisions import creation, expiry, services
from operations.decisions.creation import NewOperation
from operations.models import Operation
from powerauth.engine.activations import activations, flags, lifecycle
from powerauth.engine.activations import expiry as activation_expiry
from powerauth.engine.applications import applications
from powerauth.engine.callbacks import callback_outbox, callbacks
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.engine.signatures import signatures
from powerauth.errors import EngineRefusal
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    Callback,
    CallbackEvent,
    CallbackEventState,
    CallbackType,
    CommitPhase,
    OtpValidation,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.signature import SignatureType
from tests.bank import PIN, Bank
from tests.engine.test_signatures import IDS, request_of

ACTIVATION, OPERATION = CallbackType
CREATED, PENDING, ACTIVE, BLOCKED, REMOVED = ActivationState
OTP = "28561"
USER_AGENT = "PowerAuth2/1.7.8 (Android 13, Google Pixel 4)"
FACTORS = SignatureType.POSSESSION_KNOWLEDGE


def listen(application_id: str, kind: CallbackType = ACTIVATION, name: str = "core") -> Callback:
    configuration = Configuration(name=name, type=kind, url="https://core.bank.example/")
    return callbacks.create(application_id, configuration, at=timezone.now()).callback


def told() -> list[dict[str, Any]]:
    """Give the payloads of all events, in the order of the changes, and forget them."""
    payloads = [event.payload for event in CallbackEvent.objects.order_by("created_at")]
    CallbackEvent.objects.all().delete()
    return payloads


def states() -> list[tuple[str, str | None]]:
    return [(payload["activationStatus"], payload["blockedReason"]) for payload in told()]


@pytest.fixture
def listener(bank: Bank) -> Callback:
    """The bank listens to its activations."""
    return listen(bank.application.id)


@pytest.fixture
def operation_listener(bank: Bank) -> Callback:
    """The bank listens to its operations."""
    return listen(bank.application.id, OPERATION)


def put(phone: Phone, state: ActivationState, **values: Any) -> str:
    """Put the activation of a phone in a state, without any event."""
    Activation.objects.update(state=state, **values)
    CallbackEvent.objects.all().delete()
    return str(phone.activation_id)


@pytest.mark.main_path
def test_each_step_to_an_active_activation_is_told(bank: Bank, listener: Callback) -> None:
    phone = bank.phone("alice")
    events = list(CallbackEvent.objects.order_by("created_at"))
    payloads = told()
    assert [payload["activationStatus"] for payload in payloads] == [
        "CREATED",
        "PENDING_COMMIT",
        "ACTIVE",
    ]
    assert {event.callback_id for event in events} == {listener.pk}
    assert {(event.state, event.attempts) for event in events} == {("PENDING", 0)}
    assert len({event.pk for event in events} - {uuid.UUID(int=0)}) == 3
    assert all(event.next_attempt_at == event.created_at for event in events)
    assert [event.created_at for event in events] == list(
        ActivationHistory.objects.order_by("id").values_list("created_at", flat=True)
    )
    assert {payload["activationId"] for payload in payloads} == {phone.activation_id}
    assert payloads[0]["platform"] is None


def test_payload_of_an_activation_is_all_of_it(bank: Bank, alice: Phone) -> None:
    listen(bank.application.id)
    activation_id = put(alice, ACTIVE, flags=["VIP", "APP"], name="Alice's", platform="ios")
    Activation.objects.update(device_info="iPhone9,3")
    lifecycle.block(activation_id, reason="LOST", at=timezone.now())
    assert told() == [
        {
            "type": "ACTIVATION",
            "activationId": activation_id,
            "userId": "alice",
            "activationName": "Alice's",
            "deviceInfo": "iPhone9,3",
            "platform": "ios",
            "protocol": "POWERAUTH",
            "activationFlags": ["APP", "VIP"],
            "activationStatus": "BLOCKED",
            "blockedReason": "LOST",
            "applicationId": bank.application.id,
        }
    ]


Verb = Callable[[str], object]
ROWS: list[tuple[Verb, ActivationState, list[tuple[str, str | None]]]] = [
    (
        lambda it: lifecycle.update_otp(it, otp_text="1", at=timezone.now()),
        PENDING,
        [("PENDING_COMMIT", None)],
    ),
    (lambda it: lifecycle.commit(it, at=timezone.now()), PENDING, [("ACTIVE", None)]),
    (lambda it: lifecycle.rename(it, name="New", at=timezone.now()), ACTIVE, []),
    (lambda it: lifecycle.block(it, at=timezone.now()), ACTIVE, [("BLOCKED", "NOT_SPECIFIED")]),
    (lambda it: lifecycle.block(it, at=timezone.now()), BLOCKED, []),
    (lambda it: lifecycle.unblock(it, at=timezone.now()), BLOCKED, [("ACTIVE", None)]),
    (lambda it: lifecycle.unblock(it, at=timezone.now()), ACTIVE, []),
    (lambda it: lifecycle.remove(it, at=timezone.now()), ACTIVE, [("REMOVED", None)]),
    (lambda it: lifecycle.remove(it, at=timezone.now()), REMOVED, [("REMOVED", None)]),
    (
        lambda it: lifecycle.set_state([it], BLOCKED, at=timezone.now()),
        ACTIVE,
        [("BLOCKED", None)],
    ),
    (lambda it: lifecycle.set_state([it], ACTIVE, at=timezone.now()), ACTIVE, []),
    (lambda it: flags.add(it, ["VIP"]), ACTIVE, []),
]


@pytest.mark.parametrize(("verb", "state", "expected"), ROWS)
def test_what_is_told_of_an_activation(
    alice: Phone,
    listener: Callback,
    verb: Verb,
    state: ActivationState,
    expected: list[tuple[str, str | None]],
) -> None:
    verb(put(alice, state, expires_at=timezone.now() + timedelta(minutes=5)))
    assert states() == expected


def test_a_wrong_otp_is_told_when_it_was_the_last(bank: Bank, listener: Callback) -> None:
    phone = bank.phone(
        "alice",
        commit=False,
        otp=OTP,
        otp_validation=OtpValidation.ON_COMMIT,
        max_failed_attempts=2,
    )
    told()
    for expected in ([], [("REMOVED", None)]):
        with pytest.raises(EngineRefusal):
            lifecycle.commit(phone.activation_id, otp_text="wrong", at=timezone.now())
        assert states() == expected
    assert ActivationHistory.objects.filter(event_reason__startswith="OTP_").count() == 2


def test_expiry_is_told_whoever_finds_it(bank: Bank, listener: Callback) -> None:
    phones = [bank.phone(name, commit=False) for name in ("alice", "bob")]
    Activation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    told()
    with pytest.raises(EngineRefusal):
        lifecycle.commit(phones[0].activation_id, at=timezone.now())
    assert activation_expiry.expire(at=timezone.now()) == 1
    ids = [phone.activation_id for phone in phones]
    assert [(one["activationId"], one["activationStatus"]) for one in told()] == [
        (ids[0], "REMOVED"),
        (ids[1], "REMOVED"),
    ]


def test_an_activation_without_a_commit_is_told_as_active(bank: Bank, listener: Callback) -> None:
    bank.phone("alice", commit=False, commit_phase=CommitPhase.ON_KEY_EXCHANGE)
    assert states() == [("CREATED", None), ("ACTIVE", None)]


def test_signatures_are_told_only_when_they_block(alice: Phone, listener: Callback) -> None:
    put(alice, ACTIVE, max_failed_attempts=2)
    for pin in (PIN, "0001", PIN, "0001"):
        signatures.verify_online(request_of(alice, IDS[0], pin=pin), at=timezone.now())
    assert states() == []
    signatures.verify_online(request_of(alice, IDS[0], pin="0001"), at=timezone.now())
    assert states() == [("BLOCKED", "MAX_FAILED_ATTEMPTS")]


def test_a_signature_costs_two_statements_whoever_listens(alice: Phone, listener: Callback) -> None:
    request = request_of(alice, IDS[0])
    with CaptureQueriesContext(connection) as captured:
        assert signatures.verify_online(request, at=timezone.now()).valid
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    statements = [query["sql"] for query in captured.captured_queries]
    assert sum(not sql.upper().startswith(frames) for sql in statements) == 2


def test_one_statement_writes_the_events_of_all_who_listen(bank: Bank, other_bank: Bank) -> None:
    application_ids = [bank.application.id, other_bank.application.id]
    listeners = [listen(name, kind) for name in application_ids for kind in CallbackType]
    second = listen(bank.application.id, name="second")
    callbacks.set_enabled(listen(bank.application.id, name="off"), enabled=False)
    at = timezone.now()
    with CaptureQueriesContext(connection) as captured:
        assert callback_outbox.write(ACTIVATION, application_ids, {"type": "A'\"%s"}, at=at) == 3
    assert len(captured) == 1
    events = CallbackEvent.objects.all()
    expected = {listeners[0].pk, listeners[2].pk, second.pk}
    assert {event.callback_id for event in events} == expected
    assert {event.created_at for event in events} == {at}
    assert all(event.payload == {"type": "A'\"%s"} for event in events)
    assert callback_outbox.write(ACTIVATION, [], {}, at=at) == 0


@pytest.mark.parametrize("fails", [False, True])
def test_events_exist_exactly_if_the_change_does(
    alice: Phone, listener: Callback, fails: bool
) -> None:
    activation_id = put(alice, ACTIVE)

    class Undone(Exception):
        pass

    try:
        with transaction.atomic():
            lifecycle.block(activation_id, at=timezone.now())
            if fails:
                raise Undone
    except Undone:
        pass
    assert len(states()) == (0 if fails else 1)
    assert Activation.objects.get().state == (ACTIVE if fails else BLOCKED)


def test_a_caller_can_keep_a_change_to_itself(alice: Phone, listener: Callback) -> None:
    activation_id = put(alice, ACTIVE)
    with transaction.atomic():
        activations.change(
            activations.lock(activation_id), at=timezone.now(), callback=False, version=3
        )
    assert states() == []


def new_operation(bank: Bank, *others: str, **values: Any) -> Operation:
    wanted = NewOperation(
        template_name="payment",
        applications=[bank.application.id, *others],
        parameters={"amount": "1", "currency": "CZK", "iban": "CZ1"},
        **values,
    )
    return creation.create(wanted, at=timezone.now())


def approve(bank: Bank, operation: Operation, **values: Any) -> None:
    arguments: dict[str, Any] = {
        "user_id": "alice",
        "application_id": bank.application.id,
        "data": operation.data,
        "signature_type": FACTORS,
        "additional_data": {},
        **values,
    }
    services.approve(str(operation.pk), at=timezone.now(), **arguments)


@pytest.mark.main_path
def test_payload_of_an_operation_is_all_of_it(bank: Bank, operation_listener: Callback) -> None:
    operation = new_operation(
        bank,
        user_id="alice",
        activation_flag="VIP",
        external_id="EXT-1",
        proximity_check=False,
        additional_data={"note": "old"},
    )
    told()
    extra = {"userAgent": USER_AGENT, "proximity_otp": "12345678", "authFactor": "possession"}
    approve(bank, operation, additional_data=extra)
    operation.refresh_from_db()
    assert operation.additional_data["proximity_otp"] == "12345678"
    (payload,) = told()
    device = payload["additionalData"].pop("device")
    assert (device["os"], device["model"]) == ("Android", "Google Pixel 4")
    moments = (operation.created_at, operation.expires_at, operation.finalized_at)
    assert payload == {
        "type": "OPERATION",
        "operationId": str(operation.pk),
        "userId": "alice",
        "applications": [bank.application.id],
        "operationType": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1"},
        "additionalData": {"note": "old", "userAgent": USER_AGENT, "authFactor": "possession"},
        "activationFlag": "VIP",
        "status": "APPROVED",
        "data": operation.data,
        "failureCount": 0,
        "maxFailureCount": 5,
        "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
        "externalId": "EXT-1",
        **{
            name: int(moment.timestamp() * 1000) if moment else None
            for name, moment in zip(
                ("timestampCreated", "timestampExpires", "timestampFinalized"),
                moments,
                strict=True,
            )
        },
    }


def test_each_application_of_an_operation_is_told(
    bank: Bank, other_bank: Bank, operation_listener: Callback
) -> None:
    other = listen(other_bank.application.id, OPERATION)
    listen(applications.create("unrelated").id, OPERATION)
    listen(bank.application.id, ACTIVATION)
    operation = new_operation(bank, other_bank.application.id, user_id="alice")
    expected = {operation_listener.pk, other.pk}
    assert {event.callback_id for event in CallbackEvent.objects.all()} == expected
    assert all(payload["status"] == "PENDING" for payload in told())
    services.cancel(str(operation.pk), reason=None, additional_data=None, at=timezone.now())
    events = list(CallbackEvent.objects.all())
    assert {event.callback_id for event in events} == expected
    both = [bank.application.id, other_bank.application.id]
    assert [event.payload["applications"] for event in events] == [both, both]


OperationVerb = Callable[[Bank, Operation], object]
OPERATION_ROWS: list[tuple[OperationVerb, dict[str, Any], list[tuple[str, int]]]] = [
    (lambda bank, it: approve(bank, it), {}, [("APPROVED", 0)]),
    (lambda bank, it: approve(bank, it, data="other"), {}, [("PENDING", 1)]),
    (
        lambda bank, it: approve(bank, it, data="other"),
        {"max_failure_count": 1},
        [("FAILED", 1)],
    ),
    (
        lambda bank, it: services.fail(str(it.pk), additional_data=None, at=timezone.now()),
        {},
        [("PENDING", 1)],
    ),
    (
        lambda bank, it: services.reject(
            str(it.pk),
            user_id="alice",
            application_id=bank.application.id,
            additional_data=None,
            at=timezone.now(),
        ),
        {},
        [("REJECTED", 0)],
    ),
    (
        lambda bank, it: services.reject(
            str(it.pk),
            user_id="bob",
            application_id=bank.application.id,
            additional_data=None,
            at=timezone.now(),
        ),
        {},
        [],
    ),
    (
        lambda bank, it: services.cancel(
            str(it.pk), reason="FRAUD", additional_data=None, at=timezone.now()
        ),
        {},
        [("CANCELED", 0)],
    ),
    (
        lambda bank, it: services.claim(str(it.pk), user_id="alice", at=timezone.now()),
        {"user_id": ""},
        [],
    ),
    (
        lambda bank, it: expiry.expire(at=timezone.now()),
        {"expires_at": timezone.now() - timedelta(days=1)},
        [("EXPIRED", 0)],
    ),
    (lambda bank, it: expiry.expire(at=timezone.now()), {}, []),
]


@pytest.mark.parametrize(("verb", "values", "expected"), OPERATION_ROWS)
def test_what_is_told_of_an_operation(
    bank: Bank,
    operation_listener: Callback,
    verb: OperationVerb,
    values: dict[str, Any],
    expected: list[tuple[str, int]],
) -> None:
    verb(bank, bank.operation(**{"user_id": "alice", **values}))
    assert [(one["status"], one["failureCount"]) for one in told()] == expected


@pytest.mark.parametrize("approves", [False, True])
def test_the_decision_of_a_phone_is_told(
    bank: Bank, alice: Phone, operation_listener: Callback, approves: bool
) -> None:
    operation = bank.operation("alice")
    if approves:
        assert alice.approve(str(operation.pk), operation.data, pin=PIN).ok
    else:
        assert not alice.approve(str(operation.pk), operation.data, pin="0001").ok
    (payload,) = told()
    expected = ("APPROVED", 0) if approves else ("PENDING", 1)
    assert (payload["status"], payload["failureCount"]) == expected


def test_expiry_tells_of_each_operation_once(bank: Bank, operation_listener: Callback) -> None:
    past = timezone.now() - timedelta(minutes=1)
    overdue = {str(bank.operation("alice", expires_at=past).pk) for _ in range(3)}
    decided = bank.operation("alice", expires_at=past, status="APPROVED")
    assert expiry.expire(at=timezone.now(), batch=2) == 3
    assert expiry.expire(at=timezone.now()) == 0
    assert {payload["operationId"] for payload in told()} == overdue
    decided.refresh_from_db()
    assert decided.status == "APPROVED"


def test_replay_starts_from_the_beginning(alice: Phone, listener: Callback) -> None:
    lifecycle.block(put(alice, ACTIVE), at=timezone.now())
    event = CallbackEvent.objects.get()
    assert not callbacks.replay(event, at=timezone.now())
    at = timezone.now() + timedelta(hours=1)
    CallbackEvent.objects.update(
        state=CallbackEventState.FAILED, attempts=9, last_error="HTTP 500", finished_at=at
    )
    assert callbacks.replay(event, at=at)
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("PENDING", 0, "")
    assert (event.next_attempt_at, event.finished_at) == (at, None)
