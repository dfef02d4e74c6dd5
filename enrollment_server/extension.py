"""Code of a deployment, which a setting names by its import string."""

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


@lru_cache(maxsize=16)
def make(name: str, methods: tuple[str, ...]) -> object:
    """Call a class, or any callable without arguments, once a process, and give what it made.

    Args:
        name: import string of the callable.
        methods: what the made object must be able to do.

    Raises:
        ImproperlyConfigured: nothing to call has the name, or a method is missing.
    """
    try:
        made: object = import_string(name)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(f"{name} cannot be imported and called: {error}") from error
    missing = [method for method in methods if not callable(getattr(made, method, None))]
    if missing:
        raise ImproperlyConfigured(f"{name} makes no hook: {', '.join(missing)} is missing")
    return made
