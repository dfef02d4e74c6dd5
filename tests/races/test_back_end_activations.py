"""Calls that meet at the same moment: row locks and indexes decide."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.models import Activation, ActivationHistory, ActivationState, MasterKeyPair
from tests import wsgi
from tests.api.integration.back_end import post
from tests.bank import make_bank
from tests.races.crowd import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PARALLEL = 6


def _at_once(call: Callable[[], str]) -> list[str]:
    return at_once(call, times=PARALLEL)


def _code(path: str, members: dict[str, object]) -> str:
    body = post(wsgi.session(), path, members).json()
    return "OK" if body["status"] == "OK" else str(body["responseObject"]["code"])


def test_one_of_many_commits_wins() -> None:
    phone = make_bank().phone("alice", commit=False)
    members: dict[str, object] = {"activationId": phone.activation_id}

    answers = _at_once(lambda: _code("activation/commit", members))

    assert answers == ["ERR0008"] * (PARALLEL - 1) + ["OK"]
    assert ActivationHistory.objects.filter(state=ActivationState.ACTIVE).count() == 1


def test_every_wrong_otp_is_counted() -> None:
    phone = make_bank().phone("alice", commit=False, otp="123456", max_failed_attempts=100)
    members: dict[str, object] = {"activationId": phone.activation_id, "activationOtp": "0"}

    assert _at_once(lambda: _code("activation/commit", members)) == ["ERR0031"] * PARALLEL
    assert Activation.objects.get().failed_attempts == PARALLEL


def test_an_expired_activation_is_removed_once() -> None:
    make_bank().code("alice", expires_at=timezone.now() - timedelta(seconds=1))

    assert _at_once(lambda: _code("activation/list", {"userId": "alice"})) == ["OK"] * PARALLEL
    assert ActivationHistory.objects.filter(state=ActivationState.REMOVED).count() == 1


def test_an_application_is_created_once() -> None:
    answers = _at_once(lambda: _code("application/create", {"applicationId": "a"}))

    assert answers == ["ERR0043"] * (PARALLEL - 1) + ["OK"]
    algorithms = list(MasterKeyPair.objects.values_list("algorithm", flat=True))
    assert len(algorithms) == len(set(algorithms)) > 1


def test_flags_of_parallel_calls_add_up() -> None:
    phone = make_bank().phone("alice")
    flags = iter("ABCDEF")

    def add() -> str:
        members: dict[str, object] = {"activationFlags": [next(flags)]}
        return _code("activation/flags/create", {"activationId": phone.activation_id, **members})

    assert _at_once(add) == ["OK"] * PARALLEL
    assert Activation.objects.get().flags == list("ABCDEF")
