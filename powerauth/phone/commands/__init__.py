"""The command line of the phone: subcommands, their frame, and what they print."""
