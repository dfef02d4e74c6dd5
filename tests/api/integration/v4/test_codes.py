"""`auth/verify` and `audit/list`: protocol-4.md 24, 34.2 to 34.4 and 39.1."""

from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from powerauth.models import Activation, ActivationState, CommitPhase, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import EC_P384
from tests.api.integration import back_end
from tests.api.integration.phone_calls import signed
from tests.api.integration.v4.calls import UNKNOWN_ID, complaint, ok, post, proof, refused
from tests.bank import VERSIONS_OF_3, Bank
from tests.engine.generations_four.phone import PB, PK, Phone4, new_phone

PATH = "auth/verify"
ONE = SignatureType.POSSESSION
TO_V4 = {
    "signature": "authenticationCode",
    "signatureType": "authenticationCodeType",
    "signatureVersion": "authenticationVersion",
}


def of_3(phone: Phone, **options: Any) -> dict[str, Any]:
    """Give the members of `auth/verify` for a signature of protocol 3."""
    return {TO_V4.get(name, name): value for name, value in signed(phone, **options).items()}


def counts(phone: Phone4) -> tuple[int, int, int]:
    row = phone.row
    return row.counter, row.failed_attempts, row.free_failures


def waiting(bank: Bank) -> Phone4:
    """Give a phone whose activation waits for its commit."""
    phone = new_phone(bank.application, EC_P384)
    phone.activate(phone.begin(commit_phase=CommitPhase.ON_COMMIT))
    return phone


@pytest.mark.parametrize("kind", [ONE, PK])
def test_a_code(http: requests.Session, each_phone: Phone4, kind: SignatureType) -> None:
    Activation.objects.update(flags=["VIP"])
    assert ok(http, PATH, **proof(each_phone.signed(kind))) == {
        "authenticationValid": True,
        "activationId": each_phone.activation_id,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "userId": "alice",
        "applicationId": each_phone.application.id,
        "authenticationCodeType": kind.name,
        "remainingAttempts": 5,
        "applicationRoles": [],
        "activationFlags": ["VIP"],
    }
    row = SignatureAudit.objects.get()
    assert (row.generation, row.signature_version, row.valid) == (4, "4.0", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [{}, {"knowledge": bytes(32)}], ids=["right", "wrong"])
def test_statements(http: requests.Session, phone: Phone4, keys: dict[str, Any]) -> None:
    """A code costs the database what a signature does."""
    members = proof(phone.signed(PK, **keys))
    with CaptureQueriesContext(connection) as captured:
        ok(http, PATH, **members, allowedStates=["ACTIVE", "PENDING_COMMIT"])
    texts = [str(query["sql"]) for query in captured.captured_queries]
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    assert len([text for text in texts if not text.startswith(control)]) == 2


def test_a_wrong_code_is_counted(http: requests.Session, phone: Phone4) -> None:
    answer = ok(http, PATH, **proof(phone.signed(PK, knowledge=bytes(32))))
    assert (answer["authenticationValid"], answer["remainingAttempts"]) == (False, 4)
    assert counts(phone) == (0, 1, 0)


def test_the_last_wrong_code_blocks(http: requests.Session, phone: Phone4) -> None:
    for left in (4, 3, 2, 1, 0):
        answer = ok(http, PATH, **proof(phone.signed(PK, knowledge=bytes(32))))
        assert answer["remainingAttempts"] == left
    assert (answer["activationStatus"], answer["blockedReason"]) == (
        "BLOCKED",
        "MAX_FAILED_ATTEMPTS",
    )


def test_trap_19_biometry_that_is_off_costs_nothing(http: requests.Session, phone: Phone4) -> None:
    answer = ok(http, PATH, **proof(phone.signed(PB)))
    assert not answer["authenticationValid"]
    assert counts(phone)[:2] == (0, 0)


@pytest.mark.parametrize(
    "code", ["", "AAAA", b64(bytes(33)), b64(bytes(64)).rstrip("="), "x" * 10_000]
)
def test_trap_29_what_is_no_code(http: requests.Session, phone: Phone4, code: str) -> None:
    members = {**proof(phone.signed()), "authenticationCode": code}
    assert not ok(http, PATH, **members)["authenticationValid"]
    assert len(SignatureAudit.objects.get().signature) <= 255


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_an_activation_of_protocol_3_by_its_version(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    answer = ok(http, PATH, **of_3(phone))
    assert (answer["authenticationValid"], answer["remainingAttempts"]) == (True, 5)
    answer = ok(http, PATH, **of_3(phone, pin="9999"))
    assert (answer["authenticationValid"], answer["remainingAttempts"]) == (False, 4)


def test_a_version_of_the_other_generation_costs_nothing(
    http: requests.Session, alice: Phone, phone: Phone4
) -> None:
    of_other = [
        {**proof(phone.signed()), "authenticationVersion": "3.3"},
        {**of_3(alice), "authenticationVersion": "4.0"},
    ]
    before = [(row.counter, row.failed_attempts) for row in Activation.objects.order_by("pk")]
    for members in of_other:
        assert not ok(http, PATH, **members)["authenticationValid"]
    after = [(row.counter, row.failed_attempts) for row in Activation.objects.order_by("pk")]
    assert after == before


def test_an_unknown_activation(http: requests.Session, phone: Phone4) -> None:
    answer = ok(http, PATH, **{**proof(phone.signed()), "activationId": UNKNOWN_ID})
    assert (answer["authenticationValid"], answer["activationStatus"]) == (False, "REMOVED")
    assert answer["authenticationCodeType"] is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"authenticationCode": None}, "authenticationCode - must not be null"),
        ({"authenticationCodeType": None}, "authenticationCodeType - must not be null"),
        ({"authenticationVersion": "4.1"}, "authenticationVersion - must be a protocol version"),
        ({"authenticationVersion": None}, "authenticationVersion - must not be null"),
        ({"data": None}, "data - must not be null"),
        ({"authenticationCodeType": "possession"}, "authenticationCodeType - must be one of"),
        ({"allowedStates": "ACTIVE"}, "allowedStates - must be a list"),
        ({"allowedStates": ["active"]}, "allowedStates[0] - must be one of"),
        ({"allowedStates": [None]}, "allowedStates[0] - must not be null"),
    ],
)
def test_members_that_break_a_rule(
    http: requests.Session, phone: Phone4, change: dict[str, Any], said: str
) -> None:
    assert complaint(http, PATH, **{**proof(phone.signed()), **change}).startswith(said)
    assert counts(phone) == (0, 0, 0)


def test_words_of_the_other_tree_are_not_known(http: requests.Session, phone: Phone4) -> None:
    back = {here: there for there, here in TO_V4.items()}
    members = {back.get(name, name): value for name, value in proof(phone.signed()).items()}
    assert complaint(http, PATH, **members).startswith("authenticationCode")


def test_unknown_members_are_ignored(http: requests.Session, phone: Phone4) -> None:
    members = {**proof(phone.signed()), "forcedSignatureVersion": "x", "more": {"a": []}}
    assert ok(http, PATH, **members)["authenticationValid"]


def test_a_waiting_activation_is_compared_where_the_caller_admits_it(
    http: requests.Session, bank: Bank
) -> None:
    phone = waiting(bank)
    plain = ok(http, PATH, **proof(phone.signed()))
    assert (plain["authenticationValid"], plain["activationStatus"]) == (False, "PENDING_COMMIT")
    assert counts(phone)[:2] == (0, 0)
    for states, valid in (
        (["ACTIVE"], False),
        ([], False),
        (["PENDING_COMMIT"], True),
        (["ACTIVE", "PENDING_COMMIT"], True),
    ):
        answer = ok(http, PATH, **proof(phone.signed()), allowedStates=states)
        assert answer["authenticationValid"] is valid, states


def test_only_the_states_that_the_caller_names(http: requests.Session, phone: Phone4) -> None:
    members = proof(phone.signed())
    assert not ok(http, PATH, **members, allowedStates=["PENDING_COMMIT"])["authenticationValid"]
    assert ok(http, PATH, **members, allowedStates=["ACTIVE"])["authenticationValid"]


def test_guessing_before_the_commit_ends_and_blocks_nothing(
    http: requests.Session, bank: Bank
) -> None:
    phone = waiting(bank)
    states = ["PENDING_COMMIT"]
    for _ in range(5):
        ok(http, PATH, **proof(phone.signed(PK, knowledge=bytes(32))), allowedStates=states)
    answer = ok(http, PATH, **proof(phone.signed()), allowedStates=states)
    assert (answer["authenticationValid"], answer["activationStatus"]) == (False, "PENDING_COMMIT")
    assert phone.row.failed_attempts == 5


@pytest.mark.parametrize("state", ["CREATED", "BLOCKED", "REMOVED"])
def test_no_other_state_is_ever_admitted(http: requests.Session, phone: Phone4, state: str) -> None:
    Activation.objects.update(state=ActivationState[state])
    answer = ok(http, PATH, **proof(phone.signed()), allowedStates=ActivationState.names)
    assert (answer["authenticationValid"], answer["activationStatus"]) == (False, state)
    assert counts(phone)[:2] == (0, 0)


def test_the_audit_has_the_words_of_the_other_tree(
    http: requests.Session, phone: Phone4, alice: Phone
) -> None:
    ok(http, PATH, **proof(phone.signed()))
    ok(http, PATH, **of_3(alice))
    here = ok(http, "audit/list", userId="alice")
    assert here == back_end.ok(http, "signature/list", userId="alice")
    assert [(one["version"], one["signatureVersion"]) for one in here["items"]] == [
        (3, "3.3"),
        (4, "4.0"),
    ]
    assert refused(http, "audit/list") == "ERR0024"


def test_who_calls_has_to_say_who_he_is(
    http: requests.Session, phone: Phone4, settings: Any
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    for path in (PATH, "encryptor", "dsa/sign", "jwt/sign", "activation/confirm", "status"):
        assert post(http, path, **proof(phone.signed())).status_code == 401
    assert not SignatureAudit.objects.exists()
