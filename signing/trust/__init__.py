"""The installation's keys, certificates and clock."""
