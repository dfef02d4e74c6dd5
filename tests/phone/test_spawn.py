"""Spawning and OIDC configuration, against the fake server."""

import json
import re
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from powerauth.phone.commands.command_line import Problem, add_arguments, run
from powerauth.phone.errors import PhoneFailure, UntrustworthyAnswer
from powerauth.phone.features.spawn import SpawnedActivation
from powerauth.phone.phone import Phone
from powerauth.protocol.headers import SignatureHeader
from powerauth.protocol.v3.encryption import Encryptor
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import BASE_URL, BOTH, FakeServer, Handler, header, raw, wrapped

PATH = "/api/activation/code"


class SpawningServer(FakeServer):
    """A server that issues a code, always the same, and knows one provider."""

    issued: Mapping[str, object]
    provider: Mapping[str, object] = {"providerId": "abc", "clientId": "mobile"}
    asked: Any = None

    def routes(self) -> Mapping[str, Handler]:
        self.issued = {
            "activationId": "a-1",
            "activationCode": self.code,
            "activationSignature": self.qr_text.partition("#")[2],
        }
        return {**super().routes(), PATH: self.spawn, "/api/config/oidc": self.oidc}

    def spawn(self, request: requests.PreparedRequest, _path: str) -> object:
        body = raw(request)
        version = SignatureHeader.parse(header(request, "X-PowerAuth-Authorization"), BOTH).version
        if b"encryptedData" not in body:
            self.check_signature(request, PATH, body)
            self.asked = json.loads(body)
            return self.tamper("issued", wrapped(self.issued))
        plaintext, envelope = self.open(body, version, Encryptor.ACTIVATION_GENERIC)
        self.check_signature(request, PATH, plaintext)
        self.asked = json.loads(plaintext)
        return self.sealed(envelope, self.tamper("issued", wrapped(self.issued)))

    def oidc(self, request: requests.PreparedRequest, _path: str) -> object:
        version = self.encrypted_in(request)
        plaintext, envelope = self.open(raw(request), version, Encryptor.APPLICATION_GENERIC)
        self.asked = json.loads(plaintext)
        return self.sealed(envelope, wrapped(self.provider))


@pytest.fixture
def server() -> SpawningServer:
    return SpawningServer()


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_code_for_another_application(
    phone: Phone, server: SpawningServer, encrypted: bool
) -> None:
    before = server.mine.counter
    spawned = phone.spawn("other", "12345678", pin=PIN, encrypted=encrypted)
    assert (spawned.activation_id, spawned.code) == ("a-1", server.code)
    assert spawned.qr_text == server.qr_text
    assert server.asked == {"requestObject": {"applicationId": "other", "otp": "12345678"}}
    assert server.mine.counter == before + 1
    assert "X-PowerAuth-Encryption" not in server.seen[-1].headers


def test_biometry_needs_no_pin(make_phone: MakePhone, server: SpawningServer) -> None:
    assert make_phone().spawn("other", "1", factors="possession_biometry").code == server.code


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_refusal(make_phone: MakePhone, encrypted: bool) -> None:
    with pytest.raises(PhoneFailure):
        make_phone().spawn("other", "1", pin="0000", encrypted=encrypted)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "ERROR"},
        wrapped(None),
        wrapped({}),
        wrapped({"activationId": "a", "activationCode": "AAAAA", "activationSignature": "AA=="}),
        wrapped({"activationId": "a", "activationCode": 5, "activationSignature": "AA=="}),
    ],
)
@pytest.mark.parametrize("encrypted", [True, False])
def test_other_answers_are_not_trusted(
    make_phone: MakePhone, server: SpawningServer, body: object, encrypted: bool
) -> None:
    phone = make_phone()
    server.tamper = lambda path, answer: body if path == "issued" else answer
    with pytest.raises(UntrustworthyAnswer):
        phone.spawn("other", "1", pin=PIN, encrypted=encrypted)


def test_a_code_stays_out_of_logs() -> None:
    spawned = SpawnedActivation(activation_id="a-1", code="CODE", signature="SIGNATURE")
    assert repr(spawned) == "SpawnedActivation(activation_id='a-1')"


def test_oidc_needs_no_activation(
    make_phone: MakePhone, server: SpawningServer, version: str
) -> None:
    phone = make_phone(version, activated=False)
    assert phone.oidc_configuration("abc") == server.provider
    assert server.asked == {"providerId": "abc"}


def test_another_provider_is_not_trusted(make_phone: MakePhone) -> None:
    with pytest.raises(UntrustworthyAnswer):
        make_phone(activated=False).oidc_configuration("xyz")


def test_a_refused_configuration(make_phone: MakePhone, server: SpawningServer) -> None:
    phone = make_phone("3.1", activated=False)
    server.master = server.server_keys
    with pytest.raises(PhoneFailure):
        phone.oidc_configuration("abc")


def command(phone: Phone, server: FakeServer, file: Path, *words: str) -> str:
    """Run a subcommand for a phone."""
    phone.save(file)
    parser = ArgumentParser(exit_on_error=False)
    add_arguments(parser, here=BASE_URL)
    options = parser.parse_args(["--file", str(file), "--pin", PIN, "spawn", *words])
    return run(options, lambda _: "", session=server.session())


@pytest.mark.parametrize("form", [[], ["--plain"]])
def test_the_subcommand(
    make_phone: MakePhone, server: SpawningServer, tmp_path: Path, form: list[str]
) -> None:
    words = ["other", "--otp", "12345678", *form]
    text = command(make_phone(), server, tmp_path / "phone.json", *words)
    assert text.splitlines()[1:] == [
        "Activation  a-1",
        f"Code        {server.code}",
        f"Signature   {server.qr_text.partition('#')[2]}",
        "OTP         12345678",
    ]
    encrypted = b"encryptedData" in raw(server.seen[-1])
    assert encrypted is not bool(form)


def test_the_subcommand_makes_up_an_otp(
    make_phone: MakePhone, server: SpawningServer, tmp_path: Path
) -> None:
    text = command(make_phone(), server, tmp_path / "phone.json", "other")
    otp = server.asked["requestObject"]["otp"]
    assert re.fullmatch(r"\d{16}", otp)
    assert text.endswith(otp)


def test_the_subcommand_reports_a_refusal(
    make_phone: MakePhone, server: SpawningServer, tmp_path: Path
) -> None:
    phone = make_phone()
    server.mine.ctr_data = b"X" * 16
    with pytest.raises(Problem, match="ERR_AUTHENTICATION"):
        command(phone, server, tmp_path / "phone.json", "other")
