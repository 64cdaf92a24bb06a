"""Thanks after a ceremony: one letter to each signer, witness and (on wish) the hosts' team."""
