"""The shared ground of every feature; knows no feature."""
