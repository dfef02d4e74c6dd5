"""How gunicorn runs the server; `manage.py serve` starts it with this file.

The metrics of all workers meet in a folder of this server's own, which ends with it.
"""

import os
import resource
import shutil
import sys
import tempfile
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
# Read by prometheus_client when it is first imported, so it is set before anything else.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="enrollment-metrics-")

from django.conf import settings
from prometheus_client.multiprocess import mark_process_dead

from enrollment_server import configuration
from enrollment_server.serving.listening import AddressUnavailable, listen, url
from enrollment_server.worker import companion

_METRICS_FOLDER = os.environ["PROMETHEUS_MULTIPROC_DIR"]
if _found := configuration.problems():
    shutil.rmtree(_METRICS_FOLDER, ignore_errors=True)
    sys.exit("\n".join(_found))

# Each connection is a file, and so are the database's and those of the metrics.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
_needed_files = settings.WEB_CONNECTIONS + 256
if 0 <= _files < _needed_files:
    _raised = _needed_files if _most_files < 0 else min(_needed_files, _most_files)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_raised, _most_files))

bind = [f"{settings.HOST}:{settings.PORT}"]
worker_class = "enrollment_server.web.worker.BufferingWorker"
worker_connections = settings.WEB_CONNECTIONS
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
# Workers that are forked from a loaded application share its memory and are ready at once.
preload_app = True
timeout = 60  # seconds without a sign of life from a worker
graceful_timeout = 20  # seconds for running requests when the server ends
# Longer than the usual 60 s of a proxy, which would else reuse a connection that is just closing.
keepalive = 75  # seconds
# The longest documented header is an authorization of about 500 characters.
limit_request_line = 4094  # bytes
limit_request_fields = 64
limit_request_field_size = 8190  # bytes
# Answers are sent by the event loop.
sendfile = False
# Django decides by TRUSTED_PROXIES and TLS_PROXY whom to believe; gunicorn believes nobody.
forwarded_allow_ips = ""
# Its default path is the same for all servers of one user.
control_socket_disable = True
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    """End with one line if the address cannot be had; gunicorn would try it five times."""
    if server.cfg.settings["bind"].get() != bind:
        return  # `manage.py serve` has opened the socket
    try:
        listen(settings.HOST, settings.PORT).close()
    except AddressUnavailable as error:
        on_exit(server)
        sys.exit(str(error))


def when_ready(server: Any) -> None:
    """Say, on one line, that the server listens."""
    port = server.LISTENERS[0].sock.getsockname()[1]
    sys.stdout.write(f"Ready: {url(settings.HOST, port, settings.CONTEXT_PATH)}\n")
    sys.stdout.flush()


def child_exit(server: Any, worker: Any) -> None:
    """Forget the live values of a worker that ended, and what it held."""
    worker.share.ended()
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """End the worker beside this server, and remove the folder of the metrics."""
    companion.end(os.environ)
    shutil.rmtree(_METRICS_FOLDER, ignore_errors=True)
