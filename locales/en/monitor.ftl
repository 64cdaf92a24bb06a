# The confidence monitor.
monitor-title = Confidence monitor
monitor-times = Times
monitor-left = Left in this cue
monitor-overdue = Overdue by
monitor-end = Expected end
monitor-next = Next
monitor-next-none = Nothing more
monitor-number = Cue { $n }
monitor-held = Held at { $time }, for { $length }
monitor-state-none = No cue sheet yet
monitor-state-planned = Not yet begun
monitor-state-running = One moment
monitor-state-held = We pause for a moment
monitor-state-over = The cue sheet is over
monitor-begins = Begins at { $time }
monitor-taken-back-next = Please ask the host for the current link of the monitor.
