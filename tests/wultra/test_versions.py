"""Databases of the versions before and after the one that wrote the data."""

from pathlib import Path

import pytest

from inbox.models import InboxMessage
from powerauth.models import Activation, Application, Callback, ImportedRow
from push.credentials.opening import opened
from push.models import PushAppCredentials, PushDevice
from tests.api.answers import OK, outcome
from tests.wultra.moving import move, moved_phone
from tests.wultra.old_servers import OldServers

pytestmark = pytest.mark.django_db

# What later versions added, by database.
_BACK_TO_1_7 = {
    "powerauth": """
        DROP TABLE pa_temporary_key, pa_application_callback_event;
        ALTER TABLE pa_operation DROP COLUMN status_reason;
        ALTER TABLE pa_application_config DROP COLUMN encryption_mode;
        ALTER TABLE pa_application_callback DROP COLUMN encryption_mode,
            DROP COLUMN max_attempts, DROP COLUMN initial_backoff, DROP COLUMN retention_period,
            DROP COLUMN enabled, DROP COLUMN timestamp_created,
            DROP COLUMN timestamp_last_updated;
        ALTER TABLE pa_activation DROP COLUMN commit_phase;
    """,
    "enrollment": "ALTER TABLE es_operation_template DROP COLUMN result_texts",
    "push": """
        ALTER TABLE push_inbox RENAME COLUMN is_read TO read;
        ALTER TABLE push_inbox RENAME COLUMN message_type TO type;
        ALTER TABLE push_app_credentials DROP COLUMN timestamp_created,
            DROP COLUMN timestamp_last_updated;
    """,
}
_ON_TO_1_10 = {
    "powerauth": "ALTER TABLE pa_activation ADD COLUMN additional_data text",
    "push": """
        ALTER TABLE push_app_credentials ADD COLUMN apns_private_key bytea,
            ADD COLUMN fcm_private_key bytea;
        ALTER TABLE push_device_registration ADD COLUMN environment varchar(255);
    """,
}


def test_version_1_7(plain: OldServers, tmp_path: Path) -> None:
    for part, statements in _BACK_TO_1_7.items():
        plain.change(part, statements)
    done = move(plain, tmp_path)
    assert (done.err, done.status) == ("", 0)
    assert Callback.objects.filter(enabled=True).count() == 5
    assert set(InboxMessage.objects.values_list("type", "read")) == {
        *(("html", False), ("html", True), ("text", False), ("text", True))
    }
    phone = moved_phone(plain, "p30")
    assert outcome(phone.validate_signature(pin=plain.phone("p30")["pin"])) == OK


def test_version_1_10(plain: OldServers, tmp_path: Path) -> None:
    for part, statements in _ON_TO_1_10.items():
        plain.change(part, statements)
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET additional_data = %s WHERE activation_id = %s",
        *('{"branch": "Brno"}', plain.activation_id("p30")),
    )
    plain.change(
        "push",
        "UPDATE push_device_registration SET platform = 'apns', environment = 'development' "
        "WHERE platform = 'ios'",
    )
    plain.change("push", "UPDATE push_device_registration SET platform = 'fcm' WHERE id = 2")
    plain.change("push", "UPDATE push_device_registration SET platform = 'hms' WHERE id = 3")
    plain.change(
        "push",
        "UPDATE push_app_credentials SET apns_private_key = ios_private_key, "
        "ios_private_key = NULL, fcm_private_key = android_private_key, android_private_key = NULL",
    )
    done = move(plain, tmp_path)
    assert (done.err, done.status) == ("", 0)
    row = Activation.objects.get(pk=plain.activation_id("p30"))
    assert row.custom_attributes == {"branch": "Brno"}
    device = PushDevice.objects.get(activation_id=str(row.pk))
    assert (device.platform, device.environment) == ("apns", "development")
    platforms = {"apns", "fcm", "hms"}
    assert set(PushDevice.objects.values_list("platform", flat=True)) == platforms
    credentials = PushAppCredentials.objects.get(application_id="business_mobile")
    assert all(opened(credentials, platform) for platform in platforms)


def test_an_upgrade_between_two_runs_changes_nothing(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path).status == 0
    for part, statements in _ON_TO_1_10.items():
        plain.change(part, statements)
    done = move(plain, tmp_path)
    assert (done.err, done.status) == ("", 0)
    assert "activations: 0 taken, 12 taken before" in done.out.splitlines()


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_activations_of_protocol_4_are_refused_before_anything_is_written(
    plain: OldServers, tmp_path: Path, option: list[str]
) -> None:
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET version = 4 WHERE activation_id IN (%s, %s)",
        *(plain.activation_id(each) for each in ("p30", "p31")),
    )
    done = move(plain, tmp_path, *option)
    assert done.status == 1
    assert done.err == (
        "--powerauth-db: no database of PowerAuth Server 1.7 to 1.10: activations of a later "
        "protocol than 3, which line 2.x has: 2. Nothing was taken."
    )
    assert not (Application.objects.exists() or ImportedRow.objects.exists())


def test_a_version_before_1_7_is_refused(plain: OldServers, tmp_path: Path) -> None:
    plain.change("powerauth", "ALTER TABLE pa_activation DROP COLUMN protocol")
    done = move(plain, tmp_path)
    assert done.status == 1
    assert done.err.endswith("there is no column pa_activation.protocol.")
