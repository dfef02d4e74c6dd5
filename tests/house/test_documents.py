"""The documents say what the code does."""

import base64
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.commands import APPS, ROOT, manage


def test_readme_lists_every_setting() -> None:
    source = (ROOT / "enrollment_server" / "settings.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'\benv_\w+\(\s*"([A-Z_]+)"', source))
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1]
    rows = [line for line in table.split("## In production")[0].splitlines() if line[:3] == "| `"]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert len(settings) > 30
    assert listed == settings


def test_links_of_the_documents_exist() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_modules_that_the_documents_name_exist() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/adr").glob("*")]
    modules = [path for top in (*APPS, "tests") for path in (ROOT / top).rglob("*.py")]
    paths = [f"/{path.relative_to(ROOT)}" for path in (ROOT / "manage.py", *modules)]
    named = {
        (document.name, module)
        for document in documents
        if document.name != "CHANGELOG.md"  # it tells of modules that are gone
        for module in re.findall(r"`([\w/]+\.py)`", document.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert not {each for each in named if not any(path.endswith(f"/{each[1]}") for path in paths)}


def test_production_image_installs_what_is_locked_and_seeds_nothing() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.txt" in dockerfile
    assert "USER server" in dockerfile
    assert 'CMD ["python", "manage.py", "serve", "--no-demo"]' in dockerfile


def test_check_of_a_deployment_has_nothing_to_say_about_the_example(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "production.env").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    environment = dict(line.split("=", 1) for line in lines)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    for name in ("SECRET_KEY_FILE", "MASTER_DB_ENCRYPTION_KEY_FILE"):
        file = tmp_path / name
        file.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        environment[name] = str(file)
    (tmp_path / "SECRET_KEY_FILE").write_text(secrets.token_urlsafe(50))
    # Nobody listens there: a deployment can be checked before it has a database.
    environment["DATABASE_URL"] = "postgres://enrollment@127.0.0.1:1/enrollment"
    result = manage(
        *("check", "--deploy", "--fail-level", "WARNING"), only_environment={**kept, **environment}
    )
    assert result.returncode == 0, result.stderr
    assert "WARNINGS" not in result.stderr


def test_proxy_of_the_documents_fits_the_server() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    server = (ROOT / "enrollment_server" / "serving" / "gunicorn_conf.py").read_text(
        encoding="utf-8"
    )

    def number(pattern: str, text: str) -> int:
        match = re.search(pattern, text, re.MULTILINE)
        assert match is not None, pattern
        return int(match[1])

    megabytes = number(r"client_max_body_size (\d+)m;", proxy)
    assert megabytes * 1024 * 1024 == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    kept = number(r"^\s+keepalive_timeout (\d+)s;\n    }", proxy)
    assert kept < number(r"^keepalive = (\d+)", server)
    # What a client says about its address, host and scheme is replaced.
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"):
        assert f"proxy_set_header {header} " in proxy
    assert "proxy_add_x_forwarded_for" not in proxy
    assert "proxy_request_buffering on;" in proxy
    for probe in ("livez", "readyz", "metrics"):
        assert re.search(rf"location ~ .*\b{probe}\b.*{{\n +return 404;", proxy)
    answers = re.findall(r"return (\d+) '(.*)';", proxy)
    assert [status for status, _ in answers] == ["404", "413", "429", "503"]
    for _, body in answers:
        assert json.loads(body)["status"] == "ERROR"
        assert set(json.loads(body)["responseObject"]) == {"code", "message"}


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif route:
            yield route


def test_proxy_lets_strangers_reach_what_phones_call_and_nothing_else() -> None:
    proxy = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"location ~ (\S+) {\n +allow 10\.0\.0\.0/8;\n +deny all;", proxy)
    assert found is not None
    guarded = re.compile(found[1])
    open_to_all = {
        route
        for route in routes(get_resolver().url_patterns)
        if not guarded.match(f"/enrollment-server/{route}")
    }
    documents = {"v3/api-docs", "swagger-ui.html", "errors.html"}
    assert documents <= open_to_all
    for route in open_to_all - documents:
        assert route.startswith(("pa/", "api/")), route
        assert not route.startswith("api/admin"), route
