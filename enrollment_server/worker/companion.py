"""A worker that lives beside a server which started it, and not longer."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping

from django.conf import settings

_LOOK_S = 1.0  # seconds between two looks at the parent


def start(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start `manage.py worker` as a child that ends with this process."""
    manage = str(settings.BASE_DIR / "manage.py")
    return subprocess.Popen(  # noqa: S603
        [sys.executable, manage, "worker", "--beside", str(os.getpid())],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
    )


def follow(parent: int, stop: Callable[[], None]) -> None:
    """Call `stop` once `parent` is not the parent of this process any more."""

    def look() -> None:
        # Another process adopts the children of one that ended, however it ended.
        while os.getppid() == parent:
            threading.Event().wait(_LOOK_S)
        stop()

    threading.Thread(target=look, daemon=True).start()
