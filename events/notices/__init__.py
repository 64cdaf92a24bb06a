"""Notices: whom a publication concerns is told of it, each person once by each version."""
