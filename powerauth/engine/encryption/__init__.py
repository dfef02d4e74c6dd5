"""End-to-end encryption with the keys in the database: requests, temporary keys, replay memory."""
