"""Which of Apple's hosts knows a device: the matrix of 13."""

import pytest

from push.providers.environments import ApnsEnvironment, environment_of

DEV = ApnsEnvironment.DEVELOPMENT
PROD = ApnsEnvironment.PRODUCTION


@pytest.mark.parametrize(
    ("application", "default", "device", "expected"),
    [
        (None, DEV, None, DEV),
        (None, DEV, DEV, DEV),
        (None, DEV, PROD, PROD),
        (None, PROD, None, PROD),
        (None, PROD, DEV, None),
        (None, PROD, PROD, PROD),
        (DEV, DEV, None, DEV),
        (DEV, DEV, DEV, DEV),
        (DEV, DEV, PROD, PROD),
        (DEV, PROD, None, DEV),
        (DEV, PROD, DEV, DEV),
        (DEV, PROD, PROD, PROD),
        (PROD, DEV, None, PROD),
        (PROD, DEV, DEV, None),
        (PROD, DEV, PROD, PROD),
        (PROD, PROD, None, PROD),
        (PROD, PROD, DEV, None),
        (PROD, PROD, PROD, PROD),
    ],
)
def test_environment(
    application: ApnsEnvironment | None,
    default: ApnsEnvironment,
    device: ApnsEnvironment | None,
    expected: ApnsEnvironment | None,
) -> None:
    found = environment_of(application=application, default=default, device=device)
    assert found is expected
