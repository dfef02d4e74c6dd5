import pytest

from powerauth.protocol.v4.primitives.kmac import Customization, kdf, kmac, sha3
from tests.protocol import vectors
from tests.protocol.vectors import Case

KEY = bytes(range(32))


@vectors.each("v4/extra-v4.json: kmac256")
def test_kmac(case: Case) -> None:
    output = case.hex("outputHex")
    data = case.hex("dataHex")
    assert kmac(case.hex("keyHex"), data, case["custom"], len(output)) == output


@vectors.each("v4/extra-v4.json: kdf")
def test_kdf(case: Case) -> None:
    key, diversifier = case.binary("key"), case.binary("diversifier")
    derived = kdf(key, case["label"], diversifier, case["outputLength"])
    assert derived == case.binary("derivedKey")


@vectors.each("v4/keys-v4.json: dataDigest")
def test_digest_of_other_products(case: Case) -> None:
    # Not a part of the client protocol, but a proof of the MAC under a further customization.
    mac = kmac(case.binary("salt"), "&".join(case["items"]).encode(), "PA4DIGEST-DATA")
    digits = case["length"]
    number = int.from_bytes(mac, "big", signed=True) % 10**digits
    assert f"{number:0{digits}d}" == case["digest"]


@vectors.each("v4/sha3-256.json")
def test_sha3(case: Case) -> None:
    assert sha3(case.hex("msg")) == case.hex("digest")


def test_kmac_of_nist() -> None:
    # Sample 4 of NIST, so that a clone without vectors proves the construction too.
    expected = (
        "20c570c31346f703c9ac36c61c03cb64c3970d0cfc787e9b79599d273a68d2f7"
        "f69d4cc3de9d104a351689f27cf6f5951f0103f33f4f24871024d9c27773a8dd"
    )
    key = bytes(range(0x40, 0x60))
    assert kmac(key, bytes(range(4)), "My Tagged Application", 64).hex() == expected


def test_sha3_is_the_one_of_nist() -> None:
    digest = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
    assert sha3(b"").hex() == digest


def test_trap_1_label_is_data_and_the_customization_is_constant() -> None:
    framed = b"\0\0\0\4auth" + b"\0\0\0\0"
    assert kdf(KEY, "auth") == kmac(KEY, framed, "PA4KDF")
    assert kdf(KEY, "auth") != kmac(KEY, b"", "PA4KDF:auth")


def test_trap_2_empty_diversifier_leaves_its_length() -> None:
    assert kdf(KEY, "auth") != kmac(KEY, b"\0\0\0\4auth", Customization.KEY)
    assert kdf(KEY, "auth", b"") == kdf(KEY, "auth")


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31])
def test_trap_4_short_keys_are_taken_as_they_are(size: int) -> None:
    short = KEY[:size]
    assert kmac(short, b"data", "custom") != kmac(short + bytes(32 - size), b"data", "custom")


def test_size_is_part_of_the_input() -> None:
    assert kmac(KEY, b"data", "custom", 64)[:32] != kmac(KEY, b"data", "custom", 32)


def test_purposes_differ() -> None:
    assert len({kmac(KEY, b"data", custom) for custom in Customization}) == len(Customization)
