"""Push registration, against the fake server."""

import json

from powerauth.phone.phone import Phone
from powerauth.protocol.versions import TRAITS
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer, header, raw


def sent(server: FakeServer) -> object:
    return json.loads(raw(server.seen[-1]))


def test_registration_with_the_usual_token(phone: Phone, server: FakeServer) -> None:
    assert phone.register_push("device-token").ok
    assert sent(server) == {"requestObject": {"platform": "fcm", "token": "device-token"}}
    assert str(server.seen[-1].url).endswith("/api/push/device/register/token")
    assert phone.register_push("device-token").ok
    assert len(server.tokens) == 1


def test_environment_is_sent_when_given(make_phone: MakePhone, server: FakeServer) -> None:
    assert make_phone().register_push("AB", platform="apns", environment="development").ok
    device = {"platform": "apns", "token": "AB", "environment": "development"}
    assert sent(server) == {"requestObject": device}


def test_registration_with_a_signature(phone: Phone, server: FakeServer) -> None:
    assert phone.register_push_signed("AB", platform="hms").ok
    request = server.seen[-1]
    assert str(request.url).endswith("/api/push/device/register")
    name = TRAITS[phone.version].type_parameter
    assert f'{name}="possession"' in header(request, "X-PowerAuth-Authorization")
    assert phone.register_push_signed("AB", factors="possession_knowledge", pin=PIN).ok


def test_refusals_are_answers(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    wrong = phone.register_push_signed("AB", factors="possession_knowledge", pin="0000")
    assert (wrong.status, wrong.code) == (401, "ERR_AUTHENTICATION")
    phone.create_token()
    server.tokens.clear()
    assert phone.register_push("AB").status == 401
