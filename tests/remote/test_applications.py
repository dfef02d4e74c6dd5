"""Which applications there are, where another server has them and messages are sent from here."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from inbox.models import InboxMessage
from push.models import PushAppCredentials, PushCampaign, PushMessage
from tests.api.push_server import post, refusal, result
from tests.bank import Bank
from tests.remote.fault_server import fault_server, json_answer

AWAY = ("ERROR_PA_SERVER_COMM", "PowerAuth Server cannot be reached")
LETTER = {
    "userId": "alice",
    "type": "text",
    "subject": "A subject",
    "summary": "A summary",
    "body": "A long text",
}
CALLS: list[tuple[str, Callable[[str], dict[str, Any]]]] = [
    ("push/admin/app/create", lambda app: {"appId": app}),
    ("push/campaign/create", lambda app: {"appId": app, "message": {"body": "News"}}),
    ("push/message/send", lambda app: {"appId": app, "message": {"userId": "a", "body": {}}}),
    ("inbox/messages", lambda app: {**LETTER, "applications": [app]}),
]


@pytest.mark.parametrize(("path", "body"), CALLS, ids=[path for path, _ in CALLS])
def test_it_is_asked_once_and_outside_of_transactions(
    bank: Bank, http: requests.Session, called: list[str], path: str, body: Any
) -> None:
    called.clear()
    result(post(http, path, body(bank.application.id)))
    assert called == ["application/list"]


@pytest.mark.parametrize(("path", "body"), CALLS, ids=[path for path, _ in CALLS])
def test_nobody_is_told_that_an_application_is_unknown_while_it_is_away(
    db: None, http: requests.Session, settings: Settings, path: str, body: Any
) -> None:
    with fault_server() as server:
        server.behaviour = json_answer(503, None)
        settings.POWERAUTH_SERVICE_URL = server.url
        assert refusal(post(http, path, body("retail"))) == AWAY
    for model in (PushAppCredentials, PushCampaign, PushMessage, InboxMessage):
        assert not model._default_manager.exists()


def test_the_command_says_that_it_is_away(db: None, settings: Settings) -> None:
    with fault_server() as server:
        server.behaviour = json_answer(503, None)
        settings.POWERAUTH_SERVICE_URL = server.url
        with pytest.raises(CommandError, match="The PowerAuth Server cannot be asked"):
            call_command(
                "write_message",
                "alice",
                "--application=retail",
                "--subject=A subject",
                "--summary=A summary",
                "--body=A long text",
            )
    assert not InboxMessage.objects.exists()
