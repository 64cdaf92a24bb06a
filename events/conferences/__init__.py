"""Conferences in several cities and online: what is planned, who plans it, what was published."""
