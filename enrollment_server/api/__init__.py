"""What every API of this server has in common. It knows no app, and no protocol."""
