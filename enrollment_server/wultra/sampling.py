"""Comparing some activations here with what they were made from."""

from dataclasses import dataclass

from enrollment_server.wultra import memory
from enrollment_server.wultra.encrypted import server_private_key
from enrollment_server.wultra.facts import GENERATION
from enrollment_server.wultra.report import Tally
from enrollment_server.wultra.rows.activations import device_public_key, state
from enrollment_server.wultra.source import Row
from enrollment_server.wultra.table import Run
from enrollment_server.wultra.tables import ENGINE
from enrollment_server.wultra.values import LeftOut
from powerauth.engine.generations.three import key_exchange, stored_keys
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.errors import EngineRefusal
from powerauth.models import Activation, ImportedRow
from powerauth.protocol.keys import key_pair_of

SAMPLE = 100  # activations
_TABLE = next(table for table in ENGINE if table.model is Activation)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many activations were compared."""

    number: int


def compare(run: Run, tally: Tally, *, size: int = SAMPLE) -> Compared:
    """Compare public keys, status and derived keys of some activations that were taken.

    Args:
        tally: gets those that differ.
    """
    chosen = ImportedRow.objects.filter(table=_TABLE.name).order_by("?")[:size]
    known = {row.row_id: row for row in chosen}
    rows = run.engine.matching(
        *(_TABLE.name, (*_TABLE.columns, *_TABLE.later)),
        column=_TABLE.key,
        values=list(known),
    )
    here = memory.stored(Activation, [row.target_id for row in known.values()])
    number = 0
    for row in rows:
        remembered = known[row["activation_id"]]
        made = here.get(remembered.target_id)
        # One that has moved up since has nothing left of what it was made from.
        if isinstance(made, Activation) and made.protocol_generation == GENERATION:
            number += 1
            for difference in _differences(row, made, remembered, run):
                tally.leave_out(row["activation_id"], f"{difference} here and there")
    return Compared(number)


def _differences(row: Row, made: Activation, known: ImportedRow, run: Run) -> list[str]:
    try:
        private = server_private_key(row, run.facts.key)
        device_key = device_public_key(row)
    except LeftOut as refusal:
        return [f"{refusal}: it cannot be compared"]
    found = []
    if bytes(made.server_public_key) != key_pair_of(private).public_key:
        found.append("the server's public keys differ")
    if bytes(made.device_public_key) != (device_key or b""):
        found.append("the phone's public keys differ")
    if device_key is not None and _derived_keys(made) != key_exchange.derive(private, device_key):
        found.append("the derived keys differ")
    untouched = memory.digest_here(made) == bytes(known.digest_here)
    if untouched and memory.digest_there(row) == bytes(known.digest_there):
        expected = state(row, run.facts, at=known.imported_at)
        found += [] if made.state == expected else ["the states differ"]
    return found


def _derived_keys(made: Activation) -> bytes | None:
    try:
        return stored_keys.derived(made).to_bytes()
    except (EngineRefusal, SecretUnreadable):
        return None
