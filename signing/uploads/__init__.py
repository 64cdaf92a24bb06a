"""Papers that hosts bring along: taken in, shown as they were rebuilt, signed in place of the printed text."""
