"""The bank's server for mobile apps: wiring of the project, and the conventions of its APIs."""

VERSION = "0.1.0"
