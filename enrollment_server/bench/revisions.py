"""Another revision of the project, checked out beside this one."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class UnknownRevision(Exception):
    """The repository does not know the revision, or there is none."""


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("git")
    if program is None:
        raise UnknownRevision("Revisions are compared with git, which is not there.")
    return subprocess.run(  # noqa: S603
        [program, "-C", str(settings.BASE_DIR), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def commit_of(revision: str) -> str:
    """Give the short name of the commit that a revision names.

    Raises:
        UnknownRevision: there is none, or no git, or no repository.
    """
    # A revision that looks like an option is none.
    wanted = f"{revision}^{{commit}}"
    done = _git("rev-parse", "--quiet", "--verify", "--short", "--end-of-options", wanted)
    if done.returncode:
        raise UnknownRevision(f"'{revision}' is no revision of this repository.")
    return done.stdout.strip().splitlines()[-1]


def present() -> str:
    """Name what lies in the working tree."""
    try:
        commit = commit_of("HEAD")
    except UnknownRevision:
        return "present"
    return f"{commit}+changes" if _git("status", "--porcelain").stdout else commit


def present_beside(before: str | None) -> str:
    """Name what lies in the working tree by another name than a commit that is measured with it."""
    name = present()
    return f"{name}, again" if name == before else name


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Give a folder with the files of a commit, until the end of the block.

    Raises:
        UnknownRevision: git could not check it out.
    """
    with tempfile.TemporaryDirectory(prefix="bench-revision-") as folder:
        place = Path(folder) / "tree"
        done = _git("worktree", "add", "--quiet", "--detach", str(place), commit)
        if done.returncode:
            raise UnknownRevision(done.stderr.strip())
        try:
            yield place
        finally:
            _git("worktree", "remove", "--force", str(place))
