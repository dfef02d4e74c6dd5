"""The documents say what the code does."""

import re

from tests.house.commands import ROOT


def test_readme_lists_every_setting() -> None:
    source = (ROOT / "enrollment_server" / "settings.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'\benv_\w+\(\s*"([A-Z_]+)"', source))
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1]
    rows = [line for line in table.split("## In production")[0].splitlines() if line[:3] == "| `"]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert len(settings) > 30
    assert listed == settings


def test_links_of_the_documents_exist() -> None:
    documents = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_production_image_installs_what_is_locked_and_seeds_nothing() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.txt" in dockerfile
    assert "USER server" in dockerfile
    assert 'CMD ["python", "manage.py", "serve", "--no-demo"]' in dockerfile
