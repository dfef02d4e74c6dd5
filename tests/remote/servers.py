"""Two servers, each of its own processes and database: one in front of the other."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from enrollment_server.demo.own_server import OwnServer, own_server
from tests.factories import FormTemplateFactory
from tests.races.crowd import database_url

CONNECT_S, RESPONSE_S = 1, 3
_NAME = "in_front"


@contextmanager
def _database() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {_NAME}")
    try:
        yield urlunsplit(urlsplit(database_url())._replace(path=f"/{_NAME}"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {_NAME} WITH (FORCE)")


@contextmanager
def front_server(service_url: str, folder: Path, **settings: str) -> Iterator[OwnServer]:
    """Run a server in front of the one at `service_url`, which has the texts of a payment."""
    with _database() as url:
        environment = {
            "DATABASE_URL": url,
            "POWERAUTH_SERVICE_URL": service_url,
            "POWERAUTH_SERVICE_CONNECT_TIMEOUT_S": str(CONNECT_S),
            "POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S": str(RESPONSE_S),
            "WEB_PROCESSES": "1",
            **settings,
        }
        with own_server(environment, arguments=("--no-demo", "--migrate")) as running:
            form = FormTemplateFactory.build()
            members = ("placeholder", "language", "title", "message")
            texts = {name: getattr(form, name) for name in members}
            path = folder / "forms.json"
            path.write_text(json.dumps([texts]), encoding="utf-8")
            running.manage("import_form_templates", str(path))
            yield running
