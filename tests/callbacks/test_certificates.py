"""TLS towards receivers: always checked, with a certificate of ours where one is asked for."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.callbacks import deliver_due
from powerauth.engine.callbacks.callback_authentication import Authentication, Certificate
from powerauth.models import CallbackEvent
from tests.callbacks.events import make_callback, write_event
from tests.callbacks.pki import PASSWORD, Authority, make, make_authority
from tests.callbacks.receiver import receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority(tmp_path: Path, settings: Settings) -> Authority:
    settings.CALLBACK_FILES_DIR = str(tmp_path)
    return make_authority(tmp_path)


def _deliver(url: str, **certificate: Any) -> CallbackEvent:
    """Deliver one event to a URL, and give it as it is then."""
    authentication = Authentication(certificate=Certificate(enabled=True, **certificate))
    event = write_event(make_callback(url, authentication=authentication))
    assert deliver_due() == 1
    event.refresh_from_db()
    return event


def _trusting(authority: Authority) -> dict[str, Any]:
    return {"use_custom_trust_store": True, "trust_store_location": authority.trust_pem()}


def test_unknown_authority_is_not_trusted(authority: Authority) -> None:
    with receiving(tls=authority.server()) as receiver:
        event = write_event(make_callback(receiver.url))
        deliver_due()
        assert receiver.received == []
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("PENDING", "TLS failed")


@pytest.mark.parametrize("kind", ["pem", "pkcs12", "file URL"])
def test_authority_of_the_trust_store_is_trusted(authority: Authority, kind: str) -> None:
    locations = {
        "pem": authority.trust_pem(),
        "pkcs12": authority.trust_pkcs12(),
        "file URL": f"file:{authority.trust_pem()}",
    }
    with receiving(tls=authority.server()) as receiver:
        event = _deliver(
            receiver.url,
            use_custom_trust_store=True,
            trust_store_location=locations[kind],
            trust_store_password=PASSWORD if kind == "pkcs12" else None,
        )
    assert (event.state, event.last_error) == ("COMPLETED", "")


def test_trust_store_that_is_switched_off_is_not_used(authority: Authority) -> None:
    with receiving(tls=authority.server()) as receiver:
        event = _deliver(receiver.url, trust_store_location=authority.trust_pem())
    assert event.last_error == "TLS failed"


def test_custom_trust_store_replaces_the_usual_authorities(
    authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = make_authority(tmp_path / "other")
    with receiving(tls=authority.server()) as receiver:
        event = _deliver(receiver.url, **_trusting(other))
    assert event.last_error == "TLS failed"


def test_certificate_for_another_address_is_refused(authority: Authority) -> None:
    with receiving(tls=authority.server(address="127.0.0.2")) as receiver:
        event = _deliver(receiver.url, **_trusting(authority))
        assert receiver.received == []
    assert event.last_error == "TLS failed"


@pytest.mark.parametrize("kind", ["pem", "encrypted pem", "pkcs12"])
def test_our_certificate_is_shown(authority: Authority, kind: str) -> None:
    ours = make("our callbacks", issuer=authority.pair)
    contents = {
        "pem": ours.pem(),
        "encrypted pem": ours.pem(PASSWORD),
        "pkcs12": ours.pkcs12(alias="callbacks"),
    }
    with receiving(tls=authority.server(ask=True)) as receiver:
        event = _deliver(
            receiver.url,
            use_custom_key_store=True,
            key_store_location=authority.file("ours", contents[kind]),
            key_store_password=None if kind == "pem" else PASSWORD,
            key_alias="Callbacks",
            **_trusting(authority),
        )
        (request,) = receiver.received
    assert (event.state, event.last_error) == ("COMPLETED", "")
    assert request.peer["subject"] == ((("commonName", "our callbacks"),),)


def test_receiver_that_asks_for_a_certificate_refuses_us_without(authority: Authority) -> None:
    with receiving(tls=authority.server(ask=True)) as receiver:
        event = _deliver(receiver.url, **_trusting(authority))
        assert receiver.received == []
    assert event.state == "PENDING"
    assert event.last_error in ("TLS failed", "connection failed")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key_store_location": "no.p12"}, "the key store cannot be used: it cannot be read"),
        (
            {"key_store_location": "/nowhere/at/all"},
            "the key store cannot be used: it is not below CALLBACK_FILES_DIR",
        ),
        ({"key_store_password": "wrong"}, "the key store cannot be used"),
        ({"key_store_password": None}, "the key store cannot be used"),
        ({"key_alias": "another"}, "the key store cannot be used"),
        (
            {"trust_store_location": "no.pem"},
            "the trust store cannot be used: it cannot be read",
        ),
    ],
)
def test_unusable_store_is_a_failure_without_secrets(
    authority: Authority, changes: dict[str, Any], reason: str
) -> None:
    ours = make("our callbacks", issuer=authority.pair)
    values = {
        "use_custom_key_store": True,
        "key_store_location": authority.file("ours.p12", ours.pkcs12()),
        "key_store_password": PASSWORD,
        **_trusting(authority),
        **changes,
    }
    event = _deliver("https://127.0.0.1:9/", **values)
    assert (event.state, event.last_error) == ("PENDING", reason)


def test_encrypted_key_without_a_password_does_not_ask_the_terminal(authority: Authority) -> None:
    ours = make("our callbacks", issuer=authority.pair)
    event = _deliver(
        "https://127.0.0.1:9/",
        use_custom_key_store=True,
        key_store_location=authority.file("ours.pem", ours.pem(PASSWORD)),
    )
    assert event.last_error == "the key store cannot be used"
