"""Activation by a deployment's own code: standard-rest-api.md 7.1 and 9."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.activation_hook import ActivationKind, get_hook
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationState, CommitPhase, OtpValidation
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from tests.api.answers import FAILED, OK, outcome
from tests.api.standard import hooks
from tests.api.standard.activation.creating import layer_1, layer_2, post, refused
from tests.api.standard.wire import NO_ACTIVATION
from tests.bank import PIN, VERSIONS, Bank

HOOKS = "tests.api.standard.hooks"
IDENTITY = {"username": "alice", "password": hooks.PASSWORD}


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    hooks.forget()
    yield
    hooks.Answering.answers = {}


@pytest.fixture
def hook(settings: Settings) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.ByPassword"


def assert_refused(phone: Phone, **members: Any) -> None:
    whole = {"type": "DIRECT", "identityAttributes": IDENTITY, **members}
    assert outcome(post(phone, layer_1(phone, "", **whole))) == NO_ACTIVATION


@pytest.mark.embedded
@pytest.mark.main_path
@pytest.mark.parametrize("kind", ["CUSTOM", "DIRECT"])
@pytest.mark.parametrize("version", VERSIONS)
def test_activation_in_every_version(bank: Bank, hook: None, version: str, kind: str) -> None:
    phone = bank.blank_phone(version=version)
    result = phone.activate_directly(
        IDENTITY, pin=PIN, kind=kind, name="Alice's", custom_attributes={"branch": ["Praha"]}
    )
    row = bank.activation(phone)
    assert (row.state, row.user_id, row.name) == (ActivationState.ACTIVE, "alice", "Alice's")
    assert (row.max_failed_attempts, row.flags) == (3, [f"BY-{kind}", "NEW"])
    assert row.expires_at - row.created_at == timedelta(minutes=1)
    assert row.custom_attributes == {"branch": ["Praha"]}
    assert result.custom_attributes == {"branch": ["Praha"], "state": "PENDING_COMMIT"}
    assert result.user_info is not None
    assert result.user_info["sub"] == "alice"
    assert outcome(phone.validate_signature(pin=PIN)) == OK


def test_what_the_hook_is_asked_and_told(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    phone.activate_directly(IDENTITY, pin=PIN, custom_attributes={"a": 1})
    assert [method for method, _ in hooks.asked] == [
        "user_id",
        "max_failed_attempts",
        "validity",
        "custom_attributes",
        "flags_to_add",
        "commits",
    ]
    ((attempt, activation),) = hooks.committed
    assert {id(asked) for _, asked in hooks.asked} == {id(attempt)}
    assert (attempt.kind, attempt.application_id) == (ActivationKind.DIRECT, bank.application.id)
    assert attempt.identity_attributes == IDENTITY
    assert attempt.custom_attributes == {"a": 1}
    assert hooks.PASSWORD not in repr(attempt)
    assert (activation.activation_id, activation.state) == (phone.activation_id, "ACTIVE")
    assert (activation.user_id, activation.flags) == ("alice", ("BY-DIRECT", "NEW"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["CODE", "DIRECT"])
def test_the_hook_is_called_outside_of_transactions(bank: Bank, hook: None, kind: str) -> None:
    phone = bank.blank_phone()
    if kind == "CODE":
        phone.activate(bank.code("alice"), pin=PIN)
    else:
        phone.activate_directly(IDENTITY, pin=PIN)
    phone.remove(pin=PIN)
    assert len(hooks.committed) == len(hooks.removed) == 1
    assert hooks.in_transaction
    assert not any(hooks.in_transaction)


def test_the_hook_is_made_once(settings: Settings) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.Waiting"
    first, made = get_hook(), len(hooks.made)
    assert get_hook() is first
    assert len(hooks.made) == made


@pytest.mark.parametrize("kind", ["CUSTOM", "DIRECT"])
def test_without_a_hook(bank: Bank, kind: str) -> None:
    assert_refused(bank.blank_phone(), type=kind)
    assert not Activation.objects.exists()


@pytest.mark.parametrize(
    "attributes",
    [
        {"username": "alice", "password": "wrong"},
        {"password": hooks.PASSWORD},
        {"username": "", "password": hooks.PASSWORD},
        {"username": "  ", "password": hooks.PASSWORD},
        {"username": "a" * 256, "password": hooks.PASSWORD},
        {**IDENTITY, "method": "OIDC", "password": "wrong"},
        {**IDENTITY, "method": "oidc"},
    ],
)
def test_user_whom_the_hook_does_not_know(
    bank: Bank, hook: None, attributes: dict[str, str]
) -> None:
    assert_refused(bank.blank_phone(), identityAttributes=attributes)
    assert not Activation.objects.exists()
    assert hooks.committed == []


def test_longest_user(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    phone.activate_directly({**IDENTITY, "username": "a" * 255}, pin=PIN)
    assert bank.activation(phone).user_id == "a" * 255


def test_other_methods_are_the_hooks_business(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    phone.activate_directly({**IDENTITY, "method": "password"}, pin=PIN)
    assert bank.activation(phone).state == ActivationState.ACTIVE


def test_attribute_that_is_null_counts_as_absent(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    answer = post(
        phone, layer_1(phone, "", type="DIRECT", identityAttributes={**IDENTITY, "method": None})
    )
    assert answer.status == 200
    assert hooks.committed[0][0].identity_attributes == IDENTITY


@pytest.mark.parametrize(
    "members",
    [
        {"type": "RECOVERY"},
        {"type": "RECOVERY", "identityAttributes": {"recoveryCode": "A", "puk": "1"}},
        {"type": "direct"},
        {"type": "OIDC"},
        {"type": None},
        {"type": ...},
        {"identityAttributes": ...},
        {"identityAttributes": None},
        {"identityAttributes": {}},
        {"identityAttributes": {"username": None}},
        {"identityAttributes": []},
        {"identityAttributes": "alice"},
        {"identityAttributes": {**IDENTITY, "n": {}}},
        {"identityAttributes": {**IDENTITY, "n": ["a"]}},
        {"customAttributes": [1]},
        {"activationData": ...},
        {"activationData": {}},
    ],
)
def test_malformed_requests(bank: Bank, hook: None, members: dict[str, Any]) -> None:
    assert_refused(bank.blank_phone(), **members)
    assert not Activation.objects.exists()
    assert hooks.asked == []


@pytest.mark.parametrize(
    "member",
    [
        {"devicePublicKey": b64(b"\x04" + bytes(64))},
        {"devicePublicKey": "no Base64"},
        {"devicePublicKey": None},
        {"activationName": "x" * 256},
    ],
)
def test_device_that_cannot_be_activated(bank: Bank, hook: None, member: dict[str, object]) -> None:
    phone = bank.blank_phone()
    assert_refused(phone, activationData=layer_2(phone, **member))
    assert not Activation.objects.exists()


def test_otp_of_the_phone_is_not_evaluated(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    phone.exchange_keys(IDENTITY, pin=PIN, kind="DIRECT", device={"activationOtp": "1234"})
    assert bank.activation(phone).state == ActivationState.ACTIVE


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_inner_layer_twice(bank: Bank, hook: None, version: str) -> None:
    phone = bank.blank_phone(version=version)
    inner = layer_2(phone)
    members = {"type": "DIRECT", "identityAttributes": IDENTITY, "activationData": inner}
    assert post(phone, layer_1(phone, "", **members)).status == 200
    assert_refused(phone, activationData=inner)
    assert Activation.objects.count() == 1


def test_a_hook_that_does_not_commit(bank: Bank, settings: Settings) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.Waiting"
    phone = bank.blank_phone()
    phone.activate_directly(IDENTITY, pin=PIN)
    assert bank.activation(phone).state == ActivationState.PENDING_COMMIT
    assert hooks.committed == []
    lifecycle.commit(phone.activation_id, at=timezone.now())
    assert outcome(phone.validate_signature(pin=PIN)) == OK


def test_code_with_a_hook(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    result = phone.activate(bank.code("bob"), pin=PIN, custom_attributes={"a": 1})
    row = bank.activation(phone)
    assert (row.state, row.user_id) == (ActivationState.ACTIVE, "bob")
    assert (row.flags, row.max_failed_attempts) == (["BY-CODE", "NEW"], 5)
    assert result.custom_attributes == {"a": 1, "state": "PENDING_COMMIT"}
    assert [method for method, _ in hooks.asked] == ["custom_attributes", "flags_to_add", "commits"]
    assert [activation.state for _, activation in hooks.committed] == ["ACTIVE"]


def test_code_that_was_committed_by_the_exchange(bank: Bank, hook: None) -> None:
    phone = bank.blank_phone()
    phone.activate(bank.code("bob", commit_phase=CommitPhase.ON_KEY_EXCHANGE), pin=PIN)
    assert "commits" not in [method for method, _ in hooks.asked]
    assert [activation.state for _, activation in hooks.committed] == ["ACTIVE"]


def test_code_whose_otp_is_due_at_commit(bank: Bank, hook: None) -> None:
    """The exchange has happened, and only the commit is refused."""
    code = bank.code("bob", otp="1234", otp_validation=OtpValidation.ON_COMMIT)
    assert refused(bank.blank_phone(), code) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.PENDING_COMMIT
    assert hooks.committed == []


@pytest.mark.parametrize("code", ["", " "])
def test_blank_code(bank: Bank, hook: None, code: str) -> None:
    assert_refused(bank.blank_phone(), type="CODE", identityAttributes={"code": code, "x": "y"})
    assert_refused(bank.blank_phone(), type="CODE", identityAttributes={"x": "y"})


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("FailingUser", None),
        ("FailingLimit", None),
        ("FailingValidity", None),
        ("FailingAttributes", ActivationState.PENDING_COMMIT),
        ("FailingFlags", ActivationState.PENDING_COMMIT),
        ("FailingCommit", ActivationState.PENDING_COMMIT),
    ],
)
def test_a_hook_that_fails_refuses_and_gives_nothing_away(
    bank: Bank,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    name: str,
    state: ActivationState | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.{name}"
    assert_refused(bank.blank_phone())
    states = list(Activation.objects.values_list("state", flat=True))
    assert states == ([] if state is None else [state])
    assert hooks.committed == []
    assert "the activation hook failed: LookupError in" in caplog.text
    assert "hooks.py" in caplog.text
    assert hooks.PASSWORD not in caplog.text
    assert "no such user" not in caplog.text


def test_notifications_that_fail_change_nothing(
    bank: Bank, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.FailingNotifications"
    phone = bank.blank_phone()
    phone.activate_directly(IDENTITY, pin=PIN)
    assert Activation.objects.get().state == ActivationState.ACTIVE
    phone.remove(pin=PIN)
    assert Activation.objects.get().state == ActivationState.REMOVED
    assert caplog.text.count("the activation hook failed: LookupError in") == 2
    assert hooks.PASSWORD not in caplog.text
    assert "the directory is away" not in caplog.text


async def _later() -> bool:
    return True


@pytest.mark.parametrize(
    "answers",
    [
        {"user_id": 5},
        {"user_id": ["alice"]},
        {"user_id": "ali\x00ce"},
        {"user_id": "ali\ud800ce"},
        {"max_failed_attempts": "3"},
        {"max_failed_attempts": True},
        {"max_failed_attempts": 0},
        {"max_failed_attempts": 256},
        {"validity": 60},
        {"validity": timedelta(seconds=-1)},
        {"validity": timedelta.max},
        {"custom_attributes": None},
        {"custom_attributes": [1]},
        {"custom_attributes": {"a": object()}},
        {"custom_attributes": {"a": "\x00"}},
        {"custom_attributes": {5: "a"}},
        {"flags_to_add": None},
        {"flags_to_add": "FLAG"},
        {"flags_to_add": [None]},
        {"flags_to_add": [""]},
        {"flags_to_add": ["F" * 256]},
        {"commits": 1},
        {"commits": None},
        {"commits": _later},
    ],
)
def test_answers_that_no_hook_may_give(
    bank: Bank, settings: Settings, answers: dict[str, Any]
) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.Answering"
    hooks.Answering.answers = answers
    assert_refused(bank.blank_phone())
    assert not Activation.objects.filter(state=ActivationState.ACTIVE).exists()
    assert hooks.committed == []


def test_answers_that_change_nothing(bank: Bank, settings: Settings) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.Answering"
    phone = bank.blank_phone()
    result = phone.activate_directly(IDENTITY, pin=PIN, custom_attributes={"a": 1})
    row = bank.activation(phone)
    assert (row.state, row.flags, row.max_failed_attempts) == (ActivationState.ACTIVE, [], 5)
    assert result.custom_attributes == {}


def test_no_user_info(bank: Bank, hook: None, settings: Settings) -> None:
    settings.USER_INFO_PROVIDER = "none"
    result = bank.blank_phone().activate_directly(IDENTITY, pin=PIN)
    assert "userInfo" not in result.layer_1


def test_removal_is_told(bank: Bank, alice: Phone, hook: None) -> None:
    activation_id = alice.activation_id
    alice.remove(pin=PIN)
    (removed,) = hooks.removed
    assert (removed.activation_id, removed.state) == (activation_id, "REMOVED")
    assert (removed.user_id, removed.application_id) == ("alice", bank.application.id)


def test_removal_that_is_refused_is_not_told(alice: Phone, hook: None) -> None:
    with pytest.raises(PhoneFailure):
        alice.remove(pin="9999")
    assert hooks.removed == []


@pytest.mark.parametrize("setting", ["ACTIVATION_PROVIDER_HOOK", "USER_INFO_PROVIDER"])
def test_misconfiguration_does_not_cost_the_code(
    bank: Bank, settings: Settings, setting: str
) -> None:
    code = bank.code("alice")
    setattr(settings, setting, "nowhere.Hook")
    with pytest.raises(PhoneFailure) as failure:
        bank.blank_phone().activate(code, pin=PIN)
    assert outcome(failure.value.answer) == FAILED
    assert Activation.objects.get().state == ActivationState.CREATED
