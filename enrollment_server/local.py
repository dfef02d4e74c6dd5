"""Run a command of manage.py on this machine, with secrets of its own.

`python -m enrollment_server.local COMMAND` is what `make run` and its neighbours call. Secrets are
generated once below `var/`; whatever the environment already sets is left alone. A production
server is started without this module and then refuses to run without configured secrets.
"""

import base64
import ipaddress
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


def private_file(path: Path, make: Callable[[], str]) -> str:
    """Give the content of a private file, made on the first call.

    The file appears whole or not at all, so that two servers which start together agree on it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return path.read_text().strip()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def brings_secrets(environment: Mapping[str, str]) -> bool:
    """Tell whether an environment brings secrets of its own.

    It then brings all of them: generated ones beside them would be known to some commands only.
    """
    return bool(environment.get("SECRET_KEY") or environment.get("SECRET_KEY_FILE"))


def serves_here(arguments: list[str], environment: Mapping[str, str]) -> bool:
    """Tell whether a command of manage.py belongs to the server that `make run` serves from here.

    It then needs the same secrets to read the same rows. An environment that brings its own, and a
    production server, never get generated ones.
    """
    if brings_secrets(environment):
        return False
    if "--no-demo" in arguments:
        return False
    return (VAR / "secret_key").exists() or arguments[:1] == ["phone"]


def prepare(environment: MutableMapping[str, str]) -> None:
    """Complete `environment` with what a local server needs and a newcomer did not set.

    Raises:
        SystemExit: with a line for the user: there is no place for generated secrets.
    """
    environment.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
    if not brings_secrets(environment):
        try:
            _bring_generated_secrets(environment)
        except OSError as error:
            place = error.filename or VAR
            sys.exit(
                f"SECRET_KEY is not set, and {place} cannot be used for a generated one "
                f"({error.strerror})."
            )
    host = environment.get("HOST") or "127.0.0.1"
    if is_loopback(host):
        environment.setdefault("INTEGRATION_AUTH_REQUIRED", "false")
        environment.setdefault("STAFF_SECOND_FACTOR", "optional")
    else:
        environment.setdefault("ALLOWED_HOSTS", "*")


def _bring_generated_secrets(environment: MutableMapping[str, str]) -> None:
    environment["SECRET_KEY"] = private_file(VAR / "secret_key", lambda: secrets.token_urlsafe(50))
    if not {"MASTER_DB_ENCRYPTION_KEY", "MASTER_DB_ENCRYPTION_KEY_FILE"} & set(environment):
        environment["MASTER_DB_ENCRYPTION_KEY"] = private_file(
            VAR / "master_db_encryption_key",
            lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
        )


def main(arguments: list[str]) -> None:
    environment = dict(os.environ)
    prepare(environment)
    os.chdir(ROOT)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    os.execve(sys.executable, command, environment)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
