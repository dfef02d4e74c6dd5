"""`auth/offline/*`, and `signature/offline/*` of activations of protocol 4: protocol-4.md 31."""

from typing import Any

import pytest
import requests

from powerauth.engine.applications import master_keys
from powerauth.models import MasterKeyPair, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.offline_text import build_offline_data
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.v3.offline import OFFLINE_SECRET, offline_base, offline_body
from powerauth.protocol.v4.authentication_code import compute_code, next_counter
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.offline import parse_payload
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.versions import SignatureFormat
from tests.api.integration import back_end
from tests.api.integration.v4.calls import UNKNOWN_ID, complaint, ok, refused
from tests.bank import PIN, VERSIONS_OF_3, Bank
from tests.engine.generations_four.phone import PB, PK, Phone4

DATA = build_offline_data("op-1", "Payment", "To the grocer", "A1*A100CZK", "B")
PERSONAL, COMMON = "auth/offline/personalized/create", "auth/offline/non-personalized/create"
VERIFY = "auth/offline/verify"
SEED = b64(bytes(range(16)))


def typed(
    phone: Phone4, nonce: str, kind: SignatureType = PK, *, totp: str | None = None, digits: int = 8
) -> tuple[str, str]:
    """Give the base string without secret, and the code for it, at the phone's counter."""
    base = offline_base(nonce, offline_body("op-1", "A1*A100CZK"))
    shown = offline_base(nonce, offline_body("op-1", "A1*A100CZK", totp))
    known = {
        "possession": phone.keys.possession,
        "knowledge": phone.keys.knowledge,
        "biometry": phone.keys.biometry,
    }
    code = compute_code(
        signature_data(shown, OFFLINE_SECRET),
        keys=[known[factor] for factor in kind.factors],
        ctr=phone.ctr,
        fmt=SignatureFormat.DECIMAL,
        digits=digits,
    )
    phone.ctr = next_counter(phone.ctr)
    return base.decode(), code


def of(phone: Phone4) -> dict[str, Any]:
    return {"activationId": phone.activation_id}


def test_a_text_for_one_phone_and_its_code(http: requests.Session, each_phone: Phone4) -> None:
    """Trap 23: the key digit is 2, and what follows is a MAC."""
    made = ok(http, PERSONAL, **of(each_phone), data=DATA)
    assert set(made) == {"offlineData", "nonce"}
    payload = parse_payload(made["offlineData"])
    master = master_keys.public_key(each_phone.application.id, ECDSA_P384)
    assert (payload.key_id, payload.nonce_b64) == ("2", made["nonce"])
    assert payload.verify(keys=each_phone.keys, master_public_key=master)
    assert not payload.verify(keys=ActivationKeys(bytes(32)), master_public_key=master)
    base, code = typed(each_phone, made["nonce"])
    answer = ok(http, VERIFY, **of(each_phone), data=base, authenticationCode=code)
    assert set(answer) == {
        *("authenticationValid", "activationId", "activationStatus", "blockedReason", "userId"),
        *("applicationId", "authenticationCodeType", "remainingAttempts", "applicationRoles"),
        "activationFlags",
    }
    assert (answer["authenticationValid"], answer["authenticationCodeType"]) == (
        True,
        "POSSESSION_KNOWLEDGE",
    )
    assert SignatureAudit.objects.get().generation == 4


def test_both_trees_serve_both_generations(
    http: requests.Session, phone: Phone4, alice: Phone
) -> None:
    """What an activation is of says which codes it makes; the path says only the words."""
    in_v3 = "signature/offline"
    made = back_end.ok(http, f"{in_v3}/personalized/create", **of(phone), data=DATA)
    base, code = typed(phone, made["nonce"])
    answer = back_end.ok(http, f"{in_v3}/verify", **of(phone), data=base, signature=code)
    assert answer["signatureValid"]
    of_3 = {"activationId": alice.activation_id}
    made = ok(http, PERSONAL, **of_3, data=DATA)
    scanned = alice.scan(made["offlineData"])
    base = offline_base(made["nonce"], offline_body("op-1", "A1*A100CZK")).decode()
    code = alice.offline_code(scanned, pin=PIN)
    assert ok(http, VERIFY, **of_3, data=base, authenticationCode=code)["authenticationValid"]


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_a_wrong_code_of_protocol_3(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    base = offline_base(b64(bytes(16)), offline_body("op-1", "A1*A100CZK")).decode()
    members = {"activationId": phone.activation_id, "data": base}
    answer = ok(http, VERIFY, **members, authenticationCode="00000000-00000000")
    assert (answer["authenticationValid"], answer["remainingAttempts"]) == (False, 4)


def test_all_combinations_are_one_attempt(http: requests.Session, phone: Phone4) -> None:
    base, _ = typed(phone, b64(bytes(16)))
    answer = ok(
        http,
        VERIFY,
        **of(phone),
        data=base,
        authenticationCode="00000000-00000000",
        allowBiometry=True,
        proximityCheck={"seed": SEED, "stepLength": 30, "stepCount": 3},
    )
    assert (answer["authenticationValid"], answer["remainingAttempts"]) == (False, 4)
    assert (phone.row.counter, phone.row.failed_attempts) == (0, 1)


def test_biometry_where_it_is_allowed_and_enabled(http: requests.Session, phone: Phone4) -> None:
    def verdict(**options: Any) -> bool:
        base, code = typed(phone, b64(bytes(16)), PB)
        members = {**of(phone), "data": base, "authenticationCode": code}
        valid: bool = ok(http, VERIFY, **members, **options)["authenticationValid"]
        return valid

    assert not verdict(allowBiometry=True)
    ok(http, "activation/confirm", **of(phone), enableBiometry=True)
    assert not verdict()
    assert verdict(allowBiometry=True)


def test_a_proximity_check(http: requests.Session, phone: Phone4) -> None:
    check = {"seed": SEED, "stepLength": 30}
    made = ok(http, PERSONAL, **of(phone), data=DATA, proximityCheck=check)
    payload = parse_payload(made["offlineData"])
    base, code = typed(phone, made["nonce"], totp=payload.totp)
    members = {**of(phone), "data": base, "authenticationCode": code}
    answer = ok(http, VERIFY, **members, proximityCheck={**check, "stepCount": 1})
    assert answer["authenticationValid"]


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8])
def test_every_length_of_a_component(http: requests.Session, phone: Phone4, digits: int) -> None:
    base, code = typed(phone, b64(bytes(16)), digits=digits)
    members = {**of(phone), "data": base, "componentLength": digits}
    assert ok(http, VERIFY, **members, authenticationCode=code)["authenticationValid"]


def test_a_text_for_everybody_by_the_key_of_the_tree(
    http: requests.Session, bank: Bank, phone: Phone4, alice: Phone
) -> None:
    by_id = {"applicationId": bank.application.id, "data": DATA}
    payload = parse_payload(ok(http, COMMON, **by_id)["offlineData"])
    assert payload.key_id == "0"
    master = master_keys.public_key(bank.application.id, ECDSA_P384)
    assert payload.verify(keys=phone.keys, master_public_key=master)
    there = back_end.ok(http, "signature/offline/non-personalized/create", **by_id)
    assert alice.scan(there["offlineData"]).operation_id == "op-1"


def test_a_given_nonce_is_used(http: requests.Session, phone: Phone4) -> None:
    nonce = b64(bytes(16))
    assert ok(http, PERSONAL, **of(phone), data=DATA, nonce=nonce)["nonce"] == nonce
    for other in ("!", b64(bytes(15))):
        said = complaint(http, PERSONAL, **of(phone), data=DATA, nonce=other)
        assert said == "nonce - must be Base64 of 16 bytes"


def test_refusals(http: requests.Session, bank: Bank, phone: Phone4) -> None:
    unknown = {"activationId": UNKNOWN_ID, "data": DATA}
    assert refused(http, PERSONAL, **unknown) == "ERR0009"
    assert complaint(http, PERSONAL, **of(phone)) == "data - must not be null"
    assert refused(http, COMMON, applicationId="unknown", data=DATA) == "ERR0015"
    MasterKeyPair.objects.filter(algorithm="ECDSA_P384").delete()
    assert refused(http, COMMON, applicationId=bank.application.id, data=DATA) == "ERR0003"
    base, code = typed(phone, b64(bytes(16)))
    members = {**of(phone), "data": base, "authenticationCode": code}
    for change, said in (
        ({"authenticationCode": "12"}, "authenticationCode - must have 16 digits"),
        ({"authenticationCode": None}, "authenticationCode - must not be null"),
        ({"componentLength": 9}, "componentLength - must be between 4 and 8"),
        ({"data": "POST&!"}, "data - must be a base string"),
        (
            {"proximityCheck": {"seed": SEED, "stepCount": 61}},
            "proximityCheck.stepCount - must be between 0 and 60",
        ),
    ):
        check = {"proximityCheck": {"seed": SEED}} if "data" in change else {}
        assert complaint(http, VERIFY, **{**members, **check, **change}) == said
    assert phone.row.failed_attempts == 0
