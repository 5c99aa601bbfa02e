"""The organisation's table. Keys are built only here."""
