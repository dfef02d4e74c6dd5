"""`make install`: the locked dependencies are installed once, also by two that start together."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.commands import ROOT


def clone(folder: Path) -> Path:
    """Give the install script of a clone that locks no dependency at all."""
    (folder / "enrollment_server").mkdir()
    (folder / "requirements-dev.txt").write_text("# nothing\n")
    script = folder / "enrollment_server" / "install.py"
    shutil.copy(ROOT / "enrollment_server" / "install.py", script)
    return script


def start(script: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    )


def test_two_installations_at_once_install_once(tmp_path: Path) -> None:
    script = clone(tmp_path)
    both = [start(script), start(script)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(text.count("Installing") for text in said) == [0, 1]
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    lock = (tmp_path / "requirements-dev.txt").read_bytes()
    assert (tmp_path / ".venv" / "installed").read_text() == hashlib.sha256(lock).hexdigest()


def test_changed_lock_file_is_installed_again(tmp_path: Path) -> None:
    script = clone(tmp_path)
    lock = tmp_path / "requirements-dev.txt"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "installed").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
    assert start(script).communicate(timeout=120)[0] == ""
    lock.write_text("# changed\n")
    assert "Installing" in start(script).communicate(timeout=120)[0]
