"""Generator of recorded.json: results of our own code with fixed randomness.

The recorded file notices any change of a result, also where no foreign vectors are at hand. Write
it anew with ``python -m tests.protocol.v4.record`` only when a change of results is intended, and
with the vectors at hand.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from powerauth.protocol import offline_text, signed_request
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import EncryptionHeader, SignatureHeader, TokenHeader
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4 import (
    application_keys,
    authentication_code,
    encryption,
    offline,
    status_blob,
    token,
)
from powerauth.protocol.v4.activation import DeviceExchange, ServerExchange, fingerprint
from powerauth.protocol.v4.encryption import EncryptionContext
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.key_agreement import temporary_key
from powerauth.protocol.v4.key_agreement.shared_secret import combine
from powerauth.protocol.v4.keys import (
    ActivationKeys,
    UtilityKeys,
    application_temporary_key,
    password_key,
)
from powerauth.protocol.v4.primitives.signing import SIGNING_ALGORITHMS
from powerauth.protocol.v4.suites import EC_P384, SUITES, Suite
from powerauth.protocol.v4.vault import VaultKey
from powerauth.protocol.versions import SignatureFormat
from tests.protocol.randomness import FixedRandom

FILE = Path(__file__).with_name("recorded.json")

Entry = dict[str, object]

BYTES = FixedRandom("recorded 4.0")
SECRET, CTR, TOKEN_SECRET, TEMPORARY_KEY, SALT = (BYTES(32) for _ in range(5))
APPLICATION_KEY, APPLICATION_SECRET, NONCE = (BYTES(16) for _ in range(3))
KEYS = ActivationKeys(SECRET)
FACTORS = FactorKeys.initial(KEYS).confirmed(enable_biometry=True)
MASTER = {
    name: algorithm.generate_key_pair(FixedRandom(f"recorded {name}"))
    for name, algorithm in SIGNING_ALGORITHMS.items()
}
MASTER_PRIVATE = {name: pair.private_key for name, pair in MASTER.items()}
MASTER_PUBLIC = {name: pair.public_key for name, pair in MASTER.items()}
ACTIVATION_ID = "6b2f0c3a-52d6-4b19-9d8e-0f6f3a1c7e55"
KEY_ID = "0D9C55B1-7B62-4E0A-8E39-4F0B8E6A2D11"
CODE = "N2M4W-MONRK-62WP3-FVDCA"
TIME = 1_760_000_000_123
DATA = offline_text.build_offline_data(
    ACTIVATION_ID, "Platba", "Řádek\nřádek", "A1*A100CZK*Nvoda", "BX"
)


def derived_keys() -> list[Entry]:
    """Record the keys of an activation, of an application and of a password."""
    own = {**vars(UtilityKeys), **vars(ActivationKeys)}
    names = [name for name, value in own.items() if isinstance(value, property)]
    # What the keys of `UtilityKeys` derive from is used for nothing else.
    keys: Entry = {name: b64(getattr(KEYS, name)) for name in names if name != "utility"}
    return [
        keys
        | {key.value: b64(key.of(KEYS)) for key in VaultKey}
        | {
            "application": b64(application_temporary_key(b64(APPLICATION_SECRET))),
            "password": b64(password_key("1234", SALT)),
        }
    ]


def combined_secrets() -> list[Entry]:
    """Record the secret of each suite out of fixed parts."""
    parts = [bytes(range(48)), bytes(range(32))]
    return [
        {
            "suite": suite.name,
            "secret": b64(combine(parts[: len(suite.signing)], salt=SALT, suite=suite)),
        }
        for suite in SUITES
    ]


def codes() -> list[Entry]:
    """Record a request of every type at a moving counter, online and offline."""
    base = signed_request.normalize_request("POST", "/pa/recorded", b64(NONCE), b"{}")
    data = signed_request.signature_data(base, b64(APPLICATION_SECRET))
    entries: list[Entry] = []
    ctr = CTR
    for kind in SignatureType:
        made, _ = next(FACTORS.combinations(kind))
        header = SignatureHeader(
            activation_id=ACTIVATION_ID,
            application_key=b64(APPLICATION_KEY),
            nonce=b64(NONCE),
            signature_type=kind,
            signature=authentication_code.compute_code(data, keys=made, ctr=ctr),
            version="4.0",
        )
        decimal = authentication_code.compute_code(
            data, keys=made, ctr=ctr, fmt=SignatureFormat.DECIMAL
        )
        entries.append({"ctr": b64(ctr), "header": header.format(), "decimal": decimal})
        ctr = authentication_code.next_counter(ctr)
    return entries


def context_of(encryptor: Encryptor) -> EncryptionContext:
    """Give the context of a recorded exchange."""
    in_activation = encryptor.scope is Scope.ACTIVATION
    return EncryptionContext(
        encryptor=encryptor,
        application_key=b64(APPLICATION_KEY),
        application_secret=b64(APPLICATION_SECRET),
        activation_id=ACTIVATION_ID if in_activation else None,
        shared_info2_key=KEYS.shared_info2 if in_activation else None,
    )


def encrypted_exchanges() -> list[Entry]:
    """Record request and response of every encryptor."""
    return [_encrypted(each) for each in Encryptor if 4 in each.generations]


def _encrypted(encryptor: Encryptor) -> Entry:
    context = context_of(encryptor)
    request, envelope = encryption.seal_request(
        f"request {encryptor.name}".encode(),
        context=context,
        key=TEMPORARY_KEY,
        temporary_key_id=KEY_ID,
        timestamp=TIME,
        random=FixedRandom(f"recorded {encryptor.name}"),
    )
    response = envelope.seal_response(f"response {encryptor.name}".encode(), timestamp=TIME + 5)
    header = EncryptionHeader(
        application_key=context.application_key,
        activation_id=context.activation_id,
        version="4.0",
    )
    return {
        "encryptor": encryptor.name,
        "header": header.format(),
        "request": request.to_json(),
        "response": response.to_json(),
        "replay_key": b64(encryption.replay_key(request)),
    }


def token_headers() -> list[Entry]:
    """Record the header of a token."""
    header = TokenHeader(
        token_id=ACTIVATION_ID,
        digest=token.compute_digest(secret=TOKEN_SECRET, nonce=NONCE, timestamp=TIME),
        nonce=NONCE,
        timestamp=TIME,
        version="4.0",
    )
    return [{"header": header.format()}]


def statuses() -> list[Entry]:
    """Record a status."""
    fields = status_blob.StatusFields(
        state=3,
        counter=300,
        failed_attempts=1,
        max_failed_attempts=5,
        look_ahead=20,
        confirmation_pending=True,
        upgrade_pending=False,
        suite_not_allowed=True,
        biometry_enabled=True,
    )
    random = FixedRandom("recorded status")
    blob = status_blob.build_status(fields, keys=KEYS, ctr_data=CTR, random=random)
    return [{"blob": b64(blob)}]


def offline_payloads() -> list[Entry]:
    """Record an offline text of each kind."""
    nonce_b64 = b64(NONCE)
    master = MASTER_PRIVATE["ECDSA_P384"]
    return [
        {
            "personalized": offline.build_personalized(
                DATA, nonce_b64=nonce_b64, totp="12345678", keys=KEYS
            ),
            "non_personalized": offline.build_non_personalized(
                DATA, nonce_b64=nonce_b64, totp=None, master_private_key=master
            ),
        }
    ]


def applications() -> list[Entry]:
    """Record the configuration of an app."""
    first, *rest = application_keys.configured_keys(MASTER_PUBLIC).items()
    config = MobileSdkConfig(
        application_key=APPLICATION_KEY,
        application_secret=APPLICATION_SECRET,
        master_public_key=first[1],
        further_master_keys=dict(rest),
    )
    return [{"config": config.to_text()}]


def temporary_key_requests() -> list[Entry]:
    """Record the request of a temporary key in both scopes."""
    keys = {
        None: application_temporary_key(b64(APPLICATION_SECRET)),
        ACTIVATION_ID: KEYS.temporary_key,
    }
    return [
        {
            "key": b64(key),
            "jwt": temporary_key.sign_request(_request(EC_P384, scope), key=key, issued_at_ms=TIME),
        }
        for scope, key in keys.items()
    ]


def device_exchange(suite: Suite) -> DeviceExchange:
    """Give the phone's side of a recorded exchange."""
    return DeviceExchange.generate(suite, FixedRandom(f"recorded device {suite.name}"))


def _request(suite: Suite, activation_id: str | None) -> temporary_key.TemporaryKeyRequest:
    return temporary_key.TemporaryKeyRequest(
        application_key=b64(APPLICATION_KEY),
        activation_id=activation_id,
        challenge="recorded challenge",
        shared_secret=device_exchange(suite).offer.request,
    )


def key_exchanges() -> list[Entry]:
    """Record a key exchange in every suite; ML-KEM is random."""
    return [_key_exchange(suite) for suite in SUITES]


def _key_exchange(suite: Suite) -> Entry:
    device = device_exchange(suite)
    random = FixedRandom(f"recorded server {suite.name}")
    server = ServerExchange.answer(device.request, (suite,), random)
    response = server.response(ACTIVATION_ID)
    digits = fingerprint(
        suite,
        device_keys=server.device_keys,
        activation_id=ACTIVATION_ID,
        server_keys=response.server_keys,
    )
    return {
        "suite": suite.name,
        "request": device.request.to_json(),
        "response": response.to_json(),
        "secret": b64(server.activation_secret),
        "fingerprint": digits,
    }


def temporary_key_responses() -> list[Entry]:
    """Record the response with a temporary key in every suite; ML-DSA and ML-KEM are random."""
    return [_response(suite) for suite in SUITES]


def _response(suite: Suite) -> Entry:
    request = _request(suite, None)
    server = ServerExchange.answer(device_exchange(suite).request, (suite,))
    key = temporary_key.TemporaryKey(
        key_id=KEY_ID,
        application_key=request.application_key,
        activation_id=None,
        challenge=request.challenge,
        shared_secret=server.shared_secret,
        issued_at_ms=TIME,
        expires_at_ms=TIME + 300_000,
    )
    signers = application_keys.signers_of(suite, MASTER_PRIVATE)
    text = temporary_key.sign_response(key, signers)
    return {"suite": suite.name, "text": text, "secret": b64(server.activation_secret)}


def activation_codes() -> list[Entry]:
    """Record the signatures of an activation code; those of ML-DSA are random."""
    return [{"signatures": application_keys.sign_activation_code(MASTER_PRIVATE, CODE)}]


GROUPS: Mapping[str, Callable[[], list[Entry]]] = {
    group.__name__: group
    for group in (
        derived_keys,
        combined_secrets,
        codes,
        encrypted_exchanges,
        token_headers,
        statuses,
        offline_payloads,
        applications,
        temporary_key_requests,
    )
}
# Their results differ each time, so tests read what is recorded instead.
RANDOM_GROUPS: Mapping[str, Callable[[], list[Entry]]] = {
    group.__name__: group for group in (key_exchanges, temporary_key_responses, activation_codes)
}


def main() -> None:
    """Write the file."""
    content = {name: group() for name, group in {**GROUPS, **RANDOM_GROUPS}.items()}
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
