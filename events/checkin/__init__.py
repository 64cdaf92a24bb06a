"""Who came in by which door and when: phones at the doors, with a network and without one."""
