"""What a push message may say, and how rows keep it."""
