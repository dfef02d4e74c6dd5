"""The program that makes the load: compiled at first use, or its twin in Python."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SOURCE = Path(__file__).with_name("generator.c")
TWIN = Path(__file__).with_name("python_generator.py")
NO_COMPILER = (
    "No C compiler compiled the load generator; its twin in Python takes a multiple of its CPU, "
    "and so a part of what the server could have had."
)


def generator(folder: Path, *, compilers: tuple[str, ...] = ("cc", "gcc")) -> list[str]:
    """Give the command of the generator in C, compiled into a folder; [] if nothing compiles it.

    Another source gets another name, so that what lies there is never an older one.
    """
    name = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    program = folder / f"generator-{name}"
    if program.exists():
        return [str(program)]
    folder.mkdir(parents=True, exist_ok=True)
    for compiler in filter(None, map(shutil.which, compilers)):
        # Under another name first: whoever starts at the same time finds all of it, or nothing.
        draft = folder / f"{program.name}.{os.getpid()}"
        done = subprocess.run(  # noqa: S603
            [compiler, "-O2", "-std=c11", "-o", str(draft), str(SOURCE)],
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            draft.replace(program)
            return [str(program)]
    return []


def twin() -> list[str]:
    """Give the command of the generator in Python."""
    return [sys.executable, str(TWIN)]


def generator_or_twin(folder: Path, *, warn: Callable[[str], object]) -> list[str]:
    """Give the command of the generator that this machine can have; warn if it is the slow one."""
    if command := generator(folder):
        return command
    warn(NO_COMPILER)
    return twin()
