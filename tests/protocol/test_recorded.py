import json
from typing import Any

import pytest

from powerauth.protocol import activation_code, records
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import ActivationKeys
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
from powerauth.protocol.v3.encryption import EncryptedRequest, EncryptedResponse, Encryptor
from powerauth.protocol.v3.headers import SignatureHeader, TokenHeader
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.versions import SignatureFormat, traits_of
from tests.protocol import record
from tests.protocol.vectors import Case, decode

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(record.FILE.read_text(encoding="utf-8"))


def _entries(group: str) -> list[Case]:
    source = f"recorded.json: {group}"
    return [Case(entry, source=source, index=i) for i, entry in enumerate(RECORDED[group])]


def _each(group: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", _entries(group), ids=range(len(RECORDED[group])))


def _keys() -> ActivationKeys:
    return ActivationKeys.from_bytes(_entries("key_agreement")[0].binary("derived_keys"))


def test_every_group_is_recorded() -> None:
    assert set(RECORDED) == set(record.GROUPS)
    assert len(RECORDED["encrypted_exchanges"]) == 28
    assert len(RECORDED["signatures"]) == 24


@pytest.mark.parametrize("group", record.GROUPS)
def test_results_have_not_changed(group: str) -> None:
    assert record.GROUPS[group]() == RECORDED[group]


@_each("application")
def test_recorded_application(case: Case) -> None:
    config = MobileSdkConfig.parse(case["config"])
    code, signed = activation_code.parse_activation_qr(case["qr_text"])
    assert code == case["code"]
    assert signed is not None
    assert activation_code.verify_activation_code(config.master_public_key, code, signed)


@_each("signatures")
def test_recorded_signature(case: Case) -> None:
    header = SignatureHeader.parse(case["header"])
    secret = MobileSdkConfig.parse(_entries("application")[0]["config"]).application_secret
    data = signature.signature_data(case["base"].encode(), b64(secret))
    match = signature.find_counter(
        header.signature,
        [(data, header.signature_type)],
        keys=_keys(),
        ctr=case.binary("ctr"),
        fmt=traits_of(header.version).signature_format,
        look_ahead=1,
    )
    assert match is not None
    assert case["base"].split("&")[2] == header.nonce


@_each("encrypted_exchanges")
def test_recorded_exchange(case: Case) -> None:
    version = case["version"]
    context = record.context_of(version, Encryptor[case["encryptor"]])
    request = EncryptedRequest.parse(case["request"], version)
    plaintext, envelope = encryption.open_request(
        request, context=context, recipient_private_key=record.TEMPORARY.private_key
    )
    response = EncryptedResponse.parse(case["response"], version)
    assert plaintext.decode() == case["request_plaintext"]
    assert envelope.open_response(response).decode() == case["response_plaintext"]


@_each("temporary_keys")
def test_recorded_temporary_key(case: Case) -> None:
    request = temporary_key.verify_request(case["request"], case.binary("secret"))
    key = temporary_key.verify_response(case["response"], case.binary("signer"))
    assert (key.application_key, key.activation_id, key.challenge) == (
        request.application_key,
        request.activation_id,
        request.challenge,
    )
    assert key.expires_at_ms - key.issued_at_ms == 300_000


@_each("tokens")
def test_recorded_token(case: Case) -> None:
    header = TokenHeader.parse(case["header"])
    assert token.verify_digest(
        header.digest,
        secret=record.TOKEN_SECRET,
        nonce=header.nonce,
        timestamp=header.timestamp,
        version=header.version,
    )


@_each("statuses")
def test_recorded_status(case: Case) -> None:
    nonce = case.optional_binary("nonce")
    blob = status_blob.open_status(
        case.binary("blob"),
        transport_key=_keys().transport,
        challenge=None if nonce is None else record.CHALLENGE,
        nonce=nonce,
    )
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 1, 5)
    if nonce is not None:
        assert (blob.ctr_byte, blob.look_ahead) == (300 % 256, 20)


@_each("vaults")
def test_recorded_vault(case: Case) -> None:
    vault_key = vault.decrypt_vault_key(_keys().transport, case.binary("vault_key"))
    device_key = vault.decrypt_device_key(vault_key, case.binary("device_key"))
    assert device_key == _entries("key_agreement")[0].binary("device_private_key")


@_each("offline_payloads")
def test_recorded_offline_payload(case: Case) -> None:
    payload = offline.parse_payload(case["payload"])
    body = offline.offline_body(payload.operation_id, payload.operation_data, payload.totp)
    base = offline.offline_base(payload.nonce_b64, body)
    match = signature.find_counter(
        offline.parse_offline_signature(case["signature"], 6),
        [
            (
                signature.signature_data(base, offline.OFFLINE_SECRET),
                SignatureType.POSSESSION_KNOWLEDGE,
            )
        ],
        keys=_keys(),
        ctr=record.CTR,
        fmt=SignatureFormat.DECIMAL,
        look_ahead=1,
        digits=6,
    )
    assert payload.verify(case.binary("signer"))
    assert match is not None


@_each("stored_records")
def test_recorded_record(case: Case) -> None:
    data = decode(case["record"])
    if case["mode"] == "reference":
        value = records.open_reference_record(record.OLD_MASTER_KEY, record.CONTEXT, data)
    else:
        value = records.Keyring([record.MASTER_KEY]).open(data, context=record.CONTEXT)
    assert value == b"value"
