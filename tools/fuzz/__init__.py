"""Mutants of good files and kits: none may pass unless what was signed is the same to the last byte (make fuzz)."""
