"""JSON numbers that lose no digit: what a client sent is what it gets back. Pure."""

from decimal import Decimal, InvalidOperation

MAX_DIGITS = 1000  # characters of one number, as Java's JSON readers allow
_INT64 = 2**63
_LONGEST_INT64 = 20  # characters, with a sign


class TooManyDigits(ValueError):
    """A number that is longer than any reader takes."""


class ExactNumber:
    """A number with a fraction or an exponent, or one beyond 64 bits, as the text that was sent.

    It is no dataclass, which orjson would write as an object.
    """

    __slots__ = ("literal",)

    def __init__(self, literal: str) -> None:
        self.literal = literal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExactNumber) and other.literal == self.literal

    def __hash__(self) -> int:
        return hash(self.literal)

    def __repr__(self) -> str:
        return f"ExactNumber({self.literal!r})"

    def __str__(self) -> str:
        return self.literal

    def __float__(self) -> float:
        return float(self.literal)

    def as_whole(self) -> int | None:
        """Give the number if it is a whole one of 64 bits, such as 5.0."""
        try:
            number = Decimal(self.literal)
        except InvalidOperation:
            return None
        # The size comes first: 1e999999 must not be written out.
        if number.adjusted() >= _LONGEST_INT64 or number != number.to_integral_value():
            return None
        value = int(number)
        return value if -_INT64 <= value < _INT64 else None

    def hidden_digits(self) -> int:
        """Count the digits that stand behind the exponent.

        Raises:
            TooManyDigits: there are more than `MAX_DIGITS` digits in all.
        """
        try:
            number = Decimal(self.literal)
        except InvalidOperation as error:
            raise TooManyDigits from error
        exponent = number.as_tuple().exponent
        before = max(number.adjusted(), 0) + 1
        after = max(-exponent, 0) if isinstance(exponent, int) else 0
        if before + after > MAX_DIGITS:
            raise TooManyDigits
        return max(before + after - len(self.literal), 0)


def exact(literal: str) -> ExactNumber:
    """Read a number of a JSON text.

    Raises:
        TooManyDigits: it has more than `MAX_DIGITS` characters.
    """
    if len(literal) > MAX_DIGITS:
        raise TooManyDigits
    return ExactNumber(literal)


def whole(literal: str) -> int | ExactNumber:
    """Read a whole number of a JSON text; one of 64 bits is a plain integer.

    Raises:
        TooManyDigits: it has more than `MAX_DIGITS` characters.
    """
    # A negative zero would lose its sign.
    if len(literal) > _LONGEST_INT64 or literal == "-0":
        return exact(literal)
    number = int(literal)
    return number if -_INT64 <= number < _INT64 else ExactNumber(literal)
