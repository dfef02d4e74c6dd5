"""Activations as a load: whole phones, since each of their requests needs the answer before.

As in `signing`, the processes that run this start with nothing but what they are handed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enrollment_server.bench.load import LoadFailed, Measured
from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.phone.state import PhoneState

PIN = "1234"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """What one process did."""

    times_s: Sequence[float]
    elapsed_s: float
    cpu_s: float
    refusal: str = ""
    """What the server said instead of activating a phone."""


def activate(state: PhoneState, codes: Sequence[str], seconds: float) -> Activated:
    """Activate a new phone by each code, one behind the other, until the time is over."""
    times: list[float] = []
    begun, cpu = time.monotonic(), time.process_time()
    refusal = ""
    for code in codes:
        before = time.monotonic()
        if before - begun >= seconds:
            break
        phone = Phone(state.base_url, sdk_config=state.sdk_config)
        phone.state = replace(state)
        try:
            phone.activate(code, pin=PIN)
        except PhoneFailure as failure:
            refusal = str(failure)
            break
        if isinstance(phone.enrolment, Enrolment4) and phone.enrolment.confirmation_pending:
            refusal = "the confirmation was refused"
            break
        times.append(time.monotonic() - before)
    return Activated(
        times_s=times,
        elapsed_s=time.monotonic() - begun,
        cpu_s=time.process_time() - cpu,
        refusal=refusal,
    )


def measured(done: Sequence[Activated], *, offered: int) -> Measured:
    """Give what all processes did as one load.

    Raises:
        LoadFailed: a phone was refused, or none was activated.
    """
    if refused := [each.refusal for each in done if each.refusal]:
        raise LoadFailed(f"activate: {refused[0]}")
    times = sorted(one for each in done for one in each.times_s)
    if not times:
        raise LoadFailed("activate: no phone was activated")
    elapsed = max(each.elapsed_s for each in done)
    return Measured(
        answered=len(times),
        refused=0,
        broken=0,
        unsent=0,
        exhausted=len(times) == offered,
        elapsed_s=elapsed,
        per_second=len(times) / elapsed,
        cpu_s=sum(each.cpu_s for each in done),
        p50_ms=_percentile_ms(times, 0.5),
        p95_ms=_percentile_ms(times, 0.95),
        p99_ms=_percentile_ms(times, 0.99),
        max_ms=_percentile_ms(times, 1.0),
        sent=[len(each.times_s) for each in done],
        refusal_status=0,
        refusal_body="",
    )


def _percentile_ms(times_s: Sequence[float], share: float) -> float:
    return 1000 * times_s[min(len(times_s) - 1, int(share * len(times_s)))]
