"""The words of protocol 4.0 on the command line."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from powerauth.phone.commands.command_line import Problem, add_arguments, run
from powerauth.phone.state_file import load_state
from tests.phone.conftest import PIN
from tests.phone.fake_server import BASE_URL, FakeServer
from tests.phone.four.test_factors import lose_answer, repair

NEW_PIN = "5678"

Use = Callable[..., str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phone.json"


@pytest.fixture
def use(server: FakeServer, file: Path) -> Use:
    """Run a command line against the fake server; questions are answered in turn."""

    def run_words(*words: str, typed: tuple[str, ...] = ()) -> str:
        answers = iter(typed)
        parser = ArgumentParser(exit_on_error=False)
        add_arguments(parser, here=BASE_URL)
        options = parser.parse_args(["--file", str(file), *words])
        text = run(options, lambda _: next(answers), session=server.session())
        assert next(answers, None) is None
        return text

    return run_words


@pytest.fixture
def activate(use: Use, server: FakeServer) -> Use:
    def activate_with(*words: str) -> str:
        config = ("--config", server.config.to_text(), "--pin", PIN)
        return use("activate", server.code, *config, *words)

    return activate_with


@pytest.fixture
def activated(activate: Use, use: Use) -> Use:
    activate("--protocol", "4.0", "--suite", "EC_P384")
    return use


def test_activation(activate: Use, use: Use, server: FakeServer, file: Path) -> None:
    text = activate("--protocol", "4.0", "--suite", "EC_P384_ML_L5")
    assert server.fingerprint() in text
    assert load_state(file).version == "4.0"
    lines = use("status").splitlines()
    assert lines[1] == "State          active"
    assert lines[3:] == ["Protocol       4.0 (EC_P384_ML_L5)", "Biometry       yes"]
    assert use("validate", "--pin", PIN) == "The server accepted the signature."


def test_the_usual_suite_and_protocol(activate: Use, file: Path) -> None:
    activate("--protocol", "4.0")
    assert load_state(file).suite == "EC_P384_ML_L3"
    activate("--replace")
    assert load_state(file).version == "4.0"


def test_without_an_option_it_is_protocol_3(activate: Use, use: Use, file: Path) -> None:
    activate()
    assert load_state(file).version == "3.3"
    assert "Protocol       3.3\nThe bank offers a newer protocol. Use: phone upgrade" in use(
        "status"
    )


def test_an_unconfirmed_activation(activate: Use, use: Use, server: FakeServer) -> None:
    hint = "The bank waits for a confirmation. Use: phone confirm"
    server.down = {"/pa/v4/activation/confirm": None}
    assert activate("--protocol", "4.0", "--suite", "EC_P384").endswith(hint)
    server.down = {}
    assert use("status").endswith(hint)
    text = use("confirm", "--no-biometry", "--pin", PIN)
    assert text == "The activation is confirmed."
    assert use("status").endswith("Biometry       no")


def test_activation_without_biometry(activate: Use, use: Use) -> None:
    activate("--protocol", "4.0", "--suite", "EC_P384", "--no-biometry")
    assert use("status").endswith("Biometry       no")


def test_another_protocol_or_suite(activated: Use, file: Path) -> None:
    before = load_state(file)
    with pytest.raises(Problem, match="phone upgrade"):
        activated("status", "--protocol", "3.3")
    with pytest.raises(Problem, match=r"^The suite cannot be used: the activation is bound"):
        activated("status", "--suite", "EC_P384_ML_L5")
    assert load_state(file) == before


def test_change_of_the_pin(activated: Use) -> None:
    assert activated("change-pin", typed=(PIN, NEW_PIN, NEW_PIN)) == "The PIN is changed."
    activated("validate", "--pin", NEW_PIN)
    activated("change-pin", "--pin", NEW_PIN, "--new-pin", PIN)
    activated("validate", "--pin", PIN)
    with pytest.raises(Problem, match="differ"):
        activated("change-pin", typed=(PIN, NEW_PIN, "1111"))
    activated("validate", "--pin", PIN)


def test_a_change_that_is_cut_off(activated: Use, server: FakeServer, file: Path) -> None:
    words = ("change-pin", "--pin", PIN, "--new-pin", NEW_PIN)
    server.down = {"/pa/v4/auth/validate": requests.ConnectionError()}
    with pytest.raises(Problem, match="gave no answer"):
        activated(*words)
    server.down = {}
    assert activated("status").endswith("repeat it by phone change-pin with the same PINs.")
    assert activated(*words) == "The PIN is changed."
    assert activated("status").endswith("Biometry       yes")
    activated("validate", "--pin", NEW_PIN)


def test_the_file_is_written_before_the_proof(
    activated: Use, server: FakeServer, file: Path
) -> None:
    """If the process dies in the middle of the proof, the new key is in the file."""
    kept = []

    def tamper(path: str, body: object) -> object:
        if path == "/pa/v4/auth/validate":
            kept.append(load_state(file).enrolment)
        return body

    server.tamper = tamper
    activated("change-pin", "--pin", PIN, "--new-pin", NEW_PIN)
    assert len(kept) == 1
    assert getattr(kept[0], "next_knowledge_locked", b"")


def test_biometry(activated: Use) -> None:
    assert activated("biometry", "remove") == "Biometry is removed."
    assert activated("status").endswith("Biometry       no")
    assert activated("biometry", "add", "--pin", PIN) == "Biometry is added."
    assert activated("status").endswith("Biometry       yes")


def test_upgrade(activate: Use, use: Use, server: FakeServer, file: Path) -> None:
    activate()
    text = use("--suite", "EC_P384_ML_L5", "upgrade", "--pin", PIN)
    assert text.splitlines() == [
        "The activation speaks protocol 4.0 now.",
        "Protocol     4.0 (EC_P384_ML_L5)",
        f"Fingerprint  {server.fingerprint()}",
    ]
    use("validate", "--pin", PIN)
    with pytest.raises(Problem, match=r"is of protocol 4\.0 already"):
        use("upgrade", "--pin", PIN)


def test_an_upgrade_that_is_not_offered(activate: Use, use: Use, server: FakeServer) -> None:
    activate()
    server.upgrade_version = 3
    with pytest.raises(Problem, match=r"^The server offers no newer protocol to this activation.$"):
        use("upgrade", "--pin", PIN)


def test_an_upgrade_whose_end_is_not_heard_of(activate: Use, use: Use, server: FakeServer) -> None:
    activate()
    lose_answer(server, "/pa/v4/upgrade/confirm")
    with pytest.raises(Problem, match="gave no answer"):
        use("upgrade", "--pin", PIN)
    repair(server)
    with pytest.raises(Problem, match="the server may have moved up"):
        use("status")
    use("upgrade", "--pin", PIN)
    assert "4.0" in use("status")


def test_an_upgrade_that_is_cut_off(activate: Use, use: Use, server: FakeServer) -> None:
    activate()
    server.down = {"/pa/v4/upgrade/confirm": requests.ConnectionError()}
    with pytest.raises(Problem, match="gave no answer"):
        use("upgrade", "--pin", PIN)
    server.down = {}
    assert use("status").endswith("An upgrade was cut off, repeat it by phone upgrade.")
    with pytest.raises(Problem, match="finish it first"):
        use("change-pin", "--pin", PIN, "--new-pin", NEW_PIN)
    use("approve", "op-1", "--pin", PIN)
    use("upgrade", "--pin", PIN)
    use("approve", "op-1", "--pin", PIN)
