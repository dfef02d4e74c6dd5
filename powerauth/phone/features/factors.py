"""Changing the PIN, adding and removing biometry."""

from powerauth.phone.errors import UpgradeUnfinished
from powerauth.phone.features.account import AccountPhone
from powerauth.phone.features.status import StatusPhone


class FactorPhone(AccountPhone, StatusPhone):
    """A phone whose owner changes what opens it."""

    def change_pin(self, old: str, new: str) -> None:
        """Put another PIN in the place of one.

        After a failure at any step, also a lost answer, it is to be repeated with the same PINs.
        Until it has succeeded, everything else takes the old one.

        Raises:
            NotActivated: no activation.
            UpgradeUnfinished: an upgrade waits for its confirmation, which has the old PIN.
            PhoneFailure: the server refused, for a wrong PIN among others.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol-4.md 25.1.
        """
        self._require_one_protocol()
        self.generation.factors.change_pin(self, old, new)

    def add_biometry(self, pin: str) -> None:
        """Let biometry be a second factor, or give it a new key; repeatable as `change_pin`.

        Raises: see `change_pin`.

        Source: protocol-4.md 25.2.
        """
        self._require_one_protocol()
        self.generation.factors.add_biometry(self, pin)

    def remove_biometry(self) -> None:
        """Let biometry be no factor any more. Repeating it is harmless.

        Raises: see `change_pin`.

        Source: protocol-4.md 25.2.
        """
        self._require_one_protocol()
        self.generation.factors.remove_biometry(self)

    def _require_one_protocol(self) -> None:
        if self.state.upgraded is not None:
            raise UpgradeUnfinished("an upgrade was cut off: finish it first")
