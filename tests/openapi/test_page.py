"""The page and the documents over HTTP, at the root and below the context path."""

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.house.commands import manage
from tests.wsgi import BASE_URL

pytestmark = pytest.mark.django_db
CONTEXTS = ["", "/enrollment-server"]
DOCUMENTS = ("/v3/api-docs", "/v3/api-docs/integration", "/v3/api-docs/integration-v4")
PAGE = "/swagger-ui.html"
ASSET = re.compile(r'(?:src|href)="(static/[^"]+)"')


@pytest.mark.parametrize("context", CONTEXTS)
def test_documents_are_relative_to_the_context_path(http: requests.Session, context: str) -> None:
    for path in DOCUMENTS:
        response = http.get(BASE_URL + context + path)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
        document = response.json()
        assert document["openapi"].startswith("3.")
        assert document["servers"] == [{"url": context or "/"}]


@pytest.mark.parametrize("context", CONTEXTS)
def test_page_loads_everything_from_this_server(http: requests.Session, context: str) -> None:
    response = http.get(BASE_URL + context + PAGE)
    assert response.status_code == 200
    assert "//" not in re.sub(r"<!DOCTYPE[^>]*>", "", response.text)
    assets = ASSET.findall(response.text)
    assert len(assets) == 5
    for asset in assets:
        assert http.get(urljoin(response.url, asset)).status_code == 200
    for document in DOCUMENTS:
        assert f'data-url="{document[1:]}"' in response.text
    # Nothing starts at the root: a proxy may forward no more than the context path.
    assert not re.search(r'(?:src|href|data-url)="/', response.text)


def test_page_forbids_other_hosts_and_scripts_of_its_own(http: requests.Session) -> None:
    response = http.get(BASE_URL + PAGE)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert not re.search(r"<script(?![^>]*src=)", response.text)
    assert " style=" not in response.text
    assert " onclick=" not in response.text


@pytest.mark.parametrize("path", [PAGE, *DOCUMENTS])
def test_nothing_can_be_posted(http: requests.Session, path: str) -> None:
    response = http.post(BASE_URL + path, data=b"{}")
    assert response.status_code in {403, 405}


@pytest.mark.parametrize(
    ("sections", "found"),
    [
        ("mobile", [True, True, False]),
        ("integration", [True, False, True]),
        ("admin", [False, False, False]),
    ],
)
def test_each_section_publishes_its_document(sections: str, found: list[bool]) -> None:
    script = (
        "from django.urls import resolve\n"
        "for path in ('/swagger-ui.html', '/v3/api-docs', '/v3/api-docs/integration'):\n"
        "    print(resolve(path).func.__name__ != 'not_found')\n"
        "from django.test import Client\n"
        "page = Client().get('/swagger-ui.html', headers={'host': 'localhost'})\n"
        "print(page.content.count(b'data-url='))"
    )
    environment = {"SECTIONS": sections, "DATABASE_URL": "sqlite:///:memory:"}
    result = manage("shell", "--no-imports", "-c", script, environment=environment)
    documents = {"mobile": 1, "integration": 2, "admin": 0}[sections]
    assert result.stdout.split() == [*map(str, found), str(documents)]


def test_only_published_endpoints_are_documented() -> None:
    environment = {"SECTIONS": "mobile", "DATABASE_URL": "sqlite:///:memory:"}
    result = manage("spectacular", "--fail-on-warn", environment=environment)
    assert "/api/inbox/count:" in result.stdout
    assert "/api/admin/template:" not in result.stdout
    assert "/rest/v3" not in result.stdout
