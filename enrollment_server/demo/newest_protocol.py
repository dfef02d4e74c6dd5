"""The chapters that only protocol 4.0 has: its PIN and biometry, and phones that move up to it."""

from http import HTTPStatus

from enrollment_server.demo.scene import PIN, Scene
from enrollment_server.demo.transcript import require_equal
from powerauth.protocol.signed_request import SignatureType

NEW_PIN = "5678"
FORMER_VERSION, VERSION = "3.3", "4.0"


def factors(scene: Scene) -> None:
    """Change the PIN, and give biometry a key of its own."""
    story, phone = scene.transcript, scene.phone
    with story.step("a new PIN: phone and server agree on a new key, and the old one is refused"):
        phone.change_pin(PIN, NEW_PIN)
        answer = phone.validate_signature(pin=PIN)
        require_equal(answer.status, int(HTTPStatus.UNAUTHORIZED), "the HTTP status")
    with story.step("the user turns biometry off, and the server takes no code by it"):
        phone.remove_biometry()
        require_equal(phone.status().biometry_enabled, False, "biometry at the server")
    with story.step("turned on again by the new PIN, biometry approves a payment"):
        phone.add_biometry(NEW_PIN)
        payment = scene.operation("payment")
        scene.agreed(phone.approve(payment, factors=SignatureType.POSSESSION_BIOMETRY))
        require_equal(scene.status_at_bank(payment["id"]), "APPROVED", "the payment")


def moving_up(scene: Scene) -> None:
    """Move a phone of protocol 3 up, which goes on with its PIN."""
    story, tablet = scene.transcript, scene.devices[1].phone
    tablet.version = FORMER_VERSION
    with story.step(f"the user's tablet speaks {FORMER_VERSION}, and approves a payment"):
        scene.pair(tablet)
        scene.agreed(tablet.approve(scene.operation("payment"), pin=PIN))
    with story.step(f"its status offers {VERSION}: it agrees on new keys, and moves up"):
        tablet.upgrade(PIN)
        require_equal(tablet.version, VERSION, "the protocol")
    with story.step("it goes on as the same activation, with the same PIN"):
        payment = scene.operation("payment")
        scene.agreed(tablet.approve(payment, pin=PIN))
        require_equal(scene.status_at_bank(payment["id"]), "APPROVED", "the payment")
