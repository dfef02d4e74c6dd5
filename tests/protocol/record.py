"""Generator of recorded.json: results of our own code with fixed randomness.

The recorded file notices any change of a result, also where no foreign vectors are at hand. Write
it anew with ``python -m tests.protocol.record`` only when a change of results is intended.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from powerauth.protocol import activation_code, records, totp
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import (
    activation_fingerprint,
    derive_activation_keys,
    ecdh,
    generate_key_pair,
    master_secret,
)
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v3 import (
    encryption,
    offline,
    signature,
    status_blob,
    temporary_key,
    token,
    vault,
)
from powerauth.protocol.v3.encryption import EncryptionContext, Encryptor, Scope
from powerauth.protocol.v3.headers import EncryptionHeader, SignatureHeader, TokenHeader
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.versions import SUPPORTED_VERSIONS, SignatureFormat, traits_of
from tests.protocol.randomness import FixedRandom

FILE = Path(__file__).with_name("recorded.json")

Entry = dict[str, object]

MASTER = generate_key_pair(FixedRandom("recorded master"))
SERVER = generate_key_pair(FixedRandom("recorded server"))
DEVICE = generate_key_pair(FixedRandom("recorded device"))
TEMPORARY = generate_key_pair(FixedRandom("recorded temporary"))
KEYS = derive_activation_keys(master_secret(SERVER.private_key, DEVICE.public_key))
BYTES = FixedRandom("recorded bytes")
APPLICATION_KEY, APPLICATION_SECRET, NONCE, CTR = (BYTES(16) for _ in range(4))
CHALLENGE, TOKEN_SECRET, OLD_MASTER_KEY, STATUS_NONCE = (BYTES(16) for _ in range(4))
MASTER_KEY = BYTES(32)
ACTIVATION_ID = "6b2f0c3a-52d6-4b19-9d8e-0f6f3a1c7e55"
KEY_ID = "0D9C55B1-7B62-4E0A-8E39-4F0B8E6A2D11"
TIME = 1_760_000_000_123
CONTEXT = ("activation", ACTIVATION_ID)
OFFLINE_DATA = offline.build_offline_data(
    ACTIVATION_ID, "Platba", "Řádek\nřádek", "A1*A100CZK*Nvoda", "BX"
)


def key_agreement() -> list[Entry]:
    """Record key pairs, the agreed secret, the derived keys and the fingerprint."""
    return [
        {
            "server_private_key": b64(SERVER.private_key),
            "server_public_key": b64(SERVER.public_key),
            "device_private_key": b64(DEVICE.private_key),
            "device_public_key": b64(DEVICE.public_key),
            "secret": b64(ecdh(DEVICE.private_key, SERVER.public_key)),
            "derived_keys": b64(KEYS.to_bytes()),
            "fingerprint": activation_fingerprint(
                DEVICE.public_key, ACTIVATION_ID, SERVER.public_key
            ),
        }
    ]


def application() -> list[Entry]:
    """Record the client configuration and a signed activation code."""
    config = MobileSdkConfig(
        application_key=APPLICATION_KEY,
        application_secret=APPLICATION_SECRET,
        master_public_key=MASTER.public_key,
    )
    code = activation_code.generate_activation_code(FixedRandom("recorded code"))
    signed = activation_code.sign_activation_code(MASTER.private_key, code)
    qr_text = activation_code.activation_qr_text(code, signed)
    return [{"config": config.to_text(), "code": code, "qr_text": qr_text}]


def signatures() -> list[Entry]:
    """Record a signed request of every version and type, at a moving counter."""
    query = signature.canonical_query("b=%C5%A5&a=x+y&c")
    base = signature.normalize_request("GET", "/pa/recorded", b64(NONCE), query)
    data = signature.signature_data(base, b64(APPLICATION_SECRET))
    entries: list[Entry] = []
    ctr = CTR
    for version in SUPPORTED_VERSIONS:
        for kind in SignatureType:
            text = signature.compute_signature(
                data,
                keys=KEYS,
                signature_type=kind,
                ctr=ctr,
                fmt=traits_of(version).signature_format,
            )
            header = SignatureHeader(
                activation_id=ACTIVATION_ID,
                application_key=b64(APPLICATION_KEY),
                nonce=b64(NONCE),
                signature_type=kind,
                signature=text,
                version=version,
            )
            entries.append({"base": base.decode(), "ctr": b64(ctr), "header": header.format()})
            ctr = signature.next_counter(ctr)
    return entries


def context_of(version: str, encryptor: Encryptor) -> EncryptionContext:
    """Give the context of a recorded exchange."""
    in_activation = encryptor.scope is Scope.ACTIVATION
    return EncryptionContext(
        version=version,
        encryptor=encryptor,
        application_key=b64(APPLICATION_KEY),
        application_secret=b64(APPLICATION_SECRET),
        activation_id=ACTIVATION_ID if in_activation else None,
        transport_key=KEYS.transport if in_activation else None,
    )


def encrypted_exchanges() -> list[Entry]:
    """Record request and response of every version and encryptor."""
    encryptors = [each for each in Encryptor if 3 in each.generations]
    return [_exchange(version, each) for version in SUPPORTED_VERSIONS for each in encryptors]


def _exchange(version: str, encryptor: Encryptor) -> Entry:
    context = context_of(version, encryptor)
    label = f"recorded {version} {encryptor.name}"
    request, envelope = encryption.seal_request(
        f"request {label}".encode(),
        context=context,
        recipient_public_key=TEMPORARY.public_key,
        timestamp=TIME,
        temporary_key_id=KEY_ID if context.traits.temporary_key else None,
        random=FixedRandom(label),
    )
    response = envelope.seal_response(
        f"response {label}".encode(), timestamp=TIME + 5, random=FixedRandom(label + " response")
    )
    header = EncryptionHeader(
        application_key=context.application_key,
        activation_id=context.activation_id,
        version=version,
    )
    return {
        "version": version,
        "encryptor": encryptor.name,
        "header": header.format(),
        "request": request.to_json(),
        "request_plaintext": f"request {label}",
        "response": response.to_json(),
        "response_plaintext": f"response {label}",
        "replay_key": (
            b64(encryption.replay_key(request, context.activation_id)) if request.nonce else None
        ),
    }


def temporary_keys() -> list[Entry]:
    """Record the exchange of a temporary key in both scopes."""
    entries: list[Entry] = []
    for activation_id, signer in ((None, MASTER), (ACTIVATION_ID, SERVER)):
        transport_key = None if activation_id is None else KEYS.transport
        secret = temporary_key.request_secret(b64(APPLICATION_SECRET), transport_key)
        request = temporary_key.TemporaryKeyRequest(
            application_key=b64(APPLICATION_KEY),
            activation_id=activation_id,
            challenge=b64(CHALLENGE),
        )
        key = temporary_key.TemporaryKey(
            key_id=KEY_ID,
            application_key=request.application_key,
            activation_id=activation_id,
            challenge=request.challenge,
            public_key=TEMPORARY.public_key,
            issued_at_ms=TIME,
            expires_at_ms=TIME + 300_000,
        )
        entries.append(
            {
                "secret": b64(secret),
                "request": temporary_key.sign_request(request, secret=secret, issued_at_ms=TIME),
                "response": temporary_key.sign_response(key, signer.private_key),
                "signer": b64(signer.public_key),
            }
        )
    return entries


def tokens() -> list[Entry]:
    """Record the header of a token in every version."""
    entries: list[Entry] = []
    for version in SUPPORTED_VERSIONS:
        header = TokenHeader(
            token_id=ACTIVATION_ID,
            digest=token.compute_digest(
                secret=TOKEN_SECRET, nonce=NONCE, timestamp=TIME, version=version
            ),
            nonce=NONCE,
            timestamp=TIME,
            version=version,
        )
        replay_key = token.token_replay_key(NONCE, ACTIVATION_ID)
        entries.append({"header": header.format(), "replay_key": b64(replay_key)})
    return entries


def statuses() -> list[Entry]:
    """Record a status with and without a challenge, and an answer without a status."""
    fields = status_blob.StatusFields(
        state=3, failed_attempts=1, max_failed_attempts=5, look_ahead=20, counter=300
    )
    entries: list[Entry] = []
    for challenge in (CHALLENGE, None):
        blob, nonce = status_blob.seal_status(
            fields,
            transport_key=KEYS.transport,
            ctr_data=CTR,
            challenge=challenge,
            random=FixedRandom("recorded status"),
        )
        entries.append({"blob": b64(blob), "nonce": None if nonce is None else b64(nonce)})
    return entries


def vaults() -> list[Entry]:
    """Record the vault key and the device key that it protects."""
    device_key = vault.encrypt_device_key(KEYS.vault, DEVICE.private_key)
    return [{"vault_key": b64(vault.encrypt_vault_key(KEYS)), "device_key": b64(device_key)}]


def offline_payloads() -> list[Entry]:
    """Record offline payloads with the signature of the app."""
    entries: list[Entry] = []
    code = totp.totp(TOKEN_SECRET, TIME // 1000)
    for key_id, pair, one_time_code in (("0", MASTER, None), ("1", SERVER, code)):
        text = offline.build_payload(
            OFFLINE_DATA,
            nonce_b64=b64(NONCE),
            totp=one_time_code,
            key_id=offline.MASTER_KEY_ID if key_id == "0" else offline.SERVER_KEY_ID,
            private_key=pair.private_key,
        )
        payload = offline.parse_payload(text)
        body = offline.offline_body(payload.operation_id, payload.operation_data)
        base = offline.offline_base(payload.nonce_b64, body)
        signed = base if one_time_code is None else offline.with_totp(base, one_time_code)
        answer = signature.compute_signature(
            signature.signature_data(signed, offline.OFFLINE_SECRET),
            keys=KEYS,
            signature_type=SignatureType.POSSESSION_KNOWLEDGE,
            ctr=CTR,
            fmt=SignatureFormat.DECIMAL,
            digits=6,
        )
        entries.append({"payload": text, "signer": b64(pair.public_key), "signature": answer})
    return entries


def stored_records() -> list[Entry]:
    """Record stored records of every mode."""
    random = FixedRandom("recorded record")
    modes = {
        "plain": records.Keyring([]).seal(b"value", context=CONTEXT),
        "gcm": records.Keyring([MASTER_KEY]).seal(b"value", context=CONTEXT, random=random),
        "reference": records.seal_reference_record(
            OLD_MASTER_KEY, CONTEXT, b"value", random=random
        ),
    }
    return [{"mode": mode, "record": b64(record)} for mode, record in modes.items()]


GROUPS: Mapping[str, Callable[[], list[Entry]]] = {
    group.__name__: group
    for group in (
        key_agreement,
        application,
        signatures,
        encrypted_exchanges,
        temporary_keys,
        tokens,
        statuses,
        vaults,
        offline_payloads,
        stored_records,
    )
}


def main() -> None:
    """Write the file."""
    content = {name: group() for name, group in GROUPS.items()}
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
