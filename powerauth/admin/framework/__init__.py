"""What every admin of the back office is made of. It knows no table."""
