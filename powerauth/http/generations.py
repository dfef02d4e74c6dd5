"""Which generations of the protocol a view serves."""

from collections.abc import Collection

from rest_framework.request import Request

from powerauth.engine.generations import choice


def served_by(request: Request) -> Collection[int]:
    """Give the generations whose headers the view of a request takes.

    A view that belongs to one of them says so in its attribute `generations`; all others serve
    every phone.
    """
    return generations_of(request.parser_context["view"])


def generations_of(view: object) -> Collection[int]:
    """Give the generations whose headers a view takes; see `served_by`."""
    mine: Collection[int] | None = getattr(view, "generations", None)
    return choice.SERVED if mine is None else mine
