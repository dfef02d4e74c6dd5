"""The floor of this machine: what no server on it could do faster."""

import hashlib
import hmac
import time

from django.db import connection

_KEY = bytes(32)
_MESSAGE = bytes(256)


def raw_loops_per_second(*, limit_s: float) -> float:
    """Measure how often a second one process can ask the database for 1 and compute an HMAC."""
    loops = 0
    with connection.cursor() as cursor:
        started = time.perf_counter()
        while (elapsed := time.perf_counter() - started) < limit_s:
            cursor.execute("SELECT 1")
            cursor.fetchone()
            hmac.new(_KEY, _MESSAGE, hashlib.sha256).digest()
            loops += 1
    return loops / elapsed
