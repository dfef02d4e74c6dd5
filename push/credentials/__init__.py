"""How applications prove themselves to providers: checked, sealed, opened, never shown again."""
