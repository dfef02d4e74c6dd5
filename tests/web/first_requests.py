"""Answers its first requests as a process would that was just forked, and tells what they cost.

A program: it reads a list of requests as JSON, with path, headers and body, and writes for each of
them the status, the modules that it imported, and the CPU time in µs.
"""

import io
import json
import sys
import time
from typing import Any

from django.db import connection

from enrollment_server.wsgi import application


def main() -> None:
    told: dict[str, Any] = {"connected": connection.connection is not None}
    requests: list[dict[str, Any]] = json.load(sys.stdin)
    told["answers"] = [_answer(one) for one in requests]
    json.dump(told, sys.stdout)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    statuses: list[str] = []

    def start(status: str, headers: object, info: object = None) -> Any:
        statuses.append(status)

    environ = _environ(request["path"], request["headers"], request["body"].encode())
    before, began = set(sys.modules), time.thread_time_ns()
    answer = application(environ, start)
    b"".join(answer)
    spent = time.thread_time_ns() - began
    return {
        "status": int(statuses[0].split(" ", 1)[0]),
        "imported": sorted(set(sys.modules) - before),
        "cpu_us": spent // 1000,
    }


def _environ(path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    names = {"HTTP_" + name.upper().replace("-", "_"): text for name, text in headers.items()}
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **names,
    }


if __name__ == "__main__":
    main()
