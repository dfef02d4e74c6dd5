"""The bank's server for mobile apps: wiring of the project, and the conventions of its APIs."""

import tomllib
from pathlib import Path

# The project is run from its folder and not installed: its description is the only source.
_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"

VERSION: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
