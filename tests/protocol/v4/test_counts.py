"""The vectors are there in the numbers of protocol-4.md 36.1, and every list of them is used."""

import json
from pathlib import Path

import pytest

from tests.protocol import vectors

COUNTS = {
    "activation-EC_P384-v4.json": 6,
    "activation-EC_P384_ML_L3-v4.json": 6,
    "activation-EC_P384_ML_L5-v4.json": 6,
    "activation-code-v4.json": 6,
    "auth-code-v4.json": 18,
    "auth-code-v4.json: canonicalQuery": 6,
    "auth-code-v4.json: counter": 6,
    "auth-code-v4.json: headerValidation": 63,
    "auth-code-v4.json: headers": 18,
    "auth-code-v4.json: invalid": 72,
    "e2ee-lib-v4.json": 48,
    "e2ee-lib-v4.json: invalid": 48,
    "e2ee-v4.json": 14,
    "extra-v4.json: aead": 2,
    "extra-v4.json: kdf": 8,
    "extra-v4.json: kmac256": 3,
    "extra-v4.json: password_kdf": 6,
    "extra-v4.json: shared_secret": 6,
    "extra-v4.json: temporary_key_request": 1,
    "extra-v4.json: temporary_key_response": 2,
    "extra-v4.json: worked_example": 2,
    "fingerprint-v4.json": 18,
    "hash-counter-v4.json": 10,
    "keys-v4.json: application": 6,
    "keys-v4.json: dataDigest": 6,
    "keys-v4.json: derived": 18,
    "keys-v4.json: password": 6,
    "ml-kem-768.json": 100,
    "offline-v4.json": 18,
    "offline-v4.json: nonPersonalized": 6,
    "sha3-256.json": 73,
    "shared-secret-v4.json": 18,
    "shared-secret-v4.json: requests": 10,
    "status-v4.json": 18,
    "status-v4.json: token": 6,
    "temporary-key-v4.json": 18,
    "token-digest-v4.json": 100,
}


@pytest.mark.parametrize("source", COUNTS)
@pytest.mark.skipif(not vectors.FOLDER.is_dir(), reason="no test vectors; set POWERAUTH_VECTORS")
def test_vectors_are_there(source: str) -> None:
    assert len(vectors.cases_of(f"v4/{source}")) >= COUNTS[source]


@pytest.mark.skipif(not vectors.FOLDER.is_dir(), reason="no test vectors; set POWERAUTH_VECTORS")
def test_no_list_is_forgotten() -> None:
    found = set()
    for file in (vectors.FOLDER / "v4").glob("*.json"):
        for name, value in json.loads(file.read_text(encoding="utf-8")).items():
            if (isinstance(value, dict) and "data" in value) or isinstance(value, list):
                found.add(file.name if name == "data" else f"{file.name}: {name}")
    assert found == COUNTS.keys()


def test_every_list_has_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    code = "\n".join(text for text in texts if "COUNTS =" not in text)
    assert {source for source in COUNTS if f'"v4/{source}"' not in code} == set()
