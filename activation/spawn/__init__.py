"""Who may activate which other application, and the code for it. No HTTP lives here."""
