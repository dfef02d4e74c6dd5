"""The system checks: every setting that cannot be meant as it is has an error of its own."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.checks import RULES, check_settings


def _of_server(prefix: str, url_id: str, first: int) -> list[tuple[str, str, list[Any]]]:
    broken: dict[str, list[Any]] = {
        "USERNAME": ["a:b", "a\n"],
        "CONNECT_TIMEOUT_S": [0, 61],
        "RESPONSE_TIMEOUT_S": [0, 121],
        "CONNECTIONS": [0, 257],
        "IDLE_S": [0, 3601],
        "CA_FILE": ["/nowhere/at/all.pem", __file__],
        "CLIENT_CERTIFICATE_FILE": ["/nowhere/at/all.pem", __file__],
        "CLIENT_KEY_FILE": [__file__],
        "PROXY": ["proxy.bank.example:3128", "socks5://proxy:1080", "http://proxy:3128/path"],
    }
    urls = [
        "server.bank.example/rest",
        "ftp://server.bank.example",
        "http://",
        "https://user:password@server.bank.example/rest",
        "https://server.bank.example:0/rest",
        "https://server.bank.example:port/rest",
        "https://server.bank.example/rest?x=1",
        "https://server.bank.example/rest#top",
        "https://server bank.example/rest",
        "http://[::1/rest",
    ]
    rows = [
        (f"E{number}", f"{prefix}_{name}", values)
        for number, (name, values) in enumerate(broken.items(), start=first)
    ]
    return [(url_id, f"{prefix}_URL", urls), *rows]


BROKEN: list[tuple[str, str, list[Any]]] = [
    ("E001", "POWERAUTH_SIGNATURE_LOOKAHEAD", [0, 65]),
    ("E002", "POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS", [0, 256]),
    ("E003", "POWERAUTH_OFFLINE_COMPONENT_LENGTH", [3, 9]),
    ("E004", "POWERAUTH_PROXIMITY_OTP_LENGTH", [5, 9]),
    ("E005", "POWERAUTH_PROXIMITY_STEP_S", [0]),
    ("E006", "POWERAUTH_PROXIMITY_PAST_STEPS", [-1, 11]),
    ("E007", "POWERAUTH_ACTIVATION_VALIDITY_S", [0]),
    ("E008", "POWERAUTH_TEMPORARY_KEY_VALIDITY_S", [0]),
    ("E009", "POWERAUTH_REQUEST_FUTURE_S", [0]),
    ("E010", "POWERAUTH_REQUEST_PAST_S", [0]),
    ("E011", "POWERAUTH_TOKEN_PAST_S", [0]),
    ("E012", "POWERAUTH_TOKEN_FUTURE_S", [-5]),
    ("E013", "POWERAUTH_PAGE_SIZE", [0, 10_001]),
    ("E014", "POWERAUTH_MINIMUM_PROTOCOL_VERSION", ["2.1", "3.4", "3", "4", "4.1"]),
    *_of_server("POWERAUTH_SERVICE", "E015", 200),
    ("E209", "POWERAUTH_SERVICE_LINE", ["1.8", "", "2"]),
    *_of_server("PUSH_SERVICE", "E016", 210),
    ("E219", "PUSH_SERVICE_VOCABULARY", ["1.11", "", "2.0"]),
    ("E017", "MASTER_DB_ENCRYPTION_KEY", ["not base64!", "c2hvcnQ="]),
    ("E018", "SECTIONS", [[], ["mobile", "mobil"], ["admin", "admin"]]),
    ("E019", "CONTEXT_PATH", ["server", "/server/", "//", "/a b", "/a?b"]),
    ("E020", "TRUSTED_PROXIES", [["proxy.example"], ["10.0.0.0/8", "10.0.0.0/33"]]),
    ("E143", "METRICS_ALLOWED", [["prometheus.bank.example"], ["10.0.0.0/33"]]),
    ("E144", "SECURE_SSL_REDIRECT", [True]),
    ("E021", "LOG_FORMAT", ["xml", "JSON"]),
    ("E022", "LOG_LEVEL", ["LOUD", "info"]),
    ("E023", "PORT", [-1, 65536]),
    ("E024", "WEB_PROCESSES", [0]),
    ("E025", "WEB_THREADS", [0]),
    ("E150", "POWERAUTH_UPGRADE_VERSION", [2, 5]),
    ("E141", "DATABASE_CONN_MAX_AGE_S", [-1]),
    ("E142", "ALLOWED_HOSTS", [[], ["https://bank.example"], ["bank.example:443"]]),
    ("E145", "WEB_CONNECTIONS", [15, 65_537]),
    ("E146", "WEB_REQUEST_TIMEOUT_S", [0, 601]),
    ("E026", "OPERATION_LIST_LIMIT", [0, 1001]),
    ("E027", "DISALLOWED_FLAGS_ANSWER", ["401", ""]),
    ("E028", "DEFAULT_LANGUAGE", ["", "EN", "en_US", "../en"]),
    ("E029", "USER_INFO_PROVIDER", ["rest"]),
    ("E030", "SECURE_HSTS_SECONDS", [-1]),
    ("E031", "CALLBACK_ALLOWED_HOSTS", [["https://bank.example"], ["bank.example:443"], ["*"]]),
    ("E112", "WORKER_PORT", [-2, 65536]),
    ("E111", "WORKER_GRACE_S", [2, 3601]),
    ("E110", "CALLBACK_FILES_DIR", ["stores", "/", "//", "/etc/.."]),
    ("E032", "CALLBACK_MAX_ATTEMPTS", [0, 1001]),
    ("E033", "CALLBACK_INITIAL_BACKOFF_S", [-1, 86_401]),
    ("E034", "CALLBACK_MAX_BACKOFF_S", [0, 86_401]),
    ("E035", "CALLBACK_RETENTION_DAYS", [-1, 36_501]),
    ("E036", "CALLBACK_CONNECT_TIMEOUT_S", [0, 601]),
    ("E037", "CALLBACK_RESPONSE_TIMEOUT_S", [0, 601]),
    ("E038", "CALLBACK_FAILURE_THRESHOLD", [0, -2]),
    ("E039", "CALLBACK_FAILURE_RESET_S", [0, 86_401]),
    (
        "E061",
        "ACTIVATION_PROVIDER_HOOK",
        [
            "nowhere.Hook",
            "tests.api.standard.hooks.NotThere",
            "tests.api.standard.hooks.Incomplete",
            "tests.api.standard.hooks.WithArguments",
        ],
    ),
    ("E062", "OIDC_CONNECT_TIMEOUT_S", [0, 61]),
    ("E063", "OIDC_RESPONSE_TIMEOUT_S", [0, 61]),
    ("E120", "SIGNED_BODY_BYTES", [16 * 1024 - 1, 1024 * 1024 + 1]),
    ("E121", "SIGNATURE_AUDIT_DATA_BYTES", [-1, 1024 * 1024 + 1]),
    ("E122", "SIGNATURE_AUDIT_FAILURES_PER_DAY", [-1, 1_000_001]),
    ("E123", "SIGNATURE_AUDIT_RETENTION_DAYS", [-1, 36_501]),
    ("E124", "ACTIVATION_HISTORY_RETENTION_DAYS", [-1, 36_501]),
    ("E125", "OPERATION_RETENTION_DAYS", [-1, 36_501]),
    ("E130", "STAFF_LOGIN_ATTEMPTS", [0, 101]),
    ("E131", "STAFF_LOGIN_ADDRESS_ATTEMPTS", [0, 10_001]),
    ("E132", "STAFF_LOGIN_MAX_DELAY_S", [0, 86_401]),
    ("E133", "STAFF_SESSION_IDLE_S", [59, 86_401]),
    ("E134", "STAFF_SESSION_MAX_S", [299, 604_801]),
    ("E139", "STAFF_SECOND_FACTOR", ["", "required", "OPTIONAL"]),
    ("E240", "APNS_URL", ["", "api.push.apple.com", "https://api.push.apple.com/"]),
    ("E241", "APNS_DEVELOPMENT_URL", ["", "https://api.sandbox.push.apple.com/3"]),
    ("E242", "FCM_URL", ["", "https://fcm.googleapis.com/v1"]),
    ("E243", "FCM_TOKEN_URL", ["oauth2.googleapis.com/token"]),
    ("E244", "HMS_URL", ["", "https://push-api.cloud.huawei.com/v2"]),
    ("E245", "HMS_TOKEN_URL", ["", "oauth-login.cloud.huawei.com"]),
    ("E246", "PUSH_CA_FILE", ["/nowhere/at/all.pem", __file__]),
    ("E247", "PUSH_CONNECT_TIMEOUT_S", [0, 61]),
    ("E248", "PUSH_ATTEMPT_TIMEOUT_S", [0, 61]),
    ("E249", "PUSH_VALIDITY_S", [0, 28 * 86_400 + 1]),
    ("E250", "PUSH_MAX_ATTEMPTS", [0, 1001]),
    ("E251", "PUSH_INITIAL_BACKOFF_S", [-1]),
    ("E252", "PUSH_MAX_BACKOFF_S", [0]),
    ("E253", "PUSH_FAILURE_THRESHOLD", [0, -2]),
    ("E254", "PUSH_FAILURE_RESET_S", [0]),
    ("E255", "PUSH_SYNCHRONOUS_TIMEOUT_S", [-1, 26]),
    ("E256", "PUSH_COUNTER_NAMES", ["", "2.0"]),
    ("E257", "PUSH_RINGING_PER_MINUTE", [-1, 1001]),
    ("E258", "PUSH_MESSAGE_RETENTION_DAYS", [-1]),
    ("E259", "PUSH_DEVICE_RETENTION_DAYS", [-1]),
    ("E180", "FORM_TEXTS_LOCALE_DIR", ["/nowhere/at/all", __file__]),
    ("E181", "FORM_TEMPLATE_URL_SCHEMES", [["https:"], ["HTTPS"], ["https", "javascript"]]),
    ("E182", "FORM_TEMPLATE_URL_HOSTS", [["https://bank.example"], ["bank.example:443"]]),
    ("E183", "FORM_TEMPLATE_UNSIGNED_PARAMETERS", [["${rate}"], ["two words"]]),
]
SOUND: list[tuple[str, list[Any]]] = [
    ("POWERAUTH_SIGNATURE_LOOKAHEAD", [1, 64]),
    ("POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS", [1, 255]),
    ("POWERAUTH_MINIMUM_PROTOCOL_VERSION", ["3.0", "3.3", "4.0"]),
    ("MASTER_DB_ENCRYPTION_KEY", ["", "MDEyMzQ1Njc4OWFiY2RlZg=="]),
    ("SECTIONS", [["mobile"], ["admin", "integration"]]),
    ("CONTEXT_PATH", ["/", "/enrollment-server", "/bank/token"]),
    ("TRUSTED_PROXIES", [[], ["10.0.0.1", "2001:db8::/32", "192.168.1.7/24"]]),
    ("USER_INFO_PROVIDER", ["none", "MINIMAL"]),
    ("ACTIVATION_PROVIDER_HOOK", ["", "tests.api.standard.hooks.ByPassword"]),
    (
        "POWERAUTH_SERVICE_URL",
        [
            "",
            "http://127.0.0.1:8080/powerauth-java-server/rest",
            "https://powerauth.bank.example/rest/",
            "https://[::1]:8443/rest",
        ],
    ),
    ("PUSH_SERVICE_URL", ["", "http://127.0.0.1:8080/powerauth-push-server"]),
    ("POWERAUTH_SERVICE_LINE", ["1.9", "1.10", "2.0"]),
    ("PUSH_SERVICE_VOCABULARY", ["1.9", "1.10"]),
    (
        "POWERAUTH_SERVICE_PROXY",
        ["", "http://proxy.bank.example:3128", "https://user:p@ss@proxy.bank.example:3128/"],
    ),
    ("PORT", [0, 65535]),
    ("ALLOWED_HOSTS", [["*"], [".bank.example", "10.0.0.1", "[::1]"]]),
    ("CALLBACK_ALLOWED_HOSTS", [[], ["127.0.0.1", "*.bank.example", "[::1]", "receiver"]]),
    ("CALLBACK_FAILURE_THRESHOLD", [-1, 1]),
    ("CALLBACK_FILES_DIR", ["", "/etc/enrollment-server/callbacks"]),
]


def test_default_settings_pass() -> None:
    assert check_settings(None) == []


@pytest.mark.parametrize(
    ("identifier", "name", "value"),
    [(identifier, name, value) for identifier, name, values in BROKEN for value in values],
)
def test_broken_value_is_an_error(
    settings: Settings, identifier: str, name: str, value: Any
) -> None:
    setattr(settings, name, value)
    (error,) = check_settings(None)
    assert error.id == f"enrollment_server.{identifier}"
    assert error.is_serious()
    assert error.msg.startswith(name)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SOUND for value in values]
)
def test_sound_value_passes(settings: Settings, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert check_settings(None) == []


def test_each_rule_has_its_own_id_and_a_test() -> None:
    assert [(rule.id, rule.setting) for rule in RULES] == [row[:2] for row in BROKEN]
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_error_does_not_repeat_a_secret(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = "secret-but-no-base64!"
    (error,) = check_settings(None)
    assert "secret-but" not in error.msg
