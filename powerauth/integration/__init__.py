"""The integration API: its conventions here, its methods in the rooms. Rules are the engine's."""
