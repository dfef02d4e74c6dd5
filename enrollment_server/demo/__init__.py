"""The demo bank, and the story that `manage.py demo` tells with it."""
