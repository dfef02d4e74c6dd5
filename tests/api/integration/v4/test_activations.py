"""`activation/prepare`, `create`, `confirm` and `status`: protocol-4.md 23, 27, 34.3 and 34.4."""

from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import master_keys
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    AuditRecord,
    CommitPhase,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.application_keys import verify_activation_code
from powerauth.protocol.v4.primitives.signing import SIGNING_ALGORITHMS
from powerauth.protocol.v4.status_blob import read_status
from powerauth.protocol.v4.suites import EC_P384, Suite, available_suites
from tests.api.integration import back_end
from tests.api.integration.v4.calls import (
    UNKNOWN_ID,
    complaint,
    ok,
    opened,
    proof,
    refused,
    sealed,
)
from tests.bank import VERSIONS_OF_3, Bank
from tests.engine.generations_four.phone import PB, PK, Phone4, configure, new_phone

LAYER_2 = Encryptor.ACTIVATION_LAYER_2
CONFIRM = "activation/confirm"
EACH_SUITE = pytest.mark.parametrize("suite", available_suites(), ids=lambda one: one.name)


def taken_over(phone: Phone4, answer: Any) -> None:
    response = KeyExchangeResponse.parse(answer)
    phone.secret, phone.server_keys = phone.device.accept(response)
    phone.activation_id, phone.ctr = response.activation_id or "", response.ctr_data


@EACH_SUITE
def test_keys_are_exchanged(http: requests.Session, bank: Bank, suite: Suite) -> None:
    phone = new_phone(bank.application, suite)
    code = phone.begin()
    members, made = sealed(phone, phone.offered(), LAYER_2)
    answer = ok(http, "activation/prepare", activationCode=code, **members)
    assert set(answer) == {
        *("activationId", "userId", "applicationId", "activationStatus"),
        *("encryptedData", "timestamp"),
    }
    taken_over(phone, opened(made, answer))
    assert (answer["activationId"], answer["activationStatus"]) == (phone.activation_id, "ACTIVE")
    assert phone.row.algorithm == suite.name
    assert ok(http, "auth/verify", **proof(phone.signed()))["authenticationValid"]


@EACH_SUITE
def test_a_user_who_is_known(http: requests.Session, bank: Bank, suite: Suite) -> None:
    phone = new_phone(bank.application, suite)
    members, made = sealed(phone, phone.offered(), LAYER_2)
    answer = ok(http, "activation/create", userId="carol", maxFailureCount=3, **members)
    taken_over(phone, opened(made, answer))
    assert (answer["userId"], answer["activationStatus"]) == ("carol", "PENDING_COMMIT")
    assert (phone.row.max_failed_attempts, phone.row.protocol_generation) == (3, 4)
    assert AuditRecord.objects.get().action == "activation/create"
    assert ok(http, "activation/commit", activationId=phone.activation_id)["activated"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"protocolVersion": "3.3"}, "ERR0024"),
        ({"protocolVersion": None}, "ERR0024"),
        ({"encryptedData": "AAAA"}, "ERR0024"),
        ({"nonce": "AAAA"}, "ERR0024"),
        ({"timestamp": None}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
    ],
    ids=str,
)
def test_a_malformed_message(
    http: requests.Session, bank: Bank, change: dict[str, Any], code: str
) -> None:
    phone = new_phone(bank.application, EC_P384)
    activation_code = phone.begin()
    members, _ = sealed(phone, phone.offered(), LAYER_2)
    assert (
        refused(http, "activation/prepare", activationCode=activation_code, **{**members, **change})
        == code
    )
    assert refused(http, "activation/create", userId="carol", **{**members, **change}) == code
    assert Activation.objects.get().state == ActivationState.CREATED


def test_members_of_protocol_3_are_not_read(http: requests.Session, bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    members, _ = sealed(phone, phone.offered(), LAYER_2)
    strange = {"ephemeralPublicKey": "AAAA", "mac": [], "generateRecoveryCodes": "?"}
    assert ok(http, "activation/prepare", activationCode=code, **members, **strange)


def test_each_tree_passes_on_its_own_messages(http: requests.Session, bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    members, _ = sealed(phone, phone.offered(), LAYER_2)
    for path, named in (
        ("activation/prepare", {"activationCode": code}),
        ("activation/create", {"userId": "carol"}),
    ):
        assert back_end.refused(http, path, **named, **members) == "ERR0024"


def test_a_suite_that_is_not_allowed(http: requests.Session, bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    members, _ = sealed(phone, phone.offered(), LAYER_2)
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P256"])
    assert refused(http, "activation/prepare", activationCode=code, **members) in {
        "ERR0024",
        "ERR0046",
    }
    assert Activation.objects.get().state == ActivationState.CREATED


# --- Confirmation -----------------------------------------------------------------------------


def confirming(phone: Phone4, *, biometry: bool = True) -> dict[str, Any]:
    return {"activationId": phone.activation_id, "enableBiometry": biometry}


@pytest.mark.parametrize("biometry", [True, False])
def test_the_phone_confirms(http: requests.Session, each_phone: Phone4, biometry: bool) -> None:
    assert ok(http, CONFIRM, **confirming(each_phone, biometry=biometry)) is None
    row = each_phone.row
    assert (row.confirmation_pending, row.biometry_enabled) == (False, biometry)
    assert bool(row.biometry_key) is biometry
    verdict = ok(http, "auth/verify", **proof(each_phone.signed(PB)))
    assert verdict["authenticationValid"] is biometry
    assert refused(http, CONFIRM, **confirming(each_phone)) == "ERR0008"


def test_the_confirmation_is_recorded(http: requests.Session, phone: Phone4) -> None:
    ok(http, CONFIRM, **confirming(phone))
    record = AuditRecord.objects.get()
    assert (record.action, record.object_id) == ("activation/confirm", phone.activation_id)
    told = ActivationHistory.objects.filter(activation=phone.row).latest("id")
    assert told.event_reason == "ACTIVATION_CONFIRMED"


def test_before_and_after_the_commit(http: requests.Session, bank: Bank) -> None:
    for confirmed_first in (True, False):
        phone = new_phone(bank.application, EC_P384)
        phone.activate(phone.begin(commit_phase=CommitPhase.ON_COMMIT))
        calls = [(CONFIRM, confirming(phone)), ("activation/commit", {**confirming(phone)})]
        for path, members in calls if confirmed_first else reversed(calls):
            ok(http, path, **members)
        assert (phone.row.state, phone.row.confirmation_pending) == (ActivationState.ACTIVE, False)


@pytest.mark.parametrize("state", ["CREATED", "BLOCKED", "REMOVED"])
def test_no_other_state_is_confirmed(http: requests.Session, phone: Phone4, state: str) -> None:
    Activation.objects.update(state=ActivationState[state])
    assert refused(http, CONFIRM, **confirming(phone)) == "ERR0008"
    assert phone.row.confirmation_pending


def test_what_cannot_be_confirmed(http: requests.Session, phone: Phone4, alice: Phone) -> None:
    of_3 = {"activationId": alice.activation_id, "enableBiometry": True}
    assert refused(http, CONFIRM, **of_3) == "ERR0008"
    assert refused(http, CONFIRM, **{**of_3, "activationId": UNKNOWN_ID}) == "ERR0009"
    for member in ("activationId", "enableBiometry"):
        members = {**confirming(phone), member: None}
        assert complaint(http, CONFIRM, **members) == f"{member} - must not be null"
    assert phone.row.confirmation_pending


# --- Status -----------------------------------------------------------------------------------


def test_a_status(http: requests.Session, each_phone: Phone4) -> None:
    by_id = {"activationId": each_phone.activation_id}
    here = ok(http, "activation/status", **by_id, challenge="ignored")
    there = back_end.ok(http, "activation/status", **by_id)
    of_3, of_4 = {"encryptedStatusBlob", "encryptedStatusBlobNonce"}, {"statusBlob"}
    own = {"confirmationPending", "activationSignatures", *of_4}
    assert {name: there[name] for name in there if name not in of_3}.items() <= here.items()
    assert own <= set(here)
    assert here["activationSignatures"] is None
    blob = read_status(b64d(here["statusBlob"], size=80), each_phone.keys)
    assert (blob.state, blob.confirmation_pending) == (3, True)
    assert (here["version"], here["confirmationPending"]) == (4, True)
    # What phones of protocol 3 read tells nothing of an activation of protocol 4.
    assert len(b64d(there["encryptedStatusBlob"])) == 32
    ok(http, CONFIRM, **confirming(each_phone))
    assert not ok(http, "activation/status", **by_id)["confirmationPending"]


def test_the_status_of_every_state(http: requests.Session, phone: Phone4) -> None:
    by_id = {"activationId": phone.activation_id}
    lifecycle.block(phone.activation_id, reason="LOST", external_user_id=None, at=timezone.now())
    here = ok(http, "activation/status", **by_id)
    assert (here["activationStatus"], here["blockedReason"]) == ("BLOCKED", "LOST")
    assert read_status(b64d(here["statusBlob"]), phone.keys).state == ActivationState.BLOCKED


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_the_status_of_protocol_3_has_no_blob_here(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    here = ok(http, "activation/status", activationId=phone.activation_id)
    assert (here["version"], here["statusBlob"], here["confirmationPending"]) == (3, None, False)


def test_the_status_of_what_has_no_keys(http: requests.Session, bank: Bank) -> None:
    bank.code("alice")
    new = ok(http, "activation/status", activationId=str(Activation.objects.get().pk))
    assert (new["activationStatus"], new["statusBlob"]) == ("CREATED", None)
    names = [each.label for each in SIGNING_ALGORITHMS.values() if each.is_available()]
    assert sorted(new["activationSignatures"]) == sorted(names)
    assert new["activationSignatures"]["ES256"] == new["activationSignature"]
    code = new["activationCode"]
    assert verify_activation_code(
        master_keys.public_keys(bank.application.id), code, new["activationSignatures"]
    )
    unknown = ok(http, "activation/status", activationId=UNKNOWN_ID)
    assert (unknown["activationStatus"], unknown["statusBlob"]) == ("REMOVED", None)
    assert set(unknown) == set(new)
    assert refused(http, "activation/status") == "ERR0024"


def test_a_list_has_the_same_members_in_both_trees(
    http: requests.Session, phone: Phone4, alice: Phone
) -> None:
    assert phone.sign(PK).valid
    here = ok(http, "activation/list", userId="alice")
    assert here == back_end.ok(http, "activation/list", userId="alice")
    keys = {one["version"]: one["devicePublicKeyBase64"] for one in here["activations"]}
    assert sorted(keys) == [3, 4]
    assert keys[4] is None and len(b64d(keys[3])) == 65
