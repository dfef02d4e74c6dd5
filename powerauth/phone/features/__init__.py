"""What a phone can do, one thing a module: activate, decide, read, register."""
