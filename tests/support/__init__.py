"""What tests stand on: throw-away servers and processes, all of them on loopback and ended with the test."""
