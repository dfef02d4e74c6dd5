"""`dsa/*` and `jwt/*`: protocol-4.md 29, 34.3 and 39.1."""

import json
from typing import Any

import pytest
import requests

from powerauth.models import Activation, ActivationKey, ActivationState
from powerauth.phone.phone import Phone
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64, b64d, b64url_decode
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.key_agreement.jws import Signers
from powerauth.protocol.v4.primitives.signing import ECDSA_P256
from tests.api.integration import back_end
from tests.api.integration.v4.calls import UNKNOWN_ID, complaint, ok, refused
from tests.bank import PIN
from tests.engine.generations_four.phone import Phone4

DATA = b"contract \x00"
SIGNED = {"data": b64(DATA)}
JSON, COMPACT = {"signatureFormat": "JWS_JSON"}, {"signatureFormat": "JWS_COMPACT"}
BY_MLDSA = {"signatureType": "MLDSA"}


def of(phone: Phone4) -> dict[str, Any]:
    return {"activationId": phone.activation_id}


def server_keys(phone: Phone4) -> Signers:
    assert phone.server_keys is not None
    return phone.server_keys.by_algorithm(phone.suite)


def device_keys(phone: Phone4) -> Signers:
    pairs = zip(phone.suite.signing, phone.device.device_pairs, strict=True)
    return [(algorithm, pair.private_key) for algorithm, pair in pairs]


def is_hybrid(phone: Phone4) -> bool:
    return len(phone.suite.signing) > 1


def test_the_server_signs_by_every_key(http: requests.Session, each_phone: Phone4) -> None:
    answer = ok(http, "dsa/sign", **of(each_phone), **SIGNED)
    assert set(answer) == {"signatureEcdsa", "signatureMldsa"}
    made = [answer["signatureEcdsa"], answer["signatureMldsa"]]
    for (algorithm, key), signature in zip(server_keys(each_phone), made, strict=False):
        assert algorithm.verify(key, DATA, b64d(signature))
    assert (answer["signatureMldsa"] is not None) is is_hybrid(each_phone)


def test_signatures_of_the_device(http: requests.Session, each_phone: Phone4) -> None:
    for algorithm, key in device_keys(each_phone):
        kind = "ECDSA" if algorithm.label == "ES384" else "MLDSA"
        signature = algorithm.sign(key, DATA)
        members = {**of(each_phone), **SIGNED, "signatureType": kind}
        signed = {**members, "signature": b64(signature)}
        assert ok(http, "dsa/verify", **signed) == {"signatureValid": True}
        for other in (
            {"data": b64(b"other")},
            {"signature": b64(signature[:-1])},
            {"signature": "!"},
            {"signature": ""},
            {"signatureType": "MLDSA" if kind == "ECDSA" else "ECDSA"},
            {"activationId": UNKNOWN_ID},
        ):
            answer = ok(http, "dsa/verify", **{**signed, **other})
            assert answer == {"signatureValid": False}, other


def test_the_other_tree_serves_the_same_activation(
    http: requests.Session, each_phone: Phone4
) -> None:
    """What an activation is of says which keys it has; the path says only the words."""
    der = P384.sign(each_phone.device.device_pairs[0].private_key, DATA)
    for signature, form in ((der, "DER"), (P384.der_to_jose(der), "JOSE")):
        signed = {**of(each_phone), **SIGNED, "signature": b64(signature)}
        path = "signature/ecdsa/verify"
        assert back_end.ok(http, path, **signed, signatureFormat=form)["signatureValid"]
    made = back_end.ok(http, "signature/ecdsa/sign", **of(each_phone), **SIGNED)
    _, public = server_keys(each_phone)[0]
    assert P384.verify(public, DATA, b64d(made["signature"]))


def test_the_forms_of_an_ecdsa_signature(http: requests.Session, phone: Phone4) -> None:
    """Trap 7: DER, unless the caller says that it is JOSE."""
    der = P384.sign(phone.device.device_pairs[0].private_key, DATA)
    jose = P384.der_to_jose(der)
    members = {**of(phone), **SIGNED, "signatureType": "ECDSA"}
    for signature, form, valid in (
        (der, None, True),
        (der, "DER", True),
        (der, "JOSE", False),
        (jose, "JOSE", True),
        (jose, "DER", False),
    ):
        answer = ok(http, "dsa/verify", **members, signature=b64(signature), signatureFormat=form)
        assert answer["signatureValid"] is valid


def test_an_activation_of_protocol_3(http: requests.Session, alice: Phone) -> None:
    by_id = {"activationId": alice.activation_id}
    der = alice.sign_with_device_key(DATA, PIN)
    signed = {**by_id, **SIGNED, "signature": b64(der)}
    assert ok(http, "dsa/verify", **signed, signatureType="ECDSA")["signatureValid"]
    assert not ok(http, "dsa/verify", **signed, signatureType="MLDSA")["signatureValid"]
    made = ok(http, "dsa/sign", **by_id, **SIGNED)
    public = alice.enrolment_3.server_public_key
    assert ECDSA_P256.verify(public, DATA, b64d(made["signatureEcdsa"]))
    assert made["signatureMldsa"] is None
    text = ok(http, "jwt/sign", **by_id, **SIGNED, **COMPACT)["signedData"]
    assert jws.verify_compact(text, [(ECDSA_P256, public)]) == DATA


def test_trap_6_a_jws_in_json_has_a_signature_by_every_key(
    http: requests.Session, each_phone: Phone4
) -> None:
    for form in (JSON, {}):
        answer = ok(http, "jwt/sign", **of(each_phone), **SIGNED, **form)
        assert answer["signatureFormat"] == "JWS_JSON"
        assert jws.verify_payload(answer["signedData"], server_keys(each_phone)) == DATA
        entries = json.loads(answer["signedData"])["signatures"]
        heads = [json.loads(b64url_decode(entry["protected"])) for entry in entries]
        assert heads == [{"alg": each.label} for each in each_phone.suite.signing]


def test_a_jws_by_one_kind_of_keys(http: requests.Session, each_phone: Phone4) -> None:
    for index, (verifier, kind) in enumerate(
        zip(server_keys(each_phone), ("ECDSA", "MLDSA"), strict=False)
    ):
        members = {**of(each_phone), **SIGNED, "signatureType": kind}
        compact = ok(http, "jwt/sign", **members, **COMPACT)
        assert compact["signatureFormat"] == "JWS_COMPACT"
        assert jws.verify_compact(compact["signedData"], [verifier]) == DATA
        assert jws.verify_payload(ok(http, "jwt/sign", **members)["signedData"], [verifier]) == DATA
        if index == 0:
            assert len(b64url_decode(compact["signedData"].split(".")[2])) == 96


def test_a_kind_that_the_suite_lacks(http: requests.Session, phone: Phone4) -> None:
    for form in (JSON, COMPACT):
        said = complaint(http, "jwt/sign", **of(phone), **SIGNED, **form, **BY_MLDSA)
        assert said == "signatureType - must be one that the suite of the activation has"


def test_a_jws_of_the_device(http: requests.Session, each_phone: Phone4) -> None:
    keys = device_keys(each_phone)
    whole = jws.sign_payload(DATA, keys)
    for members, valid in (
        ({"signedData": whole}, True),
        ({"signedData": whole, **JSON}, True),
        ({"signedData": whole, **COMPACT}, False),
        ({"signedData": jws.sign_compact(DATA, keys[0]), **COMPACT}, True),
        ({"signedData": jws.sign_compact(DATA, keys[-1]), **COMPACT}, True),
        ({"signedData": jws.sign_compact(DATA, keys[0])}, False),
        ({"signedData": whole.replace('"payload":"', '"payload":"A')}, False),
        ({"signedData": whole, "activationId": UNKNOWN_ID}, False),
        ({"signedData": ""}, False),
        ({"signedData": "{}"}, False),
    ):
        answer = ok(http, "jwt/verify", **{**of(each_phone), **members})
        assert answer == {"signatureValid": valid}, members


def test_a_jws_as_weak_as_one_algorithm_is_not_valid(
    http: requests.Session, each_phone: Phone4
) -> None:
    for key in device_keys(each_phone):
        text = jws.sign_payload(DATA, [key])
        answer = ok(http, "jwt/verify", **of(each_phone), signedData=text)
        assert answer["signatureValid"] is not is_hybrid(each_phone)


@pytest.mark.parametrize("state", ["PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_only_an_active_activation(http: requests.Session, phone: Phone4, state: str) -> None:
    [(algorithm, key)] = device_keys(phone)
    signature, text = algorithm.sign(key, DATA), jws.sign_payload(DATA, [(algorithm, key)])
    Activation.objects.update(state=ActivationState[state])
    for path in ("dsa/sign", "jwt/sign"):
        assert refused(http, path, **of(phone), **SIGNED) == "ERR0008"
    signed = {**of(phone), **SIGNED, "signature": b64(signature), "signatureType": "ECDSA"}
    assert not ok(http, "dsa/verify", **signed)["signatureValid"]
    assert not ok(http, "jwt/verify", **of(phone), signedData=text)["signatureValid"]


def test_an_unknown_activation_signs_nothing(http: requests.Session, db: None) -> None:
    for path in ("dsa/sign", "jwt/sign"):
        assert refused(http, path, activationId=UNKNOWN_ID, **SIGNED) == "ERR0009"


def test_an_activation_that_lost_its_keys(http: requests.Session, phone: Phone4) -> None:
    ActivationKey.objects.all().delete()
    assert refused(http, "dsa/sign", **of(phone), **SIGNED) == "ERR0008"
    signed = {**of(phone), **SIGNED, "signature": b64(bytes(96)), "signatureType": "ECDSA"}
    assert not ok(http, "dsa/verify", **signed)["signatureValid"]


def test_a_payload_that_nobody_could_read_again(http: requests.Session, phone: Phone4) -> None:
    said = complaint(http, "jwt/sign", **of(phone), data=b64(bytes(16_385)))
    assert said == "data - must have at most 16384 bytes"
    text = ok(http, "jwt/sign", **of(phone), data=b64(bytes(16_384)))["signedData"]
    assert len(text) < jws.MAX_LENGTH


@pytest.mark.parametrize(
    ("path", "members", "said"),
    [
        ("dsa/sign", {"data": "!"}, "data - must be Base64"),
        ("dsa/sign", {"data": None}, "data - must not be null"),
        ("dsa/verify", {"signatureType": None}, "signatureType - must not be null"),
        ("dsa/verify", {"signatureType": "ES384"}, "signatureType - must be one of ECDSA, MLDSA"),
        ("jwt/sign", {"signatureFormat": "DER"}, "signatureFormat - must be one of JWS_COMPACT"),
        ("jwt/verify", {"signedData": None}, "signedData - must not be null"),
        ("jwt/verify", {"signedData": []}, "signedData - must be a text"),
    ],
)
def test_members_that_break_a_rule(
    http: requests.Session, db: None, path: str, members: dict[str, Any], said: str
) -> None:
    sound = {"activationId": UNKNOWN_ID, **SIGNED, "signature": "", "signatureType": "ECDSA"}
    if path.startswith("jwt"):
        sound = {"activationId": UNKNOWN_ID, **SIGNED, "signedData": ""}
    assert complaint(http, path, **{**sound, **members}).startswith(said)
