"""The limits of the engine, as configured: integration-api.md 16, protocol.md 15."""

from datetime import timedelta

from django.conf import settings


def max_failed_attempts() -> int:
    """Give how many wrong signatures block an activation."""
    return int(settings.POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS)


def look_ahead() -> int:
    """Give how many counter values, the stored one included, a signature may match."""
    return int(settings.POWERAUTH_SIGNATURE_LOOKAHEAD)


def offline_component_length() -> int:
    """Give the digits of one factor in an offline signature."""
    return int(settings.POWERAUTH_OFFLINE_COMPONENT_LENGTH)


def activation_validity() -> timedelta:
    """Give how long a pending activation may wait."""
    return timedelta(seconds=settings.POWERAUTH_ACTIVATION_VALIDITY_S)


def temporary_key_validity() -> timedelta:
    """Give how long a temporary key can be used."""
    return timedelta(seconds=settings.POWERAUTH_TEMPORARY_KEY_VALIDITY_S)


def request_past() -> timedelta:
    """Give how old the timestamp of an encrypted request may be."""
    return timedelta(seconds=settings.POWERAUTH_REQUEST_PAST_S)


def request_future() -> timedelta:
    """Give how far ahead the timestamp of an encrypted request may be."""
    return timedelta(seconds=settings.POWERAUTH_REQUEST_FUTURE_S)


def token_past() -> timedelta:
    """Give how old the timestamp of a token digest may be."""
    return timedelta(seconds=settings.POWERAUTH_TOKEN_PAST_S)


def token_future() -> timedelta:
    """Give how far ahead the timestamp of a token digest may be."""
    return timedelta(seconds=settings.POWERAUTH_TOKEN_FUTURE_S)


def vault_biometry_enabled() -> bool:
    """Tell whether biometry may unlock the vault."""
    return bool(settings.POWERAUTH_VAULT_BIOMETRY_ENABLED)


def proximity_otp_length() -> int:
    """Give the digits of a proximity OTP."""
    return int(settings.POWERAUTH_PROXIMITY_OTP_LENGTH)


def proximity_step_s() -> int:
    """Give the seconds that one proximity OTP is shown."""
    return int(settings.POWERAUTH_PROXIMITY_STEP_S)


def proximity_past_steps() -> int:
    """Give how many past proximity OTPs are accepted besides the current one."""
    return int(settings.POWERAUTH_PROXIMITY_PAST_STEPS)


def page_size() -> int:
    """Give the size of a page where the caller names none."""
    return int(settings.POWERAUTH_PAGE_SIZE)


def version_downgrade_allowed() -> bool:
    """Tell whether an activation may be used in versions below the one it was created with."""
    return bool(settings.POWERAUTH_VERSION_DOWNGRADE_ALLOWED)


def upgrade_version() -> int:
    """Give the version of the protocol that activations of version 3 are offered; 3 for none."""
    return int(settings.POWERAUTH_UPGRADE_VERSION)


def minimum_version() -> str:
    """Give the lowest version of the protocol that phones may speak."""
    return str(settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION)


def audited_bytes() -> int:
    """Give how many bytes of signed data a record of the audit holds."""
    return int(settings.SIGNATURE_AUDIT_DATA_BYTES)


def audited_failures_per_day() -> int:
    """Give how many uncounted failures of an activation have records of their own; 0: all."""
    return int(settings.SIGNATURE_AUDIT_FAILURES_PER_DAY)


def signature_audit_retention_days() -> int:
    """Give how many days records of signatures are kept; 0: for ever."""
    return int(settings.SIGNATURE_AUDIT_RETENTION_DAYS)


def activation_history_retention_days() -> int:
    """Give how many days changes of activations are kept; 0: for ever."""
    return int(settings.ACTIVATION_HISTORY_RETENTION_DAYS)
