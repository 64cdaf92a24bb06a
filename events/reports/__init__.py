"""The report of a conference: its figures on one page and as a PDF."""
