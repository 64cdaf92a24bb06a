"""Screens around a ceremony that open by a link: its look, the confidence monitor, the observer page, captions."""
