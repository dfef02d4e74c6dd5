"""The admin login of a demo server: a user of its database, a password in a private file."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from enrollment_server.local import private_file

USER_NAME = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminLogin:
    """Who may log in; `password` is None if somebody has changed it since."""

    user_name: str
    password: str | None


def _password_file() -> Path:
    """Name a file of this database: two demo servers of one clone have two passwords."""
    database = connection.settings_dict
    identity = [str(database[member]) for member in ("ENGINE", "HOST", "PORT", "NAME")]
    digest = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:12]
    return Path(settings.BASE_DIR) / "var" / f"admin_password_{digest}"


def ensure_admin() -> AdminLogin:
    """Give the login of the demo server's admin; create the user on the first call.

    The startup lock must be held.
    """
    password = private_file(_password_file(), lambda: secrets.token_urlsafe(12))
    users = get_user_model().objects
    user = users.filter(username=USER_NAME).first()
    if user is None:
        users.create_superuser(USER_NAME, password=password)
    elif not user.check_password(password):
        return AdminLogin(user_name=USER_NAME, password=None)
    return AdminLogin(user_name=USER_NAME, password=password)
