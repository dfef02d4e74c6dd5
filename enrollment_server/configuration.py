"""What is wrong with the configuration, for programs that no command of manage.py has started."""

import django
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def problems() -> list[str]:
    """Set Django up, and give a line for each setting that it cannot work with."""
    try:
        django.setup()
        found = checks.run_checks()
    except ImproperlyConfigured as error:
        return str(error).splitlines()
    # Processes that are forked from this one must not inherit a connection.
    connections.close_all()
    return [f"{message.msg} ({message.id})" for message in found if message.is_serious()]
