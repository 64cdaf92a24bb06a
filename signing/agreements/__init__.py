"""What is signed: printing, freezing, reading, signing, completing."""
