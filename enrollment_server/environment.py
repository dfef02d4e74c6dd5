"""Read one setting from the environment, and fail loudly when it is not what it must be.

Only `settings.py` calls these functions.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


def env_str(name: str, default: str = "") -> str:
    """Give a text; an empty variable counts as unset."""
    return str(_env.str(name, default="")) or default


def env_bool(name: str, *, default: bool) -> bool:
    """Give a switch: true/false, yes/no, on/off, 1/0.

    Raises:
        ImproperlyConfigured: any other text.
    """
    text = env_str(name).strip().lower()
    if not text:
        return default
    if text in {"true", "yes", "on", "1"}:
        return True
    if text in {"false", "no", "off", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false.")


def env_int(name: str, *, default: int) -> int:
    """Give a whole number.

    Raises:
        ImproperlyConfigured: not a whole number.
    """
    text = env_str(name)
    try:
        return int(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from error


def env_float(name: str, *, default: float) -> float:
    """Give a number.

    Raises:
        ImproperlyConfigured: not a number.
    """
    text = env_str(name)
    try:
        return float(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number.") from error


def env_list(name: str, default: str = "") -> list[str]:
    """Give the comma-separated entries, without blanks around them and without empty ones."""
    return [entry for part in env_str(name, default).split(",") if (entry := part.strip())]


def env_json_list(name: str) -> list[Any]:
    """Give the entries of a JSON list; an unset variable is an empty one.

    Raises:
        ImproperlyConfigured: not a JSON list.
    """
    try:
        entries = json.loads(env_str(name, "[]"))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON.") from error
    if not isinstance(entries, list):
        raise ImproperlyConfigured(f"{name} must be a JSON list.")
    return entries


def env_secret(name: str) -> str:
    """Give a secret, from the variable itself or from the file that `<name>_FILE` names.

    Raises:
        ImproperlyConfigured: the file cannot be read.
    """
    path = env_str(f"{name}_FILE")
    if not path:
        return env_str(name)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read.") from error


def env_database(name: str, default: str) -> dict[str, object]:
    """Give Django's description of a database from its URL.

    Raises:
        ImproperlyConfigured: not a URL of PostgreSQL or SQLite.
    """
    try:
        database = dict(environ.Env.db_url_config(env_str(name, default)))
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} is not a database URL.") from error
    if not str(database.get("ENGINE", "")).endswith((".postgresql", ".sqlite3")):
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL or SQLite database.")
    # A socket folder as host stands percent-encoded in a URL.
    database["HOST"] = unquote(str(database["HOST"]))
    return database
