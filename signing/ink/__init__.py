"""Live ink: the strokes of a signature while it is drawn, for those who watch."""
