"""Where operations live: the interface that views call, and our own database behind it."""
