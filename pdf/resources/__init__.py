"""The strict reading of what the contents of foreign pages refer to. For children of pdf.intake alone."""
