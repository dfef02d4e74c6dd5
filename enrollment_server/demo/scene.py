"""Who takes part in the demo, and what they say to each other most often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.own_server import new_session
from enrollment_server.demo.providers import Device, Providers
from enrollment_server.demo.seed import demo_parameters
from enrollment_server.demo.transcript import StepFailed, Transcript, require, require_equal
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.headers import TOKEN_HEADER
from push.stand_in.values import Provider

PIN = "1234"
WRONG_PIN = "9999"
LIST = "/api/auth/token/app/operation/list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One user with a phone and two more devices, and the bank."""

    transcript: Transcript
    bank: BankClient
    application_id: str
    user_id: str
    phone: Phone
    savings: Phone
    """The bank's second app on the same device, not activated yet."""
    devices: Sequence[Device]
    """The phone, and two others with the main app that are not activated yet."""
    providers: Providers
    push_server: BankClient
    """The bank at the server that has devices and messages."""
    has_all: bool
    """Whether the server that phones call has activations and operations, too."""
    operations_ring: bool
    """Whether operations are where the devices are."""

    def operation(
        self, template: str, *, user_id: str | None = None, **changes: str
    ) -> dict[str, Any]:
        """Let the bank ask for a decision, of this user or, for an empty id, of nobody yet.

        Args:
            changes: parameters that are not those of the demo bank.
        """
        operation: dict[str, Any] = self.bank.call(
            "operation/create",
            userId=self.user_id if user_id is None else user_id or None,
            applications=[self.application_id],
            templateName=template,
            parameters={**demo_parameters(template), **changes},
        )
        return operation

    def shown(self, operation_id: str, language: str = "en") -> dict[str, Any]:
        """Give an operation as the phone lists it.

        Raises:
            StepFailed: it is not in the list.
        """
        for operation in self.phone.operations(language=language):
            if operation["id"] == operation_id:
                return operation
        raise StepFailed("the operation is not in the list")

    def write_message(self, *, notify: bool = False, **texts: str) -> str:
        """Let the bank write to the user; give the identifier of the message.

        Args:
            notify: whether phones ring.
        """
        written = self.push_server.post(
            "inbox/messages",
            {
                "userId": self.user_id,
                "applications": [self.application_id],
                "type": "text",
                "notify": notify,
                **texts,
            },
        )
        return str(written["id"])

    def status_at_bank(self, operation_id: str) -> str:
        """Ask the bank how an operation stands."""
        return str(self.bank.call("operation/detail", operationId=operation_id)["status"])

    def activation_at_bank(self) -> dict[str, Any]:
        """Ask the bank how the activation of the phone stands."""
        status: dict[str, Any] = self.bank.call(
            "activation/status", activationId=self.phone.activation_id
        )
        return status

    def pair(self, phone: Phone) -> None:
        """Pair another phone of the user, without a word."""
        code = self.bank.call(
            "activation/init", userId=self.user_id, applicationId=self.application_id
        )
        phone.activate(f"{code['activationCode']}#{code['activationSignature']}", pin=PIN)
        self.bank.call("activation/commit", activationId=phone.activation_id)

    def recorded_token_request(self) -> tuple[str, dict[str, str]]:
        """Make a request with a token, as somebody might record it: its path and header."""
        return LIST, {TOKEN_HEADER: self.phone.token_header(self.phone.usual_token())}

    def agreed(self, answer: Answer) -> None:
        """Insist that the server agreed."""
        require(answer.ok, f"refused with HTTP {answer.status}, {answer.code}")

    def refused(self, answer: Answer, status: HTTPStatus, code: str) -> None:
        """Insist that the server refused for this reason."""
        require_equal((answer.status, answer.code), (int(status), code), "the answer")

    def unauthorized(self, act: Callable[[], object]) -> None:
        """Insist that the server does not let the phone do something."""
        try:
            act()
        except PhoneFailure as failure:
            require_equal(failure.answer.status, int(HTTPStatus.UNAUTHORIZED), "the HTTP status")
        else:
            raise StepFailed("the server allowed it")


def open_scene(
    base_url: str,
    *,
    transcript: Transcript,
    bank: BankClient,
    apps: Sequence[tuple[str, str]],
    version: str,
    providers: Providers,
    push_server: BankClient,
    has_all: bool,
    operations_ring: bool,
) -> Scene:
    """Give a new user devices that are not activated yet.

    Args:
        apps: identifier and configuration text of the bank's main app and of its second one.
        push_server, has_all, operations_ring: see `Scene`.
    """
    (application_id, sdk_config), (_, savings_config) = apps
    phone, tablet, spare, savings = (
        Phone(base_url, sdk_config=config, version=version, session=new_session())
        for config in (sdk_config, sdk_config, sdk_config, savings_config)
    )
    return Scene(
        transcript=transcript,
        bank=bank,
        application_id=application_id,
        user_id=f"alice-{uuid4().hex[:8]}",
        phone=phone,
        savings=savings,
        devices=(
            Device(name="the phone", phone=phone, provider=Provider.APNS),
            Device(name="the tablet", phone=tablet, provider=Provider.FCM),
            Device(name="the spare phone", phone=spare, provider=Provider.HMS),
        ),
        providers=providers,
        push_server=push_server,
        has_all=has_all,
        operations_ring=operations_ring,
    )
