"""Where events may go: no redirects, no forbidden hosts, no proxies."""

import pytest
from pytest_django.fixtures import Settings

from powerauth.callbacks import deliver_due
from powerauth.models import Callback, CallbackEvent
from tests.callbacks.events import make_callback, write_event
from tests.callbacks.receiver import Receiver, Reply, receiving

pytestmark = pytest.mark.django_db


def _deliver(url: str) -> CallbackEvent:
    """Deliver an event to a URL that came into the table in any way."""
    callback = make_callback("http://127.0.0.1:9/")
    Callback.objects.filter(pk=callback.pk).update(url=url)
    event = write_event(callback)
    assert deliver_due() == 1
    event.refresh_from_db()
    return event


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        receiver.replies.append(Reply(status=status, headers={"Location": elsewhere.url}))
        event = _deliver(receiver.url)
        assert elsewhere.received == []
    assert (event.state, event.last_error) == ("PENDING", f"HTTP {status}")
    assert len(receiver.received) == 1


def test_body_of_a_redirect_is_not_read(receiver: Receiver, settings: Settings) -> None:
    settings.CALLBACK_RESPONSE_TIMEOUT_S = 3
    headers = {"Location": receiver.url, "Content-Length": "9"}
    receiver.replies.append(Reply(status=302, headers=headers, hang=True))
    assert _deliver(receiver.url).last_error == "HTTP 302"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://",
        "//127.0.0.1/",
        "http://user:password@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b",
    ],
)
def test_other_urls_are_not_called(url: str) -> None:
    event = _deliver(url)
    assert (event.state, event.last_error) == ("PENDING", "the URL may not be called")


@pytest.mark.parametrize(
    ("allowed", "called"),
    [
        ([], True),
        (["127.0.0.1"], True),
        (["bank.example", "127.0.0.1"], True),
        (["bank.example"], False),
        (["*.0.0.1"], True),
        (["*.127.0.0.1"], False),
        (["27.0.0.1"], False),
    ],
)
def test_allowed_hosts(
    receiver: Receiver, settings: Settings, allowed: list[str], called: bool
) -> None:
    callback = make_callback(receiver.url)
    event = write_event(callback)
    settings.CALLBACK_ALLOWED_HOSTS = allowed
    deliver_due()
    event.refresh_from_db()
    assert len(receiver.received) == int(called)
    assert event.last_error == ("" if called else "the URL may not be called")


def test_name_of_loopback_is_called(receiver: Receiver) -> None:
    event = _deliver(f"http://localhost:{receiver.port}/")
    assert event.state == "COMPLETED"


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        event = _deliver(receiver.url)
        assert proxy.received == []
    assert event.state == "COMPLETED"
    assert len(receiver.received) == 1


def test_last_error_names_no_address(settings: Settings) -> None:
    event = _deliver("http://127.0.0.1:9/path?secret=in-the-query")
    assert event.last_error == "connection failed"
