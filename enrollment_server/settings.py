"""Settings of the project, all of them from the environment; the README lists them."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from enrollment_server.environment import (
    env_bool,
    env_choice,
    env_database,
    env_int,
    env_json_list,
    env_list,
    env_secret,
    env_str,
    problem,
    stop_on_problems,
)
from enrollment_server.serving.logs import LEVELS, STYLES, logging_configuration

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The process -----------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", missing="give it 50 random characters")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
HOST = env_str("HOST", "127.0.0.1")
PORT = env_int("PORT", default=8000)
# The phone on the command line prefers an address that somebody chose to the one that it knows.
ADDRESS_IS_CHOSEN = bool(env_str("HOST") or env_str("PORT"))
CONTEXT_PATH = env_str("CONTEXT_PATH", "/enrollment-server")
SECTIONS = env_list("SECTIONS", "mobile,integration,admin")
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")
DATABASE_PREPARED_STATEMENTS = env_bool("DATABASE_PREPARED_STATEMENTS", default=True)
DATABASE_CONN_MAX_AGE_S = env_int("DATABASE_CONN_MAX_AGE_S", default=600)
METRICS_ALLOWED = env_list("METRICS_ALLOWED", "127.0.0.0/8,::1")
if METRICS_ALLOWED == ["none"]:
    METRICS_ALLOWED = []
WEB_PROCESSES = env_int("WEB_PROCESSES", default=2)
WEB_THREADS = env_int("WEB_THREADS", default=4)
WEB_CONNECTIONS = env_int("WEB_CONNECTIONS", default=1000)
WEB_REQUEST_TIMEOUT_S = env_int("WEB_REQUEST_TIMEOUT_S", default=30)
LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", LEVELS)
LOG_FORMAT = env_choice("LOG_FORMAT", "console", STYLES)
CORRELATION_HEADER_ENABLED = env_bool("CORRELATION_HEADER_ENABLED", default=False)

# --- Other servers that have a part instead of this one -----------------------------------------

POWERAUTH_SERVICE_URL = env_str("POWERAUTH_SERVICE_URL")
POWERAUTH_SERVICE_LINE = env_str("POWERAUTH_SERVICE_LINE", "1.9")
POWERAUTH_SERVICE_USERNAME = env_str("POWERAUTH_SERVICE_USERNAME")
POWERAUTH_SERVICE_PASSWORD = env_secret("POWERAUTH_SERVICE_PASSWORD")
POWERAUTH_SERVICE_CONNECT_TIMEOUT_S = env_int("POWERAUTH_SERVICE_CONNECT_TIMEOUT_S", default=2)
POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S = env_int("POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S", default=10)
POWERAUTH_SERVICE_CONNECTIONS = env_int("POWERAUTH_SERVICE_CONNECTIONS", default=WEB_THREADS)
POWERAUTH_SERVICE_IDLE_S = env_int("POWERAUTH_SERVICE_IDLE_S", default=10)
POWERAUTH_SERVICE_CA_FILE = env_str("POWERAUTH_SERVICE_CA_FILE")
POWERAUTH_SERVICE_CLIENT_CERTIFICATE_FILE = env_str("POWERAUTH_SERVICE_CLIENT_CERTIFICATE_FILE")
POWERAUTH_SERVICE_CLIENT_KEY_FILE = env_str("POWERAUTH_SERVICE_CLIENT_KEY_FILE")
POWERAUTH_SERVICE_PROXY = env_secret("POWERAUTH_SERVICE_PROXY")
PUSH_SERVICE_URL = env_str("PUSH_SERVICE_URL")
PUSH_SERVICE_VOCABULARY = env_str("PUSH_SERVICE_VOCABULARY", "1.9")
PUSH_SERVICE_USERNAME = env_str("PUSH_SERVICE_USERNAME")
PUSH_SERVICE_PASSWORD = env_secret("PUSH_SERVICE_PASSWORD")
PUSH_SERVICE_CONNECT_TIMEOUT_S = env_int("PUSH_SERVICE_CONNECT_TIMEOUT_S", default=5)
PUSH_SERVICE_RESPONSE_TIMEOUT_S = env_int("PUSH_SERVICE_RESPONSE_TIMEOUT_S", default=15)
# Not all threads: phones approve also while the Push Server lets them wait.
PUSH_SERVICE_CONNECTIONS = env_int("PUSH_SERVICE_CONNECTIONS", default=max(1, WEB_THREADS // 2))
PUSH_SERVICE_IDLE_S = env_int("PUSH_SERVICE_IDLE_S", default=10)
PUSH_SERVICE_CA_FILE = env_str("PUSH_SERVICE_CA_FILE")
PUSH_SERVICE_CLIENT_CERTIFICATE_FILE = env_str("PUSH_SERVICE_CLIENT_CERTIFICATE_FILE")
PUSH_SERVICE_CLIENT_KEY_FILE = env_str("PUSH_SERVICE_CLIENT_KEY_FILE")
PUSH_SERVICE_PROXY = env_secret("PUSH_SERVICE_PROXY")

# --- The PowerAuth engine: spec integration-api.md 16 -------------------------------------------

MASTER_DB_ENCRYPTION_KEY = env_secret("MASTER_DB_ENCRYPTION_KEY")
MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = env_secret("MASTER_DB_ENCRYPTION_KEYS_PREVIOUS")
MASTER_DB_ENCRYPTION_READ_PLAIN = env_bool("MASTER_DB_ENCRYPTION_READ_PLAIN", default=False)
POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS = env_int(
    "POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS", default=5
)
POWERAUTH_SIGNATURE_LOOKAHEAD = env_int("POWERAUTH_SIGNATURE_LOOKAHEAD", default=20)
POWERAUTH_MINIMUM_PROTOCOL_VERSION = env_str("POWERAUTH_MINIMUM_PROTOCOL_VERSION", "3.0")
POWERAUTH_REMOVE_WITH_ONE_FACTOR = env_bool("POWERAUTH_REMOVE_WITH_ONE_FACTOR", default=False)
POWERAUTH_VERSION_DOWNGRADE_ALLOWED = env_bool("POWERAUTH_VERSION_DOWNGRADE_ALLOWED", default=True)
# Not by itself: no activation comes back from protocol 4.
POWERAUTH_UPGRADE_VERSION = env_int("POWERAUTH_UPGRADE_VERSION", default=3)
POWERAUTH_OFFLINE_COMPONENT_LENGTH = env_int("POWERAUTH_OFFLINE_COMPONENT_LENGTH", default=8)
POWERAUTH_ACTIVATION_VALIDITY_S = env_int("POWERAUTH_ACTIVATION_VALIDITY_S", default=300)
POWERAUTH_TEMPORARY_KEY_VALIDITY_S = env_int("POWERAUTH_TEMPORARY_KEY_VALIDITY_S", default=300)
POWERAUTH_REQUEST_FUTURE_S = env_int("POWERAUTH_REQUEST_FUTURE_S", default=60)
POWERAUTH_REQUEST_PAST_S = env_int("POWERAUTH_REQUEST_PAST_S", default=7200)
POWERAUTH_TOKEN_PAST_S = env_int("POWERAUTH_TOKEN_PAST_S", default=7200)
POWERAUTH_TOKEN_FUTURE_S = env_int("POWERAUTH_TOKEN_FUTURE_S", default=1800)
POWERAUTH_VAULT_BIOMETRY_ENABLED = env_bool("POWERAUTH_VAULT_BIOMETRY_ENABLED", default=False)
POWERAUTH_PROXIMITY_OTP_LENGTH = env_int("POWERAUTH_PROXIMITY_OTP_LENGTH", default=8)
POWERAUTH_PROXIMITY_STEP_S = env_int("POWERAUTH_PROXIMITY_STEP_S", default=30)
POWERAUTH_PROXIMITY_PAST_STEPS = env_int("POWERAUTH_PROXIMITY_PAST_STEPS", default=1)
POWERAUTH_PAGE_SIZE = env_int("POWERAUTH_PAGE_SIZE", default=500)
SIGNED_BODY_BYTES = env_int("SIGNED_BODY_BYTES", default=64 * 1024)
SIGNATURE_AUDIT_DATA_BYTES = env_int("SIGNATURE_AUDIT_DATA_BYTES", default=4096)
SIGNATURE_AUDIT_FAILURES_PER_DAY = env_int("SIGNATURE_AUDIT_FAILURES_PER_DAY", default=100)
SIGNATURE_AUDIT_RETENTION_DAYS = env_int("SIGNATURE_AUDIT_RETENTION_DAYS", default=0)
ACTIVATION_HISTORY_RETENTION_DAYS = env_int("ACTIVATION_HISTORY_RETENTION_DAYS", default=0)
OPERATION_RETENTION_DAYS = env_int("OPERATION_RETENTION_DAYS", default=0)
INTEGRATION_AUTH_REQUIRED = env_bool("INTEGRATION_AUTH_REQUIRED", default=not DEBUG)
USER_INFO_PROVIDER = env_str("USER_INFO_PROVIDER", "minimal")
ACTIVATION_PROVIDER_HOOK = env_str("ACTIVATION_PROVIDER_HOOK")
OIDC_CONNECT_TIMEOUT_S = env_int("OIDC_CONNECT_TIMEOUT_S", default=5)
OIDC_RESPONSE_TIMEOUT_S = env_int("OIDC_RESPONSE_TIMEOUT_S", default=10)

# --- The Mobile Token API: spec mobile-token-api.md 15 ------------------------------------------

OPERATION_API_ENABLED = env_bool("OPERATION_API_ENABLED", default=True)
OPERATION_LIST_LIMIT = env_int("OPERATION_LIST_LIMIT", default=100)
SIGNATURE_ACCEPTED_WITH_TOKEN = env_bool("SIGNATURE_ACCEPTED_WITH_TOKEN", default=True)
OPERATION_LIST_RESOURCE_IDS = env_list("OPERATION_LIST_RESOURCE_IDS", "/operation/list")
OPERATION_DETAIL_RESOURCE_IDS = env_list("OPERATION_DETAIL_RESOURCE_IDS", "/operation/detail")
OPERATION_CLAIM_RESOURCE_IDS = env_list("OPERATION_CLAIM_RESOURCE_IDS", "/operation/detail/claim")
OPERATION_PARAMETERS_REQUIRED = env_bool("OPERATION_PARAMETERS_REQUIRED", default=True)
FORM_TEMPLATE_UNSIGNED_PARAMETERS = env_list("FORM_TEMPLATE_UNSIGNED_PARAMETERS")
FORM_TEMPLATE_URL_SCHEMES = env_list("FORM_TEMPLATE_URL_SCHEMES", "https")
FORM_TEMPLATE_URL_HOSTS = env_list("FORM_TEMPLATE_URL_HOSTS")
DISALLOWED_ACTIVATION_FLAGS = env_list(
    "DISALLOWED_ACTIVATION_FLAGS", "VERIFICATION_PENDING,VERIFICATION_IN_PROGRESS"
)
DISALLOWED_FLAGS_ANSWER = env_str("DISALLOWED_FLAGS_ANSWER", "POWERAUTH_AUTH_FAIL")
DEFAULT_LANGUAGE = env_str("DEFAULT_LANGUAGE", "en")

# --- Devices: spec mobile-token-api.md 8, push-and-inbox.md 3 ------------------------------------

PUSH_REGISTER_RESOURCE_IDS = env_list("PUSH_REGISTER_RESOURCE_IDS", "/api/push/device/register")
PUSH_DELETE_ON_REMOVAL = env_bool("PUSH_DELETE_ON_REMOVAL", default=True)

# --- Push messages: spec push-and-inbox.md 10.5, docs/push.md -------------------------------------

APNS_URL = env_str("APNS_URL", "https://api.push.apple.com")
APNS_DEVELOPMENT_URL = env_str("APNS_DEVELOPMENT_URL", "https://api.sandbox.push.apple.com")
# No default: who guesses wrong loses the addresses of all devices.
APNS_USE_DEVELOPMENT = env_choice("APNS_USE_DEVELOPMENT", "none", ("none", "true", "false"))
FCM_URL = env_str("FCM_URL", "https://fcm.googleapis.com")
FCM_TOKEN_URL = env_str("FCM_TOKEN_URL")
FCM_DATA_ONLY = env_bool("FCM_DATA_ONLY", default=False)
HMS_URL = env_str("HMS_URL", "https://push-api.cloud.huawei.com")
HMS_TOKEN_URL = env_str("HMS_TOKEN_URL", "https://oauth-login.cloud.huawei.com/oauth2/v3/token")
PUSH_CA_FILE = env_str("PUSH_CA_FILE")
PUSH_CONNECT_TIMEOUT_S = env_int("PUSH_CONNECT_TIMEOUT_S", default=5)
PUSH_ATTEMPT_TIMEOUT_S = env_int("PUSH_ATTEMPT_TIMEOUT_S", default=15)
PUSH_VALIDITY_S = env_int("PUSH_VALIDITY_S", default=86_400)
PUSH_MAX_ATTEMPTS = env_int("PUSH_MAX_ATTEMPTS", default=50)
PUSH_INITIAL_BACKOFF_S = env_int("PUSH_INITIAL_BACKOFF_S", default=2)
PUSH_MAX_BACKOFF_S = env_int("PUSH_MAX_BACKOFF_S", default=900)
PUSH_FAILURE_THRESHOLD = env_int("PUSH_FAILURE_THRESHOLD", default=20)
PUSH_FAILURE_RESET_S = env_int("PUSH_FAILURE_RESET_S", default=30)
PUSH_SYNCHRONOUS_TIMEOUT_S = env_int("PUSH_SYNCHRONOUS_TIMEOUT_S", default=10)
PUSH_COUNTER_NAMES = env_str("PUSH_COUNTER_NAMES", "1.10")
PUSH_RINGING_PER_MINUTE = env_int("PUSH_RINGING_PER_MINUTE", default=5)
PUSH_MESSAGE_RETENTION_DAYS = env_int("PUSH_MESSAGE_RETENTION_DAYS", default=30)
PUSH_DEVICE_RETENTION_DAYS = env_int("PUSH_DEVICE_RETENTION_DAYS", default=0)

# --- The inbox: spec mobile-token-api.md 10 and 15 -----------------------------------------------

INBOX_API_ENABLED = env_bool("INBOX_API_ENABLED", default=True)
INBOX_DEFAULT_PAGE_SIZE = env_int("INBOX_DEFAULT_PAGE_SIZE", default=20)
INBOX_MAX_PAGE_SIZE = env_int("INBOX_MAX_PAGE_SIZE", default=2000)
INBOX_DATE_STYLE = env_str("INBOX_DATE_STYLE", "seconds")
INBOX_DETAIL_SHAPE = env_str("INBOX_DETAIL_SHAPE", "object")

# --- Activation spawn and the admin's API: spec mobile-token-api.md 9 and 11.2 -------------------

ACTIVATION_SPAWN_ENABLED = env_bool("ACTIVATION_SPAWN_ENABLED", default=False)
ACTIVATION_SPAWN_REQUIRE_ENCRYPTION = env_bool("ACTIVATION_SPAWN_REQUIRE_ENCRYPTION", default=False)
ACTIVATION_SPAWN_MIN_OTP_LENGTH = env_int("ACTIVATION_SPAWN_MIN_OTP_LENGTH", default=8)
ACTIVATION_SPAWN_RULES = env_json_list("ACTIVATION_SPAWN_RULES")
ACTIVATION_SPAWN_HOOK = env_str("ACTIVATION_SPAWN_HOOK")
ADMIN_API_ENABLED = env_bool("ADMIN_API_ENABLED", default=False)

# --- Callbacks to the bank's systems: spec integration-api.md 11 ---------------------------------

WORKER_HOST = env_str("WORKER_HOST", "127.0.0.1")
WORKER_PORT = env_int("WORKER_PORT", default=-1)
WORKER_GRACE_S = env_int("WORKER_GRACE_S", default=8)
CALLBACK_ALLOWED_HOSTS = env_list("CALLBACK_ALLOWED_HOSTS")
CALLBACK_FILES_DIR = env_str("CALLBACK_FILES_DIR")
CALLBACK_MAX_ATTEMPTS = env_int("CALLBACK_MAX_ATTEMPTS", default=100)
CALLBACK_INITIAL_BACKOFF_S = env_int("CALLBACK_INITIAL_BACKOFF_S", default=2)
CALLBACK_MAX_BACKOFF_S = env_int("CALLBACK_MAX_BACKOFF_S", default=900)
CALLBACK_RETENTION_DAYS = env_int("CALLBACK_RETENTION_DAYS", default=30)
CALLBACK_CONNECT_TIMEOUT_S = env_int("CALLBACK_CONNECT_TIMEOUT_S", default=5)
CALLBACK_RESPONSE_TIMEOUT_S = env_int("CALLBACK_RESPONSE_TIMEOUT_S", default=60)
CALLBACK_FAILURE_THRESHOLD = env_int("CALLBACK_FAILURE_THRESHOLD", default=200)
CALLBACK_FAILURE_RESET_S = env_int("CALLBACK_FAILURE_RESET_S", default=60)

# --- Logins of the staff: docs/staff-login.md ----------------------------------------------------

STAFF_PASSWORD_LOGIN = env_bool("STAFF_PASSWORD_LOGIN", default=True)
STAFF_SECOND_FACTOR = env_str("STAFF_SECOND_FACTOR", "optional" if DEBUG else "password")
STAFF_LOGIN_ATTEMPTS = env_int("STAFF_LOGIN_ATTEMPTS", default=5)
STAFF_LOGIN_ADDRESS_ATTEMPTS = env_int("STAFF_LOGIN_ADDRESS_ATTEMPTS", default=20)
STAFF_LOGIN_MAX_DELAY_S = env_int("STAFF_LOGIN_MAX_DELAY_S", default=900)
STAFF_SESSION_IDLE_S = env_int("STAFF_SESSION_IDLE_S", default=900)
STAFF_SESSION_MAX_S = env_int("STAFF_SESSION_MAX_S", default=36_000)
STAFF_OIDC_ISSUER = env_str("STAFF_OIDC_ISSUER")
STAFF_OIDC_CLIENT_ID = env_str("STAFF_OIDC_CLIENT_ID")
STAFF_OIDC_CLIENT_SECRET = env_secret("STAFF_OIDC_CLIENT_SECRET")
STAFF_OIDC_CLIENT_AUTHENTICATION = env_str(
    "STAFF_OIDC_CLIENT_AUTHENTICATION", "client_secret_basic"
)
STAFF_OIDC_AUTHORIZE_URL = env_str("STAFF_OIDC_AUTHORIZE_URL")
STAFF_OIDC_TOKEN_URL = env_str("STAFF_OIDC_TOKEN_URL")
STAFF_OIDC_JWKS_URL = env_str("STAFF_OIDC_JWKS_URL")
STAFF_OIDC_ALGORITHM = env_str("STAFF_OIDC_ALGORITHM", "RS256")
STAFF_OIDC_SCOPES = env_list("STAFF_OIDC_SCOPES", "openid,profile,email")
STAFF_OIDC_ACR_VALUES = env_list("STAFF_OIDC_ACR_VALUES")
STAFF_OIDC_USERNAME_CLAIM = env_str("STAFF_OIDC_USERNAME_CLAIM", "preferred_username")
STAFF_OIDC_GROUPS_CLAIM = env_str("STAFF_OIDC_GROUPS_CLAIM", "groups")
STAFF_OIDC_GROUPS = env_list("STAFF_OIDC_GROUPS")
STAFF_OIDC_SUPERUSER_GROUP = env_str("STAFF_OIDC_SUPERUSER_GROUP")

# --- Django ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Templates and the admin site: whoever stands first, wins.
    "enrollment_server",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "enrollment_server.backoffice.site_config.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "enrollment_server.openapi",
    "powerauth",
    "enrollment_server.staff",
    "operations",
    "push",
    "activation",
    "inbox",
]
MIDDLEWARE = [
    "enrollment_server.middleware.ProbeMiddleware",
    "enrollment_server.middleware.CorrelationMiddleware",
    "enrollment_server.serving.metrics.MetricsMiddleware",
    "enrollment_server.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "enrollment_server.messages.middleware.BackOfficeLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "enrollment_server.staff.middleware.StaffSessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# What requests of an API pass: see `serving.api_handler`. People pass all of MIDDLEWARE.
API_MIDDLEWARE = [
    "enrollment_server.middleware.ProbeMiddleware",
    "enrollment_server.middleware.CorrelationMiddleware",
    "enrollment_server.serving.metrics.MetricsMiddleware",
    "enrollment_server.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "enrollment_server.middleware.ApiHeadersMiddleware",
]
ROOT_URLCONF = "enrollment_server.urls"
WSGI_APPLICATION = "enrollment_server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# A redirect that appends a slash would turn a signed POST into something else.
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _database() -> dict[str, Any]:
    database = env_database("DATABASE_URL", "sqlite:///var/enrollment.sqlite3")
    options: dict[str, Any] = dict(database.get("OPTIONS", {}))
    if database["ENGINE"].endswith("sqlite3"):
        if database["NAME"] != ":memory:":
            path = BASE_DIR / database["NAME"]
            database["NAME"] = str(path)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                problem(f"DATABASE_URL: {path.parent} cannot be made ({error.strerror}).")
        # The write lock is taken when a transaction begins: this is SQLite's row lock.
        options["transaction_mode"] = "IMMEDIATE"
        options["timeout"] = 20  # seconds
        # NORMAL would let a power cut undo counters and approvals that were answered.
        options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    else:
        options.setdefault("options", "-c lock_timeout=10s -c plan_cache_mode=force_generic_plan")
        options.setdefault("connect_timeout", 5)  # seconds
        database["ENGINE"] = "enrollment_server.database.postgresql"
        # Nothing but what asks for it is prepared: Django binds the values of its cursors itself.
        options.setdefault("prepare_threshold", 1 if DATABASE_PREPARED_STATEMENTS else None)
        database["CONN_MAX_AGE"] = DATABASE_CONN_MAX_AGE_S
        database["CONN_HEALTH_CHECKS"] = True
    database["OPTIONS"] = options
    return database


# Rules commit their refusals themselves: a request-wide transaction would undo failure counts.
DATABASES = {"default": {**_database(), "ATOMIC_REQUESTS": False}}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
# Times of the back office have seconds and a zone.
FORMAT_MODULE_PATH = "enrollment_server.formats"
LANGUAGES = [
    ("en", _("English")),
    ("cs", _("Czech")),
    ("sk", _("Slovak")),
    ("de", _("German")),
]
# A bank keeps the translations of its own form templates apart from those that come with the code.
FORM_TEXTS_LOCALE_DIR = env_str("FORM_TEXTS_LOCALE_DIR")
LOCALE_PATHS = [
    *([Path(FORM_TEXTS_LOCALE_DIR)] if FORM_TEXTS_LOCALE_DIR else []),
    BASE_DIR / "locale",
]

UNFOLD = {
    "SITE_TITLE": "Enrollment Server",
    "SITE_HEADER": "Enrollment Server",
    "SITE_SYMBOL": "verified_user",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": "enrollment_server.dashboard.navigation.favicon",
        }
    ],
    "STYLES": ["enrollment_server.backoffice.look.style_sheet"],
    "SCRIPTS": [
        "enrollment_server.backoffice.look.keyboard",
        "enrollment_server.backoffice.look.charts",
    ],
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "enrollment_server.dashboard.page.with_figures",
    "ACCOUNT": {"navigation": "enrollment_server.staff.links.account"},
    "SIDEBAR": {"navigation": "enrollment_server.dashboard.navigation.sidebar"},
}

# Below the context path, since a proxy may pass on nothing else; the server knows both.
STATIC_URL = f"{CONTEXT_PATH.rstrip('/')}/static/"
WHITENOISE_STATIC_PREFIX = "/static/"
WHITENOISE_USE_FINDERS = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["enrollment_server.api.payloads.parsers.ObjectParser"],
    "DEFAULT_RENDERER_CLASSES": ["enrollment_server.api.renderers.EnvelopeRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "enrollment_server.api.negotiation.JsonOnly",
    "EXCEPTION_HANDLER": "enrollment_server.api.handlers.handle",
    # OPTIONS would else tell strangers the name and the documentation of a view.
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "DEFAULT_SCHEMA_CLASS": "enrollment_server.openapi.schema.EndpointSchema",
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "enrollment_server.openapi.documents.MobileDocument",
    "SORT_OPERATIONS": False,
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [],
}

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = STAFF_SESSION_MAX_S
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = env_bool("SECURE_COOKIES", default=False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "enrollment_server.backoffice.errors.csrf_failure"
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", default=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env_bool("SECURE_HSTS_PRELOAD", default=False)
# The probes are answered before anything that could redirect.
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=False)
# Of cookies, a check of our own warns by the name of our setting, and only if there is an admin.
SILENCED_SYSTEM_CHECKS = ["security.W012", "security.W016"]
# Only behind a proxy that sets this header itself: a client could else claim that it uses TLS.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("TLS_PROXY", default=False) else None
)

# A hash takes a bounded part of a process, which serves phones meanwhile.
PASSWORD_HASHERS = [
    "enrollment_server.staff.guessing.hashing.BoundedArgon2",
    "enrollment_server.staff.guessing.hashing.BoundedPbkdf2",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

LOGGING = logging_configuration(level=LOG_LEVEL, style=LOG_FORMAT)
LOGGING_CONFIG = "logging.config.dictConfig"

stop_on_problems()
