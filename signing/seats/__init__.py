"""A signer's place in a ceremony: personal link, identity, consent, certificate."""
