"""The back office in a real browser without a window: for screenshots and tests."""
