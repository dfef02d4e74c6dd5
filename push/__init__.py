"""Devices that messages reach: registered by phones, and by back ends."""
