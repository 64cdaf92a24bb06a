"""`make setup`: from a fresh clone to something that runs; standard library only, since nothing is installed yet."""
