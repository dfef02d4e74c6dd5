"""What back ends call about operations and their templates. No rule is decided here."""
