"""Which members a method of the bank's side cannot do without.

Serializers do not know it: every member may be absent there, and the engine decides. Members that
depend on others, such as what only one version of the protocol has, are none of these.
"""

from collections.abc import Mapping

REQUIRED: Mapping[str, tuple[str, ...]] = {}
"""Names of members by the path of their method; methods without a row need none."""
