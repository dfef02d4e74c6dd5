"""What the demo prints: headings, and one line for each step that held."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class StepFailed(Exception):
    """A step of the demo did not do what it had to."""


class Transcript:
    """The story so far; every step is checked before its line appears."""

    def __init__(self, write: Callable[[str], object]) -> None:
        """Begin an empty story; `write` takes one line at a time."""
        self._write = write
        self.steps = 0

    def heading(self, text: str) -> None:
        """Announce what follows."""
        self._write(f"\n{text}\n{'-' * len(text)}")

    @contextmanager
    def chapter(self, title: str) -> Iterator[None]:
        """Tell a chapter.

        Raises:
            StepFailed: whatever went wrong in the block, with the title of the chapter.
        """
        self.heading(title)
        with _named(title):
            yield

    def say(self, text: str) -> None:
        """Tell something that needs no check."""
        self._write(f"      {text}")

    def shown(self, text: str) -> None:
        """Tell what stands on the screen of a phone."""
        self._write(f"        | {text}")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Do one step.

        Raises:
            StepFailed: whatever went wrong in the block, with the title of the step.
        """
        with _named(title):
            yield
        self.steps += 1
        self._write(f"  ok  {title}")

    def screen(self, operation: Mapping[str, Any]) -> None:
        """Show an operation as a phone shows it."""
        form = operation["formData"]
        self.shown(form["title"])
        self.shown(form["message"])
        for attribute in form["attributes"]:
            self.shown(f"  {_attribute_line(attribute)}")


@contextmanager
def _named(title: str) -> Iterator[None]:
    try:
        yield
    except StepFailed as failure:
        raise StepFailed(f"{title}: {failure}") from failure
    except Exception as error:
        raise StepFailed(f"{title}: {type(error).__name__}: {error}") from error


def _attribute_line(attribute: Mapping[str, Any]) -> str:
    label = attribute["label"]
    match attribute["type"]:
        case "AMOUNT":
            text = attribute["valueFormatted"]
        case "AMOUNT_CONVERSION":
            text = f"{attribute['sourceValueFormatted']} -> {attribute['targetValueFormatted']}"
        case "NOTE":
            text = attribute["note"]
        case "HEADING":
            return f"[{label}]"
        case "ALERT":
            text = f"{attribute['alertType']}: {attribute['message']}"
        case "IMAGE":
            text = attribute["thumbnailUrl"]
        case "PARTY_INFO":
            text = attribute["partyInfo"]["name"]
        case _:
            text = attribute["value"]
    return f"{label}: {text}"


def require(condition: bool, problem: str) -> None:
    """Insist on what a step has to show.

    Raises:
        StepFailed: the condition does not hold.
    """
    if not condition:
        raise StepFailed(problem)


def require_equal(found: object, expected: object, what: str) -> None:
    """Insist that something is as expected.

    Raises:
        StepFailed: it is not; both values are named.
    """
    require(found == expected, f"{what} is {found!r}, expected {expected!r}")
