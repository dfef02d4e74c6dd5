"""Create the virtual environment with the locked dependencies, once.

Runs on the interpreter of the machine, so it uses the standard library only. Two `make` that
start at the same time on a fresh clone wait for each other instead of installing twice.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK_FILE = ROOT / "requirements-dev.txt"
STAMP = ENVIRONMENT / "installed"
MINIMUM = (3, 11)


def main() -> int:
    if sys.version_info < MINIMUM:
        print("Python 3.11 or newer is needed; call make with PYTHON=python3.11.", file=sys.stderr)
        return 1
    wanted = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    ENVIRONMENT.mkdir(exist_ok=True)
    with (ENVIRONMENT / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if STAMP.exists() and STAMP.read_text() == wanted:
            return 0
        print("Installing the locked dependencies into .venv ...", flush=True)
        # The program, not the function: it links the interpreter instead of copying it.
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)  # noqa: S603
        python = str(ENVIRONMENT / "bin" / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run(  # noqa: S603
            [*pip, "--require-hashes", "--requirement", str(LOCK_FILE)], check=True
        )
        STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
