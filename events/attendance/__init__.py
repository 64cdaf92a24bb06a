"""After a conference: who was there and how long, certificates of it, lists to take along, and a report."""
