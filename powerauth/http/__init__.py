"""What HTTP needs of the engine: authentication, permissions, end-to-end encryption of any view.

Keys, counters and locks are the engine's; this room only asks it, through the backend.
"""
