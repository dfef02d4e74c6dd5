"""Push registration: the phone tells where messages for its activation go."""

from powerauth.phone.features.tokens import TokenPhone
from powerauth.phone.requests.signing import Factors
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.signed_request import SignatureType

PATH = "/api/push/device/register"


class PushPhone(TokenPhone):
    """A phone that registers for push messages."""

    def register_push(
        self, push_token: str, *, platform: str = "fcm", environment: str | None = None
    ) -> Answer:
        """Register with the phone's usual token, as apps do; does not raise on a refusal.

        Args:
            push_token: the provider's address of the app on this device.
            platform: such as ``apns``, ``fcm`` or ``hms``.
            environment: ``development`` or ``production``; None leaves the member out.

        Raises:
            PhoneFailure: the server refused to create the usual token.

        Source: mobile-token-api.md 8.
        """
        return self.token_post(f"{PATH}/token", _device(push_token, platform, environment))

    def register_push_signed(
        self,
        push_token: str,
        *,
        platform: str = "fcm",
        environment: str | None = None,
        factors: Factors = SignatureType.POSSESSION,
        pin: str | None = None,
    ) -> Answer:
        """Register with a signature; does not raise when the server refuses.

        Args:
            push_token: as `register_push`, like the following two.
            platform: see there.
            environment: see there.
            factors: signature type.
            pin: needed for the knowledge factor.

        Source: mobile-token-api.md 2.1 and 8.
        """
        return self.signed_post(
            PATH,
            _device(push_token, platform, environment),
            resource_id=PATH,
            factors=factors,
            pin=pin,
        )


def _device(push_token: str, platform: str, environment: str | None) -> dict[str, str]:
    device = {"platform": platform, "token": push_token}
    return device if environment is None else {**device, "environment": environment}
