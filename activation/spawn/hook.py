"""The hook through which a deployment decides about spawned activations itself.

The setting `ACTIVATION_SPAWN_HOOK` names a class, or any callable without arguments, by its import
string; what the call gives is asked at every request. It is made once a process, so it must keep
no state of a request. A hook that starts from `RulesOnly` states only what it changes:

    class OnlyGoldCustomers(RulesOnly):
        def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
            return proposed if customers.is_gold(source.user_id) else None

Source: mobile-token-api.md 9.3, steps 2, 4 and 5.
"""

from collections.abc import Iterable
from typing import Protocol

from activation.spawn.values import Source


class SpawnHook(Protocol):
    """What a hook is asked, in this order."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        """Decide where the new activation is created; the hook has the last word.

        Args:
            source: the activation that asks.
            requested: the application as the phone names it, any text up to 255 characters.
            proposed: the application that the allow rules give, None if no rule admits the request.

        Returns: id of the application, or None to refuse. An exception refuses as well.
        """
        ...

    def flags_to_add(self, source: Source, destination: str) -> Iterable[str]:
        """Give flags of the new activation, besides those that the rule adds.

        An exception refuses the request.
        """
        ...

    def after_success(self, source: Source, *, application_id: str, activation_id: str) -> None:
        """Learn that an activation was created and stored.

        An exception is logged and changes nothing: the phone gets its code.
        """
        ...


class RulesOnly:
    """The hook of a deployment that has none: the allow rules decide."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return proposed

    def flags_to_add(self, source: Source, destination: str) -> Iterable[str]:
        return ()

    def after_success(self, source: Source, *, application_id: str, activation_id: str) -> None:
        """Nobody wants to know."""
