"""Applications, their versions, roles and configuration, and the back ends that may call."""
