"""What a server says about itself when it starts."""

from urllib.parse import urlsplit

from django.conf import settings

from enrollment_server import VERSION
from enrollment_server.demo.admin_login import AdminLogin
from enrollment_server.local import is_loopback


def _lines(*rows: tuple[str, str]) -> str:
    return "\n".join(f"  {name + ':':<17} {text}" for name, text in rows if text)


def _published(section: str, text: str) -> str:
    return text if section in settings.SECTIONS else ""


def _integration() -> str:
    """Say who may call the integration API."""
    if "integration" not in settings.SECTIONS:
        return "not published (SECTIONS)"
    if settings.INTEGRATION_AUTH_REQUIRED:
        return "protected, credentials from `manage.py create_integration NAME`"
    place = "on loopback" if is_loopback(settings.HOST) else f"on {settings.HOST}, to everybody"
    return f"open {place} (INTEGRATION_AUTH_REQUIRED=false)"


def _addresses(root: str) -> list[tuple[str, str]]:
    base = f"{root}{settings.CONTEXT_PATH}".rstrip("/")
    return [
        ("Mobile API", _published("mobile", base)),
        ("Integration API", _integration()),
        ("Admin", _published("admin", f"{base}/admin/")),
        ("Ready probe", f"{root}/readyz"),
    ]


def _login(login: AdminLogin | None) -> str:
    if login is None:
        return ""
    password = login.password or "as changed (`manage.py changepassword` sets another one)"
    return f"user {login.user_name}, password {password}"


def _ringing() -> str:
    """Say how phones of the demo bank hear of operations."""
    if settings.PUSH_SERVICE_URL or settings.POWERAUTH_SERVICE_URL:
        return ""
    if is_loopback(urlsplit(settings.FCM_URL).hostname or ""):
        return f"by the stand-in at {settings.FCM_URL}"
    return "`make stand-in` beside this server says how, without a provider"


def demo_banner(root: str, login: AdminLogin | None) -> str:
    """Give what a newcomer wants to know about the demo server at `root`."""
    rows = [
        *_addresses(root),
        ("Phones ring", _ringing()),
        ("Admin login", _published("admin", _login(login))),
    ]
    return f"Enrollment Server {VERSION} with a demo bank\n{_lines(*rows)}"


def production_banner(root: str) -> str:
    """Give the addresses of a server without demo data."""
    return f"Enrollment Server {VERSION}\n{_lines(*_addresses(root))}"
