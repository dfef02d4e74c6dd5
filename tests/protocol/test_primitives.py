import pytest

from powerauth.protocol import primitives
from powerauth.protocol.errors import MalformedEncoding
from tests.protocol import vectors
from tests.protocol.vectors import Case

KEY = bytes(range(16))
IV = bytes(range(16, 32))


@vectors.each("extra.json: kdf_x963_sha256", "extra.json: kdf_x963_sha256_sdk")
def test_x963_kdf(case: Case) -> None:
    expected = case.hex("keyDataHex")
    info = case.hex("sharedInfoHex")
    assert primitives.x963_kdf(case.hex("secretHex"), info, len(expected)) == expected


@vectors.each("extra.json: crc16")
def test_crc16_arc(case: Case) -> None:
    assert primitives.crc16_arc(case["text"].encode()) == int(case["crcHex"], 16)


def test_crc16_arc_check_value() -> None:
    assert primitives.crc16_arc(b"123456789") == 0xBB3D


def test_kdf_puts_the_index_last() -> None:
    block = bytes(8) + (1000).to_bytes(8, "big")
    expected = primitives.aes_cbc_encrypt_raw(KEY, bytes(16), block)
    assert primitives.kdf(KEY, 1000) == expected
    assert primitives.kdf(KEY, 1001) != expected


def test_aes_matches_the_published_block() -> None:
    # FIPS 197, appendix B.
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    block = bytes.fromhex("3243f6a8885a308d313198a2e0370734")
    expected = bytes.fromhex("3925841d02dc09fbdc118597196a0b32")
    assert primitives.aes_cbc_encrypt_raw(key, bytes(16), block) == expected
    assert primitives.aes_cbc_decrypt_raw(key, bytes(16), expected) == block


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32])
def test_aes_padding_round_trip(size: int) -> None:
    plaintext = bytes(range(size))
    ciphertext = primitives.aes_cbc_encrypt(KEY, IV, plaintext)
    assert len(ciphertext) == (size // 16 + 1) * 16
    assert primitives.aes_cbc_decrypt(KEY, IV, ciphertext) == plaintext


@pytest.mark.parametrize("last", [b"\x00", b"\x11", b"\x02"])
def test_refuse_broken_padding(last: bytes) -> None:
    ciphertext = primitives.aes_cbc_encrypt_raw(KEY, IV, bytes(15) + last)
    with pytest.raises(MalformedEncoding):
        primitives.aes_cbc_decrypt(KEY, IV, ciphertext)


@pytest.mark.parametrize("data", [b"", bytes(15), bytes(17)])
def test_refuse_partial_blocks(data: bytes) -> None:
    with pytest.raises(MalformedEncoding):
        primitives.aes_cbc_decrypt(KEY, IV, data)


@pytest.mark.parametrize("size", [0, 15, 24, 32])
def test_keys_have_16_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        primitives.aes_cbc_encrypt(bytes(size), IV, b"")


@pytest.mark.parametrize(
    ("tail", "digits", "expected"),
    [
        ("00000000", 8, "00000000"),
        ("80000001", 8, "00000001"),
        ("7fffffff", 8, "47483647"),
        ("7fffffff", 4, "3647"),
        ("ffffffff", 10, "2147483647"),
    ],
)
def test_decimal_truncation(tail: str, digits: int, expected: str) -> None:
    digest = bytes(28) + bytes.fromhex(tail)
    assert primitives.decimal_truncation(digest, digits) == expected
