"""Where devices are registered: the interface that views call, and our own database behind it."""
