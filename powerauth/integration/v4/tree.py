"""Methods of `/rest/v3` as methods of `/rest/v4`."""

from dataclasses import replace
from typing import get_type_hints

from django.urls import URLPattern, path

from powerauth.integration.api import IntegrationView
from powerauth.integration.v4 import words

NUMBER = 4


def method(route: str, view: type[IntegrationView]) -> URLPattern:
    """Route a method of `/rest/v3` here."""
    return path(route, in_words(view).as_view())


def in_words(view: type[IntegrationView]) -> type[IntegrationView]:
    """Give the class that answers for a method here: the same, in other words."""
    endpoint = view.endpoint
    if endpoint is None:
        raise TypeError(f"{view.__name__} says nothing of itself")
    answer = words.answered(get_type_hints(view.call, include_extras=True)["return"])
    return words.derived(
        view,
        tree=NUMBER,
        input_class=words.asked(view.input_class),
        endpoint=replace(
            endpoint,
            description=words.description(endpoint.description),
            example=words.example(endpoint.example),
            result=None if answer.translate is None else answer.kind,
            result_example=answer.of(endpoint.result_example),
        ),
        refusal=staticmethod(words.refusal),
        written=staticmethod(answer.of),
    )
