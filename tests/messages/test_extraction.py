from pathlib import Path

import pytest

from enrollment_server.messages.extraction import (
    Text,
    extract_folders,
    extract_source,
    extract_template,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("_('One')", Text(id="One")),
        ("gettext('One ' 'and\\ntwo')", Text(id="One and\ntwo")),
        ("name = models.CharField(gettext_lazy('One'), default=3)", Text(id="One")),
        ("ngettext('%(n)d row', '%(n)d rows', n)", Text(id=("%(n)d row", "%(n)d rows"))),
        ("pgettext('month', 'May')", Text(id="May", context="month")),
        ("npgettext('a', 'b', 'c', 2)", Text(id=("b", "c"), context="a")),
        ("# Translators: short\n_('One')", Text(id="One", comments=("Translators: short",))),
    ],
)
def test_python(source: str, expected: Text) -> None:
    assert extract_source(source) == [expected]


@pytest.mark.parametrize(
    "source", ["print('One')", "_(name)", "_('')", "def gettext(x='One'): ...", "# _('One')"]
)
def test_python_without_texts(source: str) -> None:
    assert extract_source(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p>{% translate "One" %}</p>', Text(id="One")),
        ("{% trans 'It is 100 % true' as x %}", Text(id="It is 100 %% true")),
        ('{% translate "May" context "month" %}', Text(id="May", context="month")),
        ('{{ _("One")|upper }}', Text(id="One")),
        ('{% include "x.html" with title=_("One") %}', Text(id="One")),
        (
            "{% blocktranslate trimmed %}\n  Hello\n  {{ user }}\n{% endblocktranslate %}",
            Text(id="Hello %(user)s"),
        ),
        (
            "{% blocktranslate count n=rows %}{{ n }} row"
            "{% plural %}{{ n }} rows{% endblocktranslate %}",
            Text(id=("%(n)s row", "%(n)s rows")),
        ),
    ],
)
def test_template(source: str, expected: Text) -> None:
    assert extract_template(source) == [expected]


def test_template_with_any_indentation_quotes_and_brackets() -> None:
    source = """
        {% if a %}
    <p class="it's (not {% translate "One" %}" onclick='f(")'>
          {% endif %}{# gettext("no") #} gettext("neither") #
  {% translate "Two" %}
    """
    assert [text.id for text in extract_template(source)] == ["One", "Two"]


def test_template_whose_block_holds_a_tag() -> None:
    with pytest.raises(SyntaxError):
        extract_template("{% blocktranslate %}{% if x %}One{% endif %}{% endblocktranslate %}")


def test_folders_by_path_without_lines(tmp_path: Path) -> None:
    app = tmp_path / "app"
    (app / "templates").mkdir(parents=True)
    (app / "views.py").write_text("\n\n_('View')")
    (app / "templates" / "a.html").write_text("{% translate 'Page' %}")
    (app / "notes.md").write_text("_('Note')")
    (tmp_path / "other.py").write_text("_('Other')")
    assert extract_folders(tmp_path, [app]) == [
        Text(id="Page", places=("app/templates/a.html",)),
        Text(id="View", places=("app/views.py",)),
    ]
