"""A receiver for every test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.callbacks.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running
