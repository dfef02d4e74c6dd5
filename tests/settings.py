"""The settings as the type checker sees them, without a database."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-the-type-checker")

from enrollment_server.settings import *  # noqa: F403
