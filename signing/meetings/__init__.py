"""The link to the meeting tool in which people see and hear each other while they sign."""
