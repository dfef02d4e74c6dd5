"""Confirmation of a new activation by the phone, in protocol 4.0."""

from dataclasses import replace

import requests

from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.requests.answers import require_ok
from powerauth.phone.requests.encrypting import EncryptingPhone

PATH = "/pa/v4/activation/confirm"


class ConfirmingPhone(EncryptingPhone):
    """A phone that tells the server that its user has chosen a PIN."""

    def confirm(self, pin: str, *, enable_biometry: bool = True) -> None:
        """Confirm the activation; a new activation does it by itself.

        Args:
            pin: the PIN.
            enable_biometry: whether the server shall take codes by biometry. If not, the phone
                forgets its key.

        Raises:
            NotActivated: no activation of protocol 4.0.
            PhoneFailure: the server refused, as it does when it has agreed before: `status` tells.

        Source: protocol-4.md 23.3.
        """
        answer = self.signed_post(
            PATH,
            {"enableBiometry": enable_biometry},
            resource_id="/pa/activation/confirm",
            pin=pin,
            own=self.enrolment_4,
        )
        require_ok(answer)
        own = replace(self.enrolment_4, unconfirmed=False)
        self.keep(own if enable_biometry else own.without_biometry())

    def confirm_if_needed(self, pin: str, *, enable_biometry: bool) -> None:
        """Confirm a new activation, where there is something to confirm.

        A refusal and a lost answer are no failure of the activation: the status tells that the
        confirmation is pending, and `confirm` repeats it.
        """
        own = self.enrolment
        if isinstance(own, Enrolment4):
            try:
                self.confirm(pin, enable_biometry=enable_biometry)
            except (PhoneFailure, requests.RequestException):
                return
        elif not enable_biometry:
            self.keep(own.without_biometry())
