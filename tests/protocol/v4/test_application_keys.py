from dataclasses import replace

import pytest

from powerauth.protocol.activation_code import sign_activation_code as sign_as_version_3
from powerauth.protocol.activation_code import verify_activation_code as verify_as_version_3
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import MalformedKey, MalformedPayload, UnsupportedSuite
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4.application_keys import (
    configured_keys,
    master_keys_of,
    sign_activation_code,
    signers_of,
    verify_activation_code,
    verify_qr_signature,
)
from powerauth.protocol.v4.primitives.signing import SIGNING_ALGORITHMS
from powerauth.protocol.v4.suites import EC_P384_ML_L3, SUITES
from tests.protocol import vectors
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case, decode

PAIRS = {
    name: algorithm.generate_key_pair(FixedRandom(name))
    for name, algorithm in SIGNING_ALGORITHMS.items()
}
PRIVATE = {name: pair.private_key for name, pair in PAIRS.items()}
PUBLIC = {name: pair.public_key for name, pair in PAIRS.items()}
CODE = "N2M4W-MONRK-62WP3-FVDCA"
OTHER_CODE = "D4P6C-HA7XU-XHWHK-E62YQ"
SIGNATURES = sign_activation_code(PRIVATE, CODE)


def config_of(further: dict[int, bytes]) -> MobileSdkConfig:
    return MobileSdkConfig(
        application_key=bytes(16),
        application_secret=bytes(16),
        master_public_key=PUBLIC["ECDSA_P256"],
        further_master_keys=further,
    )


@vectors.each("v4/activation-code-v4.json")
def test_signatures_of_the_library(case: Case) -> None:
    publics = {name: decode(key) for name, key in case["publicKeys"].items()}
    code, signatures = case["activationCode"], case["activationSignatures"]
    assert set(signatures) == {"ES256", "ES384", "ML-DSA-65", "ML-DSA-87"}
    assert verify_activation_code(publics, code, signatures)
    for label, signature in signatures.items():
        assert verify_activation_code(publics, code, {label: signature})
        assert not verify_activation_code(publics, OTHER_CODE, {label: signature})
        assert verify_qr_signature(publics, code, signature) is label.startswith("ES")
    assert verify_as_version_3(publics["ECDSA_P256"], code, signatures["ES256"])


@vectors.each("v4/activation-code-v4.json")
def test_private_keys_of_the_library_sign(case: Case) -> None:
    privates = {name: decode(key) for name, key in case["privateKeys"].items()}
    publics = {name: decode(key) for name, key in case["publicKeys"].items()}
    signatures = sign_activation_code(privates, case["activationCode"])
    assert len(signatures) == len(privates) == 3
    assert verify_activation_code(publics, case["activationCode"], signatures)


def test_each_master_key_signs() -> None:
    assert list(SIGNATURES) == ["ES256", "ES384", "ML-DSA-65", "ML-DSA-87"]
    assert verify_activation_code(PUBLIC, CODE, SIGNATURES)
    assert SIGNATURES["ES256"] == sign_as_version_3(PRIVATE["ECDSA_P256"], CODE)
    assert [len(b64d(SIGNATURES[label])) for label in ("ML-DSA-65", "ML-DSA-87")] == [3309, 4627]
    assert not verify_activation_code(PUBLIC, OTHER_CODE, SIGNATURES)


@pytest.mark.parametrize("label", SIGNATURES)
def test_one_wrong_signature_is_enough(label: str) -> None:
    others = [value for name, value in SIGNATURES.items() if name != label]
    for wrong in (*others, "", "!", "AAAA"):
        assert not verify_activation_code(PUBLIC, CODE, SIGNATURES | {label: wrong})


def test_refuse_what_nobody_signed() -> None:
    assert not verify_activation_code(PUBLIC, CODE, {})
    assert not verify_activation_code(PUBLIC, CODE, {"ES512": SIGNATURES["ES384"]})
    assert not verify_activation_code({}, CODE, SIGNATURES)
    assert not verify_activation_code(PUBLIC, "\ud800", SIGNATURES)
    with pytest.raises(MalformedKey):
        verify_activation_code(PUBLIC | {"ECDSA_P384": bytes(97)}, CODE, SIGNATURES)


def test_qr_code_has_a_signature_of_either_curve() -> None:
    assert verify_qr_signature(PUBLIC, CODE, SIGNATURES["ES256"])
    assert verify_qr_signature(PUBLIC, CODE, SIGNATURES["ES384"])
    assert not verify_qr_signature(PUBLIC, CODE, SIGNATURES["ML-DSA-65"])
    assert not verify_qr_signature(PUBLIC, OTHER_CODE, SIGNATURES["ES384"])
    of_version_3 = {"ECDSA_P256": PUBLIC["ECDSA_P256"]}
    assert not verify_qr_signature(of_version_3, CODE, SIGNATURES["ES384"])


def test_configuration_has_all_keys() -> None:
    keys = configured_keys(PUBLIC)
    assert [len(keys[key_id]) for key_id in (1, 2, 3, 4)] == [65, 97, 1974, 2614]
    further = {key_id: key for key_id, key in keys.items() if key_id != 1}
    config = config_of(further)
    text = config.to_text()
    assert 6300 < len(text) < 6500
    data = b64d(text)
    assert b"\x03\x87\xb6" + PUBLIC["MLDSA_65"] in data
    assert b"\x04\x8a\x36" + PUBLIC["MLDSA_87"] in data
    assert b"\x02\x61" + PUBLIC["ECDSA_P384"] in data
    parsed = MobileSdkConfig.parse(text)
    assert parsed == config
    assert master_keys_of(parsed) == PUBLIC


def test_phone_of_version_3_reads_the_same_text() -> None:
    config = MobileSdkConfig.parse(config_of({2: PUBLIC["ECDSA_P384"]}).to_text())
    assert config.master_public_key == PUBLIC["ECDSA_P256"]
    assert set(master_keys_of(config_of({}))) == {"ECDSA_P256"}


def test_compressed_point_is_read() -> None:
    point = PUBLIC["ECDSA_P384"]
    compressed = bytes([2 + point[-1] % 2]) + point[1:49]
    config = MobileSdkConfig.parse(config_of({2: compressed}).to_text())
    assert master_keys_of(config)["ECDSA_P384"] == point
    assert configured_keys({"ECDSA_P384": compressed}) == {2: point}


@pytest.mark.parametrize(
    "further", [{2: b""}, {2: bytes(65)}, {3: bytes(1952)}, {4: bytes(1974)}, {5: b"x"}]
)
def test_refuse_keys_of_another_size(further: dict[int, bytes]) -> None:
    with pytest.raises(MalformedPayload):
        config_of(further)


def test_refuse_keys_that_are_none() -> None:
    for broken in ({2: bytes(97)}, {3: bytes(1974)}):
        with pytest.raises(MalformedKey):
            master_keys_of(config_of(broken))
    with pytest.raises(MalformedKey):
        configured_keys({"MLDSA_65": PUBLIC["MLDSA_87"]})
    whole = config_of({})
    with pytest.raises(MalformedKey):
        master_keys_of(replace(whole, master_public_key=bytes(65)))


def test_suite_chooses_its_keys() -> None:
    for suite in SUITES:
        signers = signers_of(suite, PRIVATE)
        assert [algorithm for algorithm, _ in signers] == list(suite.signing)
        assert signers[0][1] == PRIVATE["ECDSA_P384"]
    with pytest.raises(UnsupportedSuite):
        signers_of(EC_P384_ML_L3, {"ECDSA_P384": PRIVATE["ECDSA_P384"]})
    assert P384.key_pair_of(PRIVATE["ECDSA_P384"]).public_key == PUBLIC["ECDSA_P384"]
