"""What processes have used of the CPU, as Linux counts it; NaN where it cannot be known."""

import os
from dataclasses import dataclass
from math import nan
from pathlib import Path

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
# Members of /proc/PID/stat behind the name: state, parent, ..., times in ticks.
_PARENT, _TIMES = 1, slice(11, 15)
# Members of the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
_WAITING = (3, 4)
_COUNTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process; its time is that of the children, too, that ended and were waited for."""

    name: str
    parent: int
    cpu_s: float


def processes() -> dict[int, Process]:
    """List what runs, by process id; nothing where there is no `/proc`."""
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # It has just ended.
        # A name may hold spaces and brackets.
        start, end = text.index("("), text.rindex(")")
        members = text[end + 2 :].split()
        found[int(folder.name)] = Process(
            name=text[start + 1 : end],
            parent=int(members[_PARENT]),
            cpu_s=sum(map(int, members[_TIMES])) / _TICKS,
        )
    return found


def tree_cpu_s(running: dict[int, Process], root: int | None) -> float:
    """Sum up what a process and its descendants have used; it never falls while the root runs."""
    if root is None or root not in running:
        return nan
    children: dict[int, list[int]] = {}
    for pid, process in running.items():
        children.setdefault(process.parent, []).append(pid)
    total, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        total += running[pid].cpu_s
        waiting += children.get(pid, [])
    return total


def machine_cpu_s() -> float:
    """Give what all processors together have worked."""
    try:
        line = (PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0]
    except OSError:
        return nan
    members = [int(member) for member in line.split()[1 : 1 + _COUNTED]]
    return sum(time for i, time in enumerate(members) if i not in _WAITING) / _TICKS


def model() -> str:
    """Name the processor."""
    try:
        lines = (PROC / "cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown processor"
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown processor")
