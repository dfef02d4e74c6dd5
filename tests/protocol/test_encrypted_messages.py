from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedEnvelope, ProtocolError, UnsupportedVersion
from powerauth.protocol.v3.encrypted_messages import EncryptedRequest, EncryptedResponse
from powerauth.protocol.versions import SUPPORTED_VERSIONS
from tests.protocol.fuzzing import bounded, json_values

ID = "04f555cd-6be6-4825-850f-621140d828ef"
BASIC = {
    "ephemeralPublicKey": b64(b"\x02" + bytes(32)),
    "encryptedData": b64(bytes(16)),
    "mac": b64(bytes(32)),
}
EXTRAS: dict[str, Any] = {"nonce": b64(bytes(16)), "timestamp": 1_700_000_000_000}
REQUEST_EXTRAS: dict[str, tuple[str, ...]] = {
    "3.0": (),
    "3.1": ("nonce",),
    "3.2": ("nonce", "timestamp"),
    "3.3": ("nonce", "timestamp", "temporaryKeyId"),
}
ALL_EXTRAS: dict[str, Any] = EXTRAS | {"temporaryKeyId": ID}


def _request(version: str) -> dict[str, Any]:
    return BASIC | {name: ALL_EXTRAS[name] for name in REQUEST_EXTRAS[version]}


def _response(version: str) -> dict[str, Any]:
    members = {name: BASIC[name] for name in ("encryptedData", "mac")}
    return members | (EXTRAS if version >= "3.2" else {})


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_messages_round_trip(version: str) -> None:
    request, response = _request(version), _response(version)
    assert EncryptedRequest.parse(request, version).to_json() == request
    assert EncryptedResponse.parse(response, version).to_json() == response


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_ignore_unknown_members_and_nulls(version: str) -> None:
    nothing = dict.fromkeys(ALL_EXTRAS)
    request = nothing | {"more": 1} | _request(version)
    assert EncryptedRequest.parse(request, version).to_json() == _request(version)
    response = nothing | {"more": 1} | _response(version)
    assert EncryptedResponse.parse(response, version).to_json() == _response(version)


@pytest.mark.parametrize("absent", [None, "left out"])
@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_every_member_of_the_version_is_required(version: str, absent: str | None) -> None:
    for parse, members in (
        (EncryptedRequest.parse, _request(version)),
        (EncryptedResponse.parse, _response(version)),
    ):
        for name in members:
            changed = {key: value for key, value in members.items() if key != name}
            if absent is None:
                changed[name] = None
            with pytest.raises(MalformedEnvelope):
                parse(changed, version)


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_members_of_other_versions_are_forbidden(version: str) -> None:
    for name in set(ALL_EXTRAS) - set(REQUEST_EXTRAS[version]):
        with pytest.raises(MalformedEnvelope):
            EncryptedRequest.parse(_request(version) | {name: ALL_EXTRAS[name]}, version)
    for name in set(EXTRAS) - set(_response(version)):
        with pytest.raises(MalformedEnvelope):
            EncryptedResponse.parse(_response(version) | {name: EXTRAS[name]}, version)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ephemeralPublicKey", ""),
        ("ephemeralPublicKey", b64(bytes(32))),
        ("ephemeralPublicKey", b64(bytes(64))),
        ("ephemeralPublicKey", 5),
        ("encryptedData", ""),
        ("encryptedData", b64(bytes(15))),
        ("encryptedData", b64(bytes(17))),
        ("encryptedData", ["AAAA"]),
        ("mac", ""),
        ("mac", b64(bytes(31))),
        ("mac", b64(bytes(33))),
        ("mac", "*"),
        ("nonce", ""),
        ("nonce", b64(bytes(15))),
        ("nonce", True),
        ("timestamp", "1700000000000"),
        ("timestamp", 1700000000000.0),
        ("timestamp", True),
        ("timestamp", -1),
        ("timestamp", 2**63),
        ("timestamp", 10**400),
        ("temporaryKeyId", ""),
        ("temporaryKeyId", "x"),
        ("temporaryKeyId", 7),
    ],
)
def test_refuse_malformed_members(name: str, value: object) -> None:
    with pytest.raises(ProtocolError):
        EncryptedRequest.parse(_request("3.3") | {name: value}, "3.3")
    if name in _response("3.3"):
        with pytest.raises(ProtocolError):
            EncryptedResponse.parse(_response("3.3") | {name: value}, "3.3")


@pytest.mark.parametrize("payload", [None, [], "text", 5, [BASIC]])
def test_refuse_what_is_no_object(payload: object) -> None:
    for parse in (EncryptedRequest.parse, EncryptedResponse.parse):
        with pytest.raises(MalformedEnvelope):
            parse(payload, "3.0")


def test_refuse_unknown_version() -> None:
    for parse in (EncryptedRequest.parse, EncryptedResponse.parse):
        with pytest.raises(UnsupportedVersion):
            parse(BASIC, "2.1")


@given(json_values, st.sampled_from([*BASIC, *ALL_EXTRAS]), st.sampled_from(SUPPORTED_VERSIONS))
@bounded
def test_any_json_is_parsed_or_refused(value: object, name: str, version: str) -> None:
    for payload in (value, _request(version) | {name: value}):
        for parse in (EncryptedRequest.parse, EncryptedResponse.parse):
            try:
                assert parse(payload, version).to_json()
            except ProtocolError:
                continue
