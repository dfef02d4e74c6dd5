"""Messages on their way: written with what causes them, sent by workers, and remembered a while."""
