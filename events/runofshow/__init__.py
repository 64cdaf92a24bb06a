"""Run-of-show: cues over the lanes of a conference, one lane a venue, called together or each for itself."""
