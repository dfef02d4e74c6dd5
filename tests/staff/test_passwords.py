"""Passwords of the staff: which ones are good enough, and what hashing them costs a process."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher, make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from enrollment_server.demo.admin_login import ensure_admin
from enrollment_server.staff.guessing import hashing
from enrollment_server.staff.guessing.room import Busy, Room
from tests.staff.people import PASSWORD, audit, browser, is_in, person, type_password

GATE_S = 30.0


@pytest.mark.parametrize(
    "password", ["short", "12345678901234567", "password1234", "clerk-at-work"]
)
def test_weak_passwords_are_refused(db: None, password: str) -> None:
    user = User(username="clerk-at-work", email="clerk@bank.example")
    with pytest.raises(ValidationError):
        validate_password(password, user)


def test_the_admin_refuses_a_weak_password(db: None) -> None:
    client = Client(SERVER_NAME="testserver")
    client.force_login(User.objects.create_superuser("chief"))
    weak = {"password1": "password1234", "password2": "password1234", "usable_password": "true"}
    answer = client.post("/admin/auth/user/add/", {"username": "new", **weak})
    assert answer.status_code == 200 and not User.objects.filter(username="new").exists()


def test_the_demo_password_is_good_enough(db: None) -> None:
    login = ensure_admin()
    validate_password(login.password or "", User.objects.get(username=login.user_name))


def test_hashes_have_a_bounded_cost_and_old_ones_are_renewed(db: None) -> None:
    assert PASSWORD and make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    user = person()
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    client = browser()
    type_password(client)
    assert is_in(client)
    user.refresh_from_db()
    assert identify_hasher(user.password).algorithm == "argon2"


class Gate:
    """Holds every hash until it is opened, and counts how many are inside at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.inside = 0
        self.most = 0
        self._lock = threading.Lock()

    def verify(self, password: str, encoded: str) -> bool:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.opened.wait(GATE_S)
        with self._lock:
            self.inside -= 1
        return False


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *given: gate.verify(*given), raising=True
    )
    yield gate
    gate.opened.set()


@pytest.fixture
def four_threads(settings: Settings) -> Iterator[None]:
    """A process with four threads."""
    settings.WEB_THREADS = 4
    hashing._room.cache_clear()
    yield
    hashing._room.cache_clear()


def test_however_many_log_in_one_password_is_hashed_and_few_threads_wait(
    gate: Gate, four_threads: None
) -> None:
    hasher = hashing.BoundedArgon2()

    def log_in(number: int) -> bool:
        try:
            hasher.verify(PASSWORD, "")
        except Busy:
            return False
        return True

    with ThreadPoolExecutor(24) as threads:
        running = [threads.submit(log_in, number) for number in range(24)]
        # Two have a place, the others are told at once, while the first one is still hashing.
        refused = list(islice(as_completed(running, timeout=GATE_S), 22))
        assert not any(one.result() for one in refused)
        gate.opened.set()
        results = [one.result(GATE_S) for one in running]
    assert results.count(True) == 2
    assert gate.most == 1


def test_half_of_the_threads_stay_for_phones(four_threads: None) -> None:
    room = hashing._room()
    with room._places, room._places, pytest.raises(Busy), hashing.place():
        pytest.fail("a third one has got in")


def test_whoever_finds_no_place_may_try_again_and_has_not_failed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person()
    room = Room(1, one_by_one=True)
    monkeypatch.setattr(hashing, "_room", lambda: room)
    client = browser()
    with room.place():
        for _ in range(8):
            answer = type_password(client)
            assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b"Please try again." in answer.content
    assert audit() == []
    type_password(client)
    assert is_in(client)


def test_a_change_of_password_that_finds_no_place_is_told_so(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person()
    client = browser()
    type_password(client)
    room = Room(1, one_by_one=True)
    monkeypatch.setattr(hashing, "_room", lambda: room)
    new = "another horse battery staple"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    with room.place():
        answer = client.post("/admin/password_change/", form)
    assert answer.status_code == 503 and b"Please try again." in answer.content
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
