"""How many SQL statements one request costs, counted in this process."""

from http import HTTPStatus

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from enrollment_server.bench.load import LoadRefused, Prepared

# What opens and closes a transaction is not counted: a budget is about the work in it.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_HOST = "127.0.0.1"


def count_statements(request: Prepared, *, context_path: str) -> int:
    """Serve a request in this process and count its statements.

    Raises:
        LoadRefused: an answer other than 200.
    """
    headers = dict([request.header] if request.header else [])
    with override_settings(ALLOWED_HOSTS=[_HOST]), CaptureQueriesContext(connection) as queries:
        response = Client(SERVER_NAME=_HOST).generic(
            request.method,
            request.path.removeprefix(context_path),
            request.body,
            content_type="application/json",
            headers=headers,
        )
    if response.status_code != HTTPStatus.OK:
        raise LoadRefused(f"{request.path} was answered with HTTP {response.status_code}")
    return sum(not query["sql"].startswith(_FRAME) for query in queries.captured_queries)
