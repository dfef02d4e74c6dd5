"""What happens beside the requests: callbacks, expiry, housekeeping."""
