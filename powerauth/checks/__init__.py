"""System checks of the engine: libraries always, and with `--deploy` what the database holds."""
