"""What a push message says, whoever delivers it: values and their limits. Pure."""
