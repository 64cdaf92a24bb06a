# Who is there: devices in seats, the lobby, messages to signers.
trail-action-seat-arrived = Signer's device there
trail-note-seat-returned = Away for { $away_seconds } seconds
trail-action-seat-returned = Signer's device back after a pause
