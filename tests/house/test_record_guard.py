"""No process mixes plain and encrypted secrets: it refuses with one line that says what to set."""

import base64
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from enrollment_server import local
from enrollment_server.serving.record_guard import refuse_mixed_records
from powerauth.models import MasterKeyPair, Token
from powerauth.phone.phone import Phone
from powerauth.protocol.records import Keyring
from tests.bank import Bank
from tests.house.commands import manage

OTHER_KEY = base64.b64encode(b"another master key of 32 bytes..").decode()


def test_what_fits_passes(bank: Bank, alice: Phone) -> None:
    alice.create_token()
    refuse_mixed_records()


def test_encrypted_secrets_and_no_key(bank: Bank, settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_KEY is not set") as refusal:
        refuse_mixed_records()
    assert len(str(refusal.value).splitlines()) == 1


def test_the_generated_key_is_named_where_there_is_one(
    bank: Bank, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "VAR", tmp_path)
    path = tmp_path / "master_db_encryption_key"
    path.write_text(OTHER_KEY)
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    with pytest.raises(CommandError) as refusal:
        refuse_mixed_records()
    assert str(path) in str(refusal.value)
    assert OTHER_KEY not in str(refusal.value)


def test_plain_secrets_and_a_key(bank: Bank, alice: Phone, settings: Settings) -> None:
    token = alice.create_token()
    plain = Keyring([]).seal(token.secret, context=())
    Token.objects.update(secret=plain)
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_READ_PLAIN=true until"):
        refuse_mixed_records()
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = True
    refuse_mixed_records()
    call_command("rotate_encryption", stdout=StringIO())
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = False
    refuse_mixed_records()


def test_secrets_under_another_key(bank: Bank, settings: Settings) -> None:
    former, settings.MASTER_DB_ENCRYPTION_KEY = settings.MASTER_DB_ENCRYPTION_KEY, OTHER_KEY
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_KEYS_PREVIOUS"):
        refuse_mixed_records()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = former
    refuse_mixed_records()


@pytest.mark.django_db
def test_an_empty_database_fits_everything(settings: Settings) -> None:
    for key in ("", OTHER_KEY):
        settings.MASTER_DB_ENCRYPTION_KEY = key
        refuse_mixed_records()


@pytest.mark.parametrize("command", [("seed_demo",), ("worker", "--once")])
def test_commands_that_use_secrets_refuse(
    bank: Bank, settings: Settings, command: tuple[str, ...]
) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    before = MasterKeyPair.objects.count()
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_KEY is not set"):
        call_command(*command, stdout=StringIO())
    assert MasterKeyPair.objects.count() == before
    assert all(bytes(row.private_key)[0] for row in MasterKeyPair.objects.all())


def test_a_server_refuses_before_it_serves(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/database.sqlite3",
        "MASTER_DB_ENCRYPTION_KEY": OTHER_KEY,
        "PORT": "0",
    }
    assert manage("migrate", environment=environment).returncode == 0
    assert manage("seed_demo", "--no-admin", environment=environment).returncode == 0
    environment["MASTER_DB_ENCRYPTION_KEY"] = ""
    for mode in ((), ("--no-demo",)):
        refused = manage("serve", *mode, environment=environment)
        assert refused.returncode == 1
        assert "MASTER_DB_ENCRYPTION_KEY is not set" in refused.stderr
        assert "Traceback" not in refused.stderr
