import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol import activation_code
from powerauth.protocol.errors import MalformedEncoding, ProtocolError
from powerauth.protocol.keys import generate_key_pair
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

PAIR = generate_key_pair(FixedRandom("master"))
CODE = activation_code.generate_activation_code(FixedRandom("code"))
SIGNATURE = activation_code.sign_activation_code(PAIR.private_key, CODE)


@vectors.each("extra.json: activation_code_build")
def test_build(case: Case) -> None:
    data = case.binary("randomBytes")
    code = activation_code.generate_activation_code(lambda size: data[:size])
    assert code == case["activationCode"]
    assert activation_code.is_activation_code(code)


@vectors.each("extra.json: activation_code_check")
def test_check(case: Case) -> None:
    assert activation_code.is_activation_code(case["activationCode"]) is case["valid"]


@vectors.each("verify-activation-data-signature-v3.json")
def test_signature(case: Case) -> None:
    code, public_key = case["activationCode"], case.binary("masterPublicKey")
    assert activation_code.is_activation_code(code)
    assert activation_code.verify_activation_code(public_key, code, case["activationSignature"])
    own = activation_code.sign_activation_code(case.binary("masterPrivateKey"), code)
    assert activation_code.verify_activation_code(public_key, code, own)
    assert not activation_code.verify_activation_code(public_key, code[::-1], own)


def test_generated_codes_are_valid_and_differ() -> None:
    codes = {activation_code.generate_activation_code() for _ in range(20)}
    assert len(codes) == 20
    assert all(activation_code.is_activation_code(code) for code in codes)


def test_checksum_detects_every_flipped_bit() -> None:
    # The last character holds one bit of data only; decoders do not look at its spare bits.
    for text in flipped_text(CODE[:-1]):
        assert not activation_code.is_activation_code(text + CODE[-1])


@pytest.mark.parametrize("text", ["", CODE.lower(), CODE.replace("-", ""), CODE + "\n", " " + CODE])
def test_refuse_other_spellings(text: str) -> None:
    assert not activation_code.is_activation_code(text)


def test_no_flipped_bit_of_a_signature_verifies() -> None:
    assert activation_code.verify_activation_code(PAIR.public_key, CODE, SIGNATURE)
    for text in flipped_text(SIGNATURE):
        assert not activation_code.verify_activation_code(PAIR.public_key, CODE, text)


@given(st.text(max_size=40), st.text(max_size=90))
@bounded
def test_garbage_does_not_verify(code: str, signature: str) -> None:
    assert not activation_code.verify_activation_code(PAIR.public_key, code, signature)
    assert not activation_code.verify_activation_code(PAIR.public_key, code, SIGNATURE)


def test_surrogates_do_not_verify() -> None:
    assert not activation_code.verify_activation_code(PAIR.public_key, "\ud800", SIGNATURE)


def test_qr_text_round_trip() -> None:
    text = activation_code.activation_qr_text(CODE, SIGNATURE)
    assert text == f"{CODE}#{SIGNATURE}"
    assert activation_code.parse_activation_qr(text) == (CODE, SIGNATURE)
    assert activation_code.parse_activation_qr(CODE) == (CODE, None)


@pytest.mark.parametrize("text", ["", "#", f"#{SIGNATURE}", f"{CODE}#", f"{CODE}#*", f"R:{CODE}"])
def test_refuse_malformed_qr_text(text: str) -> None:
    with pytest.raises(MalformedEncoding):
        activation_code.parse_activation_qr(text)


@given(st.text(max_size=60))
@bounded
def test_any_qr_text_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        activation_code.parse_activation_qr(text)
