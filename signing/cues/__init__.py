"""The cue sheet of a ceremony: who leads, what is live, what may be signed now."""
