"""What was read at the old servers reads the same at ours."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from enrollment_server.api.payloads.json import dump_json
from inbox.models import InboxMessage
from operations.models import FormTemplate, Operation, OperationTemplate
from powerauth.engine.activations import lifecycle
from powerauth.engine.activations.otp import hash_otp
from powerauth.engine.applications import (
    application_config,
    applications,
    integrations,
    master_keys,
)
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.engine.callbacks import callbacks
from powerauth.engine.encryption import replay
from powerauth.engine.paging import Page
from powerauth.engine.signatures import signature_audit
from powerauth.engine.storage import records, rotation
from powerauth.errors import EngineRefusal
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    Application,
    AuditRecord,
    Callback,
    CallbackEvent,
    ImportedRow,
    Integration,
    MasterKeyPair,
    Token,
)
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.keys import key_pair_of
from push.credentials.opening import opened
from push.models import Platform, PushAppCredentials, PushChannel, PushDevice
from push.providers.values import ApnsKey, FcmAccount, HmsAccount
from tests.api.answers import OK, outcome
from tests.wultra.moving import move, moved_phone
from tests.wultra.old_servers import OldServers

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(old: OldServers, tmp_path: Path) -> OldServers:
    assert move(old, tmp_path).status == 0
    return old


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def test_numbers_of_the_report(old: OldServers, tmp_path: Path) -> None:
    done = move(old, tmp_path)
    assert done.err == ""
    lines = done.out.splitlines()
    for line in (
        "applications: 2 taken",
        "versions of applications: 3 taken",
        "master key pairs: 2 taken",
        "configuration of applications: 2 taken",
        "integrations: 2 taken",
        "callbacks: 5 taken",
        "activations: 12 taken",
        "history of activations: 36 taken",
        "tokens: 8 taken",
        "verified signatures: 22 taken",
        "operation templates: 5 taken",
        "operations: 16 taken",
        "form templates: 7 taken",
        "devices: 5 taken",
        "messages: 5 taken",
        "not taken: 1 recovery codes: there are none here",
        "compared: 12 activations by public keys, status and derived keys",
    ):
        assert line in lines


def test_applications_versions_and_master_keys(moved: OldServers) -> None:
    assert {row.id: row.roles for row in Application.objects.all()} == {
        "retail-mobile": ["RETAIL", "ROLE2"],
        "business_mobile": [],
    }
    for phone in moved.facts["phones"]:
        version = applications.supported_version(phone["applicationKey"])
        assert version is not None
        assert version.application_secret == phone["applicationSecret"]
        assert version.name == phone["applicationVersion"]
        pair = master_keys.pair(phone["applicationId"])
        assert b64(pair.public_key) == phone["masterPublicKey"]
        assert key_pair_of(pair.private_key) == pair
        assert list(master_keys.pairs(phone["applicationId"])) == master_keys.algorithms_of(
            phone["applicationId"]
        )
    assert master_keys.incomplete() == {}
    taken = ImportedRow.objects.filter(table="pa_master_keypair").values_list("target_id")
    rows = MasterKeyPair.objects.filter(pk__in=[int(key) for (key,) in taken])
    made = set(rows.values_list("created_at", flat=True))
    there = moved.rows("powerauth", "SELECT timestamp_created FROM pa_master_keypair")
    assert made == {_utc(value) for (value,) in there}


def test_the_newest_master_key_is_used_whatever_its_number(
    plain: OldServers, tmp_path: Path
) -> None:
    plain.change(
        "powerauth",
        """INSERT INTO pa_master_keypair (id, application_id, master_key_private_base64,
            master_key_public_base64, name, timestamp_created)
            SELECT 0, 1, master_key_private_base64,
            master_key_public_base64, 'newest', now() FROM pa_master_keypair
            WHERE application_id = 2""",
    )
    plain.change("powerauth", "UPDATE pa_activation SET master_keypair_id = 0")
    assert move(plain, tmp_path, "--batch", "1").status == 0
    assert master_keys.public_key("retail-mobile") == master_keys.public_key("business_mobile")


def test_algorithms_of_applications_are_taken_as_far_as_there_are_such(
    plain: OldServers, tmp_path: Path
) -> None:
    plain.change(
        "powerauth",
        """INSERT INTO pa_application_config
            (id, application_id, config_key, config_values, encryption_mode) VALUES
            (901, 1, 'cryptography_algorithms_supported', '["EC_P256"]', 'NO_ENCRYPTION'),
            (902, 2, 'cryptography_algorithms_supported', '["ML_L3"]', 'NO_ENCRYPTION')""",
    )
    move(plain, tmp_path)
    taken = [
        application_config.values_of(application.id, ALGORITHMS)
        for application in Application.objects.all()
    ]
    assert sorted(taken) == [[], ["EC_P256"]]


def test_configuration_and_integrations(moved: OldServers) -> None:
    [provider] = application_config.values_of("retail-mobile", "oauth2_providers")
    assert provider["clientSecret"] == "s3cret-žluťoučký"
    assert application_config.values_of("business_mobile", "fido2_attestation_fmt_allowed") == [
        "packed",
        "none",
    ]
    statement = "SELECT name, client_token, client_secret FROM pa_integration"
    for name, token, secret in moved.rows("powerauth", statement):
        found = integrations.authenticate(token, secret)
        assert found is not None
        assert found.name == name
        assert integrations.authenticate(token, secret[:-1]) is None
    assert Integration.objects.count() == 2


def test_callbacks_with_their_credentials(moved: OldServers) -> None:
    rows = {row.name: row for row in Callback.objects.all()}
    assert {name for name, row in rows.items() if not row.enabled} == {"removed"}
    basic = callbacks.authentication_of(rows["operations"]).http_basic
    assert (basic.enabled, basic.username, basic.password) == (True, "hook", "p4ss:wörd")
    assert rows["operations"].max_attempts == 3
    assert callbacks.initial_backoff_of(rows["operations"]) == timedelta(seconds=2)
    assert callbacks.retention_of(rows["operations"]) == timedelta(hours=240)
    oauth = callbacks.authentication_of(rows["oauth"]).oauth2
    assert (oauth.enabled, oauth.client_id, oauth.client_secret, oauth.scope) == (
        *(True, "cb-client", "cb-secret"),
        "hooks.write",
    )
    assert rows["activations"].url == "http://127.0.0.1:28090/hooks/activation"
    assert "blockedReason" in rows["activations"].attributes
    assert callbacks.signing_secret_of(rows["activations"])
    assert not CallbackEvent.objects.exists()


def test_activations(moved: OldServers) -> None:
    statement = """
        SELECT activation_id, user_id, activation_name, activation_code, activation_status,
            activation_otp, blocked_reason, counter, ctr_data, flags, failed_attempts,
            max_failed_attempts, platform, device_info, version, timestamp_created,
            timestamp_last_used, timestamp_last_change, timestamp_activation_expire
        FROM pa_activation
    """
    for there in moved.rows("powerauth", statement):
        row = Activation.objects.get(pk=there[0])
        assert (
            *(str(row.pk), row.user_id, row.name or None, row.activation_code, row.state),
            *(row.otp_hash or None, row.blocked_reason or None, row.counter),
            b64(bytes(row.ctr_data)) or None,
            *(set(row.flags), row.failed_attempts, row.max_failed_attempts),
            *(row.platform or None, row.device_info or None, row.version),
            *(row.created_at, row.last_used_at, row.last_change_at, row.expires_at),
        ) == (*there[:9], set(json.loads(there[9])), *there[10:15], *map(_utc, there[15:]))


def test_otp_phases_and_versions(moved: OldServers) -> None:
    rows = {
        purpose: Activation.objects.get(pk=moved.activation_id(purpose))
        for purpose in moved.facts["activations"]
    }
    assert rows["created"].otp_validation == "ON_KEY_EXCHANGE"
    assert rows["pending"].otp_validation == "ON_COMMIT"
    assert rows["p33"].commit_phase == "ON_KEY_EXCHANGE"
    assert rows["p32"].commit_phase == "ON_COMMIT"
    assert {p: rows[p].created_with for p in ("p30", "p31", "p32", "p33", "p32n")} == {
        **{"p30": "3.0", "p31": "3.1", "p32": "3.2", "p33": "3.3"},
        "p32n": "",  # it has never signed
    }


def test_history(moved: OldServers) -> None:
    statement = """
        SELECT activation_id, activation_status, event_reason, external_user_id,
            activation_version, activation_name, timestamp_created FROM pa_activation_history
    """
    assert {
        (
            *(str(row.activation_id), row.state, row.event_reason or None),
            *(row.external_user_id or None, row.version, row.activation_name or None),
            row.created_at,
        )
        for row in ActivationHistory.objects.all()
    } == {(*row[:6], _utc(row[6])) for row in moved.rows("powerauth", statement)}


def test_operations(moved: OldServers) -> None:
    statuses = {
        purpose: Operation.objects.get(pk=moved.operation_id(purpose)).status
        for purpose in ("approved", "rejected", "canceled", "expired", "failed", "claimed")
    }
    assert statuses == {
        **{"approved": "APPROVED", "rejected": "REJECTED", "canceled": "CANCELED"},
        **{"expired": "EXPIRED", "failed": "FAILED", "claimed": "PENDING"},
    }
    statement = """
        SELECT o.id, user_id, external_id, activation_flag, operation_type, template_name, data,
            parameters, additional_data, lower(signature_type), failure_count, max_failure_count,
            risk_flags, activation_id, status_reason, timestamp_created, timestamp_expires,
            timestamp_finalized, array_agg(a.name) FROM pa_operation o
        JOIN pa_operation_application l ON l.operation_id = o.id
        JOIN pa_application a ON a.id = l.application_id
        GROUP BY o.id, user_id, external_id, activation_flag, operation_type, template_name, data,
            parameters, additional_data, signature_type, failure_count, max_failure_count,
            risk_flags, activation_id, status_reason, timestamp_created, timestamp_expires,
            timestamp_finalized
    """
    for there in moved.rows("powerauth", statement):
        row = Operation.objects.get(pk=there[0])
        assert (
            *(row.user_id or None, row.external_id or None, row.activation_flag or None),
            *(row.operation_type, row.template_name, row.data, row.parameters),
            json.loads(dump_json(row.additional_data)),
            ",".join(row.signature_types).lower(),
            *(row.failure_count, row.max_failure_count, row.risk_flags or None),
            *(row.activation_id or None, row.status_reason or None),
            *(row.created_at, row.expires_at, row.finalized_at),
            {link.application_id for link in row.applications.all()},
        ) == (
            *there[1:7],
            *(json.loads(there[7]), json.loads(there[8])),
            *there[9:15],
            *map(_utc, there[15:18]),
            set(there[18]),
        )


def test_templates(moved: OldServers) -> None:
    payment = OperationTemplate.objects.get(template_name="payment")
    assert payment.signature_types == ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"]
    assert (payment.expiration_s, payment.max_failure_count) == (600, 5)
    assert OperationTemplate.objects.get(proximity_check_enabled=True).operation_type
    statement = """
        SELECT placeholder, language, title, message, coalesce(attributes, ''), coalesce(ui, ''),
            coalesce(result_texts, '') FROM es_operation_template
    """
    assert set(moved.rows("enrollment", statement)) == set(
        FormTemplate.objects.values_list(
            *("placeholder", "language", "title", "message", "attributes", "ui", "result_texts")
        )
    )


def test_verified_signatures(moved: OldServers) -> None:
    statement = """
        SELECT data_base64, s.signature, s.valid, s.note FROM pa_signature_audit s
        JOIN pa_activation a USING (activation_id) WHERE user_id = 'alice'
    """
    found = signature_audit.of_user("alice", page=Page(number=0, size=100))
    assert {
        (b64(one.verified), one.row.signature, one.row.valid, one.row.note) for one in found
    } == set(moved.rows("powerauth", statement))
    # The secret is known by the version of the application, and is not stored once more.
    secrets = {phone["applicationSecret"].encode() for phone in moved.facts["phones"]}
    assert not any(secret in bytes(one.row.data) for one in found for secret in secrets)
    assert {
        one.row.additional_info.get("VAULT_UNLOCKED_REASON") for one in found if one.row.valid
    } == {None, "ADD_BIOMETRY"}


def test_devices_and_messages(moved: OldServers) -> None:
    assert {
        (row.activation_id, row.application_id, row.platform, row.is_active)
        for row in PushDevice.objects.all()
    } == {
        (moved.activation_id("p30"), "retail-mobile", "apns", True),
        (moved.activation_id("p31"), "retail-mobile", "fcm", True),
        (moved.activation_id("p33"), "retail-mobile", "hms", True),
        (moved.activation_id("p33b"), "business_mobile", "apns", True),
        (moved.activation_id("blocked"), "retail-mobile", "apns", False),
    }
    statement = "SELECT inbox_id, user_id, subject, body, is_read, timestamp_read FROM push_inbox"
    for there in moved.rows("push", statement):
        row = InboxMessage.objects.get(pk=there[0])
        assert (row.user_id, row.subject, row.body, row.read, row.read_at) == (
            *there[1:5],
            _utc(there[5]),
        )
    both = InboxMessage.objects.get(subject="New terms 2027")
    assert {link.application_id for link in both.applications.all()} == {
        *("retail-mobile", "business_mobile")
    }


def test_every_secret_is_encrypted_with_our_key(moved: OldServers) -> None:
    keyring = records.keyring()
    for column in rotation.SEALED_COLUMNS:
        rows = column.model._default_manager.exclude(**{column.column: b""})
        for record in rows.values_list(column.column, flat=True):
            assert not keyring.needs_rotation(bytes(record))
    assert Token.objects.count() == 8


def test_credentials_of_providers(moved: OldServers) -> None:
    empty, full = PushAppCredentials.objects.order_by("created_at")
    assert (empty.application_id, full.application_id) == ("retail-mobile", "business_mobile")
    assert not any(opened(empty, platform) for platform in Platform)
    statement = """
        SELECT ios_key_id, ios_team_id, ios_bundle, ios_private_key, ios_environment,
            android_project_id, android_private_key, hms_project_id, hms_client_id,
            hms_client_secret
        FROM push_app_credentials WHERE app_id = 'business_mobile'
    """
    [(key, team, bundle, p8, environment, project, account, *huawei)] = moved.rows(
        "push", statement
    )
    assert opened(full, "apns") == ApnsKey(
        key_id=key, team_id=team, bundle_id=bundle, private_key=bytes(p8).decode()
    )
    google = opened(full, "fcm")
    assert isinstance(google, FcmAccount)
    assert google.project_id == project
    assert json.loads(google.service_account) == {
        "token_uri": "https://oauth2.googleapis.com/token",
        **json.loads(bytes(account)),
    }
    assert opened(full, "hms") == HmsAccount(
        project_id=huawei[0], client_id=huawei[1], client_secret=huawei[2]
    )
    assert full.apns_environment == (environment or "")
    ways = PushChannel.objects.filter(enabled=True).values_list("application_id", "platform")
    assert set(ways) == {("business_mobile", platform) for platform in ("apns", "fcm", "hms")}


def test_one_record_of_the_audit_log(moved: OldServers) -> None:
    record = AuditRecord.objects.get(action="command/import_wultra")
    assert json.loads(record.after)["pa_activation"] == 12


def test_clock_of_another_zone(plain: OldServers, tmp_path: Path) -> None:
    assert move(plain, tmp_path, "--time-zone", "Europe/Prague").status == 0
    statement = "SELECT timestamp_created FROM pa_activation WHERE activation_id = %s"
    [(there,)] = plain.rows("powerauth", statement, plain.activation_id("p30"))
    here = Activation.objects.get(pk=plain.activation_id("p30")).created_at
    assert here == there.replace(tzinfo=UTC) - timedelta(hours=1)  # it is November


def test_used_values_stay_used(plain: OldServers, tmp_path: Path) -> None:
    [(used,), *_] = plain.rows("powerauth", "SELECT unique_value FROM pa_unique_value")
    plain.change(
        "powerauth",
        "UPDATE pa_unique_value SET timestamp_expires = '2036-01-01' WHERE unique_value = %s",
        used,
    )
    assert move(plain, tmp_path).status == 0
    assert replay.is_known(b64d(used))


def test_what_nobody_finished_comes_as_removed(plain: OldServers, tmp_path: Path) -> None:
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET timestamp_activation_expire = '2026-01-01' "
        "WHERE activation_status IN (1, 2)",
    )
    plain.change(
        "powerauth", "UPDATE pa_operation SET timestamp_expires = '2026-01-01' WHERE status = 1"
    )
    assert move(plain, tmp_path).status == 0
    for purpose in ("created", "pending"):
        row = Activation.objects.get(pk=plain.activation_id(purpose))
        assert row.state == ActivationState.REMOVED
    assert set(Operation.objects.values_list("status", flat=True)) == {
        *("APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED")
    }
    assert not CallbackEvent.objects.exists()


def test_what_was_begun_there_is_finished_here(plain: OldServers, tmp_path: Path) -> None:
    plain.change(
        "powerauth",
        "UPDATE pa_activation SET activation_otp = %s WHERE activation_status IN (1, 2)",
        hash_otp("12345678"),
    )
    assert move(plain, tmp_path).status == 0
    waiting = Activation.objects.get(pk=plain.activation_id("created"))
    phone = moved_phone(plain, "p33")
    phone.forget()
    phone.activate(waiting.activation_code, pin="2468", otp="12345678")
    assert phone.activation_id == str(waiting.pk)
    assert outcome(phone.validate_signature(pin="2468")) == OK
    pending = plain.activation_id("pending")
    with pytest.raises(EngineRefusal):
        lifecycle.commit(pending, otp_text="87654321", at=timezone.now())
    lifecycle.commit(pending, otp_text="12345678", at=timezone.now())
    assert Activation.objects.get(pk=pending).state == ActivationState.ACTIVE
