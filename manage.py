#!/usr/bin/env python
"""Django's command line for the Enrollment Server."""

import os
import sys

from django.core.management import execute_from_command_line

from enrollment_server import local


def main() -> None:
    if local.serves_here(sys.argv[1:], os.environ):
        local.prepare(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
