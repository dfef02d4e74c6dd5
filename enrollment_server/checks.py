"""System checks of the settings: one rule a setting, each with an id of its own.

A rule looks at one value and says what is wrong with it. A server that starts with a wrong value
would refuse requests later, or worse, accept them.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from enrollment_server.remote import setting_checks
from enrollment_server.serving.logs import LEVELS, STYLES
from operations.screen import form_texts
from powerauth.activation_hook import get_hook
from powerauth.engine.storage import records
from powerauth.protocol.versions import TRAITS

Test = Callable[[Any], str | None]
"""Gives what is wrong with a value, None if nothing is."""

SECTIONS = ("mobile", "integration", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold for one setting."""

    id: str
    setting: str
    test: Test


def between(low: int, high: int) -> Test:
    """Accept whole numbers from `low` to `high`."""

    def test(value: int) -> str | None:
        return None if low <= value <= high else f"must be a whole number from {low} to {high}"

    return test


def at_least(low: int) -> Test:
    """Accept whole numbers from `low` on."""

    def test(value: int) -> str | None:
        return None if value >= low else f"must be at least {low}"

    return test


def one_of(*names: str) -> Test:
    """Accept one of the names."""

    def test(value: str) -> str | None:
        return None if value in names else f"must be one of {', '.join(names)}"

    return test


def some_of(*names: str) -> Test:
    """Accept a list of at least one of the names, each at most once."""

    def test(values: Sequence[str]) -> str | None:
        if values and set(values) <= set(names) and len(set(values)) == len(values):
            return None
        return f"must list at least one of {', '.join(names)}, each at most once"

    return test


def shaped(pattern: str, description: str) -> Test:
    """Accept texts of the pattern."""

    def test(value: str) -> str | None:
        return None if re.fullmatch(pattern, value) else f"must be {description}"

    return test


def each_shaped(pattern: str, description: str) -> Test:
    """Accept lists of texts of the pattern."""

    def test(values: Sequence[str]) -> str | None:
        sound = all(re.fullmatch(pattern, value) for value in values)
        return None if sound else f"must list {description}"

    return test


def networks(values: Sequence[str]) -> str | None:
    """Accept IP addresses and networks."""
    for value in values:
        try:
            ip_network(value, strict=False)
        except ValueError:
            return "must list IP addresses or networks, such as 10.0.0.0/8"
    return None


def host_names(values: Sequence[str]) -> str | None:
    """Accept host names and addresses, with `*.` in front for all below a name."""
    if all(re.fullmatch(r"(\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", value) for value in values):
        return None
    return "must list host names without scheme and port, such as callbacks.bank.example"


def served_hosts(values: Sequence[str]) -> str | None:
    """Accept host names and addresses, with a dot in front for all below a name, and `*`."""
    pattern = r"\*|\.?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"
    if values and all(re.fullmatch(pattern, value) for value in values):
        return None
    return "must list host names without scheme and port, such as token.bank.example"


def absolute_folder(value: str) -> str | None:
    """Accept none, and the absolute path of a folder other than the root."""
    if not value or (os.path.isabs(value) and os.path.realpath(value) != "/"):
        return None
    return "must be the absolute path of a folder, and not the root"


def only_behind_tls(value: bool) -> str | None:
    """Accept redirects to https where a proxy says which requests came by it."""
    if value and settings.SECURE_PROXY_SSL_HEADER is None:
        return "needs TLS_PROXY=true: each request would be redirected, for ever"
    return None


def minus_one_or_positive(value: int) -> str | None:
    """Accept whole numbers from 1 on, and -1 for never."""
    return None if value == -1 or value >= 1 else "must be at least 1, or -1 for never"


def encryption_keys(_: str) -> str | None:
    """Accept keys from which the key ring of stored secrets can be made."""
    try:
        records.keyring()
    except ImproperlyConfigured as error:
        return f"cannot be used: {error}"
    return None


def activation_hook(_: str) -> str | None:
    """Accept the name of something that makes a hook; it is made here, before it is needed."""
    try:
        get_hook()
    except ImproperlyConfigured as error:
        return f"cannot be used: {error}"
    return None


def form_texts_folder(value: str) -> str | None:
    """Accept a folder whose compiled catalogues can be read; without it, those of the code."""
    if value and not Path(value).is_dir():
        return "must name a folder"
    try:
        for language, _ in settings.LANGUAGES:
            form_texts.load(language)
    except form_texts.UnreadableFormTexts as error:
        return f"cannot be used: {error}"
    return None


def _of_server(prefix: str, url_id: str, numbers: Sequence[int]) -> Iterator[Rule]:
    """Give the rules of the settings of another server; all servers have the same settings."""
    tests: dict[str, Test] = {
        "USERNAME": setting_checks.user_name,
        "CONNECT_TIMEOUT_S": between(1, 60),
        "RESPONSE_TIMEOUT_S": between(1, 120),
        "CONNECTIONS": between(1, 256),
        "IDLE_S": between(1, 3600),
        "CA_FILE": setting_checks.authorities_file,
        "CLIENT_CERTIFICATE_FILE": setting_checks.certificate_file(prefix),
        "CLIENT_KEY_FILE": setting_checks.key_file(prefix),
        "PROXY": setting_checks.proxy_url,
    }
    yield Rule(id=url_id, setting=f"{prefix}_URL", test=setting_checks.base_url)
    for number, (name, test) in zip(numbers, tests.items(), strict=True):
        yield Rule(id=f"E{number}", setting=f"{prefix}_{name}", test=test)


RULES = (
    Rule(id="E001", setting="POWERAUTH_SIGNATURE_LOOKAHEAD", test=between(1, 64)),
    Rule(id="E002", setting="POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS", test=between(1, 255)),
    Rule(id="E003", setting="POWERAUTH_OFFLINE_COMPONENT_LENGTH", test=between(4, 8)),
    Rule(id="E004", setting="POWERAUTH_PROXIMITY_OTP_LENGTH", test=between(6, 8)),
    Rule(id="E005", setting="POWERAUTH_PROXIMITY_STEP_S", test=at_least(1)),
    Rule(id="E006", setting="POWERAUTH_PROXIMITY_PAST_STEPS", test=between(0, 10)),
    Rule(id="E007", setting="POWERAUTH_ACTIVATION_VALIDITY_S", test=at_least(1)),
    Rule(id="E008", setting="POWERAUTH_TEMPORARY_KEY_VALIDITY_S", test=at_least(1)),
    Rule(id="E009", setting="POWERAUTH_REQUEST_FUTURE_S", test=at_least(1)),
    Rule(id="E010", setting="POWERAUTH_REQUEST_PAST_S", test=at_least(1)),
    Rule(id="E011", setting="POWERAUTH_TOKEN_PAST_S", test=at_least(1)),
    Rule(id="E012", setting="POWERAUTH_TOKEN_FUTURE_S", test=at_least(1)),
    Rule(id="E013", setting="POWERAUTH_PAGE_SIZE", test=between(1, 10_000)),
    Rule(id="E014", setting="POWERAUTH_MINIMUM_PROTOCOL_VERSION", test=one_of(*TRAITS)),
    *_of_server("POWERAUTH_SERVICE", "E015", range(200, 209)),
    Rule(id="E209", setting="POWERAUTH_SERVICE_LINE", test=one_of("1.9", "1.10", "2.0")),
    *_of_server("PUSH_SERVICE", "E016", range(210, 219)),
    Rule(id="E219", setting="PUSH_SERVICE_VOCABULARY", test=one_of("1.9", "1.10")),
    Rule(id="E017", setting="MASTER_DB_ENCRYPTION_KEY", test=encryption_keys),
    Rule(id="E018", setting="SECTIONS", test=some_of(*SECTIONS)),
    Rule(
        id="E019",
        setting="CONTEXT_PATH",
        test=shaped(r"/|(/[A-Za-z0-9._~-]+)+", "a path that begins but does not end with a slash"),
    ),
    Rule(id="E020", setting="TRUSTED_PROXIES", test=networks),
    Rule(id="E143", setting="METRICS_ALLOWED", test=networks),
    Rule(id="E144", setting="SECURE_SSL_REDIRECT", test=only_behind_tls),
    Rule(id="E021", setting="LOG_FORMAT", test=one_of(*STYLES)),
    Rule(id="E022", setting="LOG_LEVEL", test=one_of(*LEVELS)),
    Rule(id="E023", setting="PORT", test=between(0, 65535)),
    Rule(id="E024", setting="WEB_PROCESSES", test=between(1, 256)),
    Rule(id="E025", setting="WEB_THREADS", test=between(1, 256)),
    Rule(id="E150", setting="POWERAUTH_UPGRADE_VERSION", test=between(3, 4)),
    Rule(id="E141", setting="DATABASE_CONN_MAX_AGE_S", test=at_least(0)),
    Rule(id="E142", setting="ALLOWED_HOSTS", test=served_hosts),
    Rule(id="E145", setting="WEB_CONNECTIONS", test=between(16, 65_536)),
    Rule(id="E146", setting="WEB_REQUEST_TIMEOUT_S", test=between(1, 600)),
    Rule(id="E026", setting="OPERATION_LIST_LIMIT", test=between(1, 1000)),
    Rule(
        id="E027",
        setting="DISALLOWED_FLAGS_ANSWER",
        test=one_of("POWERAUTH_AUTH_FAIL", "INVALID_ACTIVATION"),
    ),
    Rule(
        id="E028",
        setting="DEFAULT_LANGUAGE",
        test=shaped(r"[a-z]{2,3}", "a language code of two or three small letters"),
    ),
    Rule(
        id="E029",
        setting="USER_INFO_PROVIDER",
        test=shaped(r"(?i:none|minimal)", "none or minimal"),
    ),
    Rule(id="E030", setting="SECURE_HSTS_SECONDS", test=at_least(0)),
    Rule(id="E031", setting="CALLBACK_ALLOWED_HOSTS", test=host_names),
    Rule(id="E112", setting="WORKER_PORT", test=between(-1, 65535)),
    Rule(id="E111", setting="WORKER_GRACE_S", test=between(3, 3600)),
    Rule(id="E110", setting="CALLBACK_FILES_DIR", test=absolute_folder),
    Rule(id="E032", setting="CALLBACK_MAX_ATTEMPTS", test=between(1, 1000)),
    Rule(id="E033", setting="CALLBACK_INITIAL_BACKOFF_S", test=between(0, 86_400)),
    Rule(id="E034", setting="CALLBACK_MAX_BACKOFF_S", test=between(1, 86_400)),
    Rule(id="E035", setting="CALLBACK_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E036", setting="CALLBACK_CONNECT_TIMEOUT_S", test=between(1, 600)),
    Rule(id="E037", setting="CALLBACK_RESPONSE_TIMEOUT_S", test=between(1, 600)),
    Rule(id="E038", setting="CALLBACK_FAILURE_THRESHOLD", test=minus_one_or_positive),
    Rule(id="E039", setting="CALLBACK_FAILURE_RESET_S", test=between(1, 86_400)),
    Rule(id="E061", setting="ACTIVATION_PROVIDER_HOOK", test=activation_hook),
    Rule(id="E062", setting="OIDC_CONNECT_TIMEOUT_S", test=between(1, 60)),
    Rule(id="E063", setting="OIDC_RESPONSE_TIMEOUT_S", test=between(1, 60)),
    # An activation of the largest suite of protocol 4.0 takes 11.5 kB: protocol-4.md 37, trap 28.
    Rule(id="E120", setting="SIGNED_BODY_BYTES", test=between(16 * 1024, 1024 * 1024)),
    Rule(id="E121", setting="SIGNATURE_AUDIT_DATA_BYTES", test=between(0, 1024 * 1024)),
    Rule(id="E122", setting="SIGNATURE_AUDIT_FAILURES_PER_DAY", test=between(0, 1_000_000)),
    Rule(id="E123", setting="SIGNATURE_AUDIT_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E124", setting="ACTIVATION_HISTORY_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E125", setting="OPERATION_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E130", setting="STAFF_LOGIN_ATTEMPTS", test=between(1, 100)),
    Rule(id="E131", setting="STAFF_LOGIN_ADDRESS_ATTEMPTS", test=between(1, 10_000)),
    Rule(id="E132", setting="STAFF_LOGIN_MAX_DELAY_S", test=between(1, 86_400)),
    Rule(id="E133", setting="STAFF_SESSION_IDLE_S", test=between(60, 86_400)),
    Rule(id="E134", setting="STAFF_SESSION_MAX_S", test=between(300, 604_800)),
    Rule(
        id="E139",
        setting="STAFF_SECOND_FACTOR",
        test=one_of("optional", "password", "always"),
    ),
    Rule(id="E240", setting="APNS_URL", test=setting_checks.origin),
    Rule(id="E241", setting="APNS_DEVELOPMENT_URL", test=setting_checks.origin),
    Rule(id="E242", setting="FCM_URL", test=setting_checks.origin),
    Rule(id="E243", setting="FCM_TOKEN_URL", test=setting_checks.base_url),
    Rule(id="E244", setting="HMS_URL", test=setting_checks.origin),
    Rule(id="E245", setting="HMS_TOKEN_URL", test=setting_checks.needed_url),
    Rule(id="E246", setting="PUSH_CA_FILE", test=setting_checks.authorities_file),
    Rule(id="E247", setting="PUSH_CONNECT_TIMEOUT_S", test=between(1, 60)),
    Rule(id="E248", setting="PUSH_ATTEMPT_TIMEOUT_S", test=between(1, 60)),
    Rule(id="E249", setting="PUSH_VALIDITY_S", test=between(1, 28 * 86_400)),
    Rule(id="E250", setting="PUSH_MAX_ATTEMPTS", test=between(1, 1000)),
    Rule(id="E251", setting="PUSH_INITIAL_BACKOFF_S", test=between(0, 86_400)),
    Rule(id="E252", setting="PUSH_MAX_BACKOFF_S", test=between(1, 86_400)),
    Rule(id="E253", setting="PUSH_FAILURE_THRESHOLD", test=minus_one_or_positive),
    Rule(id="E254", setting="PUSH_FAILURE_RESET_S", test=between(1, 86_400)),
    Rule(id="E255", setting="PUSH_SYNCHRONOUS_TIMEOUT_S", test=between(0, 25)),
    Rule(id="E256", setting="PUSH_COUNTER_NAMES", test=one_of("1.9", "1.10")),
    Rule(id="E257", setting="PUSH_RINGING_PER_MINUTE", test=between(0, 1000)),
    Rule(id="E258", setting="PUSH_MESSAGE_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E259", setting="PUSH_DEVICE_RETENTION_DAYS", test=between(0, 36_500)),
    Rule(id="E180", setting="FORM_TEXTS_LOCALE_DIR", test=form_texts_folder),
    Rule(
        id="E181",
        setting="FORM_TEMPLATE_URL_SCHEMES",
        test=each_shaped(
            r"(?!(?:javascript|data|file|content|intent|blob)$)[a-z][a-z0-9+.-]*",
            "schemes in small letters that lead to a host, such as https",
        ),
    ),
    Rule(id="E182", setting="FORM_TEMPLATE_URL_HOSTS", test=host_names),
    Rule(
        id="E183",
        setting="FORM_TEMPLATE_UNSIGNED_PARAMETERS",
        test=each_shaped(r"\*|[^\s${}:]+", "names of parameters, or * for all"),
    ),
)


def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one error for each setting that cannot be meant as it is."""
    return [
        checks.Error(f"{rule.setting} {problem}.", id=f"enrollment_server.{rule.id}")
        for rule in RULES
        if (problem := rule.test(getattr(settings, rule.setting))) is not None
    ]
