"""The documents say what the code does."""

import base64
import os
import re
import secrets
from pathlib import Path

from tests.house.commands import ROOT, manage


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
