"""The chapters about push: devices that ring, hear quietly, and are not there any more."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from enrollment_server.demo.providers import PATIENCE_S, Device
from enrollment_server.demo.scene import PIN, Scene
from enrollment_server.demo.transcript import require, require_equal
from push.stand_in.faults import apns_reply
from push.stand_in.screens import Heard
from push.stand_in.values import Provider, Reply

_MADE, _ENDED = "mtoken.operationInit", "mtoken.operationFinished"
_UNAVAILABLE = Reply(status=int(HTTPStatus.SERVICE_UNAVAILABLE))
# The clocks of providers are theirs: the token died after the device registered.
_LATER_MS = 60_000


def registration(scene: Scene) -> None:
    """Tell the bank where push messages go."""
    story, (device, *others) = scene.transcript, scene.devices
    phone = device.phone
    with story.step("the phone registers what Apple knows it by, with its token for requests"):
        scene.agreed(phone.register_push(device.token, platform="ios"))
    with story.step("the same with a signature; the second time renews the first"):
        scene.agreed(phone.register_push_signed(device.token, platform="apns"))
    with story.step("a platform that nobody knows is refused"):
        scene.refused(
            phone.register_push("token", platform="symbian"),
            HTTPStatus.BAD_REQUEST,
            "INVALID_REQUEST",
        )
    for other in others:
        with story.step(f"the user pairs {other.name}, which registers for {other.provider}"):
            scene.pair(other.phone)
            scene.agreed(other.phone.register_push(other.token, platform=other.provider))


def operations(scene: Scene) -> None:
    """Ring when a decision waits, and tell the others when it is made."""
    if not scene.operations_ring:
        scene.transcript.say("no device rings for operations here: they are on one server, the")
        scene.transcript.say("devices on another, and whoever makes them sends the push there")
        return
    story, (phone, *others) = scene.transcript, scene.devices
    payment = scene.operation("payment", note="Rent for August")
    with story.step("the bank asks for a decision about a payment, and every device rings:"):
        for device in scene.devices:
            rung = _heard_of(scene, device, payment, _MADE)
            require_equal((rung.title, rung.body), _PAYMENT_WAITS, f"the text on {device.name}")
    story.shown(": ".join(_PAYMENT_WAITS))
    again = scene.operation("payment", note="Rent for August")
    with story.step("the same once more, while the first one waits, makes no sound"):
        for device in scene.devices:
            _quietly(_heard_of(scene, device, again, _MADE))
    with story.step("the user approves on the phone; the other devices hear it quietly"):
        scene.agreed(phone.phone.approve(payment, pin=PIN))
        for device in others:
            ended = _heard_of(scene, device, payment, _ENDED, "authentication.success")
            _quietly(ended)
        known = {"operationId": payment["id"], "messageType": _ENDED}
        require(not scene.providers.all_heard(phone, **known), "the phone is told what it did")
    with story.step("the bank cancels the other one, and all devices take it off the screen"):
        scene.bank.call("operation/cancel", operationId=again["id"], statusReason="TEST")
        for device in scene.devices:
            _quietly(_heard_of(scene, device, again, _ENDED, "operation.canceled"))


def messages(scene: Scene) -> None:
    """Ring for what the bank writes."""
    story = scene.transcript
    with story.step("the bank writes a message that rings:"):
        message_id = scene.write_message(
            notify=True,
            subject="Your statement",
            summary="The one of this month is ready",
            body="You find it among your documents.",
        )
        for device in scene.devices:
            rung = scene.providers.heard(device, inboxId=message_id)
            require_equal(rung.extras["messageType"], "mtoken.inboxMessage.new", "its type")
            require_equal(rung.title, "Your statement", f"the title on {device.name}")
    story.shown(f"{rung.title}: {rung.body}")
    with story.step("a back end sends as to a Push Server, and is told what became of it:"):
        counters = _send(scene, news="hello")
        for device in scene.devices:
            require_equal(counters[device.provider], _counted(sent=1), "the counters")
            require_equal(scene.providers.heard(device, news="hello").title, _TITLE, "the title")
    for name, counter in counters.items():
        if name != "mode":
            story.shown(f"{name}: {counter['sent']} of {counter['total']} sent")
    with story.step("a campaign reaches everybody on its list, once"):
        _run_campaign(scene)
        for device in scene.devices:
            scene.providers.heard(device, news="campaign")
            require_equal(len(scene.providers.all_heard(device, news="campaign")), 1, "how often")


def trouble(scene: Scene) -> None:
    """Bear with providers that fail, and with devices that are gone."""
    story, (phone, tablet, _) = scene.transcript, scene.devices
    with story.step("Google is away for a moment: the message is sent again, and arrives"):
        scene.providers.refuse(tablet, _UNAVAILABLE)
        require_equal(_send(scene, news="patience")["fcm"], _counted(sent=1), "the counters")
        require_equal(len(scene.providers.all_heard(tablet, news="patience")), 1, "how often")
    with story.step("Apple says that the phone's token is dead: the message failed"):
        dead = apns_reply("Unregistered", timestamp_ms=int(time.time() * 1000) + _LATER_MS)
        scene.providers.refuse(phone, dead)
        require_equal(_send(scene, news="farewell")["apns"], _counted(failed=1), "the counters")
    with story.step("and the device is forgotten; the others still hear"):
        counters = _send(scene, news="without")
        require_equal(counters["apns"], _counted(), "the counters of Apple")
        require_equal(counters["hms"], _counted(sent=1), "the counters of Huawei")
    with story.step("until it registers again"):
        scene.agreed(phone.phone.register_push(phone.token, platform=Provider.APNS))
        require_equal(_send(scene, news="return")["apns"], _counted(sent=1), "the counters")


_PAYMENT_WAITS = ("A payment waits", "Check the amount and the account in the app.")
_TITLE = "Good news"


def _heard_of(
    scene: Scene, device: Device, operation: Mapping[str, Any], kind: str, result: str = ""
) -> Heard:
    """Wait for what a device hears of an operation, and insist that it is nothing more than this.

    Raises:
        StepFailed: it hears nothing, or what is not for strangers.
    """
    told = {
        "messageType": kind,
        "operationId": operation["id"],
        "operationName": operation["operationType"],
        **({"mtokenOperationResult": result} if result else {}),
    }
    heard = scene.providers.heard(device, messageType=kind, operationId=operation["id"])
    require_equal(dict(heard.extras), told, f"what {device.name} is told")
    return heard


def _quietly(heard: Heard) -> None:
    require(heard.silent, f"it shows {heard.title!r}")


def _message(**extras: str) -> dict[str, Any]:
    return {"title": _TITLE, "body": "Look into the app", "extras": extras}


def _send(scene: Scene, **extras: str) -> Any:
    """Let the bank send a message to the user, wait for it, and give the counters."""
    return scene.push_server.post(
        "push/message/send",
        {
            "appId": scene.application_id,
            "mode": "SYNCHRONOUS",
            "message": {"userId": scene.user_id, "body": _message(**extras)},
        },
    )


def _counted(*, sent: int = 0, failed: int = 0) -> dict[str, int]:
    return {"sent": sent, "failed": failed, "pending": 0, "total": sent + failed}


def _run_campaign(scene: Scene) -> None:
    """Make a campaign for the user, send it, and wait until nobody is left.

    Raises:
        StepFailed: it is not complete in time.
    """
    bank = scene.push_server
    wanted = {"appId": scene.application_id, "message": _message(news="campaign")}
    campaign = f"{bank.post('push/campaign/create', wanted)['id']}"
    bank.post(f"push/campaign/{campaign}/user/add", [scene.user_id, scene.user_id])
    bank.post(f"push/campaign/send/live/{campaign}", {})
    until = time.monotonic() + PATIENCE_S
    while bank.get(f"push/campaign/{campaign}/detail")["timestampCompleted"] is None:
        require(time.monotonic() < until, "the campaign does not end")
        time.sleep(0.1)
