"""Every trap of protocol-4.md 37 that pure functions can fall into has a test with its number."""

import re
from pathlib import Path

# Rules of endpoints: counters of an upgrade, keys for every state, members of templates.
OF_ENDPOINTS = {22, 24, 30}


def test_every_trap_has_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    named = {int(n) for text in texts for n in re.findall(r"def test_trap_(\d+)_", text)}
    assert set(range(1, 31)) - named == OF_ENDPOINTS
