"""What makes guessing slow without making anything else slow: delays, hashes, room for both."""
