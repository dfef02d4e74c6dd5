"""Where the project is, and its commands, run as people run them: in a process of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("activation", "enrollment_server", "inbox", "operations", "powerauth", "push")


def manage(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    only_environment: Mapping[str, str] | None = None,
    timeout_s: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py; its two outputs are kept apart.

    Args:
        arguments: the command, and what it gets.
        environment: on top of the environment of this process.
        only_environment: instead of it.
        timeout_s: seconds that it may take.
    """
    whole = {**os.environ, **(environment or {})} if only_environment is None else only_environment
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=whole,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
