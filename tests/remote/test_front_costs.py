"""What one hot request costs a server in front, besides what the server behind it does.

Budgets as in `tests/house/test_hot_paths.py`; that file has those of the server behind, too. The
answers of that server are kept, so that only the front server works.
"""

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.remote import client
from enrollment_server.remote.values import Answer, RemoteServer
from tests.bank import Bank
from tests.house.costs import Cost, cost_of, insist
from tests.house.test_hot_paths import HOT
from tests.house.test_hot_paths_of_4 import HOT_4
from tests.remote.in_process import be_in_front

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

MOST = {
    "list": Cost(statements=1, round_trips=1, calls=885),
    "authorize": Cost(statements=0, round_trips=0, calls=881),
    "validate": Cost(statements=0, round_trips=0, calls=543),
    "status": Cost(statements=0, round_trips=0, calls=590),
    "inbox_count": Cost(statements=1, round_trips=1, calls=605),
    "inbox_list": Cost(statements=1, round_trips=1, calls=758),
}
MOST_4 = {
    **{name: MOST[name] for name in ("list", "authorize", "inbox_count", "inbox_list")},
    "validate": Cost(statements=0, round_trips=0, calls=480),
    # Opened and sealed here.
    "status": Cost(statements=0, round_trips=0, calls=690),
}


def _keep_answers(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    be_in_front(monkeypatch, settings)
    ask, kept = client.request, dict[str, Answer]()

    def request(
        server: RemoteServer, method: str, path: str, *, body: bytes | None = None
    ) -> Answer:
        if path not in kept:
            kept[path] = ask(server, method, path, body=body)
        return kept[path]

    monkeypatch.setattr(client, "request", request)


@pytest.mark.parametrize(
    ("version", "name", "most"),
    [
        *(("3.3", name, most) for name, most in MOST.items()),
        *(("4.0", name, most) for name, most in MOST_4.items()),
    ],
)
def test_a_hot_request_stays_below_its_budget(
    version: str,
    name: str,
    most: Cost,
    bank: Bank,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    phone = bank.phone("alice", version=version)
    phone.usual_token()  # is made only once
    _keep_answers(monkeypatch, settings)
    hot = {**HOT, **HOT_4} if version == "4.0" else HOT
    insist(cost_of(hot[name](bank, phone)), most)
