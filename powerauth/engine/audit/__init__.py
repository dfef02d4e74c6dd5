"""The log of what admins and integrations change: its records, its chain, and the proof of it."""
