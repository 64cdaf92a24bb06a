"""Investment projects: the room is marked out in docs/architecture.md."""
