import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedEncoding, MalformedPayload, ProtocolError
from powerauth.protocol.keys import derive_activation_keys, generate_key_pair
from powerauth.protocol.v3 import offline
from powerauth.protocol.v3.signature import SignatureType, compute_signature, signature_data
from powerauth.protocol.versions import SignatureFormat
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

PAIR = generate_key_pair(FixedRandom("server"))
NONCE = b64(bytes(range(16)))
OPERATION_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
OPERATION_DATA = "A1*A100CZK*Nback\\\\slash*Tstar\\*"
DATA = offline.build_offline_data(
    OPERATION_ID, "Payment", "Two\nlines and a \\", OPERATION_DATA, "B"
)


def _build(
    data: str = DATA, totp: str | None = None, key_id: offline.KeyId = offline.SERVER_KEY_ID
) -> str:
    return offline.build_payload(
        data, nonce_b64=NONCE, totp=totp, key_id=key_id, private_key=PAIR.private_key
    )


@vectors.each("extra.json: offline_payload")
def test_payload_and_signature(case: Case) -> None:
    payload = offline.parse_payload(case["offlineData"])
    public_key = case.binary("signingPublicKey")
    assert payload.verify(public_key)
    assert not payload.verify(PAIR.public_key)
    assert payload.key_id == ("1" if case["personalized"] else "0")
    assert payload.operation_id == case["operationId"]
    assert payload.operation_data == case["operationData"]
    assert payload.nonce_b64 == case["nonce"]
    assert payload.totp == case["totp"]
    own = offline.build_payload(
        case["data"],
        nonce_b64=case["nonce"],
        totp=case["totp"],
        key_id="1" if case["personalized"] else "0",
        private_key=PAIR.private_key,
    )
    assert own.encode().startswith(payload.signed)
    _check_signature(case, payload)


def _check_signature(case: Case, payload: offline.OfflinePayload) -> None:
    body = offline.offline_body(payload.operation_id, payload.operation_data, payload.totp)
    base = offline.offline_base(payload.nonce_b64, body)
    assert base.decode() == case["signatureBaseString"]
    text = compute_signature(
        signature_data(base, offline.OFFLINE_SECRET),
        keys=derive_activation_keys(case.binary("masterSecretKey")),
        signature_type=SignatureType.parse(case["signatureType"]),
        ctr=case.binary("ctrData"),
        fmt=SignatureFormat.DECIMAL,
        digits=case["componentLength"],
    )
    assert text == case["signature"]
    assert offline.parse_offline_signature(text, case["componentLength"]) == text


@vectors.each("extra.json: offline_qr_layout")
def test_layout(case: Case) -> None:
    payload = offline.parse_payload(case["qr"])
    assert payload.signed.decode() == case["signedData"]
    assert payload.nonce_b64 == case["nonce"]
    assert payload.key_id == case["signingKey"]
    assert payload.signature == case.binary("signature")
    body = offline.offline_body(payload.operation_id, payload.operation_data, payload.totp)
    assert body.decode() == case["dataForOfflineSignature"]


@pytest.mark.parametrize("totp", [None, "01760428"])
@pytest.mark.parametrize("key_id", [offline.MASTER_KEY_ID, offline.SERVER_KEY_ID])
def test_payload_round_trip(totp: str | None, key_id: offline.KeyId) -> None:
    text = _build(totp=totp, key_id=key_id)
    payload = offline.parse_payload(text)
    assert text.startswith(DATA + "\n")
    assert text.encode() == payload.signed + b64(payload.signature).encode()
    assert payload.verify(PAIR.public_key)
    assert (payload.totp, payload.key_id, payload.nonce_b64) == (totp, key_id, NONCE)
    assert (payload.operation_id, payload.flags) == (OPERATION_ID, "B")
    assert (payload.title, payload.message) == ("Payment", "Two\nlines and a \\")
    assert payload.operation_data == OPERATION_DATA


def test_further_lines_are_no_totp() -> None:
    payload = offline.parse_payload(_build(DATA + "\nreserved"))
    assert payload.totp is None
    assert payload.verify(PAIR.public_key)


def test_no_flipped_bit_verifies() -> None:
    for text in flipped_text(_build(totp="01760428")):
        try:
            assert not offline.parse_payload(text).verify(PAIR.public_key)
        except ProtocolError:
            continue


@given(st.text(max_size=80) | st.text(max_size=20).map(lambda text: f"{text}\n" * 7))
@bounded
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        offline.parse_payload(text)


@pytest.mark.parametrize(
    "tail", [f"{NONCE}\n2AAAA", f"{NONCE}\n", f"{NONCE}\n1*", "AAAA\n1AAAA", f"{NONCE}\n\u0661AAAA"]
)
def test_refuse_malformed_tail(tail: str) -> None:
    with pytest.raises(ProtocolError):
        offline.parse_payload(f"{DATA}\n{tail}")


def test_refuse_text_with_surrogates() -> None:
    with pytest.raises(MalformedPayload):
        offline.parse_payload(f"{DATA}\ud800\n{NONCE}\n1AAAA")
    with pytest.raises(MalformedPayload):
        _build("\ud800")


def test_refuse_malformed_nonce_and_code() -> None:
    with pytest.raises(MalformedPayload):
        _build(totp="12 34")
    with pytest.raises(MalformedEncoding):
        offline.build_payload(
            DATA, nonce_b64="AAAA", totp=None, key_id="1", private_key=PAIR.private_key
        )


@pytest.mark.parametrize("position", [0, 3, 4])
def test_refuse_line_feed_within_a_line(position: int) -> None:
    lines = ["id", "title", "message", "data", "flags"]
    lines[position] += "\n"
    with pytest.raises(MalformedPayload):
        offline.build_offline_data(*lines)


@given(st.text(max_size=30), st.text(max_size=30))
@bounded
def test_title_and_message_survive(title: str, message: str) -> None:
    data = offline.build_offline_data("id", title, message, "A1", "")
    payload = offline.parse_payload(_build(data))
    assert (payload.title, payload.message) == (title, message)
    assert payload.verify(PAIR.public_key)


def test_escape_attribute() -> None:
    assert offline.escape_attribute("a*b\\c\nd") == "a\\*b\\\\c\\nd"


def test_with_totp_completes_the_body() -> None:
    base = offline.offline_base(NONCE, offline.offline_body("id", "A1"))
    expected = offline.offline_base(NONCE, offline.offline_body("id", "A1", "12345678"))
    assert offline.with_totp(base, "12345678") == expected
    assert offline.with_totp(b"POST&&&", "1") == b"POST&&&" + b64(b"&1").encode()


@pytest.mark.parametrize("base", [b"POST&&&*", b"\xff", b"a&\xc3\xa9"])
def test_with_totp_refuses_malformed_base(base: bytes) -> None:
    with pytest.raises(MalformedEncoding):
        offline.with_totp(base, "12345678")


@pytest.mark.parametrize(
    ("text", "digits", "valid"),
    [
        ("1234-5678", 4, True),
        ("12345678-87654321", 8, True),
        ("12345678-87654321", 7, False),
        ("12345678", 8, False),
        ("12345678-87654321-12345678", 8, False),
        ("12345678-8765432\u0661", 8, False),
        ("1234-5678\n", 4, False),
        ("", 4, False),
    ],
)
def test_parse_offline_signature(text: str, digits: int, valid: bool) -> None:
    if valid:
        assert offline.parse_offline_signature(text, digits) == text
    else:
        with pytest.raises(MalformedEncoding):
            offline.parse_offline_signature(text, digits)


@pytest.mark.parametrize("digits", [0, 3, 9])
def test_offline_signature_has_4_to_8_digits(digits: int) -> None:
    with pytest.raises(ValueError, match="4 to 8"):
        offline.parse_offline_signature("1-1", digits)
