"""The phone without a network: QR codes in, digits out."""

import io
import re
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import pytest

from powerauth.phone.commands.command_line import Problem, add_arguments, run
from powerauth.phone.errors import BadQrCode, BiometryForbidden, NotActivated, PinMissing
from powerauth.phone.state_file import load_state
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.offline import (
    OFFLINE_SECRET,
    KeyId,
    build_offline_data,
    build_payload,
    offline_base,
    offline_body,
)
from powerauth.protocol.v3.signature import SignatureType, find_counter, signature_data
from powerauth.protocol.versions import SUPPORTED_VERSIONS, SignatureFormat
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import BASE_URL, FakeServer

NONCE = b64(bytes(range(16)))
DATA = "A1*A100CZK*ICZ1\\*2"
TOTP = "01234567"
PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
Use = Callable[..., str]


def qr_text(
    server: FakeServer, *, flags: str = "B", totp: str | None = None, key_id: KeyId = "1"
) -> str:
    """Make the text that the bank shows."""
    key = server.server_keys if key_id == "1" else server.master
    data = build_offline_data("op-1", "Payment", "Two\nlines", DATA, flags)
    return build_payload(
        data, nonce_b64=NONCE, totp=totp, key_id=key_id, private_key=key.private_key
    )


def steps_of(
    server: FakeServer, code: str, kind: SignatureType = PK, *, totp: str | None = None
) -> int | None:
    """Tell how far the server's counter moves by a code; None if the code is wrong."""
    digits = code.replace("-", "")
    base = offline_base(NONCE, offline_body("op-1", DATA, totp))
    match = find_counter(
        f"{digits[:8]}-{digits[8:]}",
        [(signature_data(base, OFFLINE_SECRET), kind)],
        keys=server.mine_3.keys,
        ctr=server.mine.ctr_data,
        fmt=SignatureFormat.DECIMAL,
        look_ahead=20,
    )
    return None if match is None else match.steps


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_scan(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version)
    asked = len(server.seen)
    scanned = phone.scan(qr_text(server, totp=TOTP))
    assert (scanned.operation_id, scanned.title, scanned.message) == (
        "op-1",
        "Payment",
        "Two\nlines",
    )
    assert (scanned.operation_data, scanned.flags, scanned.totp) == (DATA, "B", TOTP)
    assert phone.scan(qr_text(server, key_id="0")).key_id == "0"
    assert len(server.seen) == asked


@pytest.mark.parametrize("key_id", ["0", "1"])
def test_what_somebody_else_signed(
    make_phone: MakePhone, server: FakeServer, key_id: KeyId
) -> None:
    phone = make_phone()
    text = qr_text(server, key_id=key_id)
    assert phone.scan(text).key_id == key_id
    for forged in (
        text.replace("A100CZK", "A900CZK"),
        text.replace(NONCE, b64(bytes(16))),
        text.replace("Payment", "Refund"),
        # The other key is not the one that signed it.
        text.replace(f"\n{key_id}", f"\n{'0' if key_id == '1' else '1'}"),
    ):
        assert forged != text
        with pytest.raises(BadQrCode, match="did not sign"):
            phone.scan(forged)
    server.server_keys = server.master = generate_key_pair()
    with pytest.raises(BadQrCode, match="did not sign"):
        phone.scan(qr_text(server, key_id=key_id))
    assert phone.enrolment.counter == 0


@pytest.mark.parametrize("text", ["", "hello", "1\n2\n3\n4\n5\n6\n7", "\ud800\n" * 8])
def test_what_is_no_qr_code(make_phone: MakePhone, text: str) -> None:
    with pytest.raises(BadQrCode, match="not the text"):
        make_phone().scan(text)


def test_no_activation(make_phone: MakePhone, server: FakeServer) -> None:
    with pytest.raises(NotActivated):
        make_phone(activated=False).scan(qr_text(server))


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_codes_move_the_counter(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version)
    scanned = phone.scan(qr_text(server))
    codes = [phone.offline_code(scanned, pin=PIN) for _ in range(3)]
    assert all(re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{4}", code) for code in codes)
    assert [steps_of(server, code) for code in codes] == [1, 2, 3]
    assert phone.enrolment.counter == 3


def test_factors(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    scanned = phone.scan(qr_text(server, totp=TOTP))
    code = phone.offline_code(scanned, biometry=True)
    assert steps_of(server, code, PB, totp=TOTP) == 1
    assert steps_of(server, code, PK, totp=TOTP) is None
    assert steps_of(server, code, PB) is None
    wrong = phone.offline_code(scanned, pin="9999")
    assert steps_of(server, wrong, totp=TOTP) is None
    assert phone.enrolment.counter == 2
    with pytest.raises(PinMissing):
        phone.offline_code(scanned)
    with pytest.raises(BiometryForbidden):
        phone.offline_code(phone.scan(qr_text(server, flags="XFC")), biometry=True)
    assert phone.enrolment.counter == 2


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phone.json"


@pytest.fixture
def use(server: FakeServer, file: Path) -> Use:
    """Run a command line of an activated phone."""

    def run_words(*words: str) -> str:
        parser = ArgumentParser(exit_on_error=False)
        add_arguments(parser, here=BASE_URL)
        options = parser.parse_args(["--file", str(file), *words])
        return run(options, lambda prompt: PIN, session=server.session())

    config = server.config.to_text()
    run_words("activate", server.qr_text, "--url", BASE_URL, "--config", config)
    return run_words


def _counter(file: Path) -> int:
    enrolment = load_state(file).enrolment
    assert enrolment is not None
    return enrolment.counter


def test_command(use: Use, server: FakeServer, file: Path) -> None:
    shown = use("offline", qr_text(server, flags="BX?"), "--pin", PIN)
    *text, empty, code = shown.split("\n")
    assert text == [
        "Payment",
        "Two lines",
        "Operation  op-1",
        f"Data       {DATA}",
        "Flags      biometry is allowed, the buttons are flipped, unknown (?)",
    ]
    assert (empty, steps_of(server, code)) == ("", 1)
    assert _counter(file) == 1
    biometry = use("offline", qr_text(server), "--biometry").split("\n")[-1]
    assert steps_of(server, biometry, PB) == 2
    assert "Flags      none" in use("offline", qr_text(server, flags=""))
    assert _counter(file) == 3


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_ways_to_pass_the_text(
    use: Use,
    server: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    text = qr_text(server) + ending
    if ending == "\r\n":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    kept = tmp_path / "qr.txt"
    kept.write_bytes(text.encode())
    assert steps_of(server, use("offline", f"@{kept}").split("\n")[-1]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(text, newline=""))
    assert steps_of(server, use("offline", "-").split("\n")[-1]) == 2
    assert steps_of(server, use("offline", text).split("\n")[-1]) == 3


def test_problems(use: Use, server: FakeServer, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff")
    for words, complaint in [
        ((qr_text(server).replace("A100CZK", "A900CZK"),), "^The bank did not sign this QR code"),
        (("nonsense",), "^This is not the text of a QR code"),
        ((f"@{tmp_path}/missing",), "^The text of the QR code cannot be read"),
        ((f"@{broken}",), "^The text of the QR code cannot be read"),
        ((qr_text(server, flags=""), "--biometry"), "^Biometry is not allowed"),
    ]:
        with pytest.raises(Problem, match=complaint):
            use("offline", *words)
    assert _counter(file) == 0
