"""What stays: trail page, completion certificate, evidence kit, verification."""
