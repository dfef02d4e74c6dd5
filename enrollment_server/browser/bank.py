"""A server with a demo bank of its own, and somebody who works in its back office."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.own_server import await_readyz, new_session, own_server
from enrollment_server.demo.seed import APPLICATION_ID
from powerauth.phone.phone import Phone

USER_NAME = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBank:
    """A demo bank at `url`, to be called as a back end and as a phone."""

    url: str
    password: str

    @property
    def back_end(self) -> BankClient:
        return BankClient(self.url, new_session())

    def phone(self) -> Phone:
        """Give a phone with the bank's app that is not activated yet."""
        detail: dict[str, Any] = self.back_end.call(
            "application/detail", applicationId=APPLICATION_ID
        )
        return Phone(
            self.url,
            sdk_config=detail["versions"][0]["mobileSdkConfig"],
            version="3.3",
            session=new_session(),
        )


@contextmanager
def own_bank(settings_of_it: Mapping[str, str] | None = None) -> Iterator[OwnBank]:
    """Serve a demo bank from an SQLite database that ends with the block.

    Args:
        settings_of_it: on top of what a server of one's own has.

    Raises:
        ServerFailed: the server did not start.
    """
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="enrollment-") as folder:
        database = {"DATABASE_URL": f"sqlite:///{folder}/database.sqlite3"}
        environment = {**database, **(settings_of_it or {})}
        with own_server(environment, arguments=("--no-admin",)) as server:
            await_readyz(server.url, new_session())
            _create_admin(environment, password)
            yield OwnBank(url=server.url, password=password)


def _create_admin(environment: dict[str, str], password: str) -> None:
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    command = [sys.executable, manage, "createsuperuser", "--noinput", "--username", USER_NAME]
    subprocess.run(  # noqa: S603
        [*command, "--email", "admin@bank.example"],
        env={**os.environ, **environment, "DJANGO_SUPERUSER_PASSWORD": password},
        check=True,
        capture_output=True,
    )
