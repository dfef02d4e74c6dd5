"""Reading key and trust stores: regular files below CALLBACK_FILES_DIR, and nothing else.

Who may configure a callback names these files, so a name is not believed: it may not lead out of
the folder, nor to a pipe or a device that never ends or never begins.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

SIZE = 1024 * 1024  # bytes
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size and times of a file: another one means another content."""


class StoreRefused(ValueError):
    """A store is not read; the text is a reason without its name."""


def read(location: str | None) -> bytes:
    """Give the content of a store.

    Args:
        location: its path, absolute or below the folder; also as Java writes it, `file:/path`.

    Raises:
        StoreRefused: it may not be read, or cannot.
    """
    with _opened(location) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(SIZE + 1)
    if len(data) > SIZE:  # it has grown since it was opened
        raise StoreRefused("it is larger than 1 MiB")
    return data


def stamp(location: str | None) -> Stamp:
    """Tell the state of a store apart from others, without reading it.

    Raises:
        StoreRefused: as `read` does.
    """
    with _opened(location) as descriptor:
        found = os.fstat(descriptor)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@contextmanager
def _opened(location: str | None) -> Iterator[int]:
    try:
        descriptor = _open(location or "")
    except (OSError, ValueError) as error:
        if isinstance(error, StoreRefused):
            raise
        raise StoreRefused("it cannot be read") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StoreRefused("it is not a regular file")
        if found.st_size > SIZE:
            raise StoreRefused("it is larger than 1 MiB")
        yield descriptor
    finally:
        os.close(descriptor)


def _open(location: str) -> int:
    """Open a file below the folder, whatever somebody replaces by a link meanwhile."""
    root, parts = _resolved(location)
    folder = os.open(root, _FLAGS | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        # A pipe without a writer would not open otherwise.
        return os.open(parts[-1], _FLAGS | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    finally:
        os.close(folder)


def _resolved(location: str) -> tuple[str, list[str]]:
    """Give the folder, and the way from there to a file, without any link in it."""
    configured = settings.CALLBACK_FILES_DIR
    if not configured:
        raise StoreRefused("CALLBACK_FILES_DIR is not set")
    name = location.removeprefix("file://").removeprefix("file:")
    root = os.path.realpath(configured)
    path = os.path.normpath(os.path.join(configured, name))
    # Before the file system is asked: to look at a name elsewhere may already wait for a network.
    if not (_is_below(path, os.path.normpath(configured)) or _is_below(path, root)):
        raise StoreRefused("it is not below CALLBACK_FILES_DIR")
    path = os.path.realpath(path)
    if not _is_below(path, root):
        raise StoreRefused("it is not below CALLBACK_FILES_DIR")
    return root, os.path.relpath(path, root).split(os.sep)


def _is_below(path: str, folder: str) -> bool:
    return path != folder and os.path.commonpath([path, folder]) == folder
