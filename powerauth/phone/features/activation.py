"""Activation: the exchange of keys, and what the phone keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from powerauth.phone.errors import BadCode
from powerauth.phone.features.confirmation import ConfirmingPhone
from powerauth.phone.requests.answers import as_object, decrypted_object, json_object
from powerauth.phone.requests.bodies import to_json_bytes
from powerauth.protocol.activation_code import parse_activation_qr
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationResult:
    """What an activation brought."""

    activation_id: str
    fingerprint: str
    """Eight digits for the user to compare."""
    confirmed: bool
    """Whether the server agreed that the activation is confirmed, where it has to be."""
    custom_attributes: dict[str, Any] | None
    user_info: dict[str, Any] | None
    layer_1: dict[str, Any] = field(repr=False)
    """Decrypted outer answer."""
    layer_2: dict[str, Any] = field(repr=False)
    """Decrypted inner answer."""


class ActivatingPhone(ConfirmingPhone):
    """A phone that can be activated."""

    def activate(
        self,
        code: str,
        *,
        pin: str,
        name: str = "Phone",
        otp: str | None = None,
        platform: str | None = "android",
        device_info: str | None = "Software phone",
        extras: str | None = None,
        custom_attributes: Mapping[str, object] | None = None,
        enable_biometry: bool | None = True,
    ) -> ActivationResult:
        """Activate the phone by a code.

        Args:
            code: typed (``XXXXX-XXXXX-XXXXX-XXXXX``) or scanned (the same, ``#``, signature).
            pin: the PIN that the user chooses.
            name: name of the activation that the server stores, as the following four.
            otp: one-time password, if the server wants one.
            platform: family of the device.
            device_info: model of the device.
            extras: free text.
            custom_attributes: free attributes.
            enable_biometry: see `exchange_keys`.

        Raises:
            BadCode: no activation code, or one with a wrong signature; nothing was sent.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 3.2, 4.3, 4.4, protocol-4.md 20.2, 23.
        """
        return self.exchange_keys(
            {"code": self._checked_code(code)},
            pin=pin,
            custom_attributes=custom_attributes,
            enable_biometry=enable_biometry,
            device={
                "activationName": name,
                "activationOtp": otp,
                "platform": platform,
                "deviceInfo": device_info,
                "extras": extras,
            },
        )

    def activate_directly(
        self,
        identity_attributes: Mapping[str, str],
        *,
        pin: str,
        kind: str = "DIRECT",
        name: str = "Phone",
        custom_attributes: Mapping[str, object] | None = None,
    ) -> ActivationResult:
        """Activate the phone by attributes that the server's own code understands.

        Args:
            identity_attributes: what identifies the user, such as a name and a password.
            pin: the PIN that the user chooses.
            kind: ``DIRECT``, or ``CUSTOM`` as older apps say.
            name: name of the activation that the server stores.
            custom_attributes: free attributes.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 4.5.
        """
        return self.exchange_keys(
            identity_attributes,
            pin=pin,
            kind=kind,
            custom_attributes=custom_attributes,
            device={"activationName": name},
        )

    def activate_by_login(
        self,
        provider_id: str,
        *,
        code: str,
        nonce: str,
        code_verifier: str | None = None,
        pin: str,
        name: str = "Phone",
    ) -> ActivationResult:
        """Activate the phone by a login at an OpenID Connect provider.

        Args:
            provider_id: the provider, as `oidc_configuration` knows it.
            code: authorization code of the login.
            nonce: the nonce that the login began with.
            code_verifier: the secret behind its code challenge, where the provider wants PKCE.
            pin: the PIN that the user chooses.
            name: name of the activation that the server stores.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: standard-rest-api.md 10.
        """
        login = {"method": "oidc", "providerId": provider_id, "code": code, "nonce": nonce}
        if code_verifier is not None:
            login["codeVerifier"] = code_verifier
        return self.activate_directly(login, pin=pin, name=name)

    def exchange_keys(
        self,
        identity_attributes: Mapping[str, object],
        *,
        pin: str,
        kind: str = "CODE",
        custom_attributes: Mapping[str, object] | None = None,
        device: Mapping[str, object] | None = None,
        enable_biometry: bool | None = True,
    ) -> ActivationResult:
        """Activate the phone by any attributes; nothing is checked before it is sent.

        Args:
            identity_attributes: what identifies the user, such as ``{"code": ...}``.
            pin: the PIN that the user chooses.
            kind: type of the activation.
            custom_attributes: free attributes.
            device: members of the inner layer besides the key; None values are left out.
            enable_biometry: whether the phone shall use biometry. None leaves it open: in protocol
                4.0 it is to be said by `confirm`.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 4.3, 4.4, protocol-4.md 23.
        """
        exchange = self.generation.key_exchange.begin(self)
        own = {name: value for name, value in (device or {}).items() if value is not None}
        inner, inner_envelope = self.seal(
            to_json_bytes({**exchange.members, **own}), Encryptor.ACTIVATION_LAYER_2
        )
        outer: dict[str, object] = {
            "type": kind,
            "identityAttributes": dict(identity_attributes),
            "activationData": inner.to_json(),
        }
        if custom_attributes is not None:
            outer["customAttributes"] = dict(custom_attributes)
        path = self.path_of("activation/create")
        answered = self.encrypted_post(path, outer, encryptor=Encryptor.APPLICATION_GENERIC)
        layer_1 = decrypted_object(*answered)
        layer_2 = json_object(self.open_answer(layer_1.get("activationData"), inner_envelope))
        enrolment = exchange.accept(self, layer_2, pin)
        self.temporary_keys.pop(Scope.ACTIVATION, None)
        self.state = replace(self.state, enrolment=enrolment, upgraded=None, token=None)
        if enable_biometry is not None:
            self.confirm_if_needed(pin, enable_biometry=enable_biometry)
        return self._result(layer_1, layer_2)

    def _checked_code(self, text: str) -> str:
        try:
            code, signature = parse_activation_qr(text)
        except ProtocolError:
            raise BadCode("this is not an activation code") from None
        exchange = self.generation.key_exchange
        if signature is not None and not exchange.is_signed(self.config, code, signature):
            raise BadCode("the activation code was not issued for this application")
        return code

    def _result(self, layer_1: dict[str, Any], layer_2: dict[str, Any]) -> ActivationResult:
        attributes, user_info = layer_1.get("customAttributes"), layer_1.get("userInfo")
        return ActivationResult(
            activation_id=self.activation_id,
            fingerprint=self.fingerprint,
            confirmed=not self.enrolment.confirmation_pending,
            custom_attributes=None if attributes is None else as_object(attributes),
            user_info=None if user_info is None else as_object(user_info),
            layer_1=layer_1,
            layer_2=layer_2,
        )

    @property
    def fingerprint(self) -> str:
        """Eight digits that the user compares with the server's.

        Source: protocol.md 3.3, protocol-4.md 20.3.
        """
        return self.generation.key_exchange.fingerprint(self)
