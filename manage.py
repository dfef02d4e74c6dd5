#!/usr/bin/env python
"""Django's command line for the Enrollment Server."""

import os
import sys

from enrollment_server import command_line, local


def main() -> None:
    if local.serves_here(sys.argv[1:], os.environ):
        local.prepare(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
    command_line.run(sys.argv)


if __name__ == "__main__":
    main()
