"""Probes: is the process alive, and can it serve?"""

import logging
from http import HTTPStatus

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


def livez(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process can answer at all."""
    return JsonResponse({"status": "UP"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database is reachable and migrated, 503 before."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        logger.warning("not ready: %s", type(error).__name__)
        return JsonResponse({"status": "DOWN"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if missing:
        return JsonResponse({"status": "DOWN"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "UP"})
