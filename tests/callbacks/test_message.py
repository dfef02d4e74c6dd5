"""What a receiver gets, and how it can trust it."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

import pytest

from powerauth.callbacks import deliver_due
from powerauth.callbacks.message import compose, signature
from powerauth.engine.callbacks import callbacks
from tests.callbacks.events import PAYLOAD, make_callback, make_due, write_event
from tests.callbacks.receiver import Received, Receiver, Reply

AT = datetime(2026, 1, 1, tzinfo=UTC)


def _is_genuine(request: Received, secret_text: str) -> bool:
    """Check a request as Standard Webhooks tells receivers to, from what they are given."""
    key = base64.b64decode(secret_text.removeprefix("whsec_"))
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
    expected = hmac.new(key, content.encode() + request.body, hashlib.sha256).digest()
    version, _, signature = request.headers["webhook-signature"].partition(",")
    return version == "v1" and base64.b64decode(signature) == expected


def test_known_signature() -> None:
    """The example of the specification of Standard Webhooks' reference libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}', key)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.django_db
def test_receiver_can_verify_every_attempt(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    event = write_event(callback)
    receiver.replies.append(Reply(status=500))
    before = int(time.time())
    deliver_due()
    make_due()
    deliver_due()
    secret = callbacks.signing_secret_text(callbacks.signing_secret_of(callback))
    assert [_is_genuine(request, secret) for request in receiver.received] == [True, True]
    for request in receiver.received:
        assert request.headers["webhook-id"] == str(event.pk)
        assert before <= int(request.headers["webhook-timestamp"]) <= time.time()
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["User-Agent"].startswith("Enrollment-Server")
        assert "Authorization" not in request.headers
    other = callbacks.signing_secret_text(b"\x07" * 32)
    assert not _is_genuine(receiver.received[0], other)


def test_signature_is_fresh_at_every_attempt() -> None:
    first, second = (
        compose("id", PAYLOAD, attributes=[], secret=b"k" * 32, at=datetime.fromtimestamp(at, UTC))
        for at in (100.9, 200)
    )
    assert (first.headers["webhook-timestamp"], second.headers["webhook-timestamp"]) == (
        "100",
        "200",
    )
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert first.body == second.body


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ([], {}),
        (["status", "userId"], {"userId": "alice", "status": "APPROVED"}),
        (["externalId"], {"externalId": None}),
        (["unheardOf", "activationId"], {}),
        (["data"], {"data": PAYLOAD["data"]}),
    ],
)
def test_body_has_the_chosen_attributes(attributes: list[str], expected: dict[str, object]) -> None:
    message = compose("id", PAYLOAD, attributes=attributes, secret=b"k" * 32, at=AT)
    assert json.loads(message.body) == {
        "type": "OPERATION",
        "operationId": PAYLOAD["operationId"],
        **expected,
    }


def test_order_of_the_body_is_that_of_the_configuration() -> None:
    shuffled = dict(reversed(list(PAYLOAD.items())))
    message = compose("id", shuffled, attributes=["status", "userId"], secret=b"k" * 32, at=AT)
    assert list(json.loads(message.body)) == ["type", "operationId", "status", "userId"]


def test_activation_is_named_by_its_identifier() -> None:
    payload = {"type": "ACTIVATION", "activationId": "a", "userId": "alice"}
    message = compose("id", payload, attributes=[], secret=b"k" * 32, at=AT)
    assert message.body == b'{"type":"ACTIVATION","activationId":"a"}'
