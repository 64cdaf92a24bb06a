"""What foreign pages draw, read strictly and written anew in one plain form. For children of pdf.intake alone."""
