"""Badges: a name to wear, with a code that any door can check without a network."""
