"""An import that is repeated, interrupted, or only tried."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from enrollment_server.wultra import memory
from operations.models import Operation, OperationTemplate
from powerauth.engine.activations import lifecycle
from powerauth.engine.generations import three
from powerauth.engine.storage import record_places, records
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    Application,
    AuditRecord,
    CallbackEvent,
    ImportedRow,
    Token,
)
from push.models import PushDevice
from tests.api.answers import OK, outcome
from tests.wultra.moving import move, moved_phone
from tests.wultra.old_servers import OldServers

pytestmark = pytest.mark.django_db

_APPS = ("powerauth", "operations", "push", "inbox")


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    """Give everything that is here, but the record of the import itself."""
    models = [model for name in _APPS for model in apps.get_app_config(name).get_models()]
    return {
        model._meta.label: sorted(
            (tuple(map(str, row)) for row in model._default_manager.values_list()), key=str
        )
        for model in models
        if not model._meta.label.startswith("powerauth.Audit")
    }


def _count() -> dict[str, int]:
    return {name: len(rows) for name, rows in _rows().items()}


def test_a_second_run_changes_nothing(old: OldServers, tmp_path: Path) -> None:
    assert move(old, tmp_path).status == 0
    before = _rows()
    again = move(old, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert "activations: 0 taken, 12 taken before" in again.out.splitlines()
    assert _rows() == before
    assert AuditRecord.objects.filter(action="command/import_wultra").count() == 1


def test_a_phone_that_has_moved_up_here_stays_so(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    moved = Activation.objects.filter(pk=plain.activation_id("p30"))
    row = moved.get()
    place = record_places.activation_secret(row.pk, row.application_id, row.user_id)
    four = {"protocol_generation": 4, "version": 4, "algorithm": "EC_P384"}
    moved.update(**three.NO_KEYS, **four, activation_secret=records.seal(bytes(32), place))
    Token.objects.filter(activation__in=moved).delete()
    before = _rows()
    again = move(plain, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert "compared: 11 activations by public keys, status and derived keys" in again.out
    assert _rows() == before


def test_a_dry_run_writes_nothing(old: OldServers, tmp_path: Path) -> None:
    before = _rows()
    tried = move(old, tmp_path, "--dry-run")
    assert (tried.err, tried.status) == ("", 0)
    assert _rows() == before
    assert not AuditRecord.objects.exists()
    real = move(old, tmp_path)
    taken = [line for line in real.out.splitlines() if "taken" in line]
    assert taken == [line for line in tried.out.splitlines() if "taken" in line]


def test_an_interrupted_run_is_continued(
    plain: OldServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember, calls = memory.remember, iter(range(1000))

    def interrupted(*args: Any, **values: Any) -> None:
        remember(*args, **values)
        if next(calls) == 9:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(memory, "remember", interrupted)
        with pytest.raises(KeyboardInterrupt):
            move(plain, tmp_path, "--batch", "3")
    some = Activation.objects.count()
    assert 0 < some < 12
    # The batch that was interrupted has left nothing behind.
    assert ImportedRow.objects.filter(table="pa_activation").count() == some
    done = move(plain, tmp_path, "--batch", "3")
    assert (done.err, done.status) == ("", 0)
    assert f"activations: {12 - some} taken, {some} taken before" in done.out.splitlines()
    assert _count()["powerauth.ActivationHistory"] == 36
    assert _count()["operations.Operation"] == 16
    phone = moved_phone(plain, "p30")
    assert outcome(phone.validate_signature(pin=plain.phone("p30")["pin"])) == OK


def test_what_is_new_there_is_taken(plain: OldServers, tmp_path: Path) -> None:
    plain.change(
        "powerauth",
        "CREATE TABLE kept AS SELECT * FROM pa_token WHERE activation_id = %s",
        plain.activation_id("p30"),
    )
    plain.change(
        "powerauth", "DELETE FROM pa_token WHERE activation_id = %s", plain.activation_id("p30")
    )
    assert move(plain, tmp_path).status == 0
    before = Token.objects.count()
    plain.change("powerauth", "INSERT INTO pa_token SELECT * FROM kept")
    again = move(plain, tmp_path)
    assert again.status == 0
    assert Token.objects.count() == 8 > before
    assert f"tokens: {8 - before} taken, {before} taken before" in again.out.splitlines()


def test_what_was_changed_there_comes_along(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET activation_status = 4, blocked_reason = 'LOST', counter = 9 "
        "WHERE activation_id = %s",
        plain.activation_id("p30"),
    )
    plain.change(
        "powerauth",
        "UPDATE pa_operation SET status = 4, timestamp_finalized = now() WHERE id = %s",
        plain.operation_id("next31"),
    )
    plain.change("push", "UPDATE push_device_registration SET push_token = 'x' WHERE id = 1")
    again = move(plain, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert "activations: 0 taken, 1 brought up to date, 11 taken before" in again.out
    row = Activation.objects.get(pk=plain.activation_id("p30"))
    assert (row.state, row.blocked_reason, row.counter) == (ActivationState.BLOCKED, "LOST", 9)
    assert Operation.objects.get(pk=plain.operation_id("next31")).status == "APPROVED"
    assert PushDevice.objects.get(activation_id=plain.activation_id("p30")).push_token == "x"
    assert not CallbackEvent.objects.exists()
    before = _rows()
    assert move(plain, tmp_path).status == 0
    assert _rows() == before


def test_what_was_changed_here_stays(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    phone, pin = moved_phone(plain, "p30"), plain.phone("p30")["pin"]
    assert outcome(phone.validate_signature(pin=pin)) == OK
    lifecycle.block(plain.activation_id("p31"), at=timezone.now())
    Application.objects.filter(pk="retail-mobile").update(roles=["OURS"])
    OperationTemplate.objects.filter(template_name="login").update(expiration_s=7)
    before = _rows()
    again = move(plain, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert _rows() == before
    assert outcome(phone.validate_signature(pin=pin)) == OK


def test_what_was_changed_on_both_sides_is_named_and_stays(
    plain: OldServers, tmp_path: Path
) -> None:
    assert move(plain, tmp_path).status == 0
    phone, pin = moved_phone(plain, "p30"), plain.phone("p30")["pin"]
    assert outcome(phone.validate_signature(pin=pin)) == OK
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET counter = counter + 1 WHERE activation_id = %s",
        phone.activation_id,
    )
    counter = Activation.objects.get(pk=phone.activation_id).counter
    again = move(plain, tmp_path)
    assert again.status == 1
    assert f"pa_activation {phone.activation_id}: it was changed there and here" in again.err
    assert Activation.objects.get(pk=phone.activation_id).counter == counter
    assert outcome(phone.validate_signature(pin=pin)) == OK


def test_what_was_removed_here_does_not_come_back(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    Token.objects.filter(activation_id=plain.activation_id("p30")).delete()
    OperationTemplate.objects.filter(template_name="login").delete()
    gone = plain.activation_id("p32n")
    Activation.objects.get(pk=gone).delete()
    plain.change(
        "powerauth",
        "INSERT INTO pa_activation_history (id, activation_id, activation_status, "
        "timestamp_created) VALUES (999, %s, 5, now())",
        gone,
    )
    plain.change("powerauth", "UPDATE pa_operation_template SET expiration = 5")
    before = _count()
    again = move(plain, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert _count() == before
    assert "history of activations: 0 taken, 36 taken before, 1 of what was removed here" in (
        again.out.splitlines()
    )
    assert not Activation.objects.filter(pk=gone).exists()
    assert not ActivationHistory.objects.filter(activation_id=gone).exists()
    assert OperationTemplate.objects.count() == 4


def test_what_is_gone_there_is_named_and_stays(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    before = _rows()
    [(integration,)] = plain.rows(
        "powerauth", "DELETE FROM pa_integration WHERE name = 'card-system' RETURNING id"
    )
    tokens = plain.rows(
        "powerauth",
        "DELETE FROM pa_token WHERE activation_id = %s RETURNING token_id",
        plain.activation_id("p30"),
    )
    again = move(plain, tmp_path, "--batch", "3")
    assert (again.err, again.status) == ("", 0)
    named = [line for line in again.out.splitlines() if line.startswith("gone there")]
    assert set(named) == {
        f"gone there, still here: pa_integration {integration}",
        *(f"gone there, still here: pa_token {token}" for (token,) in tokens),
    }
    assert _rows() == before


def test_a_new_key_of_ours_is_no_change(
    plain: OldServers, tmp_path: Path, settings: Settings
) -> None:
    assert move(plain, tmp_path).status == 0
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = base64.b64encode(bytes(32)).decode()
    call_command("rotate_encryption", stdout=io.StringIO())
    plain.change("powerauth", "UPDATE pa_activation SET activation_name = 'new' WHERE version = 3")
    plain.change("powerauth", "UPDATE pa_operation SET external_id = 'new'")
    again = move(plain, tmp_path)
    assert (again.err, again.status) == ("", 0)
    assert Activation.objects.filter(name="new").count() == 10
    phone = moved_phone(plain, "p33")
    assert outcome(phone.validate_signature(pin=plain.phone("p33")["pin"])) == OK


def test_what_is_remembered_tells_nobody_a_password(settings: Settings) -> None:
    row = {"id": "1", "authentication": "password"}
    digest = memory.digest_there(row)
    assert digest == memory.digest_there(dict(row))
    settings.SECRET_KEY = "another one"
    assert digest != memory.digest_there(row)
