"""Methods about applications: versions, roles, configuration, callbacks."""
