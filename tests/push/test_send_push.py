"""`manage.py send_push`: what it writes, what it prints, and when it ends with an error."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from push.models import PushMessage
from push.outbox import waiting
from tests.push.accounts import every_provider
from tests.push.outbox import providers

pytestmark = pytest.mark.django_db(transaction=True)
WHOM = ("--application", "retail", "--user", "alice")
WORDS = ("--title", "Hello", "--body", "Do you see me?")
Waited = list[float]


@pytest.fixture
def provider() -> providers.FakeProvider:
    every_provider("retail")
    return providers.FakeProvider()


@pytest.fixture(autouse=True)
def waited(provider: providers.FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Waited:
    """Let the worker send while the command waits; gives for how long it would wait."""
    known: Waited = []

    def worker(message_ids: list[int], *, timeout_s: float) -> None:
        known.append(timeout_s)
        if timeout_s:
            provider.run()

    monkeypatch.setattr(waiting, "wait", worker)
    return known


def sent(*arguments: str) -> str:
    out = StringIO()
    call_command("send_push", *arguments, stdout=out)
    return out.getvalue()


def test_counters_are_printed(provider: providers.FakeProvider, waited: Waited) -> None:
    providers.device(1)
    providers.device(2, platform="hms")
    assert sent(*WHOM, *WORDS, "--extras", '{"a": {"b": 1}}') == (
        "fcm: sent 1, failed 0, pending 0\nhms: sent 1, failed 0, pending 0\n"
    )
    assert waited == [10.0]
    content = provider.sent[0][0]
    assert (content.title.text, content.body.text) == ("Hello", "Do you see me?")
    assert (content.extras, content.sound, content.silent) == ({"a": {"b": 1}}, "default", False)
    assert PushMessage.objects.get().source == "test"


def test_one_activation_and_no_waiting(provider: providers.FakeProvider, waited: Waited) -> None:
    providers.device(1)
    providers.device(2)
    arguments = ("--silent", "--activation", providers.activation(2), "--wait", "0")
    assert sent(*WHOM, *arguments) == "fcm: sent 0, failed 0, pending 1\n"
    assert waited == [0.0]
    provider.run()
    assert provider.tokens == ["token-2"]
    assert (provider.sent[0][0].silent, provider.sent[0][0].sound) == (True, None)


def test_a_device_that_does_not_get_it_is_an_error(provider: providers.FakeProvider) -> None:
    providers.device(1)
    provider.respond = lambda content, target: providers.NO
    out = StringIO()
    with pytest.raises(CommandError, match="Devices that do not get it: 1"):
        call_command("send_push", *WHOM, *WORDS, stdout=out)
    assert out.getvalue() == "fcm: sent 0, failed 1, pending 0\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((*WHOM, *WORDS), "no device"),
        (("--application", "unknown", "--user", "alice", *WORDS), "No such application: unknown"),
        (("--application", "retail", "--user", " ", *WORDS), "1 to 255 characters"),
        ((*WHOM, "--title", "x"), "--title and --body"),
        ((*WHOM, *WORDS, "--extras", "{"), "no JSON"),
        ((*WHOM, *WORDS, "--extras", "[]"), "JSON object"),
        ((*WHOM, *WORDS, "--extras", '{"aps": 1}'), "which is Apple's"),
        ((*WHOM, "--title", "x", "--body", "x" * 5000), "longer than a provider takes"),
        ((*WHOM, *WORDS, "--wait", "-1"), "--wait is from 0 to 600"),
        ((*WHOM, *WORDS, "--wait", "nan"), "--wait is from 0 to 600"),
    ],
)
def test_what_cannot_be_sent_is_said(arguments: tuple[str, ...], text: str) -> None:
    with pytest.raises(CommandError, match=text):
        sent(*arguments)
    assert not PushMessage.objects.exists()


def test_another_push_server_sends_its_messages_itself(settings: Settings) -> None:
    settings.PUSH_SERVICE_URL = "https://push.bank.example"
    providers.device(1)
    with pytest.raises(CommandError, match="PUSH_SERVICE_URL"):
        sent(*WHOM, *WORDS)
    assert not PushMessage.objects.exists()
