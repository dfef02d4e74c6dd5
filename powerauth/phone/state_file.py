"""The file of a phone. It holds keys: nobody but its owner may read it, at any moment."""

import json
import os
import tempfile
from pathlib import Path

from powerauth.phone.errors import DamagedState
from powerauth.phone.state import PhoneState


def save_state(state: PhoneState, path: str | os.PathLike[str]) -> None:
    """Write the file in one step: after a crash it is either the old or the new one.

    The file has mode 0600 from its first byte on. Missing folders are created.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp creates the file with mode 0600, whatever the umask says.
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(state.to_json(), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def load_state(path: str | os.PathLike[str]) -> PhoneState:
    """Read the file of a phone.

    Raises:
        OSError: the file cannot be read; FileNotFoundError if there is none.
        DamagedState: it is no file of a phone.
    """
    try:
        return PhoneState.from_json(json.loads(Path(path).read_bytes()))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise DamagedState("not JSON") from None
