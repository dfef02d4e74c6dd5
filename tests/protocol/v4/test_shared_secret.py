from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from kyber_py.ml_kem import ML_KEM_768 as KYBER_768
from kyber_py.ml_kem import ML_KEM_1024 as KYBER_1024

from powerauth.protocol.curves import P384, KeyPair
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import (
    MalformedEncoding,
    MalformedKey,
    MalformedKeyExchange,
    ProtocolError,
    UnsupportedSuite,
)
from powerauth.protocol.v4.key_agreement import shared_secret
from powerauth.protocol.v4.key_agreement.shared_secret import (
    Offer,
    SharedSecretRequest,
    SharedSecretResponse,
    combine,
    encapsulate,
)
from powerauth.protocol.v4.primitives import dhkem
from powerauth.protocol.v4.primitives.kmac import kmac
from powerauth.protocol.v4.suites import (
    EC_P384,
    EC_P384_ML_L3,
    EC_P384_ML_L5,
    SUITES,
    Suite,
    suite_of,
)
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, json_values
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case, decode

EACH_SUITE = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)


def offer_of(suite: Suite, private_keys: dict[str, str]) -> Offer:
    """Make the phone's side of the private keys of a vector."""
    ml_kem = None
    if suite.ml_kem is not None:
        ml_kem = suite.ml_kem.key_pair_of(decode(private_keys["mlkemSeed"]))
    scalar = decode(private_keys["ecPrivateKey"])
    return Offer(suite=suite, ec=P384.key_pair_of(scalar), ml_kem=ml_kem)


@vectors.each("v4/shared-secret-v4.json")
def test_phone_computes_the_secret(case: Case) -> None:
    suite = suite_of(case["algorithm"])
    offer = offer_of(suite, case["clientPrivateKeys"])
    assert offer.request.to_json() == case["sharedSecretRequest"]
    response = SharedSecretResponse.parse(case["sharedSecretResponse"])
    assert offer.accept(response) == case.binary("secret")
    parts = [decode(part) for part in case["partialSecrets"]]
    assert combine(parts, salt=response.salt, suite=suite) == case.binary("secret")
    first = dhkem.decapsulate(offer.ec.private_key, response.encapsulated_keys[0])
    assert first == parts[0]


@vectors.each("v4/shared-secret-v4.json")
def test_server_serves_the_phone(case: Case) -> None:
    offer = offer_of(suite_of(case["algorithm"]), case["clientPrivateKeys"])
    request = SharedSecretRequest.parse(case["sharedSecretRequest"])
    response, secret = encapsulate(request)
    assert offer.accept(SharedSecretResponse.parse(response.to_json())) == secret


@vectors.each("v4/shared-secret-v4.json: requests")
def test_requests(case: Case) -> None:
    payload = case["sharedSecretRequest"]
    # The reference takes keys of the other parameter set, which no client sends.
    if case["acceptedByReference"] and case["case"] != "parameter set of the other suite":
        assert len(encapsulate(SharedSecretRequest.parse(payload))[1]) == 32
        return
    with pytest.raises(ProtocolError):
        encapsulate(SharedSecretRequest.parse(payload))


@vectors.each("v4/extra-v4.json: shared_secret")
def test_secret_of_the_sdk(case: Case) -> None:
    private_key = load_der_private_key(case.binary("clientEcPrivateKeyPkcs8"), None)
    assert isinstance(private_key, ec.EllipticCurvePrivateKey)
    scalar = private_key.private_numbers().private_value.to_bytes(48, "big")
    first, *rest = (decode(key) for key in case["encapsulatedKeys"])
    parts = [dhkem.decapsulate(scalar, first)]
    if rest:
        # Expanded private keys are not what we store, so another implementation reads them.
        kyber = KYBER_768 if case["algorithm"] == "EC_P384_ML_L3" else KYBER_1024
        parts.append(kyber.decaps(case.binary("clientMlKemDecapsulationKey"), rest[0]))
    suite = suite_of(case["algorithm"])
    assert combine(parts, salt=case.binary("salt"), suite=suite) == case.binary("sharedSecret")


@EACH_SUITE
def test_both_sides_agree(suite: Suite) -> None:
    offer = Offer.generate(suite, FixedRandom(suite.name))
    request = SharedSecretRequest.parse(offer.request.to_json())
    response, secret = encapsulate(request, (suite,))
    assert offer.accept(SharedSecretResponse.parse(response.to_json())) == secret
    assert encapsulate(request, (suite,))[1] != secret
    assert Offer.generate(suite).request != offer.request


@EACH_SUITE
def test_secrets_stay_out_of_repr(suite: Suite) -> None:
    offer = Offer.generate(suite, FixedRandom(suite.name))
    assert "private" not in repr(offer).replace("private_type", "")


def test_trap_9_salt_is_the_key_and_the_label_is_used_twice() -> None:
    parts, salt = [bytes(48)], bytes(range(32))
    label = b"\0\0\0\x15shared-secret/EC_P384\0\0\0\x034.0"
    data = b"\0\0\0\1" + b"\0\0\0\x30" + bytes(48) + label
    assert combine(parts, salt=salt, suite=EC_P384) == kmac(salt, data, "KDF")
    assert dhkem._INFO == b"DHKEM-P384"


def test_trap_10_export_has_48_bytes() -> None:
    pair = P384.generate_key_pair(FixedRandom("dhkem"))
    ephemeral, secret = dhkem.encapsulate(pair.public_key, FixedRandom("ephemeral"))
    assert (len(ephemeral), len(secret)) == (97, 48)
    assert dhkem.decapsulate(pair.private_key, ephemeral) == secret
    assert secret[:32] != combine([secret[:32]], salt=bytes(32), suite=EC_P384)


def test_compressed_point_gives_the_same_secret() -> None:
    pair = P384.generate_key_pair(FixedRandom("dhkem"))
    compressed = bytes([2 + pair.public_key[-1] % 2]) + pair.public_key[1:49]
    long, short = (
        dhkem.encapsulate(key, FixedRandom("ephemeral")) for key in (pair.public_key, compressed)
    )
    assert long == short


def test_suites_do_not_share_secrets() -> None:
    parts = [bytes(48), bytes(32)]
    secrets = {combine(parts, salt=bytes(32), suite=suite) for suite in SUITES}
    assert len(secrets) == len(SUITES)


@EACH_SUITE
def test_changed_answer_gives_another_secret_or_an_error(suite: Suite) -> None:
    offer = Offer.generate(suite, FixedRandom(suite.name))
    response, secret = encapsulate(offer.request)
    salted = replace(response, salt=bytes(32))
    assert offer.accept(salted) != secret
    other, _ = encapsulate(Offer.generate(suite, FixedRandom("other")).request)
    for index in range(len(response.encapsulated_keys)):
        keys = list(response.encapsulated_keys)
        keys[index] = other.encapsulated_keys[index]
        assert offer.accept(replace(response, encapsulated_keys=tuple(keys))) != secret
        keys[index] = keys[index][:-1]
        with pytest.raises(MalformedKey):
            offer.accept(replace(response, encapsulated_keys=tuple(keys)))


@EACH_SUITE
def test_refuse_another_number_of_keys(suite: Suite) -> None:
    offer = Offer.generate(suite, FixedRandom(suite.name))
    response, _ = encapsulate(offer.request)
    wrong: tuple[bytes, ...] = offer.request.encapsulation_keys[:1]
    wrong = wrong * 2 if suite is EC_P384 else wrong
    for keys in ((), wrong, offer.request.encapsulation_keys + wrong):
        with pytest.raises(MalformedKeyExchange):
            encapsulate(replace(offer.request, encapsulation_keys=keys))
        with pytest.raises(MalformedKeyExchange):
            offer.accept(replace(response, encapsulated_keys=keys))


def test_trap_26_activation_takes_no_other_suite() -> None:
    downgrade = Offer.generate(EC_P384, FixedRandom("downgrade")).request
    for allowed in ((EC_P384_ML_L3,), (EC_P384_ML_L5,), ()):
        with pytest.raises(UnsupportedSuite):
            encapsulate(downgrade, allowed)
    for name in ("ML_L3", "EC_P256"):
        with pytest.raises(UnsupportedSuite):
            encapsulate(replace(downgrade, algorithm=name))


def test_keys_of_the_other_parameter_set_are_refused() -> None:
    third, fifth = (Offer.generate(suite).request for suite in (EC_P384_ML_L3, EC_P384_ML_L5))
    for request, suite in ((third, EC_P384_ML_L5), (fifth, EC_P384_ML_L3)):
        with pytest.raises(MalformedKey):
            encapsulate(replace(request, algorithm=suite.name))


KEY = b64(bytes(97))
SALT = b64(bytes(32))


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (None, MalformedKeyExchange),
        ([], MalformedKeyExchange),
        ({}, MalformedKeyExchange),
        ({"encapsulationKeys": [KEY]}, MalformedKeyExchange),
        ({"algorithm": 4, "encapsulationKeys": [KEY]}, MalformedKeyExchange),
        ({"algorithm": "EC_P384"}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": KEY}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": []}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": [KEY] * 3}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": [None]}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": ["A" * 4097]}, MalformedKeyExchange),
        ({"algorithm": "EC_P384", "encapsulationKeys": ["!"]}, MalformedEncoding),
    ],
)
def test_refuse_malformed_requests(payload: object, error: type[ProtocolError]) -> None:
    with pytest.raises(error):
        SharedSecretRequest.parse(payload)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (None, MalformedKeyExchange),
        ({"encapsulatedKeys": [KEY]}, MalformedKeyExchange),
        ({"salt": b64(bytes(16)), "encapsulatedKeys": [KEY]}, MalformedEncoding),
        ({"salt": b64(bytes(33)), "encapsulatedKeys": [KEY]}, MalformedEncoding),
        ({"salt": SALT}, MalformedKeyExchange),
        ({"salt": SALT, "encapsulatedKeys": []}, MalformedKeyExchange),
    ],
)
def test_refuse_malformed_responses(payload: object, error: type[ProtocolError]) -> None:
    with pytest.raises(error):
        SharedSecretResponse.parse(payload)


def test_trap_27_obsolete_members_are_none() -> None:
    obsolete = {"algorithm": "EC_P384_ML_L3", "ecdhe": KEY, "mlkem": KEY}
    with pytest.raises(MalformedKeyExchange):
        SharedSecretRequest.parse(obsolete)
    with pytest.raises(MalformedKeyExchange):
        SharedSecretResponse.parse({"salt": SALT, "ecdhe": KEY, "mlkem": KEY})


def test_unknown_members_are_ignored() -> None:
    request: dict[str, Any] = {"algorithm": "EC_P384", "encapsulationKeys": [KEY], "new": 1}
    assert SharedSecretRequest.parse(request).encapsulation_keys == (bytes(97),)


@given(json_values)
@bounded
def test_any_json_is_read_or_refused(payload: object) -> None:
    for kind in (SharedSecretRequest, SharedSecretResponse):
        with pytest.raises(ProtocolError):
            kind.parse(payload)


def test_key_pairs_are_those_of_the_offer() -> None:
    offer = Offer.generate(EC_P384_ML_L3, FixedRandom("offer"))
    assert isinstance(offer.ml_kem, KeyPair)
    assert shared_secret.SALT_SIZE == 32
    assert offer.request.encapsulation_keys == (offer.ec.public_key, offer.ml_kem.public_key)
