"""Stores are regular files below one folder; no name holds a thread or fills the memory."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from powerauth.callbacks import certificates, store_files
from powerauth.callbacks.store_files import StoreRefused
from powerauth.engine.callbacks.callback_authentication import Certificate
from tests.callbacks.pki import Authority, make_authority

OUTSIDE = "it is not below CALLBACK_FILES_DIR"
CONTENT = b"content of a store"
WAIT_S = 10


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The configured folder, with one store in it and one beside it."""
    folder = tmp_path / "stores"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "store.pem").write_bytes(CONTENT)
    (tmp_path / "secret.pem").write_bytes(b"not for callbacks")
    (tmp_path / "stores-of-others").mkdir()
    (tmp_path / "stores-of-others" / "secret.pem").write_bytes(b"not for callbacks")
    settings.CALLBACK_FILES_DIR = str(folder)
    return folder


def refusal(location: str | None) -> str:
    """Give why a store is not read; a reader that waits for something fails the test."""
    reasons: list[str] = []

    def read() -> None:
        for action in (store_files.read, store_files.stamp):
            with pytest.raises(StoreRefused) as refused:
                action(location)
            reasons.append(str(refused.value))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(WAIT_S)
    assert not thread.is_alive(), "the reader waits"
    (reason,) = set(reasons)
    return reason


@pytest.mark.parametrize(
    "spelling",
    ["{}/inner/store.pem", "file:{}/inner/store.pem", "file://{}/inner/../inner/store.pem"],
)
def test_a_file_below_the_folder_is_read(folder: Path, spelling: str) -> None:
    assert store_files.read(spelling.format(folder)) == CONTENT


def test_a_relative_name_is_below_the_folder(folder: Path) -> None:
    assert store_files.read("inner/store.pem") == CONTENT


def test_links_within_the_folder_are_followed(folder: Path) -> None:
    """Orchestrators mount secrets as links to a folder that they replace as a whole."""
    (folder / "..data").symlink_to("inner")
    (folder / "store.pem").symlink_to("..data/store.pem")
    assert store_files.read(str(folder / "store.pem")) == CONTENT


def test_the_folder_itself_may_be_a_link(folder: Path, settings: Settings) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    settings.CALLBACK_FILES_DIR = str(link)
    for name in ("inner/store.pem", f"{link}/inner/store.pem", f"{folder}/inner/store.pem"):
        assert store_files.read(name) == CONTENT


@pytest.mark.parametrize(
    "location",
    [
        "../secret.pem",
        "inner/../../secret.pem",
        "{}/../secret.pem",
        "{}-of-others/secret.pem",
        "file:../secret.pem",
        "/etc/passwd",
        "file:///etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "{}",
        ".",
        "",
        None,
    ],
)
def test_nothing_outside_of_the_folder_is_read(folder: Path, location: str | None) -> None:
    assert refusal(location and location.format(folder)) == OUTSIDE


@pytest.mark.parametrize("target", ["../secret.pem", "/etc/passwd", "/dev/zero"])
def test_no_link_leads_out(folder: Path, target: str) -> None:
    (folder / "file.pem").symlink_to(target)
    (folder / "away").symlink_to("..")
    for name in ("file.pem", "away/secret.pem", "away/stores-of-others/secret.pem"):
        assert refusal(name) == OUTSIDE


@pytest.mark.parametrize("replaced", ["inner", "inner/store.pem"])
def test_a_link_that_appears_meanwhile_leads_out_neither(
    folder: Path, replaced: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and opening, a name is exchanged for a link."""
    opening = os.open

    def late(path: str, *arguments: int, **options: int) -> int:
        if path == str(folder):
            target = folder / replaced
            target.rename(folder / "away")
            target.symlink_to(folder.parent / ("secret.pem" if "." in replaced else ""))
        return opening(path, *arguments, **options)

    monkeypatch.setattr(os, "open", late)
    with pytest.raises(StoreRefused):
        store_files.read("inner/store.pem")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(store_files.SIZE + 1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_pipe, "it is not a regular file"),
        (_folder, "it is not a regular file"),
        (_large, "it is larger than 1 MiB"),
    ],
)
def test_only_regular_files_of_some_size_are_read(
    folder: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(folder / "odd")
    assert refusal("odd") == reason


def test_a_name_that_is_none_is_refused(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    for name in ("missing.pem", "inner/store.pem/deeper", "loop", "a\x00b", "x" * 5000):
        assert refusal(name) == "it cannot be read"


def test_without_a_folder_nothing_is_read(folder: Path, settings: Settings) -> None:
    settings.CALLBACK_FILES_DIR = ""
    assert refusal(f"{folder}/inner/store.pem") == "CALLBACK_FILES_DIR is not set"


@pytest.fixture
def authority(folder: Path) -> Authority:
    return make_authority(folder)


def test_a_store_is_read_once_a_change(
    authority: Authority, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str | None] = []
    reading = store_files.read

    def counting(location: str | None) -> bytes:
        read.append(location)
        return reading(location)

    monkeypatch.setattr(store_files, "read", counting)
    trust = authority.trust_pem()
    certificate = Certificate(enabled=True, use_custom_trust_store=True, trust_store_location=trust)
    first = certificates.context_of(certificate)
    assert certificates.context_of(certificate) is first
    assert read == [trust]
    other = folder / "other"
    other.mkdir()
    os.replace(make_authority(other).trust_pem(), trust)
    second = certificates.context_of(certificate)
    assert second is not first
    assert second.get_ca_certs() != first.get_ca_certs()
    assert len(read) == 2
