"""What back ends call about devices."""
