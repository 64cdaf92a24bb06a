"""What `yunqian doctor` looks at: one function per part, each gives findings and never raises for what it finds."""
