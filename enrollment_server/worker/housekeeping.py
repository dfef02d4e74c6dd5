"""What has to be ended, deleted or tied after its time, in the order in which it is done."""

from collections.abc import Callable
from datetime import datetime

from enrollment_server.push_server.server import is_remote
from enrollment_server.staff import housekeeping as staff
from operations.decisions import expiry as operation_expiry
from operations.decisions import retention as operation_retention
from powerauth.callbacks import prune_finished
from powerauth.engine import pruning
from powerauth.engine.activations import expiry as activation_expiry
from powerauth.engine.audit import ties
from push.outbox import retention as push_retention

# Every task works in batches of its own transactions, leaves alone what somebody else has locked,
# and finds nothing to do the second time: any number may run anywhere.
Task = Callable[[datetime], int]
TASKS: dict[str, Task] = {
    "expired activations": lambda at: activation_expiry.expire(at=at),
    "expired operations": lambda at: operation_expiry.expire(at=at),
    "used values": lambda at: pruning.prune_unique_values(at=at),
    "temporary keys": lambda at: pruning.prune_temporary_keys(at=at),
    "finished callbacks": lambda at: prune_finished(at=at),
    "finished operations": lambda at: operation_retention.prune_finished(at=at),
    "signature audit": lambda at: pruning.prune_signature_audit(at=at),
    "activation history": lambda at: pruning.prune_activation_history(at=at),
    "failed logins": lambda at: staff.prune_failed_logins(at=at),
    "sessions": lambda at: staff.prune_sessions(at=at),
    "finished push messages": lambda at: push_retention.finish(at=at),
    "old push messages": lambda at: push_retention.prune_messages(at=at),
    # Rows from before they moved to another server are its copy, or of no use.
    "push devices": lambda at: 0 if is_remote() else push_retention.prune_devices(at=at),
    "audit ties": lambda at: ties.tie(at=at),
}
