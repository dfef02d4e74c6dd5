"""The chapters of the demo: what a phone and a bank do with each other, step by step.

A chapter is a function of the `Scene`, and joins by a line in `CHAPTERS` or `CHAPTERS_OF_4`.
"""

from collections.abc import Callable
from http import HTTPStatus

from enrollment_server.demo import newest_protocol, ringing
from enrollment_server.demo.scene import PIN, WRONG_PIN, Scene
from enrollment_server.demo.transcript import StepFailed, require, require_equal
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.headers import SIGNATURE_HEADER
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.versions import GENERATION_3, TRAITS

HISTORY = "/api/auth/token/app/operation/history"
ACTIVE, BLOCKED = 3, 4  # state bytes of the status blob
SAVINGS = "savings"  # how the main app asks for the second one
SPAWN_OTP = "4711-0815-42"


def activation(scene: Scene) -> None:
    """Pair the phone with the user."""
    story, phone = scene.transcript, scene.phone
    with story.step("the bank makes an activation code for its user"):
        code = scene.bank.call(
            "activation/init", userId=scene.user_id, applicationId=scene.application_id
        )
    story.say(f"the user scans {code['activationCode']} and chooses a PIN")
    with story.step("the phone checks who signed the code, and exchanges keys with the server"):
        result = phone.activate(f"{code['activationCode']}#{code['activationSignature']}", pin=PIN)
    with story.step(f"phone and bank show the same fingerprint, {result.fingerprint}"):
        require_equal(
            scene.activation_at_bank()["devicePublicKeyFingerprint"],
            result.fingerprint,
            "the fingerprint at the bank",
        )
    with story.step("the bank commits the activation; the phone reads ACTIVE from its status"):
        scene.bank.call("activation/commit", activationId=phone.activation_id)
        require_equal(phone.status().state, ACTIVE, "the state byte")


def listing(scene: Scene) -> None:
    """Show what waits, in two languages."""
    story, phone = scene.transcript, scene.phone
    with story.step("the phone creates a token, so that it can ask without a PIN"):
        phone.create_token()
    for template in ("payment", "conversion"):
        with story.step(f"the bank asks for a decision: {template}"):
            wanted = scene.operation(template)
        for language, name in (("en", "English"), ("cs", "Czech")):
            with story.step(f"the phone lists it in {name}:"):
                shown = scene.shown(wanted["id"], language)
                require_equal(shown["data"], wanted["data"], "the data to sign")
            story.screen(shown)


def approval(scene: Scene) -> None:
    """Approve with two factors, with one, and near the bank's screen."""
    story, phone = scene.transcript, scene.phone
    payment = scene.operation("payment")
    with story.step("the user approves a payment with the PIN: two factors"):
        scene.agreed(phone.approve(payment, pin=PIN))
        require_equal(scene.status_at_bank(payment["id"]), "APPROVED", "the payment")
    with story.step("the same approval once more is refused: the payment is finished"):
        scene.refused(
            phone.approve(payment, pin=PIN), HTTPStatus.BAD_REQUEST, "OPERATION_ALREADY_FINISHED"
        )
    login = scene.operation("login")
    with story.step("a login needs the phone only: one factor"):
        scene.agreed(phone.approve(login, factors=SignatureType.POSSESSION))
        require_equal(scene.status_at_bank(login["id"]), "APPROVED", "the login")
    other = scene.operation("payment")
    with story.step("one factor is not enough for a payment"):
        scene.refused(
            phone.approve(other, factors=SignatureType.POSSESSION),
            HTTPStatus.UNAUTHORIZED,
            "OPERATION_FAILED",
        )
    with story.step("changed data are not what the bank asked for"):
        scene.refused(
            phone.approve(other, other["data"].replace("2199", "1", 1), pin=PIN),
            HTTPStatus.UNAUTHORIZED,
            "OPERATION_FAILED",
        )


def proximity(scene: Scene) -> None:
    """Prove that the phone is near."""
    story, phone = scene.transcript, scene.phone
    withdrawal = scene.operation("branch-withdrawal")
    with story.step("a withdrawal at the branch asks to scan the clerk's code"):
        shown = scene.shown(withdrawal["id"])
        require_equal(shown["ui"]["preApprovalScreen"]["type"], "QR_SCAN", "the screen before it")
    with story.step("without the code the withdrawal is refused"):
        scene.refused(phone.approve(shown, pin=PIN), HTTPStatus.UNAUTHORIZED, "OPERATION_FAILED")
    with story.step("with the code it is approved"):
        otp = scene.bank.call("operation/detail", operationId=withdrawal["id"])["proximityOtp"]
        scene.agreed(phone.approve(shown, pin=PIN, proximity_otp=otp))
        require_equal(scene.status_at_bank(withdrawal["id"]), "APPROVED", "the withdrawal")


def rejection(scene: Scene) -> None:
    """Reject, and have an operation withdrawn by the bank."""
    story, phone = scene.transcript, scene.phone
    suspicious = scene.operation("payment-suspicious")
    with story.step("the phone warns of a payment that the bank flagged"):
        shown = scene.shown(suspicious["id"])
        require_equal(shown["ui"]["preApprovalScreen"]["type"], "WARNING", "the screen before it")
    story.shown(f"! {shown['ui']['preApprovalScreen']['heading']}")
    with story.step("the user rejects it: incorrect data"):
        scene.agreed(phone.reject(shown, "INCORRECT_DATA"))
        found = scene.bank.call("operation/detail", operationId=suspicious["id"])
        require_equal(found["status"], "REJECTED", "the payment")
        require_equal(
            found["additionalData"].get("rejectReason"), "INCORRECT_DATA", "the reason at the bank"
        )
    withdrawn = scene.operation("payment")
    with story.step("what the bank cancels cannot be approved any more"):
        scene.bank.call("operation/cancel", operationId=withdrawn["id"], statusReason="TEST")
        scene.refused(
            phone.approve(withdrawn, pin=PIN),
            HTTPStatus.BAD_REQUEST,
            "OPERATION_ALREADY_CANCELED",
        )


def attacks(scene: Scene) -> None:
    """Guess the PIN, and replay a request."""
    story, phone = scene.transcript, scene.phone
    payment = scene.operation("payment")
    with story.step("a wrong PIN is refused, and counted for phone and payment"):
        scene.refused(
            phone.approve(payment, pin=WRONG_PIN), HTTPStatus.UNAUTHORIZED, "POWERAUTH_AUTH_FAIL"
        )
        require_equal(scene.activation_at_bank()["failedAttempts"], 1, "failures of the phone")
        counted = scene.bank.call("operation/detail", operationId=payment["id"])["failureCount"]
        require_equal(counted, 1, "failures of the payment")
    with story.step("the right PIN is accepted, and forgives the failure"):
        scene.agreed(phone.approve(payment, pin=PIN))
        require_equal(scene.activation_at_bank()["failedAttempts"], 0, "failures of the phone")
    body = to_body({})
    header = phone.sign("POST", "/operation/history", body, pin=PIN)
    with story.step("a request that somebody recorded works once, and never again"):
        scene.agreed(phone.server.post(HISTORY, body, {SIGNATURE_HEADER: header}))
        scene.refused(
            phone.server.post(HISTORY, body, {SIGNATURE_HEADER: header}),
            HTTPStatus.UNAUTHORIZED,
            "POWERAUTH_AUTH_FAIL",
        )
    with story.step("a token header that somebody recorded works once, and never again"):
        path, recorded = scene.recorded_token_request()
        scene.agreed(phone.server.post(path, body, recorded))
        scene.refused(
            phone.server.post(path, body, recorded), HTTPStatus.UNAUTHORIZED, "POWERAUTH_AUTH_FAIL"
        )


def offline(scene: Scene) -> None:
    """Approve with a phone that has no network."""
    story, phone, bank = scene.transcript, scene.phone, scene.bank
    if not scene.has_all:
        story.say("the server that has the operations is asked, with texts of its own: phones and")
        story.say("the server that they call take no part; another product has no such methods")
    payment = scene.operation("payment")
    of_both = {"operationId": payment["id"], "activationId": phone.activation_id}
    with story.step("the bank shows a QR code; the phone checks who signed it, and shows:"):
        shown = bank.call("operation/offline/create", language="en", **of_both)
        scanned = phone.scan(shown["offlineData"])
        require_equal(scanned.operation_data, payment["data"], "the data to sign")
    story.shown(scanned.title)
    story.shown(scanned.message)
    failed = scene.activation_at_bank()["failedAttempts"]
    with story.step("a code by a wrong PIN is refused, and counted for phone and payment"):
        code = phone.offline_code(scanned, pin=WRONG_PIN)
        answer = bank.call("operation/offline/approve", code=code, **of_both)
        require_equal(answer["result"], "APPROVAL_FAILED", "the result")
        require_equal(answer["operation"]["failureCount"], 1, "failures of the payment")
        counted = scene.activation_at_bank()["failedAttempts"]
        require_equal(counted, failed + 1, "failures of the phone")
    code = phone.offline_code(scanned, pin=PIN)
    with story.step(f"the user types {code} at the bank, which approves the payment"):
        answer = bank.call("operation/offline/approve", code=code, **of_both)
        require_equal(answer["result"], "APPROVED", "the result")
        require_equal(scene.status_at_bank(payment["id"]), "APPROVED", "the payment")


def claim(scene: Scene) -> None:
    """Take over an operation that belongs to nobody yet."""
    story, phone = scene.transcript, scene.phone
    purchase = scene.operation("card-purchase", user_id="")
    with story.step("a purchase at a till belongs to nobody; no phone lists it"):
        listed = [operation["id"] for operation in phone.operations()]
        require(purchase["id"] not in listed, "the purchase is listed")
    with story.step("the user claims it by the code at the till:"):
        shown = phone.claim(purchase["id"])
        found = scene.bank.call("operation/detail", operationId=purchase["id"])
        require_equal(found["userId"], scene.user_id, "the user at the bank")
    story.screen(shown)
    with story.step("and approves it with biometry: two factors again"):
        scene.agreed(phone.approve(shown, factors=SignatureType.POSSESSION_BIOMETRY))
        require_equal(scene.status_at_bank(purchase["id"]), "APPROVED", "the purchase")


def history(scene: Scene) -> None:
    """Look back."""
    story, phone = scene.transcript, scene.phone
    with story.step("the history shows what became of everything:"):
        operations = phone.history(PIN)
        states = [operation["status"] for operation in operations]
        require({"APPROVED", "REJECTED", "CANCELED", "PENDING"} <= set(states), f"only {states}")
        created = [operation["operationCreated"] for operation in operations]
        require_equal(created, sorted(created, reverse=True), "the order, newest first,")
    for operation in operations[:5]:
        story.shown(f"{operation['status']:<9} {operation['formData']['title']}")


def blocking(scene: Scene) -> None:
    """Block the phone, and let it in again."""
    story, phone = scene.transcript, scene.phone
    with story.step("the bank blocks the phone; the phone reads BLOCKED, and may do nothing"):
        scene.bank.call("activation/block", activationId=phone.activation_id, reason="LOST")
        require_equal(phone.status().state, BLOCKED, "the state byte")
        scene.unauthorized(phone.operations)
    with story.step("the bank unblocks it, and everything works again"):
        scene.bank.call("activation/unblock", activationId=phone.activation_id)
        require_equal(phone.status().state, ACTIVE, "the state byte")
        phone.operations()


def vault(scene: Scene) -> None:
    """Use the key that only the server can unlock."""
    story, phone = scene.transcript, scene.phone
    with story.step("the server unlocks the vault for the PIN; the device key in it signs"):
        data = b"a document"
        signatures = phone.sign_with_device_keys(data, PIN)
        require(
            phone.verify_own_signatures(data, signatures),
            "the signature of the device key does not verify",
        )
    with story.step("not for a wrong PIN"):
        scene.unauthorized(lambda: phone.unlock_vault(WRONG_PIN))


def inbox(scene: Scene) -> None:
    """Read what the bank wrote."""
    story, phone = scene.transcript, scene.phone
    with story.step("the bank writes a message"):
        message_id = scene.write_message(
            subject="Your new card",
            summary="It is on its way to you",
            body="Expect it on Monday. The PIN comes by another letter.",
        )
    with story.step("the phone counts one unread message, and lists it:"):
        require_equal(phone.unread_count(), 1, "the number of unread messages")
        (listed,) = phone.messages()
        require_equal(listed["id"], message_id, "the message")
    story.shown(f"{listed['subject']}: {listed['summary']}")
    with story.step("the user reads it, and nothing is unread any more"):
        story.shown(phone.message(message_id)["body"])
        scene.agreed(phone.read_message(message_id))
        require_equal(phone.unread_count(), 0, "the number of unread messages")


def spawn(scene: Scene) -> None:
    """Activate the bank's second app from the first."""
    story, phone, savings = scene.transcript, scene.phone, scene.savings
    with story.step("the main app fetches an activation code for the savings app"):
        spawned = phone.spawn(SAVINGS, SPAWN_OTP, pin=PIN)
    with story.step("the savings app activates itself with code and one-time password"):
        savings.activate(spawned.qr_text, pin=PIN, otp=SPAWN_OTP)
        require_equal(savings.status().state, ACTIVE, "the state byte")
    with story.step("an app that no rule names is not handed out"):
        try:
            phone.spawn("treasury", SPAWN_OTP, pin=PIN)
        except PhoneFailure as failure:
            scene.refused(failure.answer, HTTPStatus.BAD_REQUEST, "ACTIVATION_CODE_FAILED")
        else:
            raise StepFailed("the server handed it out")


def removal(scene: Scene) -> None:
    """End the pairing."""
    story, phone = scene.transcript, scene.phone
    path, recorded = scene.recorded_token_request()
    activation_id = phone.activation_id
    with story.step("the user removes the phone; the bank sees REMOVED"):
        phone.remove(PIN)
        found = scene.bank.call("activation/status", activationId=activation_id)
        require_equal(found["activationStatus"], "REMOVED", "the state at the bank")
    with story.step("its token opens nothing any more"):
        scene.refused(
            phone.server.post(path, to_body({}), recorded),
            HTTPStatus.UNAUTHORIZED,
            "POWERAUTH_AUTH_FAIL",
        )


Chapter = Callable[[Scene], None]

CHAPTERS: tuple[tuple[str, Chapter], ...] = (
    ("Activation", activation),
    ("What waits for a decision", listing),
    ("Approval", approval),
    ("Approval near the bank's screen", proximity),
    ("Rejection", rejection),
    ("Attacks", attacks),
    ("Approval without a network", offline),
    ("An operation without an owner", claim),
    ("History", history),
    ("Blocking", blocking),
    ("Vault", vault),
    ("Push registration", ringing.registration),
    ("Operations that ring", ringing.operations),
    ("Inbox", inbox),
    ("Messages that ring", ringing.messages),
    ("Trouble on the way", ringing.trouble),
    ("A second app", spawn),
    ("Removal", removal),
)
"""Of protocol 3."""

CHAPTERS_OF_4: tuple[tuple[str, Chapter], ...] = (
    ("Activation", activation),
    ("Approval", approval),
    ("Vault", vault),
    ("Another PIN, and biometry", newest_protocol.factors),
    ("A tablet that moves up", newest_protocol.moving_up),
)
"""Of protocol 4.0: what it does in a way of its own. An operation does not know the protocol."""


def chapters_of(version: str) -> tuple[tuple[str, Chapter], ...]:
    """Give the chapters that a phone of a version plays."""
    return CHAPTERS if TRAITS[version].generation in GENERATION_3 else CHAPTERS_OF_4
