"""The PIN: only the server can tell a wrong one, and its key is derived once."""

import pytest

from powerauth.phone.errors import PinMissing
from powerauth.phone.phone import Phone
from powerauth.phone.pin import PinKeys, lock_key, stretch_pin, unlock_key
from powerauth.protocol.v3.signature import SignatureType
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import BASE_URL, FakeServer

KNOWLEDGE = SignatureType.KNOWLEDGE


def test_a_wrong_pin_gives_another_key_and_no_error(
    make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone()
    right = phone.factor_keys(KNOWLEDGE, PIN).knowledge
    wrong = phone.factor_keys(KNOWLEDGE, "0000").knowledge
    assert right == server.mine_3.keys.knowledge
    assert len(wrong) == 16
    assert wrong != right


def test_only_the_server_refuses_a_wrong_pin(phone: Phone, server: FakeServer) -> None:
    answer = phone.validate_signature(pin="0000")
    assert (answer.status, answer.code) == (401, "ERR_AUTHENTICATION")
    assert server.mine.failed == 1
    assert phone.validate_signature(pin=PIN).ok
    assert server.mine.failed == 0


def test_knowledge_needs_a_pin_and_keeps_the_counter(make_phone: MakePhone) -> None:
    phone = make_phone()
    with pytest.raises(PinMissing):
        phone.sign("POST", "/x", b"")
    assert phone.enrolment.counter == 0


def test_each_pin_is_stretched_once(server: FakeServer) -> None:
    calls: list[str] = []

    def stretch(pin: str, salt: bytes) -> bytes:
        calls.append(pin)
        return stretch_pin(pin, salt)

    phone = Phone(
        BASE_URL,
        sdk_config=server.config.to_text(),
        session=server.session(),
        now=lambda: server.now_ms,
        pin_keys=PinKeys(stretch),
    )
    phone.activate(server.code, pin=PIN)
    for pin in (PIN, PIN, "0000", "0000", PIN):
        phone.sign("POST", "/x", b"", pin=pin)
    assert calls == [PIN, "0000"]


def test_each_salt_has_its_own_key() -> None:
    keys = PinKeys(lambda pin, salt: pin.encode() + salt)
    assert keys.key_of(PIN, b"a") == b"1234a"
    assert keys.key_of(PIN, b"b") == b"1234b"


def test_stretching() -> None:
    key = stretch_pin(PIN, b"s" * 16)
    assert len(key) == 16
    assert len({key, stretch_pin(PIN, b"t" * 16), stretch_pin("1235", b"s" * 16)}) == 3


def test_locking() -> None:
    locked = lock_key(b"a" * 16, b"k" * 16)
    assert len(locked) == 16
    assert unlock_key(b"a" * 16, locked) == b"k" * 16
    assert unlock_key(b"b" * 16, locked) != b"k" * 16
