"""Probes: is the process alive, and can it serve?"""

import logging
from functools import lru_cache
from http import HTTPStatus

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse

from enrollment_server.worker import companion

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """Give the last migration of each app; the code of a running process does not change."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def missing_migrations() -> frozenset[tuple[str, str]]:
    """Give the apps, with their last migration, whose tables are not up to date.

    Raises:
        django.db.Error: the database cannot be reached.
    """
    return _newest_migrations() - set(MigrationRecorder(connection).applied_migrations())


def livez(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process can answer at all."""
    return JsonResponse({"status": "UP"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database is reachable and migrated, 503 before.

    A worker beside the server is told of, and changes nothing: phones are served without it.
    """
    try:
        ready = not missing_migrations()
    except Error as error:
        logger.warning("not ready: %s", type(error).__name__)
        ready = False
    if not ready:
        return JsonResponse({"status": "DOWN"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    lives = companion.worker_lives()
    if lives is None:
        return JsonResponse({"status": "UP"})
    return JsonResponse({"status": "UP", "worker": "UP" if lives else "DOWN"})
