"""The whole ceremony played over HTTP by six programs that do what six browsers do."""
