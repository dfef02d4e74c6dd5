"""The health check of a container: `python -m enrollment_server.serving.healthcheck`.

It asks what listens here, the server on PORT or the worker on WORKER_PORT, or both; and ends with
status 0 if all that answer are ready.
"""

import http.client
import json
import os
import sys
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from enrollment_server.serving.listening import local_url

TIMEOUT_S = 4.0


def problem() -> str | None:
    """Give what is wrong with what runs here; None if nothing is."""
    places = [(settings.HOST, settings.PORT), (settings.WORKER_HOST, settings.WORKER_PORT)]
    urls = [local_url(host, port, "/readyz") for host, port in places if port > 0]
    found = [problem_of(url) for url in urls]
    if None not in found and not any(found):
        return f"Nothing answers on {' or '.join(urls)}."
    return next((text for text in found if text), None)


def problem_of(url: str) -> str | None:
    """Give what is wrong at a URL; None if nothing is, an empty text if nobody listens."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=TIMEOUT_S)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        status, body = answer.status, answer.read(65_536)
    except ConnectionRefusedError:
        return ""
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {type(error).__name__}"
    finally:
        connection.close()
    if status != HTTPStatus.OK:
        return f"{url}: {status}"
    return f"{url}: its worker does not run" if _worker_is_down(body) else None


def _worker_is_down(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("worker") == "DOWN"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
    try:
        sys.exit(problem())
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
