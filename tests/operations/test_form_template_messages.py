"""What an admin reads about an unusable template, and what a log says of it."""

import pytest
from django.utils import translation

from operations.screen.placeholders import BrokenTemplate
from operations.template_checks.usable_json import check_attributes


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "attribute 1: 'type' has to be a text"),
        ("cs", "atribut 1: „type“ musí být text"),
        ("de", "Attribut 1: „type“ muss ein Text sein"),
    ],
)
def test_a_problem_is_told_in_the_language_of_its_reader(language: str, message: str) -> None:
    with translation.override("sk"), pytest.raises(BrokenTemplate) as caught:
        check_attributes('[{"id": "a"}]')
    # The text is chosen when it is read, so that a log stays English.
    with translation.override(language):
        assert str(caught.value) == message
