"""A server of one's own: in a process of its own, on a free port, on a database of its own."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import requests
from django.conf import settings

READY = "Ready: "
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0


class ServerFailed(Exception):
    """The server did not become ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """A running server; `url` ends with the context path."""

    url: str
    process: subprocess.Popen[str]
    output: list[str]
    """Lines that the server has written so far, on either of its outputs."""
    environment: Mapping[str, str]
    """What a command of manage.py needs to work on the same database."""

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py beside the server, as its operator; give what it prints.

        Raises:
            ServerFailed: the command failed; with what it said.
        """
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerFailed(f"manage.py {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()


def new_session() -> requests.Session:
    """Give an HTTP session that never leaves this machine for a proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


def await_readyz(base_url: str, session: requests.Session) -> None:
    """Wait until a server can serve.

    Raises:
        ServerFailed: it could not in time.
    """
    until = time.monotonic() + START_TIMEOUT_S
    while session.get(f"{base_url}/readyz", timeout=30).status_code != HTTPStatus.OK:
        if time.monotonic() > until:
            raise ServerFailed("The server listens, but it is not ready.")
        time.sleep(0.1)


def free_port() -> int:
    """Give a loopback port that nobody uses, for an address that has to be known in advance."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_server(
    environment: Mapping[str, str], *, arguments: tuple[str, ...] = (), root: Path | None = None
) -> Iterator[OwnServer]:
    """Run `manage.py serve` on a free loopback port until the end of the block.

    Args:
        environment: on top of the environment of this process.
        arguments: further arguments of the command.
        root: folder of the project whose code it runs; this one by default.

    Raises:
        ServerFailed: it does not listen, or not in time; with what it said last.
    """
    whole = {**os.environ, **_loopback(), **environment}
    program = str((root or Path(settings.BASE_DIR)) / "manage.py")
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, program, "serve", *_quiet(arguments)],
        env=whole,
        # Python looks for modules in the folder where it starts, too.
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, output, ready), daemon=True)
    reader.start()
    try:
        url = _await_ready(output, ready)
        yield OwnServer(url=url, process=process, output=output, environment=whole)
    finally:
        _stop(process)
        reader.join(STOP_TIMEOUT_S)
        if process.stdout is not None:
            process.stdout.close()


def _quiet(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the worker unless somebody asks for it: most clients look at requests only."""
    return arguments if "--worker" in arguments else (*arguments, "--no-worker")


def _loopback() -> dict[str, str]:
    return {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "SECTIONS": "mobile,integration,admin",
        "INTEGRATION_AUTH_REQUIRED": "false",
        "STAFF_SECOND_FACTOR": "optional",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }


def _read(process: subprocess.Popen[str], output: list[str], ready: threading.Event) -> None:
    """Keep reading, or a talkative server would stop at a full pipe."""
    for line in process.stdout or ():
        output.append(line.rstrip())
        if line.startswith(READY):
            ready.set()
    ready.set()


def _await_ready(output: list[str], ready: threading.Event) -> str:
    ready.wait(START_TIMEOUT_S)
    for line in output:
        if line.startswith(READY):
            return line.removeprefix(READY)
    raise ServerFailed("\n".join(["The server did not start:", *output[-20:]]))


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
