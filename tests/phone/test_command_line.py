"""The subcommands, from the words on the command line to the text on the screen."""

import socket
import stat
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.management.base import CommandError

from powerauth.management.commands.phone import Command
from powerauth.phone.commands.command_line import Problem, add_arguments, problem_text, run
from powerauth.phone.errors import CounterDeadlock
from powerauth.phone.phone import Phone
from powerauth.phone.state_file import load_state
from tests.house.commands import manage
from tests.phone.conftest import PIN
from tests.phone.fake_server import BASE_URL, FakeServer, refusal

Use = Callable[..., str]


def no_questions(prompt: str) -> str:
    raise AssertionError(f"asked: {prompt}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "phone.json"


@pytest.fixture
def use(server: FakeServer, file: Path) -> Use:
    """Run a command line against the fake server."""

    def run_words(*words: str, ask: Callable[[str], str] = no_questions) -> str:
        parser = ArgumentParser(exit_on_error=False)
        add_arguments(parser, here=BASE_URL)
        options = parser.parse_args(["--file", str(file), *words])
        return run(options, ask, session=server.session())

    return run_words


@pytest.fixture
def activated(use: Use, server: FakeServer) -> Use:
    """The same, behind an activation."""
    words = ["--url", BASE_URL, "--config", server.config.to_text(), "--pin", PIN]
    use("activate", server.qr_text, *words)
    return use


def test_activation(use: Use, server: FakeServer, file: Path) -> None:
    words = ["--config", server.config.to_text(), "--otp", "77", "--pin", PIN]
    text = use("--url", BASE_URL, "activate", server.code, *words)
    assert server.mine.activation_id in text
    assert Phone.load(file).fingerprint in text
    assert server.layers[1]["activationOtp"] == "77"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_status_and_validation(activated: Use, server: FakeServer) -> None:
    assert "active" in activated("status")
    assert activated("validate", "--pin", PIN) == "The server accepted the signature."
    assert server.mine.counter == 1


def test_the_counter_is_kept_when_the_server_refuses(
    activated: Use, server: FakeServer, file: Path
) -> None:
    with pytest.raises(Problem, match=r"^The server refused: ERR_AUTHENTICATION"):
        activated("validate", "--pin", "0000")
    enrolment = load_state(file).enrolment
    assert enrolment is not None
    assert (enrolment.counter, server.mine.counter) == (1, 0)


def test_operations(activated: Use) -> None:
    assert "op-1  PENDING" in activated("operations", "--language", "cs")
    assert "Operation  op-1" in activated("show", "op-1")
    assert "op-1  PENDING" in activated("history", "--pin", PIN)
    assert activated("approve", "op-1", "--pin", PIN).endswith("\n\nApproved.")
    assert activated("reject", "op-1", "--reason", "INCORRECT_DATA") == "Rejected."


def test_push_registration(activated: Use, server: FakeServer) -> None:
    text = activated("register-push", "AB", "--platform", "apns", "--environment", "production")
    assert text == "The phone is registered for push messages."
    body = server.seen[-1].body
    assert body is not None
    assert b'"platform":"apns"' in (body if isinstance(body, bytes) else body.encode())


def test_inbox(activated: Use, server: FakeServer) -> None:
    assert "Hello" in activated("inbox")
    assert activated("inbox", "list", "--unread") == activated("inbox")
    assert activated("inbox", "show", "msg-1").endswith("Good\nmorning")
    assert activated("inbox", "read", "msg-1") == "The message is read."
    assert activated("inbox", "read-all") == "All messages are read."
    server.messages = []
    assert activated("inbox", "list") == "No messages."


@pytest.mark.parametrize("action", ["show", "read"])
def test_inbox_needs_to_know_which_message(activated: Use, action: str) -> None:
    with pytest.raises(Problem, match=f"^Say which message: inbox {action} ID.$"):
        activated("inbox", action)


def test_one_factor_needs_no_pin(activated: Use, server: FakeServer) -> None:
    server.operation = {**server.operation, "allowedSignatureType": {"type": "1FA"}}
    assert activated("approve", "op-1").endswith("Approved.")
    signature = server.seen[-1].headers["X-PowerAuth-Authorization"]
    assert 'pa_signature_type="possession"' in signature


def test_the_pin_is_asked_for(activated: Use) -> None:
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return PIN

    activated("history", ask=ask)
    assert prompts == ["PIN: "]


def test_a_new_pin_is_asked_for_twice(use: Use, server: FakeServer) -> None:
    answers = iter([PIN, PIN, PIN, "1243"])
    words = ["activate", server.code, "--url", BASE_URL, "--config", server.config.to_text()]
    use(*words, ask=lambda _: next(answers))
    with pytest.raises(Problem, match="differ"):
        use(*words, "--replace", ask=lambda _: next(answers))


def test_removal_and_another_activation(activated: Use, server: FakeServer) -> None:
    assert activated("remove", "--pin", PIN) == "The activation is removed."
    with pytest.raises(Problem, match="not activated"):
        activated("status")
    assert "Fingerprint" in activated("activate", server.code, "--pin", PIN)


def test_an_activation_is_not_lost_by_mistake(
    activated: Use, server: FakeServer, file: Path
) -> None:
    before = file.read_bytes()
    with pytest.raises(Problem, match="--replace"):
        activated("activate", server.code, "--pin", PIN)
    with pytest.raises(Problem, match="activation code"):
        activated("activate", "nonsense", "--pin", PIN, "--replace")
    assert file.read_bytes() == before


def test_version_and_address_are_kept(activated: Use, server: FakeServer, file: Path) -> None:
    activated("--protocol", "3.1", "validate", "--pin", PIN)
    activated("validate", "--pin", PIN)
    assert load_state(file).version == "3.1"
    assert load_state(file).base_url == BASE_URL
    assert 'pa_version="3.1"' in server.seen[-1].headers["X-PowerAuth-Authorization"]


def test_a_phone_without_a_file(use: Use, file: Path) -> None:
    with pytest.raises(Problem, match="not activated"):
        use("status")
    assert not file.exists()


def test_a_damaged_file(use: Use, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("{}")
    with pytest.raises(Problem, match="damaged"):
        use("status")


def test_a_folder_instead_of_a_file(use: Use, file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(Problem, match=r"cannot be used: Is a directory\.$"):
        use("status")


def test_configurations(use: Use, server: FakeServer) -> None:
    with pytest.raises(Problem, match="give --config"):
        use("activate", server.code, "--pin", PIN)
    with pytest.raises(Problem, match="configuration text"):
        use("activate", server.code, "--pin", PIN, "--config", "AAAA")


def test_untrustworthy_answers(activated: Use, server: FakeServer) -> None:
    server.tamper = lambda _path, _body: refusal("X")[1]
    with pytest.raises(Problem, match="cannot be trusted"):
        activated("status")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (requests.ConnectionError("http://x"), "The server gave no answer (ConnectionError)."),
        (
            requests.ConnectionError(
                "refused", request=requests.Request("GET", "http://x/context/a").prepare()
            ),
            "The server at http://x/context/a gave no answer (ConnectionError).",
        ),
        (EOFError(), "A PIN is needed: give --pin."),
        (CounterDeadlock("too far\napart"), "Too far apart."),
    ],
)
def test_other_problems(error: Exception, text: str) -> None:
    assert problem_text(error) == text


def test_the_management_command(file: Path) -> None:
    out = StringIO()
    command = Command(stdout=out, no_color=True)
    parser = command.create_parser("manage.py", "phone")
    options: dict[str, Any] = vars(parser.parse_args(["status", "--file", str(file)]))
    with pytest.raises(CommandError, match="not activated"):
        command.handle(**options)
    assert out.getvalue() == ""


@pytest.fixture
def closed() -> Iterator[int]:
    """A port of this machine where nobody listens, and nobody will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_the_command_obeys_host_and_port(server: FakeServer, file: Path, closed: int) -> None:
    result = manage(
        *("phone", "activate", server.code, "--pin", PIN, "--file", str(file)),
        *("--config", server.config.to_text()),
        environment={"HOST": "0.0.0.0", "PORT": str(closed), "CONTEXT_PATH": "/bank"},  # noqa: S104
    )
    assert result.returncode == 1
    assert f"http://127.0.0.1:{closed}/bank/" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_chosen_port_wins_against_the_known_address(
    activated: Use, file: Path, closed: int
) -> None:
    words = ("phone", "status", "--file", str(file))
    chosen = manage(*words, environment={"PORT": str(closed)})
    assert f"http://127.0.0.1:{closed}/enrollment-server/" in chosen.stderr
    named = manage(*words, "--url", f"http://127.0.0.1:{closed}/b", environment={"PORT": "1"})
    assert f"http://127.0.0.1:{closed}/b/" in named.stderr
    kept = manage(*words)
    assert f"http://127.0.0.1:{closed}/b/" in kept.stderr
