"""Operation data from templates: integration-api.md 13.4."""

import pytest

from operations.decisions import data_template


@pytest.mark.parametrize(
    ("template", "parameters", "data"),
    [
        (
            "A1*A${amount}${currency}*I${iban}",
            {"amount": "100", "currency": "CZK", "iban": "CZ55"},
            "A1*A100CZK*ICZ55",
        ),
        ("A2", {"a": "unused"}, "A2"),
        ("N${note}", {"note": "a*b\\c\nd"}, "Na\\*b\\\\c\\nd"),
        ("N${note}", {"note": "\\*"}, "N\\\\\\*"),
        ("N${missing}", {"note": "x"}, "N${missing}"),
        ("N${missing:-A*B}", {}, "NA*B"),
        ("N${note:-no}", {"note": ""}, "N"),
        ("N$${note}", {"note": "x"}, "N${note}"),
        ("N${a}${b}", {"a": "${b}", "b": "x"}, "N${b}x"),
        ("N${a}", {"a": "${a}"}, "N${a}"),
        ("N${ note }${NOTE}", {"note": "x"}, "N${ note }${NOTE}"),
    ],
)
def test_fill(template: str, parameters: dict[str, str], data: str) -> None:
    assert data_template.fill(template, parameters) == data


def test_control_characters_are_not_allowed() -> None:
    refused = {code for code in range(0x30) if not data_template.is_allowed(f"a{chr(code)}")}
    assert refused == set(range(0x20)) - {0x0A}
    assert data_template.is_allowed("Žluťoučký kůň \U0001f600\x7f")
