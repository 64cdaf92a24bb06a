# What the live stream refuses (web/stream.py).
error-stream_full = As many people are watching as this server can carry.
error-stream_full-next = The page tries again by itself in a few seconds.
