"""The tables that are taken, in the order that their rows need."""

from datetime import datetime, timedelta

from enrollment_server.wultra import related
from enrollment_server.wultra.rows import (
    activations,
    applications,
    callbacks,
    operations,
    push,
    signatures,
)
from enrollment_server.wultra.table import Table
from inbox.models import InboxMessage
from operations.models import FormTemplate, Operation, OperationTemplate
from powerauth.engine import policy
from powerauth.models import (
    Activation,
    ActivationHistory,
    Application,
    ApplicationConfig,
    ApplicationVersion,
    Callback,
    Integration,
    MasterKeyPair,
    SignatureAudit,
    Token,
)
from push.models import PushAppCredentials, PushDevice


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _kept(days: int, at: datetime) -> datetime | None:
    # What would be deleted by the next housekeeping need not come.
    return at - timedelta(days=days) if days else None


APPLICATIONS = Table(
    name="pa_application",
    what="applications",
    key="id",
    columns=("id", "name", "roles"),
    model=Application,
    translate=applications.application,
)
ENGINE = (
    Table(
        name="pa_application_version",
        what="versions of applications",
        key="id",
        columns=_names("id application_id name application_key application_secret supported"),
        model=ApplicationVersion,
        translate=applications.version,
        unique=("application_id", "name"),
    ),
    Table(
        name="pa_master_keypair",
        what="master key pairs",
        key="id",
        columns=_names(
            """
            id application_id name timestamp_created master_key_private_base64
            master_key_public_base64
            """
        ),
        model=MasterKeyPair,
        translate=applications.master_key_pair,
        order=("timestamp_created", "id"),  # the newest one is used
    ),
    Table(
        name="pa_application_config",
        what="configuration of applications",
        key="id",
        columns=("id", "application_id", "config_key", "config_values"),
        later=("encryption_mode",),
        model=ApplicationConfig,
        translate=applications.configuration,
        deleted=True,
        unique=("application_id", "key"),
    ),
    Table(
        name="pa_integration",
        what="integrations",
        key="id",
        columns=("id", "name", "client_token", "client_secret"),
        model=Integration,
        translate=applications.integration,
        deleted=True,
    ),
    Table(
        name="pa_application_callback",
        what="callbacks",
        key="id",
        columns=_names("id application_id name callback_url type attributes authentication"),
        later=_names(
            """
            encryption_mode max_attempts initial_backoff retention_period enabled
            timestamp_created
            """
        ),
        model=Callback,
        translate=callbacks.callback,
        kept=("signing_secret",),
    ),
    Table(
        name="pa_activation",
        what="activations",
        key="activation_id",
        columns=_names(
            """
            activation_id application_id user_id activation_name activation_code
            activation_status activation_otp activation_otp_validation blocked_reason
            counter ctr_data device_public_key_base64 extras platform device_info flags
            failed_attempts max_failed_attempts server_private_key_base64
            server_private_key_encryption server_public_key_base64
            timestamp_activation_expire timestamp_created timestamp_last_used
            timestamp_last_change version protocol
            """
        ),
        later=("external_id", "commit_phase", "additional_data"),
        model=Activation,
        translate=activations.activation,
        prepare=related.versions,
    ),
    Table(
        name="pa_activation_history",
        what="history of activations",
        key="id",
        columns=_names(
            """
            id activation_id activation_status event_reason external_user_id
            timestamp_created
            """
        ),
        later=("activation_version", "activation_name"),
        model=ActivationHistory,
        translate=activations.history,
        prepare=related.owners,
        since=lambda at: _kept(policy.activation_history_retention_days(), at),
    ),
    Table(
        name="pa_token",
        what="tokens",
        key="token_id",
        columns=_names("token_id activation_id token_secret signature_type timestamp_created"),
        model=Token,
        translate=activations.token,
        deleted=True,
        prepare=related.owners,
        kept=("last_used_at",),
    ),
    Table(
        name="pa_signature_audit",
        what="verified signatures",
        key="id",
        columns=_names(
            """
            id activation_id activation_counter activation_ctr_data activation_status
            additional_info data_base64 note signature_type signature timestamp_created
            valid version signature_version
            """
        ),
        model=SignatureAudit,
        translate=signatures.audit,
        prepare=related.owners_and_secrets,
        since=lambda at: _kept(policy.signature_audit_retention_days(), at),
    ),
    Table(
        name="pa_operation_template",
        what="operation templates",
        key="id",
        columns=_names(
            """
            id template_name operation_type data_template signature_type max_failure_count
            expiration risk_flags proximity_check_enabled
            """
        ),
        model=OperationTemplate,
        translate=operations.template,
        deleted=True,
        unique=("template_name",),
    ),
    Table(
        name="pa_operation",
        what="operations",
        key="id",
        columns=_names(
            """
            id user_id external_id activation_flag operation_type template_name data
            parameters additional_data status signature_type failure_count
            max_failure_count timestamp_created timestamp_expires timestamp_finalized
            risk_flags totp_seed activation_id
            """
        ),
        later=("status_reason",),
        model=Operation,
        translate=operations.operation,
        prepare=related.operation_applications,
    ),
)
FORMS = (
    Table(
        name="es_operation_template",
        what="form templates",
        key="id",
        columns=("id", "placeholder", "language", "title", "message", "attributes", "ui"),
        later=("result_texts",),
        model=FormTemplate,
        translate=operations.form_template,
        deleted=True,
        unique=("placeholder", "language"),
    ),
)
_PROVIDERS = """
    apns_key_id apns_private_key apns_team_id apns_bundle apns_environment
    ios_key_id ios_private_key ios_team_id ios_bundle ios_environment
    fcm_project_id fcm_private_key android_project_id android_private_key
    hms_project_id hms_client_id hms_client_secret
    timestamp_created timestamp_last_updated
"""
PUSH = (
    Table(
        name="push_app_credentials",
        what="credentials of push providers",
        key="id",
        columns=("id", "app_id"),
        later=_names(_PROVIDERS),
        model=PushAppCredentials,
        translate=push.credentials,
        deleted=True,
        unique=("application_id",),
    ),
    Table(
        name="push_device_registration",
        what="devices",
        key="id",
        columns=_names(
            """
            id activation_id user_id app_id platform push_token timestamp_last_registered
            is_active
            """
        ),
        later=("environment",),
        model=PushDevice,
        translate=push.device,
        deleted=True,
        prepare=related.device_owners,
        unique=("activation_id",),
    ),
    Table(
        name="push_inbox",
        what="messages",
        key="id",
        columns=_names("id inbox_id user_id subject summary body timestamp_created timestamp_read"),
        later=("message_type", "type", "is_read", "read"),
        model=InboxMessage,
        translate=push.message,
        prepare=related.message_applications,
    ),
)
