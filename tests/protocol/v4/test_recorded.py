import json
from typing import Any

import pytest

from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.headers import SignatureHeader
from powerauth.protocol.signed_request import normalize_request, signature_data
from powerauth.protocol.v4 import application_keys, encryption, offline, status_blob
from powerauth.protocol.v4.activation import fingerprint
from powerauth.protocol.v4.activation_messages import KeyExchangeRequest, KeyExchangeResponse
from powerauth.protocol.v4.authentication_code import find_counter
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest, EncryptedResponse
from powerauth.protocol.v4.key_agreement import temporary_key
from powerauth.protocol.v4.suites import suite_of
from powerauth.protocol.versions import GENERATION_4
from tests.protocol.v4 import record
from tests.protocol.vectors import Case

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(record.FILE.read_text(encoding="utf-8"))


def _each(group: str) -> pytest.MarkDecorator:
    source = f"v4/recorded.json: {group}"
    cases = [Case(entry, source=source, index=i) for i, entry in enumerate(RECORDED[group])]
    return pytest.mark.parametrize("case", cases, ids=range(len(cases)))


def test_every_group_is_recorded() -> None:
    assert set(RECORDED) == {*record.GROUPS, *record.RANDOM_GROUPS}
    assert len(RECORDED["encrypted_exchanges"]) == 8
    assert len(RECORDED["codes"]) == 6
    assert len(RECORDED["key_exchanges"]) == len(RECORDED["temporary_key_responses"]) == 3


@pytest.mark.parametrize("group", record.GROUPS)
def test_results_have_not_changed(group: str) -> None:
    assert record.GROUPS[group]() == RECORDED[group]


@_each("codes")
def test_recorded_codes(case: Case) -> None:
    header = SignatureHeader.parse(case["header"], GENERATION_4)
    base = normalize_request("POST", "/pa/recorded", header.nonce, b"{}")
    data = signature_data(base, b64(record.APPLICATION_SECRET))
    match = find_counter(
        header.signature,
        [(data, header.signature_type)],
        keys=record.FACTORS,
        ctr=record.CTR,
        look_ahead=6,
    )
    assert match is not None


@_each("encrypted_exchanges")
def test_recorded_exchanges(case: Case) -> None:
    context = record.context_of(Encryptor[case["encryptor"]])
    request = EncryptedRequest.parse(case["request"])
    plaintext, envelope = encryption.open_request(
        request, context=context, key=record.TEMPORARY_KEY
    )
    assert plaintext.decode() == f"request {case['encryptor']}"
    answer = envelope.open_response(EncryptedResponse.parse(case["response"]))
    assert answer.decode() == f"response {case['encryptor']}"


@_each("statuses")
def test_recorded_status(case: Case) -> None:
    status = status_blob.read_status(case.binary("blob"), record.KEYS)
    assert (status.state, status.suite_not_allowed, status.upgrade_pending) == (3, True, False)


@_each("offline_payloads")
def test_recorded_offline_texts(case: Case) -> None:
    master = record.MASTER_PUBLIC["ECDSA_P384"]
    for kind in ("personalized", "non_personalized"):
        payload = offline.parse_payload(case[kind])
        assert payload.verify(keys=record.KEYS, master_public_key=master)


@_each("temporary_key_requests")
def test_recorded_requests(case: Case) -> None:
    request = temporary_key.verify_request(case["jwt"], case.binary("key"))
    assert request.challenge == "recorded challenge"


@_each("key_exchanges")
def test_recorded_key_exchanges(case: Case) -> None:
    suite = suite_of(case["suite"])
    device = record.device_exchange(suite)
    assert device.request.to_json() == case["request"]
    response = KeyExchangeResponse.parse(case["response"])
    secret, server_keys = device.accept(response)
    assert secret == case.binary("secret")
    digits = fingerprint(
        suite,
        device_keys=KeyExchangeRequest.parse(case["request"]).device_keys,
        activation_id=record.ACTIVATION_ID,
        server_keys=server_keys,
    )
    assert digits == case["fingerprint"]


@_each("temporary_key_responses")
def test_recorded_responses(case: Case) -> None:
    suite = suite_of(case["suite"])
    verifiers = application_keys.signers_of(suite, record.MASTER_PUBLIC)
    key = temporary_key.verify_response(case["text"], verifiers)
    offer = record.device_exchange(suite).offer
    assert offer.accept(key.shared_secret) == case.binary("secret")
    assert (key.key_id, key.expires_at_ms) == (record.KEY_ID, record.TIME + 300_000)


@_each("activation_codes")
def test_recorded_signatures(case: Case) -> None:
    signatures = case["signatures"]
    assert len(signatures) == 4
    assert application_keys.verify_activation_code(record.MASTER_PUBLIC, record.CODE, signatures)
