"""Read one setting from the environment, and remember when it is not what it must be.

Only `settings.py` calls these functions, and `stop_on_problems` behind the last one: whoever has
three settings wrong learns of all three at once. A setting with a problem has its default until
then.
"""

import json
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()
_problems: list[str] = []


def problem(text: str) -> None:
    """Remember a sentence about a wrong setting; it names the setting, and never its value."""
    _problems.append(text)


def stop_on_problems() -> None:
    """Refuse the settings if one of them was wrong.

    Raises:
        ImproperlyConfigured: the sentences about all wrong settings, a line each.
    """
    if _problems:
        text = "\n".join(_problems)
        _problems.clear()
        raise ImproperlyConfigured(text)


def env_str(name: str, default: str = "") -> str:
    """Give a text; an empty variable counts as unset."""
    return str(_env.str(name, default="")) or default


def env_bool(name: str, *, default: bool) -> bool:
    """Give a switch: true/false, yes/no, on/off, 1/0."""
    text = env_str(name).strip().lower()
    if not text:
        return default
    if text in {"true", "yes", "on", "1"}:
        return True
    if text in {"false", "no", "off", "0"}:
        return False
    problem(f"{name} must be true or false.")
    return default


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    """Give one of the texts in `choices`, whose case does not matter."""
    text = env_str(name, default).strip().casefold()
    for choice in choices:
        if choice.casefold() == text:
            return choice
    problem(f"{name} must be one of {', '.join(choices)}.")
    return default


def env_int(name: str, *, default: int) -> int:
    """Give a whole number."""
    text = env_str(name)
    try:
        return int(text) if text else default
    except ValueError:
        problem(f"{name} must be a whole number.")
        return default


def env_list(name: str, default: str = "") -> list[str]:
    """Give the comma-separated entries, without blanks around them and without empty ones."""
    return [entry for part in env_str(name, default).split(",") if (entry := part.strip())]


def env_json_list(name: str) -> list[Any]:
    """Give the entries of a JSON list; an unset variable is an empty one."""
    try:
        entries = json.loads(env_str(name, "[]"))
    except (ValueError, RecursionError):
        problem(f"{name} is not JSON.")
        return []
    if not isinstance(entries, list):
        problem(f"{name} must be a JSON list.")
        return []
    return entries


def env_secret(name: str, *, missing: str = "") -> str:
    """Give a secret, from the variable itself or from the file that `<name>_FILE` names.

    Args:
        name: of the variable.
        missing: what to say of a secret that is not set at all; nothing if it need not be.
    """
    path = env_str(f"{name}_FILE")
    if path:
        return _content(f"{name}_FILE", path)
    secret = env_str(name)
    if not secret and missing:
        problem(f"{name} is not set: {missing}.")
    return secret


def _content(name: str, path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        problem(f"{name} names a file that cannot be read ({error.strerror}).")
        return ""
    except ValueError:  # also of a path with a NUL
        problem(f"{name} names a file that is not a text.")
        return ""
    if not content:
        problem(f"{name} names an empty file.")
    return content


def env_database(name: str, default: str) -> dict[str, Any]:
    """Give Django's description of a PostgreSQL or SQLite database from its URL."""
    try:
        return _described_database(env_str(name, default))
    except (ValueError, LookupError, ImproperlyConfigured):
        problem(
            f"{name} must be the URL of a PostgreSQL or SQLite database, such as "
            "postgres://user:password@host:5432/name."
        )
        return _described_database(default)


def _described_database(url: str) -> dict[str, Any]:
    with warnings.catch_warnings():
        # The warning about an unknown scheme would print the whole URL, with the password.
        warnings.simplefilter("ignore")
        database: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if not str(database.get("ENGINE", "")).endswith((".postgresql", ".sqlite3")):
        raise ValueError("another kind of database")
    if not database["NAME"]:
        raise ValueError("no name of a database")
    # A socket folder as host stands percent-encoded in a URL.
    database["HOST"] = unquote(str(database["HOST"]))
    return database
