"""What the settings say of sending: push-and-inbox.md 10.5."""

from datetime import timedelta

from django.conf import settings

from enrollment_server.push_server.server import is_remote
from push.providers.environments import ApnsEnvironment
from push.providers.values import Settings

LEASE_MARGIN = timedelta(seconds=10)
REFUSED_PAUSE = timedelta(minutes=1)  # until credentials that a provider refuses are tried again


def provider_settings() -> Settings:
    """Give where the providers are, and how long they are waited for."""
    return Settings(
        apns_url=settings.APNS_URL,
        apns_development_url=settings.APNS_DEVELOPMENT_URL,
        fcm_url=settings.FCM_URL,
        fcm_token_url=settings.FCM_TOKEN_URL,
        hms_url=settings.HMS_URL,
        hms_token_url=settings.HMS_TOKEN_URL,
        ca_file=settings.PUSH_CA_FILE,
        connect_s=float(settings.PUSH_CONNECT_TIMEOUT_S),
        total_s=float(settings.PUSH_ATTEMPT_TIMEOUT_S),
        fcm_data_only=settings.FCM_DATA_ONLY,
    )


def default_environment() -> ApnsEnvironment | None:
    """Give Apple's environment where nobody names one; None if nobody has chosen."""
    return {
        "true": ApnsEnvironment.DEVELOPMENT,
        "false": ApnsEnvironment.PRODUCTION,
    }.get(settings.APNS_USE_DEVELOPMENT)


def is_embedded() -> bool:
    """Tell whether messages are sent from here, and not by another Push Server."""
    return not is_remote()


def lease() -> timedelta:
    """Give how long a worker may hold a delivery: longer than its attempt can take."""
    return timedelta(seconds=settings.PUSH_ATTEMPT_TIMEOUT_S) + LEASE_MARGIN


def validity() -> timedelta:
    """Give how long a message that does not say so is worth sending."""
    return timedelta(seconds=settings.PUSH_VALIDITY_S)


def max_attempts() -> int:
    """Give how often a delivery is tried at most."""
    return int(settings.PUSH_MAX_ATTEMPTS)


def initial_backoff() -> timedelta:
    """Give the pause after the first failed attempt."""
    return timedelta(seconds=settings.PUSH_INITIAL_BACKOFF_S)


def max_backoff() -> timedelta:
    """Give the longest pause between two attempts."""
    return timedelta(seconds=settings.PUSH_MAX_BACKOFF_S)


def failure_threshold() -> int | None:
    """Give the failures in a row after which a provider is left alone; None for never."""
    threshold = int(settings.PUSH_FAILURE_THRESHOLD)
    return None if threshold == -1 else threshold


def failure_reset() -> timedelta:
    """Give how long a provider that keeps failing is left alone."""
    return timedelta(seconds=settings.PUSH_FAILURE_RESET_S)


def ringing_per_minute() -> int:
    """Give how many announcements ring for a user in a minute."""
    return int(settings.PUSH_RINGING_PER_MINUTE)


def retention() -> timedelta:
    """Give how long a finished message is remembered."""
    return timedelta(days=settings.PUSH_MESSAGE_RETENTION_DAYS)


def device_retention() -> timedelta | None:
    """Give how long a device is kept that does not register any more; None for ever."""
    days = int(settings.PUSH_DEVICE_RETENTION_DAYS)
    return timedelta(days=days) if days else None


def synchronous_timeout_s() -> float:
    """Give how many seconds a synchronous call waits for the answers of providers."""
    return float(settings.PUSH_SYNCHRONOUS_TIMEOUT_S)
