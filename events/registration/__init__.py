"""Who comes to a conference, in which room, and how many places there are."""
