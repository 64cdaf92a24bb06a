"""Days before: each seat's device and the server look at themselves."""
