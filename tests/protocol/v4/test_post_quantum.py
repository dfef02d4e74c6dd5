from typing import NoReturn

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa, mlkem
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from powerauth.protocol.errors import MalformedKey
from powerauth.protocol.v4.primitives.ml_dsa import ML_DSA_65, ML_DSA_87, MlDsa
from powerauth.protocol.v4.primitives.ml_kem import ML_KEM_768, ML_KEM_1024, MlKem
from tests.protocol import vectors
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

BOTH_KEM = pytest.mark.parametrize("kem", [ML_KEM_768, ML_KEM_1024], ids=lambda kem: kem.name)
BOTH_DSA = pytest.mark.parametrize("dsa", [ML_DSA_65, ML_DSA_87], ids=lambda dsa: dsa.name)


def lack(monkeypatch: pytest.MonkeyPatch, private_type: type) -> None:
    """Make a class of keys what it is where OpenSSL cannot do them."""

    def refuse(_: bytes) -> NoReturn:
        raise UnsupportedAlgorithm("not supported by this backend")

    monkeypatch.setattr(private_type, "from_seed_bytes", refuse)


@vectors.each("v4/ml-kem-768.json")
def test_decapsulate(case: Case) -> None:
    pkcs8, ciphertext = case.binary("pqcClientPrivateKey"), case.binary("pqcCiphertext")
    assert ML_KEM_768.decapsulate(pkcs8[-64:], ciphertext) == case.binary("sharedSecret")
    assert len(ciphertext) == ML_KEM_768.ciphertext_size


@BOTH_KEM
def test_encapsulation_round_trip(kem: MlKem) -> None:
    pair = kem.generate_key_pair(FixedRandom("kem"))
    ciphertext, secret = kem.encapsulate(pair.public_key)
    assert (len(ciphertext), len(secret)) == (kem.ciphertext_size, 32)
    assert kem.decapsulate(pair.private_key, ciphertext) == secret
    changed = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    assert kem.decapsulate(pair.private_key, changed) != secret
    assert kem.generate_key_pair().private_key != kem.generate_key_pair().private_key


def test_trap_8_public_keys_have_the_form_that_openssl_writes() -> None:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    seed = bytes(64)
    kem_768 = mlkem.MLKEM768PrivateKey.from_seed_bytes(seed).public_key().public_bytes(*form)
    kem_1024 = mlkem.MLKEM1024PrivateKey.from_seed_bytes(seed).public_key().public_bytes(*form)
    dsa_65 = mldsa.MLDSA65PrivateKey.from_seed_bytes(seed[:32]).public_key().public_bytes(*form)
    dsa_87 = mldsa.MLDSA87PrivateKey.from_seed_bytes(seed[:32]).public_key().public_bytes(*form)
    assert ML_KEM_768.key_pair_of(seed).public_key == kem_768
    assert ML_KEM_1024.key_pair_of(seed).public_key == kem_1024
    assert ML_DSA_65.key_pair_of(seed[:32]).public_key == dsa_65
    assert ML_DSA_87.key_pair_of(seed[:32]).public_key == dsa_87
    assert [len(key) for key in (kem_768, kem_1024, dsa_65, dsa_87)] == [1206, 1590, 1974, 2614]


@BOTH_KEM
def test_refuse_foreign_encapsulation_keys(kem: MlKem) -> None:
    public_key = kem.generate_key_pair(FixedRandom("kem")).public_key
    prefix = len(public_key) - kem.spki.raw_size
    other = ML_KEM_1024 if kem is ML_KEM_768 else ML_KEM_768
    foreign = [
        b"",
        public_key[:-1],
        public_key + b"\0",
        public_key[prefix:],
        other.generate_key_pair(FixedRandom("kem")).public_key,
        # A coefficient above the modulus.
        public_key[:prefix] + b"\xff" * kem.spki.raw_size,
        *(_flipped(public_key, index) for index in range(prefix)),
    ]
    for data in foreign:
        with pytest.raises(MalformedKey):
            kem.encapsulate(data)


def _flipped(data: bytes, index: int) -> bytes:
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]


@BOTH_KEM
def test_refuse_decapsulation_of_another_size(kem: MlKem) -> None:
    pair = kem.generate_key_pair(FixedRandom("kem"))
    ciphertext, _ = kem.encapsulate(pair.public_key)
    for seed, data in (
        (pair.private_key, b""),
        (pair.private_key, ciphertext[:-1]),
        (pair.private_key, ciphertext + b"\0"),
        (pair.private_key[:-1], ciphertext),
        (b"", ciphertext),
    ):
        with pytest.raises(MalformedKey):
            kem.decapsulate(seed, data)


@BOTH_DSA
def test_signatures(dsa: MlDsa) -> None:
    pair, other = (dsa.generate_key_pair(FixedRandom(label)) for label in ("dsa", "other"))
    signature = dsa.sign(pair.private_key, b"data")
    assert len(signature) == dsa.signature_size
    assert dsa.verify(pair.public_key, b"data", signature)
    assert not dsa.verify(pair.public_key, b"other", signature)
    assert not dsa.verify(other.public_key, b"data", signature)
    for index in range(0, len(signature), 97):
        assert not dsa.verify(pair.public_key, b"data", _flipped(signature, index))
    for garbage in (b"", signature[:-1], signature + b"\0", bytes(len(signature))):
        assert not dsa.verify(pair.public_key, b"data", garbage)
    assert dsa.generate_key_pair().private_key != dsa.generate_key_pair().private_key


@BOTH_DSA
def test_signing_is_hedged(dsa: MlDsa) -> None:
    seed = dsa.generate_key_pair(FixedRandom("dsa")).private_key
    assert dsa.sign(seed, b"data") != dsa.sign(seed, b"data")


@BOTH_DSA
def test_refuse_foreign_signature_keys(dsa: MlDsa) -> None:
    pair = dsa.generate_key_pair(FixedRandom("dsa"))
    other = ML_DSA_87 if dsa is ML_DSA_65 else ML_DSA_65
    assert dsa.normalize_public_key(pair.public_key) == pair.public_key
    for data in (
        b"",
        pair.public_key[:-1],
        pair.public_key + b"\0",
        _flipped(pair.public_key, 16),
        other.generate_key_pair(FixedRandom("dsa")).public_key,
    ):
        with pytest.raises(MalformedKey):
            dsa.normalize_public_key(data)
        with pytest.raises(MalformedKey):
            dsa.verify(data, b"data", b"")
    for seed in (b"", pair.private_key[:-1], pair.private_key * 2):
        with pytest.raises(MalformedKey):
            dsa.sign(seed, b"data")
        with pytest.raises(MalformedKey):
            dsa.key_pair_of(seed)


def test_old_openssl_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ML_KEM_768.is_available()
    assert ML_DSA_65.is_available()
    lack(monkeypatch, mlkem.MLKEM768PrivateKey)
    lack(monkeypatch, mldsa.MLDSA65PrivateKey)
    assert not ML_KEM_768.is_available()
    assert not ML_DSA_65.is_available()
    assert ML_KEM_1024.is_available()
    assert ML_DSA_87.is_available()


def test_seed_is_the_storage_form() -> None:
    pair = ML_KEM_768.generate_key_pair(FixedRandom("kem"))
    key = mlkem.MLKEM768PrivateKey.from_seed_bytes(pair.private_key)
    assert key.private_bytes_raw() == pair.private_key
    assert "private" not in repr(pair)
