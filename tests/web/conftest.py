"""A server of its own for the tests of one file, with the default number of threads."""

from collections.abc import Iterator

import pytest

from enrollment_server.demo.own_server import OwnServer, own_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    folder = tmp_path_factory.mktemp("server")
    environment = {"DATABASE_URL": f"sqlite:///{folder}/bank.sqlite3", "LOG_LEVEL": "INFO"}
    with own_server(environment, arguments=("--no-demo", "--migrate")) as running:
        yield running
