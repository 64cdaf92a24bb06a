"""Surveys after a conference: what people are asked, who answered, and what they said."""
