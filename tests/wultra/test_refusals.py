"""What cannot be imported, and how it is told: one clear line, with the row named."""

import base64
from pathlib import Path

import pytest

from enrollment_server.wultra.source import Source, SourceUnusable
from operations.models import Operation
from powerauth.engine.applications import applications
from powerauth.models import (
    Activation,
    ActivationHistory,
    Application,
    ApplicationVersion,
    ImportedRow,
    Integration,
    SignatureAudit,
    Token,
)
from push.models import PushDevice
from tests.wultra.moving import move, run
from tests.wultra.old_servers import OldServers

pytestmark = pytest.mark.django_db


def _nothing_was_written() -> bool:
    return not (Application.objects.exists() or ImportedRow.objects.exists())


def test_encrypted_records_need_the_key(encrypted: OldServers, tmp_path: Path) -> None:
    done = move(encrypted, tmp_path, key=False)
    assert done.status == 1
    assert done.err == "records there are encrypted: name the --master-key-file"
    assert _nothing_was_written()


def test_another_key_is_noticed_before_anything_is_written(
    encrypted: OldServers, tmp_path: Path
) -> None:
    file = tmp_path / "other.key"
    file.write_text(base64.b64encode(bytes(16)).decode())
    url = encrypted.url("powerauth")
    done = run("--powerauth-db", url, "--master-key-file", str(file))
    assert done.status == 1
    assert done.err == "the key of --master-key-file does not open the records there"
    assert _nothing_was_written()


def test_one_damaged_record_does_not_accuse_the_key(encrypted: OldServers, tmp_path: Path) -> None:
    damaged = encrypted.activation_id("p31")
    encrypted.change(
        "powerauth",
        "UPDATE pa_activation SET user_id = 'somebody else' WHERE activation_id = %s",
        damaged,
    )
    done = move(encrypted, tmp_path)
    assert done.status == 1
    assert f"pa_activation {damaged}: " in done.err
    assert Activation.objects.count() == 11


@pytest.mark.parametrize(
    "content", ["", "no Base64", base64.b64encode(bytes(15)).decode(), "A" * 5000]
)
def test_file_that_holds_no_key(plain: OldServers, tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.key"
    file.write_text(content)
    done = run("--powerauth-db", plain.url("powerauth"), "--master-key-file", str(file))
    assert (done.err, done.status) == (
        f"{file} must hold 16 bytes in Base64, and nothing else",
        1,
    )


def test_file_that_is_not_there(plain: OldServers, tmp_path: Path) -> None:
    file = tmp_path / "none"
    done = run("--powerauth-db", plain.url("powerauth"), "--master-key-file", str(file))
    assert done.err == f"{file} cannot be read: No such file or directory"


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "mysql://u:hidden@h/d", "postgres://u:hidden@h", "host=h dbname=hidden"),
        *("postgres://u:hidden@h/d?nonsense=1", "postgres://" + "x" * 3000 + "/hidden"),
    ],
)
def test_url_that_names_no_database(url: str) -> None:
    done = run("--powerauth-db", url)
    assert done.status == 1
    assert done.err == "--powerauth-db must be postgres://user:password@host:port/database."


def test_database_that_does_not_answer() -> None:
    done = run("--powerauth-db", "postgres://user:hidden@127.0.0.1:1/bank")
    assert done.status == 1
    assert done.err.startswith("--powerauth-db: the database cannot be reached: ")
    assert "hidden" not in done.err
    assert "\n" not in done.err


def test_database_of_another_server(plain: OldServers) -> None:
    done = run("--powerauth-db", plain.url("push"))
    assert done.err == (
        "--powerauth-db: no database of PowerAuth Server 1.7 to 1.10: there is no table "
        "pa_application."
    )
    done = run("--powerauth-db", plain.url("powerauth"), "--push-db", plain.url("enrollment"))
    assert done.err.startswith("--push-db: no database of Push Server 1.7 to 1.10")
    assert _nothing_was_written()


@pytest.mark.parametrize("batch", ["0", "-1", "10001"])
def test_batch_is_bounded(plain: OldServers, batch: str) -> None:
    done = run("--powerauth-db", plain.url("powerauth"), "--batch", batch)
    assert (done.err, done.status) == ("--batch must be between 1 and 10000.", 1)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_zone_has_to_exist(plain: OldServers, zone: str) -> None:
    done = run("--powerauth-db", plain.url("powerauth"), "--time-zone", zone)
    assert (done.err, done.status) == (f"--time-zone: there is no zone {zone!r}.", 1)


def test_source_is_only_read(plain: OldServers) -> None:
    with (
        Source(plain.url("powerauth"), option="--powerauth-db") as source,
        pytest.raises(SourceUnusable, match="read-only transaction"),
    ):
        source.rows("DELETE FROM pa_token RETURNING 1")


def test_fido2_and_protocol_2_are_not_supported_and_no_failure(
    plain: OldServers, tmp_path: Path
) -> None:
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET protocol = 'fido2' WHERE activation_id = %s",
        plain.activation_id("p30"),
    )
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET version = 2, ctr_data = NULL WHERE activation_id = %s",
        plain.activation_id("p31"),
    )
    done = move(plain, tmp_path)
    assert (done.err, done.status) == ("", 0)
    lines = done.out.splitlines()
    assert (
        "activations: 10 taken, 1 not supported (FIDO2), 1 not supported (protocol 2)" in lines
        or "activations: 10 taken, 1 not supported (protocol 2), 1 not supported (FIDO2)" in lines
    )
    ids = [plain.activation_id(each) for each in ("p30", "p31")]
    for model in (Token, ActivationHistory, SignatureAudit, PushDevice):
        assert model._default_manager.exists()
        assert not model._default_manager.filter(activation_id__in=ids).exists()


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        (
            *("powerauth", "UPDATE pa_activation SET ctr_data = 'eA==' WHERE counter = 5"),
            "ctr_data: 16 bytes expected",
        ),
        (
            *("powerauth", "UPDATE pa_activation SET ctr_data = NULL WHERE counter = 5"),
            "ctr_data is null",
        ),
        (
            "powerauth",
            "UPDATE pa_activation SET device_public_key_base64 = 'AAAA' WHERE counter = 5",
            "device_public_key_base64 is no valid key",
        ),
        (
            "powerauth",
            "UPDATE pa_activation SET server_private_key_base64 = 'AAAB' WHERE counter = 5",
            "the private key does not belong to the public key",
        ),
        (
            *("powerauth", "UPDATE pa_activation SET activation_status = 9 WHERE counter = 5"),
            "activation_status is 9, which is unknown",
        ),
        (
            *("powerauth", "UPDATE pa_activation SET flags = '{}' WHERE counter = 5"),
            "flags is another kind of JSON",
        ),
        (
            *("powerauth", "UPDATE pa_token SET token_secret = 'eA==' WHERE token_id = "),
            "token_secret: 16 bytes expected",
        ),
        (
            *("powerauth", "UPDATE pa_operation SET additional_data = '[' WHERE status = 6"),
            "additional_data is no usable JSON",
        ),
        (
            *("powerauth", "UPDATE pa_operation SET status = 7 WHERE status = 6"),
            "status is 7, which is unknown",
        ),
        (
            "powerauth",
            "UPDATE pa_operation SET max_failure_count = 99999999999 WHERE status = 6",
            "max_failure_count is out of range",
        ),
        (
            "powerauth",
            "UPDATE pa_application_callback SET callback_url = 'ftp://x' WHERE name = 'oauth'",
            "Invalid URL format.",
        ),
        (
            "powerauth",
            "UPDATE pa_application_callback SET initial_backoff = 'P1M' WHERE name = 'oauth'",
            "initial_backoff is no ISO 8601 duration of days and less",
        ),
        (
            "powerauth",
            """UPDATE pa_application_callback SET authentication =
                '{"kerberos": {"enabled": true}}' WHERE name = 'oauth'""",
            "authentication has a way that is unknown here",
        ),
        (
            "push",
            "UPDATE push_device_registration SET platform = 'symbian' WHERE id = 1",
            "platform is 'symbian', which is unknown",
        ),
        (
            "push",
            "UPDATE push_device_registration SET activation_id = NULL WHERE id = 1",
            "it has no activation",
        ),
        (
            *("push", "UPDATE push_inbox SET subject = repeat('x', 256) WHERE id = 1"),
            "subject has more than 255 characters",
        ),
    ],
)
def test_row_that_cannot_be_taken_is_named(
    plain: OldServers, tmp_path: Path, part: str, change: str, complaint: str
) -> None:
    if change.endswith("= "):
        change += f"'{plain.phone('p30')['tokens'][0]['tokenId']}'"
    plain.change(part, change)
    done = move(plain, tmp_path)
    assert done.status == 1
    named = [line for line in done.err.splitlines() if line.endswith(complaint)]
    assert len(named) == 1
    assert done.err.splitlines()[-1].startswith("Left out: ")
    # It is tried again, and taken once it is right.
    assert move(plain, tmp_path).status == 1


def test_what_belongs_to_a_row_that_was_left_out(plain: OldServers, tmp_path: Path) -> None:
    activation_id = plain.activation_id("p30")
    before = "SELECT server_private_key_base64 FROM pa_activation WHERE activation_id = %s"
    [(key,)] = plain.rows("powerauth", before, activation_id)
    change = "UPDATE pa_activation SET server_private_key_base64 = %s WHERE activation_id = %s"
    plain.change("powerauth", change, "AAAB", activation_id)
    done = move(plain, tmp_path)
    assert done.status == 1
    tokens = [line for line in done.err.splitlines() if line.startswith("pa_token ")]
    assert len(tokens) == 2
    assert all(line.endswith("its activation was left out") for line in tokens)
    plain.change("powerauth", change, key, activation_id)
    done = move(plain, tmp_path)
    assert (done.err, done.status) == ("", 0)
    assert Token.objects.filter(activation_id=activation_id).count() == 2
    assert PushDevice.objects.filter(activation_id=activation_id).exists()


def test_an_application_of_the_same_name_is_not_mixed_with_theirs(
    plain: OldServers, tmp_path: Path
) -> None:
    ours = applications.create("business_mobile")
    versions = set(ApplicationVersion.objects.filter(application=ours).values_list("pk"))
    done = move(plain, tmp_path)
    assert done.status == 1
    assert (
        "pa_application 2: something of the same name or identifier is here already"
        in done.err.splitlines()
    )
    assert set(ApplicationVersion.objects.filter(application=ours).values_list("pk")) == versions
    assert not Activation.objects.filter(application=ours).exists()
    assert Activation.objects.count() == 11
    tried = move(plain, tmp_path, "--dry-run")
    assert tried.err == done.err


def test_a_row_that_contradicts_another_one_takes_no_other_with_it(
    plain: OldServers, tmp_path: Path
) -> None:
    statement = "SELECT id, client_token FROM pa_integration WHERE name = 'core-banking'"
    [(row_id, token)] = plain.rows("powerauth", statement)
    Integration.objects.create(name="ours", client_token=token, client_secret_hash="x")
    done = move(plain, tmp_path)
    assert done.status == 1
    assert f"pa_integration {row_id}: it contradicts what is here" in done.err.splitlines()
    assert set(Integration.objects.values_list("name", flat=True)) == {"ours", "card-system"}


def test_a_time_beyond_the_last_year_is_named(plain: OldServers, tmp_path: Path) -> None:
    last = plain.operation_id("bound")
    plain.change(
        "powerauth",
        "UPDATE pa_operation SET timestamp_expires = '9999-12-31 23:59:59' WHERE id = %s",
        last,
    )
    done = move(plain, tmp_path, "--time-zone", "America/New_York")
    assert done.status == 1
    assert f"pa_operation {last}: a time is beyond the last year" in done.err.splitlines()
    assert Operation.objects.count() == 15


def test_a_database_that_ends_meanwhile(
    plain: OldServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Source.count

    def ended(source: Source, table: str, where: str = "true") -> int:
        if table == "pa_token":
            plain.change(
                "powerauth",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        return count(source, table, where)

    with monkeypatch.context() as patch:
        patch.setattr(Source, "count", ended)
        done = move(plain, tmp_path)
    assert done.status == 1
    assert done.err.startswith("--powerauth-db: the database cannot be read any more: ")
    assert done.err.endswith("What was taken stays: run this again to go on.")
    assert "\n" not in done.err
    assert (Activation.objects.count(), Token.objects.count()) == (12, 0)
    assert move(plain, tmp_path).status == 0
    assert Token.objects.count() == 8


def test_many_rows_are_counted_and_some_are_named(plain: OldServers, tmp_path: Path) -> None:
    plain.change(
        "powerauth",
        """INSERT INTO pa_operation (id, operation_type, data, status, signature_type,
            failure_count, max_failure_count, timestamp_created, timestamp_expires)
        SELECT 'broken ' || number, 'x', 'A1', 1, 'possession', 0, 5, now(), now()
        FROM generate_series(1, 150) number""",
    )
    done = move(plain, tmp_path)
    lines = done.err.splitlines()
    assert len([line for line in lines if line.startswith("pa_operation broken ")]) == 100
    assert "pa_operation: 50 more" in lines
    assert Operation.objects.count() == 16


def test_comparison_finds_what_was_damaged_here(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    first, second = (
        Activation.objects.get(pk=plain.activation_id(each)) for each in ("p30", "p31")
    )
    Activation.objects.filter(pk=first.pk).update(derived_keys=second.derived_keys)
    Activation.objects.filter(pk=second.pk).update(server_public_key=first.server_public_key)
    done = move(plain, tmp_path)
    assert done.status == 1
    assert f"pa_activation {first.pk}: the derived keys differ here and there" in done.err
    assert f"pa_activation {second.pk}: the server's public keys differ" in done.err
