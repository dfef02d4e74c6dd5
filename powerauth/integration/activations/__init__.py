"""Methods about activations: their life, flags, history, and recovery, which is switched off."""
