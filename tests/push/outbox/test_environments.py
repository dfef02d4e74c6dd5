"""Which of Apple's hosts a message goes to: push-and-inbox.md 4.4."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.credentials import services
from push.models import PushAppCredentials
from push.providers.values import Target
from tests.push.accounts import apns
from tests.push.outbox.providers import (
    FakeProvider,
    device,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


# Application x server x device: what comes out. push-and-inbox.md 4.4
DEV, PROD = "development", "production"
ENVIRONMENTS = [
    *(("", "none", "", "NoEnvironment"), ("", "none", DEV, DEV), ("", "none", PROD, PROD)),
    *(("", "true", "", DEV), ("", "true", DEV, DEV), ("", "true", PROD, PROD)),
    *(("", "false", "", PROD), ("", "false", DEV, "WrongEnvironment"), ("", "false", PROD, PROD)),
    *((DEV, "false", "", DEV), (DEV, "false", DEV, DEV), (DEV, "false", PROD, PROD)),
    *((DEV, "true", "", DEV), (DEV, "true", DEV, DEV), (DEV, "true", PROD, PROD)),
    *((PROD, "true", "", PROD), (PROD, "true", DEV, "WrongEnvironment")),
    *((PROD, "true", PROD, PROD), (PROD, "none", "", PROD)),
    *((PROD, "false", DEV, "WrongEnvironment"), (DEV, "none", "", DEV)),
]


@pytest.mark.parametrize(("application", "server", "own", "expected"), ENVIRONMENTS)
def test_environments_of_apple(
    row: PushAppCredentials,
    settings: Settings,
    application: str,
    server: str,
    own: str,
    expected: str,
) -> None:
    services.put(row, apns(environment=application), at=timezone.now())
    settings.APNS_USE_DEVELOPMENT = server
    device(1, platform="apns", environment=own)
    write()
    provider = FakeProvider()
    provider.run()
    if expected in (DEV, PROD):
        target = Target(token="token-1", development=expected == DEV)
        assert [each for _, each in provider.sent] == [target]
        assert states() == [("sent", "")]
    else:
        assert provider.sent == []
        assert states() == [("failed", expected)]
