"""Whatever a message says: what our mappings make of it is what the providers take."""

import json
from datetime import UTC, datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from push.messages.limits import compact, is_over
from push.messages.values import PushMessage, Text
from push.providers.apns import payload as apns
from push.providers.fcm import body as fcm
from push.providers.hms import body as hms
from push.providers.sizes import too_long_for
from push.stand_in.strict import fcm as google
from push.stand_in.strict import hms as huawei
from push.stand_in.strict.apns import delivery_refusal, payload_refusal
from tests.push.messages.strategies import MESSAGES
from tests.push.providers.sending import FCM_TOKEN, HMS_TOKEN

AT = datetime(2026, 1, 1, tzinfo=UTC)
RESERVED = ("from", "message_type", "google", "gcm")


@given(MESSAGES)
def test_apple(message: PushMessage) -> None:
    body = apns.encoded(message)
    assume(len(body) <= apns.MAX_PAYLOAD)
    headers = apns.delivery_headers(message)
    assert payload_refusal(body) is None
    assert delivery_refusal(headers, json.loads(body)["aps"]) is None


@given(MESSAGES, st.booleans())
def test_google(message: PushMessage, data_only: bool) -> None:
    assume(not any(name.startswith(RESERVED) for name in message.extras))
    assume(not is_over(message, at=AT))
    assume("fcm" not in too_long_for(message, at=AT, fcm_data_only=data_only))
    request = fcm.body(message, FCM_TOKEN, at=AT, data_only=data_only)
    assert google.violation(json.loads(compact(request))) is None


def _is_said(text: Text) -> bool:
    return text.text is not None or text.loc_key is not None


@given(MESSAGES)
def test_huawei(message: PushMessage) -> None:
    # Huawei shows nothing that has not both.
    assume(message.silent or (_is_said(message.title) and _is_said(message.body)))
    assume(not is_over(message, at=AT))
    assume("hms" not in too_long_for(message, at=AT, fcm_data_only=False))
    request = hms.body(message, HMS_TOKEN, at=AT)
    assert huawei.refusal(json.loads(compact(request))) is None


@given(MESSAGES)
def test_silent_message_says_nothing_aloud(message: PushMessage) -> None:
    assume(message.silent)
    said = json.loads(apns.encoded(message))["aps"]
    assert not {"alert", "sound", "category"} & said.keys()
    request = fcm.body(message, FCM_TOKEN, at=AT, data_only=True)["message"]
    assert "notification" not in request["android"]
    assert "_notification" not in request.get("data", {}).keys() - message.extras.keys()
    assert "notification" not in hms.body(message, HMS_TOKEN, at=AT)["message"]["android"]
