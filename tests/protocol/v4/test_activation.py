import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from powerauth.protocol.activation_code import is_activation_code
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import (
    MalformedEncoding,
    MalformedKey,
    MalformedKeyExchange,
    ProtocolError,
    UnsupportedSuite,
)
from powerauth.protocol.headers import SignatureHeader
from powerauth.protocol.primitives import decimal_truncation
from powerauth.protocol.signed_request import normalize_request, signature_data
from powerauth.protocol.v4.activation import DeviceExchange, ServerExchange, fingerprint
from powerauth.protocol.v4.activation_messages import (
    KeyExchangeRequest,
    KeyExchangeResponse,
    PublicKeys,
    enables_biometry,
)
from powerauth.protocol.v4.authentication_code import find_counter
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest, EncryptedResponse
from powerauth.protocol.v4.encryption import EncryptionContext, open_request
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.kmac import sha3
from powerauth.protocol.v4.suites import (
    EC_P384,
    EC_P384_ML_L3,
    EC_P384_ML_L5,
    SUITES,
    Suite,
    suite_of,
)
from powerauth.protocol.versions import GENERATION_4
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, json_values
from tests.protocol.randomness import FixedRandom
from tests.protocol.v4.test_shared_secret import offer_of
from tests.protocol.vectors import Case, decode

EACH_SUITE = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
ACTIVATIONS = vectors.each(
    "v4/activation-EC_P384-v4.json",
    "v4/activation-EC_P384_ML_L3-v4.json",
    "v4/activation-EC_P384_ML_L5-v4.json",
)
ACTIVATION_ID = "7a24c6e9-48e9-43c2-ab4a-aed6270e924d"


def exchange(suite: Suite) -> tuple[DeviceExchange, ServerExchange]:
    device = DeviceExchange.generate(suite, FixedRandom(suite.name))
    return device, ServerExchange.answer(device.request)


def opened(case: Case) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Decrypt both layers of an activation: the outer request, the inner one, the inner answer."""
    outer_context, inner_context = (
        EncryptionContext(
            encryptor=encryptor,
            application_key=case["applicationKey"],
            application_secret=case["applicationSecret"],
        )
        for encryptor in (Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_LAYER_2)
    )
    key = case.binary("temporaryKey")
    request = EncryptedRequest.parse(case["request"])
    plaintext, envelope = open_request(request, context=outer_context, key=key)
    outer = json.loads(plaintext)
    layer = EncryptedRequest.parse(outer["activationData"])
    assert layer.nonce != request.nonce
    inner, inner_envelope = open_request(layer, context=inner_context, key=key)
    answer = json.loads(envelope.open_response(EncryptedResponse.parse(case["response"])))
    sealed = EncryptedResponse.parse(answer["activationData"])
    return outer, json.loads(inner), json.loads(inner_envelope.open_response(sealed))


@ACTIVATIONS
def test_activation(case: Case) -> None:
    outer, inner, answer = opened(case)
    suite, expected = suite_of(case["suite"]), case["expected"]
    code = outer["identityAttributes"]["code"]
    assert code == expected["activationCode"]
    assert is_activation_code(code)
    assert inner["activationName"] == expected["activationName"]
    request = KeyExchangeRequest.parse(inner)
    response = KeyExchangeResponse.parse(answer)
    assert response.activation_id == expected["activationId"]
    assert response.ctr_data == decode(expected["counterData"])
    device = DeviceExchange(offer=offer_of(suite, case["clientPrivateKeys"]), device_pairs=())
    assert request.shared_secret == device.offer.request
    secret, server_keys = device.accept(response)
    assert secret == decode(expected["activationSecret"])
    device_keys = request.device_keys.checked(suite)
    assert expected["fingerprint"] == fingerprint(
        suite,
        device_keys=device_keys,
        activation_id=expected["activationId"],
        server_keys=server_keys,
    )
    assert ServerExchange.answer(request, (suite,)).device_keys == device_keys


@ACTIVATIONS
def test_confirmation(case: Case) -> None:
    confirm, expected = case["confirm"], case["expected"]
    header = SignatureHeader.parse(confirm["header"], GENERATION_4)
    body = confirm["body"].encode()
    base = normalize_request("POST", "/pa/activation/confirm", header.nonce, body)
    data = signature_data(base, case["applicationSecret"])
    keys = FactorKeys.initial(ActivationKeys(decode(expected["activationSecret"])))
    found = find_counter(
        header.signature,
        [(data, header.signature_type)],
        keys=keys,
        ctr=decode(expected["counterData"]),
        look_ahead=1,
    )
    assert found is not None
    assert enables_biometry(json.loads(body)["requestObject"]) is True


@vectors.each("v4/fingerprint-v4.json")
def test_fingerprint(case: Case) -> None:
    device, server = (
        PublicKeys(
            ecdsa=case.binary(f"{side}Ecdsa"),
            mldsa=case.binary(f"{side}Mldsa") if case.get(f"{side}Mldsa") else None,
        )
        for side in ("device", "server")
    )
    suite = suite_of(case["algorithm"])
    assert device.checked(suite) == device
    digits = fingerprint(
        suite, device_keys=device, activation_id=case["activationId"], server_keys=server
    )
    assert digits == case["fingerprint"]


@vectors.each("v4/extra-v4.json: worked_example")
def test_fingerprint_of_the_worked_example(case: Case) -> None:
    of = case["fingerprint"]
    device, server = (
        PublicKeys(ecdsa=decode(of[f"{side}Ecdsa"]), mldsa=decode(of[f"{side}Mldsa"]) or None)
        for side in ("device", "server")
    )
    digits = fingerprint(
        suite_of(case["algorithm"]),
        device_keys=device,
        activation_id=of["activationId"],
        server_keys=server,
    )
    assert digits == of["fingerprint"]


@EACH_SUITE
def test_both_sides_agree(suite: Suite) -> None:
    device = DeviceExchange.generate(suite, FixedRandom(suite.name))
    request = KeyExchangeRequest.parse(json.loads(json.dumps(device.request.to_json())))
    server = ServerExchange.answer(request, (suite,), FixedRandom("server"))
    for activation_id in (ACTIVATION_ID, None):
        members = json.loads(json.dumps(server.response(activation_id).to_json()))
        response = KeyExchangeResponse.parse(members)
        secret, server_keys = device.accept(response)
        assert secret == server.activation_secret
        assert response.activation_id == activation_id
        assert (response.ctr_data, len(response.ctr_data)) == (server.ctr_data, 32)
        assert server_keys == PublicKeys.of(server.server_pairs)
    assert server.device_keys == PublicKeys.of(device.device_pairs)
    assert server.suite is suite


@EACH_SUITE
def test_trap_20_server_keys_are_made_by_the_exchange(suite: Suite) -> None:
    _, first = exchange(suite)
    _, second = exchange(suite)
    assert len(first.server_pairs) == len(suite.signing)
    assert PublicKeys.of(first.server_pairs) != PublicKeys.of(second.server_pairs)
    assert first.ctr_data != second.ctr_data
    for (algorithm, key), pair in zip(
        PublicKeys.of(first.server_pairs).by_algorithm(suite), first.server_pairs, strict=True
    ):
        signature = algorithm.sign(pair.private_key, b"data")
        assert algorithm.verify(key, b"data", signature)


@EACH_SUITE
def test_trap_8_points_are_raw_and_ml_dsa_keys_are_spki(suite: Suite) -> None:
    device, _ = exchange(suite)
    sizes = {"EC_P384": None, "EC_P384_ML_L3": 1974, "EC_P384_ML_L5": 2614}
    keys = device.request.device_keys
    assert len(keys.ecdsa) == 97
    assert (None if keys.mldsa is None else len(keys.mldsa)) == sizes[suite.name]


def test_trap_25_fingerprint_drops_leading_zeros() -> None:
    scalars = (number.to_bytes(2, "big") for number in range(1, 4000))
    points = (P384.key_pair_of(scalar).public_key for scalar in scalars)
    short = next(point for point in points if not point[1])
    keys = PublicKeys(ecdsa=short)
    x = short[1:49].lstrip(b"\0")
    expected = decimal_truncation(sha3(b"EC_P384" + x + b"id" + x), 8)
    assert len(x) < 48
    assert expected == fingerprint(EC_P384, device_keys=keys, activation_id="id", server_keys=keys)


def test_fingerprint_depends_on_everything() -> None:
    device, server = exchange(EC_P384_ML_L3)
    own, theirs = server.device_keys, PublicKeys.of(server.server_pairs)
    other, _ = exchange(EC_P384_ML_L5)
    strange = other.request.device_keys

    def digits(suite: Suite, device: PublicKeys, activation_id: str, server: PublicKeys) -> str:
        return fingerprint(
            suite, device_keys=device, activation_id=activation_id, server_keys=server
        )

    different = {
        digits(EC_P384_ML_L3, own, "id", theirs),
        digits(EC_P384_ML_L5, own, "id", theirs),
        digits(EC_P384_ML_L3, theirs, "id", own),
        digits(EC_P384_ML_L3, own, "other", theirs),
        digits(EC_P384_ML_L3, replace(own, ecdsa=strange.ecdsa), "id", theirs),
        digits(EC_P384_ML_L3, replace(own, mldsa=strange.mldsa), "id", theirs),
        digits(EC_P384_ML_L3, own, "id", replace(theirs, mldsa=None)),
    }
    assert len(different) == 7
    assert len(device.device_pairs) == 2


def test_keys_of_another_suite_are_refused() -> None:
    keys = {
        suite: DeviceExchange.generate(suite, FixedRandom("keys")).request.device_keys
        for suite in SUITES
    }
    for suite in SUITES:
        for other in SUITES:
            if suite is not other:
                with pytest.raises((MalformedKey, MalformedKeyExchange)):
                    keys[suite].checked(other)
    request = replace(exchange(EC_P384_ML_L3)[0].request, device_keys=keys[EC_P384_ML_L5])
    with pytest.raises(MalformedKey):
        ServerExchange.answer(request)


def test_compressed_device_key_is_stored_uncompressed() -> None:
    point = P384.generate_key_pair(FixedRandom("point")).public_key
    compressed = bytes([2 + point[-1] % 2]) + point[1:49]
    assert PublicKeys(ecdsa=compressed).checked(EC_P384) == PublicKeys(ecdsa=point)


def test_trap_26_application_decides_which_suites_are_allowed() -> None:
    request = exchange(EC_P384)[0].request
    with pytest.raises(UnsupportedSuite):
        ServerExchange.answer(request, (EC_P384_ML_L3, EC_P384_ML_L5))


def test_foreign_server_keys_are_refused_by_the_phone() -> None:
    device, server = exchange(EC_P384_ML_L3)
    response = server.response(ACTIVATION_ID)
    for keys, error in (
        (replace(response.server_keys, mldsa=None), MalformedKeyExchange),
        (replace(response.server_keys, ecdsa=bytes(97)), MalformedKey),
        (replace(response.server_keys, mldsa=bytes(1974)), MalformedKey),
    ):
        with pytest.raises(error):
            device.accept(replace(response, server_keys=keys))


REQUEST: dict[str, object] = exchange(EC_P384)[0].request.to_json()
RESPONSE: dict[str, object] = exchange(EC_P384)[1].response(ACTIVATION_ID).to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"sharedSecretRequest": None},
        {"sharedSecretRequest": {}},
        {"devicePublicKeys": None},
        {"devicePublicKeys": []},
        {"devicePublicKeys": {}},
        {"devicePublicKeys": {"mldsa": "AAAA"}},
        {"devicePublicKeys": {"ecdsa": 4}},
        {"devicePublicKeys": {"ecdsa": "!"}},
        {"devicePublicKeys": {"ecdsa": "A" * 4097}},
        {"devicePublicKeys": {"ecdsa": "AAAA", "mldsa": 4}},
    ],
)
def test_refuse_malformed_requests(change: dict[str, object]) -> None:
    assert KeyExchangeRequest.parse(REQUEST | {"activationName": "x"}).to_json() == REQUEST
    with pytest.raises(ProtocolError):
        KeyExchangeRequest.parse(REQUEST | change)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sharedSecretResponse": None}, MalformedKeyExchange),
        ({"serverPublicKeys": None}, MalformedKeyExchange),
        ({"ctrData": None}, MalformedKeyExchange),
        ({"ctrData": b64(bytes(16))}, MalformedEncoding),
        ({"activationId": "x"}, MalformedKeyExchange),
        ({"activationId": 4}, MalformedKeyExchange),
    ],
)
def test_refuse_malformed_responses(change: dict[str, object], error: type[ProtocolError]) -> None:
    assert KeyExchangeResponse.parse(RESPONSE).to_json() == RESPONSE
    with pytest.raises(error):
        KeyExchangeResponse.parse(RESPONSE | change)


@given(json_values)
@bounded
def test_any_json_is_refused(payload: object) -> None:
    for read in (KeyExchangeRequest.parse, KeyExchangeResponse.parse, PublicKeys.parse):
        with pytest.raises(ProtocolError):
            read(payload)


@pytest.mark.parametrize("value", [None, 0, 1, "true", [], {}])
def test_biometry_is_a_truth_value(value: object) -> None:
    assert enables_biometry({"enableBiometry": False}) is False
    for payload in ({"enableBiometry": value}, value):
        with pytest.raises(MalformedKeyExchange):
            enables_biometry(payload)


def test_secrets_stay_out_of_repr() -> None:
    device, server = exchange(EC_P384)
    text = repr(server) + repr(device) + repr(server.response(None))
    assert "secret=b" not in text
    assert "ctr_data" not in text
    assert "private_key=" not in text
