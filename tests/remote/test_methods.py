"""Which methods of other servers a server in front calls, and how often for one request."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from activation.models import SpawnRule
from powerauth.engine.activations import lifecycle
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType
from powerauth.remote import encryption
from powerauth.values import EncryptedCall
from push.models import PushDevice
from tests.api.standard import hooks
from tests.api.standard.wire import PK
from tests.bank import PIN, Bank
from tests.inbox.mailbox import write

LIST = "operation/list/pending"
VERIFY_4 = "v4/auth/verify"
METHODS = {
    "activation/commit",
    "activation/create",
    "activation/flags/create",
    "activation/init",
    "activation/name/update",
    "activation/prepare",
    "activation/remove",
    "activation/status",
    "application/config/detail",
    "application/detail/version",
    "application/list",
    "ecies/decryptor",
    "keystore/create",
    "operation/approve",
    "operation/approve/fail",
    "operation/claim",
    "operation/detail",
    "operation/list",
    "operation/list/pending",
    "operation/reject",
    "signature/verify",
    "token/create",
    "token/remove",
    "token/validate",
    "vault/unlock",
}
"""All that may be called: what a bank has to admit between the two servers."""
METHODS_OF_4 = {
    "v4/activation/confirm",
    "v4/activation/create",
    "v4/activation/prepare",
    "v4/activation/status",
    "v4/application/detail",
    "v4/auth/verify",
    "v4/biometry/add",
    "v4/biometry/remove",
    "v4/encryptor",
    "v4/keystore/create",
    "v4/password/change",
    "v4/token/create",
    "v4/token/validate",
    "v4/upgrade/confirm",
    "v4/upgrade/start",
    "v4/vault/unlock",
}
"""And these for phones of protocol 4.0."""

PUSH_METHODS = {
    "inbox/messages/count",
    "inbox/messages/detail",
    "inbox/messages/list",
    "inbox/messages/read",
    "inbox/messages/read-all",
    "push/device/create",
}
"""All that may be called of a Push Server."""


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda phone: phone.operations(), ["token/validate", LIST]),
        (lambda phone: phone.history(pin=PIN), ["signature/verify", "operation/list"]),
        (lambda phone: phone.validate_signature(pin=PIN), ["signature/verify"]),
        (lambda phone: phone.status(), ["activation/status"]),
        (lambda phone: phone.remove(PIN), ["signature/verify", "activation/remove"]),
        (lambda phone: phone.server_status(), []),
    ],
)
def test_calls_of_a_request(alice: Phone, called: list[str], act: object, expected: object) -> None:
    alice.operations()
    called.clear()
    act(alice)  # type: ignore[operator] # a function of the table
    assert called == expected


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        (PIN, ["signature/verify", "operation/detail", "operation/approve"]),
        (
            "9999",
            ["signature/verify", "activation/status", "operation/detail", "operation/approve/fail"],
        ),
    ],
)
def test_calls_of_an_approval(
    bank: Bank, alice: Phone, called: list[str], pin: str, expected: list[str]
) -> None:
    operation = bank.operation("alice")
    alice.approve(str(operation.pk), operation.data, pin=pin)
    assert called == expected


def test_calls_for_a_phone_of_protocol_4(bank: Bank, called: list[str]) -> None:
    phone = bank.phone("alice", version="4.0")
    assert called[-3:] == ["v4/activation/status", "v4/auth/verify", "v4/activation/confirm"]
    phone.operations()
    operation = bank.operation("alice")
    every = set(called)
    for act, expected in (
        (lambda: phone.operations(), ["v4/token/validate", LIST]),
        (
            lambda: phone.approve(str(operation.pk), operation.data, pin=PIN),
            ["v4/auth/verify", "operation/detail", "operation/approve"],
        ),
        (lambda: phone.validate_signature(pin=PIN), ["v4/auth/verify"]),
        (lambda: phone.status(), ["v4/encryptor", "v4/activation/status"]),
        (lambda: phone.user_info(), ["v4/encryptor", "v4/activation/status"]),
        (lambda: phone.unlock_vault(PIN), ["v4/vault/unlock"]),
        (lambda: phone.remove_biometry(), ["v4/auth/verify", "v4/biometry/remove"]),
        # The phone proves the new key by a code of its own.
        (lambda: phone.add_biometry(PIN), [VERIFY_4, "v4/biometry/add", VERIFY_4]),
        (lambda: phone.remove(PIN), ["v4/auth/verify", "activation/remove"]),
    ):
        called.clear()
        act()
        assert [method for method in called if method != "v4/keystore/create"] == expected
        every |= set(called)
    assert every <= METHODS | METHODS_OF_4


def test_calls_of_a_rejection_and_a_claim(bank: Bank, alice: Phone, called: list[str]) -> None:
    operation = bank.operation("")
    alice.create_token()
    called.clear()
    alice.claim(str(operation.pk))
    assert called == ["token/validate", "operation/detail", "operation/detail"]
    called.clear()
    alice.reject(str(operation.pk))
    assert called == ["signature/verify", "operation/detail", "operation/reject"]


def test_decryption_and_signature_are_asked_for_once(alice: Phone, called: list[str]) -> None:
    alice.rename("New", pin=PIN)
    decided = [method for method in called if method != "keystore/create"]
    assert decided == ["ecies/decryptor", "signature/verify", "activation/name/update"]
    called.clear()
    alice.user_info()
    assert called == ["ecies/decryptor", "activation/status"]


def test_nothing_else_is_called(
    bank: Bank, other_bank: Bank, called: list[str], settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = True
    settings.ACTIVATION_PROVIDER_HOOK = "tests.api.standard.hooks.ByPassword"
    hooks.forget()
    SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id="other",
        destination_application_id=other_bank.application.id,
    )
    by_code, directly = bank.phone("alice"), bank.blank_phone()
    directly.activate_directly({"username": "bob", "password": hooks.PASSWORD}, pin=PIN)
    token = by_code.create_token(PK, PIN)
    by_code.detail(token)
    by_code.unlock_vault(PIN)
    by_code.spawn("other", "12345678", pin=PIN)
    by_code.remove_token(token, pin=PIN)
    assert set(called) <= METHODS
    assert {"activation/create", "activation/flags/create", "activation/init"} <= set(called)


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_a_request_of_another_generation_is_passed_on_by_none(
    called: list[str], version: str
) -> None:
    class Foreign:
        temporary_key_id, nonce, timestamp = None, b"n", 1

        def to_json(self) -> dict[str, object]:
            return {}

    call = EncryptedCall(
        request=Foreign(),
        encryptor=Encryptor.APPLICATION_GENERIC,
        version=version,
        application_key="key",
    )
    for asked in (
        lambda: encryption.open_generic(call),
        lambda: encryption.create_token(call, SignatureType.POSSESSION),
    ):
        with pytest.raises(EngineRefusal) as refused:
            asked()
        assert refused.value.code is ErrorCode.DECRYPTION_FAILED
    assert not called


def test_calls_of_a_push_server(bank: Bank, alice: Phone, pushed: list[str]) -> None:
    message_id = str(write("alice", [bank.application.id]).pk)
    every: list[str] = []
    for act, expected in (
        (lambda: alice.register_push("token"), ["push/device/create"]),
        (lambda: alice.register_push_signed("token"), ["push/device/create"]),
        (lambda: alice.unread_count(), ["inbox/messages/count"]),
        (lambda: alice.messages(), ["inbox/messages/list"]),
        (lambda: alice.message(message_id), ["inbox/messages/detail"]),
        (
            lambda: alice.read_message(message_id),
            ["inbox/messages/detail", "inbox/messages/read"],
        ),
        (lambda: alice.read_message(message_id), ["inbox/messages/detail"]),
        (lambda: alice.read_all_messages(), ["inbox/messages/read-all"]),
        (lambda: alice.operations(), []),
        (lambda: alice.history(pin=PIN), []),
        (lambda: alice.remove(PIN), []),
    ):
        act()
        assert pushed == expected
        every += pushed
        pushed.clear()
    assert set(every) == PUSH_METHODS


def test_changes_of_activations_ask_nobody(alice: Phone, pushed: list[str]) -> None:
    alice.register_push("token")
    pushed.clear()
    for change in (lifecycle.block, lifecycle.unblock, lifecycle.remove):
        change(alice.activation_id, at=timezone.now())
    assert pushed == []
    # They reach the Push Server by a callback; rows of our own, if there are any, stay as they are.
    assert PushDevice.objects.get().is_active
