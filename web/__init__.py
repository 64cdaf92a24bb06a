"""The web application, its commands and its workers."""
