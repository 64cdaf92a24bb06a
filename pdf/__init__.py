"""PDF work, values in and bytes out: knows no feature, no database, no Flask."""
