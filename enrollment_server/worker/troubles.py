"""What does not work, said once when it begins and once when it is over.

A database that is away fails every job every second; the log has to tell when, not how often.
"""

import logging
import threading
import time

from django.db import Error, connection

from enrollment_server.serving.health import missing_migrations

REPEAT_S = 600.0  # seconds until a job that still fails is named again
_AWAY = "the database cannot be used ({}): all jobs wait for it"
_BARE = "the tables are not up to date: all jobs wait for manage.py migrate"
logger = logging.getLogger(__name__)


class Troubles:
    """The troubles of all jobs of one worker; for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database_is_away = False
        self._failing: dict[str, tuple[type[Exception], float]] = {}

    @property
    def database_is_away(self) -> bool:
        return self._database_is_away

    def failed(self, job: str, error: Exception) -> None:
        """Tell of a job that has failed; called in its thread, while the error is handled."""
        reason = _database_problem(error) if isinstance(error, Error) else None
        with self._lock:
            if reason is not None:
                if not self._database_is_away:
                    logger.error(reason)
                self._database_is_away = True
                return
            kind, told_at = self._failing.get(job, (None, 0.0))
            now = time.monotonic()
            if kind is not type(error):
                logger.error("job failed: %s", job, exc_info=error)
            elif now - told_at > REPEAT_S:
                logger.error("job still fails: %s (%s)", job, type(error).__name__)
            else:
                now = told_at
            self._failing[job] = (type(error), now)

    def worked(self, job: str) -> None:
        """Tell of a job that has worked, if that is news."""
        if not self._database_is_away and job not in self._failing:
            return
        with self._lock:
            # As loud as the trouble was: who heard of one has to hear of the other.
            if self._database_is_away:
                logger.warning("the database can be used again")
            if self._failing.pop(job, None) is not None:
                logger.warning("job works again: %s", job)
            self._database_is_away = False


def _database_problem(error: Error) -> str | None:
    """Say what is wrong with the database; None if only this one statement failed."""
    try:
        if connection.connection is not None and connection.is_usable():
            return _BARE if missing_migrations() else None
        connection.close()
        if missing_migrations():
            return _BARE
    except Error as still:
        return _AWAY.format(type(still).__name__)
    return _AWAY.format(type(error).__name__)
