"""QR codes of protocol 4.0 in, digits out."""

import re

import pytest

from powerauth.phone.errors import BadQrCode, BiometryForbidden, BiometryMissing
from powerauth.phone.phone import Phone
from powerauth.protocol.curves import P256, P384
from powerauth.protocol.encoding import b64
from powerauth.protocol.offline_text import (
    OFFLINE_SECRET,
    build_offline_data,
    offline_base,
    offline_body,
    text_to_sign,
)
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.v3 import offline as offline_3
from powerauth.protocol.v4.authentication_code import find_counter
from powerauth.protocol.v4.offline import build_non_personalized, build_personalized
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.versions import SignatureFormat
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer

NONCE = b64(bytes(range(16)))
DATA = "A1*A100CZK"
TOTP = "01234567"
PK, PB = SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY


def shown(flags: str = "B") -> str:
    return build_offline_data("op-1", "Payment", "Two\nlines", DATA, flags)


def personal(server: FakeServer, flags: str = "B", totp: str | None = None) -> str:
    return build_personalized(shown(flags), nonce_b64=NONCE, totp=totp, keys=server.mine_4.keys)


def for_all(server: FakeServer) -> str:
    key = server.of_4.master[ECDSA_P384].private_key
    return build_non_personalized(shown(), nonce_b64=NONCE, totp=None, master_private_key=key)


def steps_of(
    server: FakeServer, code: str, kind: SignatureType = PK, totp: str | None = None
) -> int | None:
    digits = code.replace("-", "")
    base = offline_base(NONCE, offline_body("op-1", DATA, totp))
    match = find_counter(
        f"{digits[:8]}-{digits[8:]}",
        [(signature_data(base, OFFLINE_SECRET), kind)],
        keys=server.mine_4.factors,
        ctr=server.mine_4.ctr_data,
        fmt=SignatureFormat.DECIMAL,
        look_ahead=20,
    )
    return None if match is None else match.steps


def test_texts_of_the_bank(suite: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite=suite)
    asked = len(server.seen)
    for text, key_id in ((personal(server, totp=TOTP), "2"), (for_all(server), "0")):
        scanned = phone.scan(text)
        assert (scanned.key_id, scanned.message) == (key_id, "Two\nlines")
        assert scanned.totp == (TOTP if key_id == "2" else None)
    assert len(server.seen) == asked


def test_texts_of_somebody_else(phone: Phone, server: FakeServer) -> None:
    """Trap 23: key digit 2 is a MAC, and 0 depends on the generation of the app."""
    text = personal(server)
    unsigned = text_to_sign(shown(), nonce_b64=NONCE, totp=None, key_id="0")
    of_3 = unsigned + b64(P256.sign(server.master.private_key, unsigned.encode()))
    of_stranger = unsigned + b64(P384.sign(P384.generate_key_pair().private_key, unsigned.encode()))
    for forged in (
        text.replace("A100CZK", "A900CZK"),
        text.replace("Payment", "Refund"),
        text.replace("\n2", "\n0"),
        for_all(server).replace("\n0", "\n2"),
        f"{text[:-44]}{b64(bytes(32))}",
        f"{text[:-44]}{b64(bytes(31))}",
        of_3,
        of_stranger,
    ):
        assert forged != text
        with pytest.raises(BadQrCode, match="did not sign"):
            phone.scan(forged)


def test_a_text_for_a_phone_of_3(phone: Phone, server: FakeServer) -> None:
    text = offline_3.build_payload(
        shown(), nonce_b64=NONCE, totp=None, key_id="1", private_key=server.master.private_key
    )
    with pytest.raises(BadQrCode, match="not the text"):
        phone.scan(text)


def test_a_phone_of_3_reads_no_mac(phone: Phone, make_phone: MakePhone, server: FakeServer) -> None:
    text = personal(server)
    assert phone.scan(text).key_id == "2"
    with pytest.raises(BadQrCode, match="not the text"):
        make_phone("3.3").scan(text)


def test_an_app_without_the_master_key(phone: Phone, server: FakeServer) -> None:
    text = for_all(server)
    phone.config = type(phone.config)(
        application_key=phone.config.application_key,
        application_secret=phone.config.application_secret,
        master_public_key=phone.config.master_public_key,
    )
    with pytest.raises(BadQrCode):
        phone.scan(text)


def test_codes(phone: Phone, server: FakeServer) -> None:
    scanned = phone.scan(personal(server, totp=TOTP))
    codes = [phone.offline_code(scanned, pin=PIN) for _ in range(2)]
    assert all(re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{4}", code) for code in codes)
    assert [steps_of(server, code, totp=TOTP) for code in codes] == [1, 2]
    assert steps_of(server, codes[0]) is None
    by_biometry = phone.offline_code(scanned, biometry=True)
    assert steps_of(server, by_biometry, PB, TOTP) == 3
    assert steps_of(server, by_biometry, PK, TOTP) is None
    wrong = phone.offline_code(scanned, pin="9999")
    assert steps_of(server, wrong, totp=TOTP) is None


def test_biometry_has_to_be_there_and_allowed(phone: Phone, server: FakeServer) -> None:
    with pytest.raises(BiometryForbidden):
        phone.offline_code(phone.scan(personal(server, flags="X")), biometry=True)
    phone.remove_biometry()
    before = phone.enrolment
    with pytest.raises(BiometryMissing):
        phone.offline_code(phone.scan(personal(server)), biometry=True)
    assert phone.enrolment == before
