"""Who is there: devices in seats, the lobby in which the host admits them, words to them."""
