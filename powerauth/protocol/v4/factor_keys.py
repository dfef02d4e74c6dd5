"""The factor keys of an activation, and how a phone replaces them without losing its way.

The knowledge and the biometry key begin as derived keys. A change offers a pending key beside the
current one; the first code that proves the pending key makes it current, and a code with the
current key drops it. So an answer that never reached the phone does no harm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Self

from powerauth.protocol.signed_request import CounterMatch, SignatureType
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE

_KNOWLEDGE, _BIOMETRY = "knowledge", "biometry"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceableKey:
    """A factor key, 32 bytes, and the one that may take its place."""

    current: bytes = field(repr=False)
    pending: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of another size.

        Raises:
            ValueError: not 32 bytes.
        """
        if any(key is not None and len(key) != KEY_SIZE for key in (self.current, self.pending)):
            raise ValueError("a factor key has 32 bytes")

    def proven(self, *, pending: bool) -> Self:
        """Give what is left after a code with one of the keys. Source: protocol-4.md 24.4."""
        current = self.current if self.pending is None or not pending else self.pending
        return replace(self, current=current, pending=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorKeys:
    """The factor keys as a server stores them. Source: protocol-4.md 23.2, 24.4, 25."""

    possession: bytes = field(repr=False)
    """32 bytes; never replaced."""
    knowledge: ReplaceableKey
    biometry: ReplaceableKey | None
    """There may be one before biometry is enabled."""
    biometry_enabled: bool

    @classmethod
    def initial(cls, keys: ActivationKeys) -> Self:
        """Give the keys after the key exchange. Source: protocol-4.md 23.2."""
        return cls(
            possession=keys.possession,
            knowledge=ReplaceableKey(current=keys.knowledge),
            biometry=ReplaceableKey(current=keys.biometry),
            biometry_enabled=False,
        )

    def confirmed(self, *, enable_biometry: bool) -> Self:
        """Give the keys after the phone has confirmed; an unused key is forgotten.

        Source: protocol-4.md 23.3.
        """
        return replace(self, biometry_enabled=True) if enable_biometry else self.without_biometry()

    def with_pending_knowledge(self, secret: bytes) -> Self:
        """Give the keys after a change of the password; the secret itself is the pending key.

        Source: protocol-4.md 25.1.
        """
        return replace(self, knowledge=replace(self.knowledge, pending=secret))

    def with_biometry(self, secret: bytes) -> Self:
        """Give the keys after biometry was added; the secret itself is the key.

        The key of an activation without biometry never becomes valid: it is replaced at once.

        Source: protocol-4.md 25.2.
        """
        if self.biometry is None or not self.biometry_enabled:
            added = ReplaceableKey(current=secret)
        else:
            added = replace(self.biometry, pending=secret)
        return replace(self, biometry=added, biometry_enabled=True)

    def without_biometry(self) -> Self:
        """Give the keys after biometry was removed. Source: protocol-4.md 25.2."""
        return replace(self, biometry=None, biometry_enabled=False)

    def serve(self, kind: SignatureType) -> bool:
        """Tell whether a code of a type can be right at all; one that cannot is not counted.

        Source: protocol-4.md 24.4.
        """
        return _BIOMETRY not in kind.factors or (self.biometry_enabled and bool(self.biometry))

    def after(self, match: CounterMatch) -> Self:
        """Give the keys after a right code. Source: protocol-4.md 24.4."""
        factors, pending = match.signature_type.factors, match.pending_matched
        knowledge, biometry = self.knowledge, self.biometry
        if _KNOWLEDGE in factors:
            knowledge = knowledge.proven(pending=_KNOWLEDGE in pending)
        if _BIOMETRY in factors and biometry is not None:
            biometry = biometry.proven(pending=_BIOMETRY in pending)
        return replace(self, knowledge=knowledge, biometry=biometry)

    def combinations(self, kind: SignatureType) -> Iterator[tuple[list[bytes], frozenset[str]]]:
        """Give the keys that may have made a code of a type, current ones first.

        Yields: keys in the order of the factors, and the factors of which it is the pending key.
        None at all for a type that `serve` refuses.
        """
        if not self.serve(kind):
            return
        for chosen in product(*(self._candidates(factor) for factor in kind.factors)):
            yield (
                [key for key, _, _ in chosen],
                frozenset(factor for _, factor, pending in chosen if pending),
            )

    def _candidates(self, factor: str) -> Iterable[tuple[bytes, str, bool]]:
        pair = {_KNOWLEDGE: self.knowledge, _BIOMETRY: self.biometry}.get(factor)
        if pair is None:
            return [(self.possession, factor, False)]
        current = (pair.current, factor, False)
        return [current] if pair.pending is None else [current, (pair.pending, factor, True)]
