"""What verifying the audit log finds: where somebody has changed it."""

import hmac


class BrokenChain(Exception):
    """Somebody has changed the log.

    Args:
        sequence: number of the first record, or tie, that is not what it was.
        problem: what is wrong with it, as the end of a sentence.
        subject: what it is, if it is no record.
    """

    def __init__(self, sequence: int, problem: str, *, subject: str = "") -> None:
        self.sequence = sequence
        super().__init__(f"{subject or f'Record {sequence}'} {problem}.")


def same(one: str, other: str) -> bool:
    """Compare two hashes; nothing can be learned from the time that it takes."""
    return hmac.compare_digest(one.encode(), other.encode())
