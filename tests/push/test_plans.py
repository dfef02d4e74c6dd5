"""Among many devices, each statement finds its rows by an index."""

import pytest
from django.db import connection
from django.utils import timezone

from push.models import PushDevice

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
ROWS = 20_000


@pytest.fixture
def many_devices(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO push_pushdevice (activation_id, user_id, application_id, platform,
                push_token, environment, is_active, last_registered_at)
            SELECT gen_random_uuid(), 'user-' || n, 'app', 'fcm', 'token-' || n, '', true, %s
            FROM generate_series(1, %s) AS n
            """,
            [timezone.now(), ROWS],
        )
        cursor.execute("ANALYZE push_pushdevice")


def test_by_token(many_devices: None) -> None:
    rows = PushDevice.objects.of_token("app", "token-77")
    assert rows.get().user_id == "user-77"
    assert "push_device_token" in rows.explain()


def test_by_activation_and_by_user(many_devices: None) -> None:
    known = PushDevice.objects.get(user_id="user-5")
    for rows in (
        PushDevice.objects.filter(activation_id=known.activation_id),
        PushDevice.objects.filter(user_id="user-5", application_id="app"),
    ):
        assert "Seq Scan" not in rows.explain()
        assert rows.get() == known
