"""What the engine needs of a generation whose phones change their factors by the server."""

from typing import Any, Protocol

from powerauth.models import Activation


class Factors(Protocol):
    """Confirmation, password, biometry: protocol-4.md 23.3 and 25. Nothing is written here."""

    def confirmed(self, *, enable_biometry: bool) -> dict[str, Any]:
        """Give the columns that the confirmation by the phone changes."""
        ...

    def new_knowledge(
        self, activation: Activation, payload: object
    ) -> tuple[dict[str, Any], dict[str, object]]:
        """Agree on a key that the next code may prove; give columns, and the answer.

        Args:
            payload: what the phone encrypted, decoded from JSON.
        """
        ...

    def new_biometry(
        self, activation: Activation, payload: object
    ) -> tuple[dict[str, Any], dict[str, object]]:
        """Agree on a key of biometry, which is on from now on; see `new_knowledge`."""
        ...

    def without_biometry(self) -> dict[str, Any]:
        """Give the columns of an activation without biometry."""
        ...
