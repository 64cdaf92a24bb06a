"""What developers and `make` run: set-up, checks, fonts, screenshots. Nothing that ships imports it."""
