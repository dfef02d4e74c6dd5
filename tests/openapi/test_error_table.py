"""The table of errors is what the code gives, and has all of it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from django.core.management import CommandError, call_command

from enrollment_server.api.errors import ApiError, BadRequest
from enrollment_server.openapi.documents import (
    IntegrationDocument,
    IntegrationDocumentV4,
    MobileDocument,
)
from enrollment_server.openapi.error_page import as_html
from enrollment_server.openapi.error_table import SECTIONS, Row, markdown
from enrollment_server.web.refusals import STATUSES_OF_MALFORMED
from powerauth.error_guidance import NEVER_ANSWERED, guidance
from powerauth.errors import ErrorCode
from powerauth.integration.errors import CallRefused
from tests.house.commands import APPS, ROOT, manage
from tests.wsgi import BASE_URL

FILE = ROOT / "docs" / "errors.md"
EVERY_API = SECTIONS[-1]
JSON = "application/json"
# They name codes to describe, to translate or to explain them; nothing in them refuses a call.
TALKING = ("enrollment_server/openapi/", "powerauth/error_guidance.py", "powerauth/errors.py")


def rows() -> list[Row]:
    return [row for section in SECTIONS for row in section.rows()]


def sources() -> Iterator[tuple[str, str]]:
    """Give path and text of every module of the apps."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def source(row: Row) -> str:
    return row.of.__name__ if isinstance(row.of, type) else row.of.name


def defined_errors() -> set[str]:
    """Give `module.Class` of every subclass of ApiError in the sources, imported or not."""
    bases: dict[str, tuple[str, set[str]]] = {}
    for path, text in sources():
        if "class " not in text:
            continue
        module = path.removesuffix(".py").replace("/", ".")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                names = {ast.unparse(base).rsplit(".", 1)[-1] for base in node.bases}
                bases[f"{module}.{node.name}"] = (node.name, names)
    known, found = {"ApiError"}, set[str]()
    while more := {full for full, (_, names) in bases.items() if names & known} - found:
        found |= more
        known |= {bases[full][0] for full in more}
    return found


def test_file_is_what_the_code_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == markdown(), "run `make errors`"


def test_every_error_of_the_code_has_a_row() -> None:
    classes = [row.of for row in rows() if isinstance(row.of, type)]
    listed = {f"{one.__module__}.{one.__name__}" for one in (*classes, CallRefused)}
    assert len(listed) > 40
    base = f"{BadRequest.__module__}.{BadRequest.__name__}"
    assert defined_errors() == listed | {base}


def test_every_code_of_the_engine_has_a_row() -> None:
    assert {code.value for code in ErrorCode} <= {row.code for row in rows()}
    text = FILE.read_text(encoding="utf-8")
    for code in ErrorCode:
        assert f"| `{code.value}` |" in text


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.code}-{source(row)}")
def test_row_tells_what_happened_and_what_to_do(row: Row) -> None:
    assert row.statuses
    assert all(400 <= status < 600 for status in row.statuses)
    assert row.message.strip()
    for sentence in (row.cause, row.advice):
        assert re.fullmatch(r"[A-Z`].{10,}\.", sentence), sentence
        assert "\n" not in sentence
        assert sentence.count("`") % 2 == 0


def test_codes_are_said_to_be_never_answered_where_nothing_refuses_with_them() -> None:
    refusing = "\n".join(text for path, text in sources() if not path.startswith(TALKING))
    used = {ErrorCode[name] for name in re.findall(r"\bErrorCode\.([A-Z_]+)\b", refusing)}
    assert len(used) > 20
    explained = {code for code in ErrorCode if guidance(code) is not NEVER_ANSWERED}
    # The code of a failure has a class, which explains it.
    assert explained == used - {ErrorCode.UNKNOWN}


def test_statuses_of_the_server_are_listed() -> None:
    [row] = [row for row in EVERY_API.rows() if row.code == "INVALID_REQUEST"]
    assert {int(status) for status in STATUSES_OF_MALFORMED} <= set(row.statuses)
    assert {400, 408, 414, 431} <= set(row.statuses)


def test_answers_of_the_proxy_are_listed() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    listed = {(status, row.code) for row in EVERY_API.rows() for status in row.statuses}
    answers = {
        (int(status), json.loads(body)["responseObject"]["code"])
        for status, body in re.findall(r"return (\d+) '(.*)';", proxy)
    }
    assert answers - listed == {(429, "ERROR_GENERIC"), (503, "ERROR_GENERIC")}
    assert "429 and 503 with `ERROR_GENERIC`" in EVERY_API.introduction


def refusals(document: Any) -> Iterator[tuple[str, int, str]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                examples = response["content"].get(JSON, {}).get("examples", {}) if response else {}
                for example in examples.values():
                    yield path, int(status), example["value"]["responseObject"]["code"]


@pytest.mark.parametrize("document", [MobileDocument, IntegrationDocument, IntegrationDocumentV4])
def test_documented_refusals_are_in_the_table_of_their_api(document: Any) -> None:
    listed = {
        prefix: {
            (status, row.code)
            for row in (*section.rows(), *EVERY_API.rows())
            for status in row.statuses
        }
        for section in SECTIONS
        for prefix in section.prefixes
    }
    found = set(refusals(document().get_schema()))
    assert len(found) > 100
    for path, status, code in found:
        [prefix] = [prefix for prefix in listed if path.startswith(prefix)]
        assert (status, code) in listed[prefix], path


def test_command_writes_and_checks_the_file(tmp_path: Path) -> None:
    file = tmp_path / "errors.md"
    with pytest.raises(CommandError, match="error_table"):
        call_command("error_table", check=True, file=file)
    assert not file.exists()
    call_command("error_table", file=file)
    assert file.read_text(encoding="utf-8") == markdown()
    call_command("error_table", check=True, file=file)
    file.write_text(markdown() + "\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("error_table", check=True, file=file)


def test_lint_checks_the_file() -> None:
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlint:")[1].split("\n\n")[0]
    assert "error_table --check" in lint


def test_text_of_the_page_is_escaped() -> None:
    assert as_html("a <b> `<c>` d") == "a &lt;b&gt; <code>&lt;c&gt;</code> d"


@pytest.mark.django_db
@pytest.mark.parametrize("context", ["", "/enrollment-server"])
def test_swagger_leads_to_the_page(http: requests.Session, context: str) -> None:
    swagger = http.get(f"{BASE_URL}{context}/swagger-ui.html")
    assert 'href="errors.html"' in swagger.text
    for path in ("/v3/api-docs", "/v3/api-docs/integration", "/v3/api-docs/integration-v4"):
        document = http.get(BASE_URL + context + path).json()
        assert document["externalDocs"]["url"] == f"{context}/errors.html"
        assert "(errors.html)" in document["info"]["description"]
    page = http.get(urljoin(swagger.url, "errors.html"))
    assert page.status_code == 200
    for row in rows():
        assert f'<th scope="row"><code>{row.code}</code></th>' in page.text
        assert str(as_html(row.advice)) in page.text
    assert page.text.count('<th scope="row">') == len(rows())


@pytest.mark.django_db
def test_page_loads_only_its_style_from_this_server(http: requests.Session) -> None:
    page = http.get(f"{BASE_URL}/errors.html")
    assert "default-src 'none'; style-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert not re.search(r'(?:src|href)="(?:/|http)', page.text)
    [style] = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert http.get(urljoin(page.url, style)).status_code == 200
    assert http.post(page.url, data=b"{}").status_code in {403, 405}


@pytest.mark.parametrize(
    ("sections", "found"), [("mobile", True), ("integration", True), ("admin", False)]
)
def test_sections_with_a_document_publish_the_page(sections: str, found: bool) -> None:
    script = (
        "from django.urls import resolve\n"
        "print(resolve('/errors.html').func.__name__ != 'not_found')"
    )
    environment = {"SECTIONS": sections, "DATABASE_URL": "sqlite:///:memory:"}
    result = manage("shell", "--no-imports", "-c", script, environment=environment)
    assert result.stdout.split() == [str(found)], result.stderr


def test_causes_and_advice_stay_off_the_wire() -> None:
    # Whoever reads an answer learns the documented code, not more.
    assert set(vars(ApiError("x"))) == {"message", "extra", "log_details"}
