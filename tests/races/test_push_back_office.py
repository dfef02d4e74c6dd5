"""Back ends that register devices at the same moment."""

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from push.models import PushDevice
from tests.bank import Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
ROUNDS = 3


def _post(bank: Bank, path: str, members: dict[str, object]) -> int:
    response = bank.new_session().post(
        f"{bank.base_url}/push/device/{path}", json={"requestObject": members}, timeout=60
    )
    return int(response.status_code)


def _registration(bank: Bank, activation_id: str, token: str) -> Callable[[], int]:
    members: dict[str, object] = {"appId": bank.application.id, "token": token, "platform": "fcm"}
    return partial(_post, bank, "create", {**members, "activationId": activation_id})


def _shared(bank: Bank, activation_ids: list[str], token: str) -> Callable[[], int]:
    members: dict[str, object] = {"appId": bank.application.id, "token": token, "platform": "fcm"}
    return partial(_post, bank, "create/multi", {**members, "activationIds": activation_ids})


def test_a_device_registered_by_many_is_one_row(busy_bank: Bank) -> None:
    for _ in range(ROUNDS):
        activation_id = busy_bank.phone("alice").activation_id
        actions = [_registration(busy_bank, activation_id, "same")] * CROWD
        assert together(actions) == [200] * CROWD
        assert PushDevice.objects.filter(activation_id=activation_id).count() == 1


def test_several_activations_in_any_order(busy_bank: Bank) -> None:
    phones = [busy_bank.phone(f"user-{number}") for number in range(6)]
    names = [phone.activation_id for phone in phones]
    sets = [names[:4], names[2:][::-1], names[::-1], [names[0], names[5]]]
    for round_number in range(ROUNDS):
        token = f"token-{round_number}"
        actions = [_shared(busy_bank, one, token) for one in sets]
        actions += [_registration(busy_bank, name, token) for name in names[:3]]
        assert together(actions) == [200] * len(actions)
        found = PushDevice.objects.filter(push_token=token).values_list("activation_id", flat=True)
        assert sorted(found) == sorted(names)


def test_a_device_never_outlives_a_removal(busy_bank: Bank) -> None:
    for _ in range(ROUNDS):
        phone = busy_bank.phone("alice")

        def remove(activation_id: str = phone.activation_id) -> int:
            lifecycle.remove(activation_id, at=timezone.now())
            return 200

        actions = [_registration(busy_bank, phone.activation_id, "x")] * 5
        outcomes = together([*actions, remove])
        assert set(outcomes) <= {200, 400}
        assert not PushDevice.objects.filter(activation_id=phone.activation_id).exists()
