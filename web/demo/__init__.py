"""What only a demonstration has: a host to sign in as, a mailbox for everybody, a start page."""
