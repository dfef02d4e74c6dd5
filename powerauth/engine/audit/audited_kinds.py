"""What the audit log tells of the engine's own objects; see `audited`."""

from collections.abc import Callable
from urllib.parse import urlsplit

from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.applications.config_values import OAUTH2_PROVIDERS, OPEN_KEYS
from powerauth.engine.audit.audited import Hidden, Kind, Lock, Members, Summary, register
from powerauth.engine.callbacks import callback_authentication
from powerauth.engine.identifiers import parse_id
from powerauth.engine.storage import records
from powerauth.models import (
    Activation,
    ActivationState,
    Application,
    ApplicationVersion,
    Callback,
    CallbackEvent,
    Integration,
    SignatureAudit,
)

APPLICATION = "application"
APPLICATION_VERSION = "application_version"
APPLICATION_CONFIG = "application_config"
ACTIVATION = "activation"
INTEGRATION = "integration"
CALLBACK = "callback"


def register_kinds() -> None:
    """Make the engine's types of objects known to the audit log."""
    register(
        Kind(
            name=ACTIVATION,
            model=Activation,
            columns=(
                *("user_id", "application_id", "blocked_reason", "name", "flags"),
                *("otp_validation", "commit_phase", "expires_at", "failed_attempts"),
                *("max_failed_attempts", "version", "platform", "device_info", "external_id"),
                *("parent_activation_id", "transfer_type"),
                *("algorithm", "pending_suite", "biometry_enabled", "confirmation_pending"),
            ),
            hidden=("otp_hash",),
            computed={
                "state": lambda row: ActivationState(row.state).name,
                "activation_secret": _secrets("activation_secret"),
                "knowledge_key": _secrets("knowledge_key", "next_knowledge_key"),
                "biometry_key": _secrets("biometry_key", "next_biometry_key"),
            },
            parse=lambda value: parse_id(str(value)),
        ),
        Kind(
            name=APPLICATION,
            model=Application,
            columns=("id", "roles"),
            computed={"master_keys": lambda row: master_keys.algorithms_of(row.pk)},
            lock=Lock.NO_KEY,
        ),
        Kind(
            name=APPLICATION_VERSION,
            model=ApplicationVersion,
            columns=("application_id", "name", "application_key", "supported"),
            key=("application_id", "name"),
        ),
        Summary(name=APPLICATION_CONFIG, tell=_configuration),
        Kind(
            name=INTEGRATION,
            model=Integration,
            columns=("name", "client_token"),
            hidden=("client_secret_hash",),
            parse=lambda value: parse_id(str(value)),
        ),
        Kind(
            name=CALLBACK,
            model=Callback,
            columns=(
                *("application_id", "name", "type", "attributes", "enabled"),
                *("max_attempts", "initial_backoff_ms", "retention_s"),
            ),
            hidden=("signing_secret",),
            computed={
                "url": _address,
                "rest_of_url": lambda row: Hidden(value=row.url),
                "authentication": _authentication,
                "credentials": _credentials,
            },
            parse=lambda value: parse_id(str(value)),
        ),
        Kind(
            name="callback_event",
            model=CallbackEvent,
            columns=("callback_id", "state", "attempts"),
            lock=Lock.NONE,
        ),
        Kind(name="signature", model=SignatureAudit, columns=(), lock=Lock.NONE),
    )


def _secrets(*columns: str) -> Callable[[Activation], object]:
    """Give what tells only whether there are secrets, and that they changed."""

    def tell(row: Activation) -> object:
        found = tuple(bytes(getattr(row, column)) for column in columns)
        return Hidden(value=found) if any(found) else None

    return tell


def _configuration(application_id: str) -> Members:
    """Give the keys with the ids of their providers; of secret values only that they changed."""
    try:
        entries = application_config.every(application_id)
    except records.SecretUnreadable:
        return {}
    told: dict[str, object] = {}
    for entry in entries:
        told[entry.key] = entry.values if entry.key in OPEN_KEYS else Hidden(value=entry.values)
        if entry.key == OAUTH2_PROVIDERS:
            ids = [value.get("providerId") for value in entry.values if isinstance(value, dict)]
            told[f"{entry.key}_ids"] = [one for one in ids if isinstance(one, str)]
    return told


def _address(callback: Callback) -> str:
    """Give an address without what may be a secret in it: user, password, query."""
    parts = urlsplit(callback.url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _authentication(callback: Callback) -> object:
    """Compare what was configured: it is sealed anew each time, so that records differ."""
    try:
        return Hidden(value=callback_authentication.of(callback))
    except records.SecretUnreadable:
        return Hidden(value=bytes(callback.authentication))


def _credentials(callback: Callback) -> list[str]:
    """Name the secrets that a callback has: a change of its URL may have dropped them."""
    try:
        return callback_authentication.secrets_in(callback_authentication.of(callback))
    except records.SecretUnreadable:
        return []
