"""Where new activations and the configuration of applications come from."""
