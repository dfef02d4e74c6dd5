"""The benchmark kit behind `manage.py bench`."""
