"""Phones of protocol 4.0 in front of a PowerAuth Server: `/rest/v4` of line 2.0, or nothing.

Source: protocol-4.md 34.2, 34.3.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import TOKEN_HEADER, TokenHeader
from powerauth.protocol.v4.suites import EC_P384
from powerauth.remote import new_activations
from tests.api.answers import outcome
from tests.api.answers import refusal as refused
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.api.standard.wire import NO_TEMPORARY_KEY
from tests.bank import Bank
from tests.remote.fault_server import FaultServer, fault_server, result
from tests.remote.faults import FAULTS, lines

NO_CODE = refused(401, "ERR_AUTHENTICATION", "POWER_AUTH_CODE_INVALID")
UNKNOWN = refused(
    400, "APPLICATION_CONFIGURATION_ERROR", "Unable to fetch application configuration."
)
GENERIC = Encryptor.APPLICATION_GENERIC


@pytest.fixture
def phone(bank: Bank) -> WirePhone:
    phone = wire_phone(bank.application, EC_P384)
    phone.activate(phone.begin())
    return phone


@pytest.fixture
def server(phone: WirePhone, settings: Settings) -> Iterator[FaultServer]:
    """A server of line 2.0, in front of which this one is."""
    with fault_server() as server:
        settings.POWERAUTH_SERVICE_URL = server.url
        settings.POWERAUTH_SERVICE_LINE = "2.0"
        settings.POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S = 1
        yield server


def _verdict(phone: WirePhone, **members: object) -> dict[str, object]:
    return {
        "authenticationValid": True,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "activationId": phone.activation_id,
        "userId": "alice",
        "applicationId": phone.application.id,
        "authenticationCodeType": "POSSESSION_KNOWLEDGE",
        "remainingAttempts": 5,
        "applicationRoles": [],
        "activationFlags": [],
        **members,
    }


def _oidc(phone: WirePhone) -> Answer:
    """Ask for a provider, in application scope."""
    request = phone.seal({"providerId": "abc"}, GENERIC).call.request
    headers = phone.encryption_header(Scope.APPLICATION)
    return phone.server.post("/api/config/oidc", json.dumps(request.to_json()).encode(), headers)


def _unread(phone: WirePhone) -> Answer:
    """Count messages with a token that only the other server knows."""
    header = TokenHeader(
        token_id="b6e2a4a5-5b0a-4cbb-a2a2-7f4c4c2a1d7a",
        digest=bytes(32),
        nonce=bytes(16),
        timestamp=1795785220153,
        version="4.0",
    )
    return phone.server.post("/api/inbox/count", b"{}", {TOKEN_HEADER: header.format()})


def _asked(server: FaultServer, path: str) -> dict[str, Any]:
    """Give what the one call asked."""
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(f"POST /rest{path} ".encode())
    asked: dict[str, Any] = json.loads(body)["requestObject"]
    return asked


def test_codes_are_verified_by_auth_verify(phone: WirePhone, server: FaultServer) -> None:
    server.behaviour = result(_verdict(phone))
    assert phone.validate().json == {"status": "OK"}
    asked = _asked(server, "/v4/auth/verify")
    assert asked.pop("data").startswith("POST&L3BhL2F1dGgvdmFsaWRhdGU=&")
    assert len(asked.pop("authenticationCode")) == 88
    assert asked == {
        "activationId": phone.activation_id,
        "applicationKey": phone.version.application_key,
        "authenticationCodeType": "POSSESSION_KNOWLEDGE",
        "authenticationVersion": "4.0",
    }


@pytest.mark.parametrize(
    "members",
    [
        {"authenticationValid": "true"},
        {"authenticationValid": None, "signatureValid": True},
        {"activationStatus": "BLOCKED"},
        {"activationId": "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"},
        {"applicationId": ""},
        {"authenticationCodeType": "POSSESSION"},
    ],
)
def test_half_a_verdict_lets_nobody_in(
    phone: WirePhone, server: FaultServer, members: dict[str, object]
) -> None:
    server.behaviour = result(_verdict(phone, **members))
    assert outcome(phone.validate()) == NO_CODE


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(
    phone: WirePhone, server: FaultServer, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    server.behaviour = FAULTS[fault]
    assert outcome(phone.validate()) == NO_CODE
    (line,) = lines(caplog)
    assert line.startswith("the PowerAuth Server failed: call=auth/verify reason=")
    assert len(server.requests) == 1


def test_tokens_are_validated_below_v4(phone: WirePhone, server: FaultServer) -> None:
    valid = {"tokenValid": True, **_verdict(phone)}
    server.behaviour = result(valid)
    assert _unread(phone).payload == {"countUnread": 0}
    assert _asked(server, "/v4/token/validate") == {
        "tokenId": "b6e2a4a5-5b0a-4cbb-a2a2-7f4c4c2a1d7a",
        "tokenDigest": b64(bytes(32)),
        "nonce": b64(bytes(16)),
        "timestamp": 1795785220153,
        "protocolVersion": "4.0",
    }
    server.behaviour = result({**valid, "authenticationCodeType": None, "signatureType": "P"})
    assert not _unread(phone).ok


def test_bodies_are_opened_with_the_keys_of_encryptor(
    phone: WirePhone, server: FaultServer
) -> None:
    sealed = phone.seal({"providerId": "abc"}, GENERIC)
    context = {"secretKey": sealed.envelope.key, "sharedInfo2": sealed.envelope.shared_info2}
    keys = {name: b64(value) for name, value in context.items()}
    server.behaviour = result({**keys, "applicationId": phone.application.id})
    body = json.dumps(sealed.call.request.to_json()).encode()
    headers = phone.encryption_header(Scope.APPLICATION)
    assert outcome(phone.server.post("/api/config/oidc", body, headers)) == UNKNOWN
    head = server.requests[0]
    asked = json.loads(head.partition(b"\r\n\r\n")[2])["requestObject"]
    assert head.startswith(b"POST /rest/v4/encryptor ")
    assert asked == {
        "activationId": None,
        "applicationKey": phone.version.application_key,
        "temporaryKeyId": sealed.call.request.temporary_key_id,
        "nonce": b64(sealed.call.request.nonce or b""),
        "timestamp": sealed.call.request.timestamp,
        "protocolVersion": "4.0",
    }
    # The configuration was asked for, which is asked only once a body was opened.
    assert server.requests[1].startswith(b"POST /rest/v3/application/")
    wrong = {**keys, "secretKey": b64(bytes(32))}
    server.behaviour = result(wrong)
    server.requests.clear()
    assert _oidc(phone).status == 400
    assert len(server.requests) == 1


def test_temporary_keys_are_made_below_v4(phone: WirePhone, server: FaultServer) -> None:
    jwt, _ = phone.key_request(Scope.APPLICATION)
    server.behaviour = result({"jwt": "signed"})
    assert phone.asked(jwt).payload == {"jwt": "signed"}
    assert _asked(server, "/v4/keystore/create") == {"jwt": jwt}


@pytest.mark.parametrize("line", ["1.9", "1.10", "2.0"])
def test_older_lines_are_not_told_what_an_activation_follows_from(
    server: FaultServer, settings: Settings, line: str
) -> None:
    settings.POWERAUTH_SERVICE_LINE = line
    server.behaviour = result(
        {
            "activationId": "b6e2a4a5-5b0a-4cbb-a2a2-7f4c4c2a1d7a",
            "activationCode": "AAAAA-AAAAA-AAAAA-AAAAA",
            "activationSignature": "c2ln",
            "activationSignatures": {"ES256": "c2ln"},
            "applicationConfigs": [],
        }
    )
    made = new_activations.spawn(
        {"userId": "alice"}, application_id="app", parent_activation_id="parent"
    )
    assert made.signature == "c2ln"
    body = server.requests[-1].partition(b"\r\n\r\n")[2]
    asked = {"userId": "alice"}
    origin = {"parentActivationId": "parent", "transferType": "SPAWN"} if line == "2.0" else {}
    assert json.loads(body)["requestObject"] == {**asked, **origin}


@pytest.mark.parametrize("line", ["1.9", "1.10"])
def test_older_lines_are_not_asked(
    phone: WirePhone,
    server: FaultServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    line: str,
) -> None:
    settings.POWERAUTH_SERVICE_LINE = line
    server.behaviour = result(_verdict(phone, tokenValid=True))
    jwt, _ = phone.key_request(Scope.APPLICATION)
    assert outcome(phone.validate()) == NO_CODE
    assert _unread(phone).status == 401
    assert outcome(phone.asked(jwt)) == NO_TEMPORARY_KEY
    assert _oidc(phone).status == 400
    assert server.requests == []
    said = [record.getMessage() for record in caplog.records if "refused what" in record.msg]
    assert said == 4 * [
        "refused what a phone sent: protocol 4 is not served by a PowerAuth Server of line " + line
    ]
