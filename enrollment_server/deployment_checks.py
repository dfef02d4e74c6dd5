"""What `check --deploy` warns of: settings that are fit for a trial, not for a bank.

Django warns of DEBUG, SECRET_KEY and SECURE_HSTS_* by itself.
"""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from enrollment_server.local import is_loopback


def _warning(number: str, text: str) -> checks.CheckMessage:
    return checks.Warning(text, id=f"enrollment_server.{number}")


def check_deployment(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one warning for each setting that is fit for a trial, not for a bank."""
    return [*_of_storage(), *_of_callers(), *_of_callbacks(), *_of_other_servers()]


def _of_storage() -> Iterator[checks.CheckMessage]:
    if not settings.MASTER_DB_ENCRYPTION_KEY:
        yield _warning(
            "W001",
            "MASTER_DB_ENCRYPTION_KEY is not set: private keys and token secrets are stored in "
            "plain form.",
        )
    elif settings.MASTER_DB_ENCRYPTION_READ_PLAIN:
        yield _warning(
            "W027",
            "MASTER_DB_ENCRYPTION_READ_PLAIN is true: who can write to the database can slip in "
            "secrets. It is for the time of encrypting only.",
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield _warning(
            "W005",
            "DATABASE_URL names SQLite, which is for one machine with few users: take PostgreSQL.",
        )


def _of_callers() -> Iterator[checks.CheckMessage]:
    if not settings.INTEGRATION_AUTH_REQUIRED and not is_loopback(settings.HOST):
        yield _warning(
            "W002",
            f"INTEGRATION_AUTH_REQUIRED is false on {settings.HOST}: whoever reaches the "
            "integration API can create and approve anything.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield _warning(
            "W003",
            "ALLOWED_HOSTS is *: pages of other sites can make a browser call this server under "
            "a name of theirs.",
        )
    if "admin" in settings.SECTIONS and not settings.SESSION_COOKIE_SECURE:
        yield _warning(
            "W004",
            "SECURE_COOKIES is false: browsers send the session of the admin without TLS, too.",
        )
    if settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION < "3.1":
        yield _warning(
            "W026",
            "POWERAUTH_MINIMUM_PROTOCOL_VERSION is below 3.1: signatures of eight digits are "
            "accepted, which can be guessed.",
        )
    for number, name in (("W008", "METRICS_ALLOWED"), ("W009", "TRUSTED_PROXIES")):
        if any(ip_network(entry, strict=False).prefixlen == 0 for entry in getattr(settings, name)):
            yield _warning(number, f"{name} has a network with all addresses in it.")


def _of_callbacks() -> Iterator[checks.CheckMessage]:
    if not settings.CALLBACK_ALLOWED_HOSTS:
        yield _warning(
            "W006",
            "CALLBACK_ALLOWED_HOSTS is empty: whoever may change callbacks can make this server "
            "call any address that it reaches.",
        )


def _of_other_servers() -> Iterator[checks.CheckMessage]:
    for prefix in ("POWERAUTH_SERVICE", "PUSH_SERVICE"):
        url = urlsplit(getattr(settings, f"{prefix}_URL"))
        plain = url.scheme == "http" and not is_loopback(url.hostname or "")
        if plain and getattr(settings, f"{prefix}_USERNAME"):
            yield _warning(
                "W033",
                f"{prefix}_URL is http: on the way to {url.hostname} the credentials of "
                f"{prefix}_USERNAME can be read, and the answers be changed.",
            )
