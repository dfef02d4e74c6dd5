"""What all commands of manage.py have in common: they end with a clear line, not a traceback."""

import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error, connection

from enrollment_server import VERSION
from enrollment_server.serving.health import missing_migrations

INTERRUPTED = 130  # exit status of a program that Ctrl-C has ended


def run(arguments: Sequence[str]) -> None:
    """Run a command of manage.py.

    A wrong setting, or a database that cannot be used, ends it with exit status 1 and one line on
    stderr for each; `--traceback` shows where it came from.

    Args:
        arguments: as in `sys.argv`, with the name of the program.
    """
    if list(arguments[1:]) in (["--version"], ["version"]):
        sys.stdout.write(f"{VERSION}\n")
        return
    try:
        if _is_about_the_project(arguments):
            _ = settings.INSTALLED_APPS
        execute_from_command_line(list(arguments))
    except ImproperlyConfigured as error:
        _end(str(error), arguments)
    except Error as error:
        if (said := _database_problem(error)) is None:
            raise
        _end(said, arguments)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _is_about_the_project(arguments: Sequence[str]) -> bool:
    """Tell whether a command needs the settings; help is given without them."""
    return list(arguments[1:2]) not in ([], ["help"], ["--help"], ["-h"])


def _database_problem(error: Error) -> str | None:
    """Say what is wrong with the database; None if it is fine, and the command is not."""
    database = settings.DATABASES["default"]
    place = " at ".join(
        part
        for part in (
            str(database["NAME"]),
            ":".join(str(database[name]) for name in ("HOST", "PORT") if database.get(name)),
        )
        if part
    )
    connection.close()
    try:
        missing = missing_migrations()
    except Error:
        return (
            f"The database {place} cannot be used ({type(error).__name__}): look at DATABASE_URL."
        )
    if missing:
        return f"The tables of the database {place} are not up to date: run manage.py migrate."
    return None


def _end(text: str, arguments: Sequence[str]) -> None:
    """End with a text; called while the exception is handled."""
    if "--traceback" in arguments:
        raise
    sys.exit(text)
