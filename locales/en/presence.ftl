# Who is there: devices in seats, the lobby, messages to signers.
trail-action-seat-arrived = Signer's device there
trail-note-seat-returned = Away for { $away_seconds } seconds
trail-action-seat-returned = Signer's device back after a pause
trail-action-lobby-policy_changed = Way into the lobby changed
trail-action-lobby-message_sent = Message to signers
trail-action-seat-admitted = Signer admitted
trail-action-seat-held = Signer held
trail-action-seat-released = Signer may go on
trail-action-seat-removed = Signer removed
trail-action-seat-let_back_in = Signer let back in

error-not_admitted = The host has not let you in yet.
error-not_admitted-next = Please wait on this page; it goes on by itself.
error-seat_held = The host has paused signing for you.
error-seat_held-next = Please wait on this page; the host's message says why.
error-seat_removed = The host has closed this seat.
error-seat_removed-next = Please call the host. Once you are let back in, open your personal link again; a page that is still open goes on by itself.

lobby-title = Lobby
lobby-lead = Who is there, from where and on what. Times are { $zone }.
lobby-here = { $n } of { $m } here
lobby-waiting = { $n ->
    [one] One waits to be admitted
   *[other] { $n } wait to be admitted
}
lobby-gone = { $n ->
    [one] One is gone
   *[other] { $n } are gone
}
lobby-admit-all = { $n ->
    [one] Admit the one who is ready
   *[other] Admit all { $n } who are ready
}
lobby-there = Here
lobby-on = Device and link
lobby-acts = What to do
lobby-state-here = Here
lobby-state-open = Page open
lobby-state-dropped = Link lost
lobby-state-left = Page closed
lobby-state-never = Not here yet
lobby-since-here = since { $time }
lobby-since-open = since { $time }
lobby-since-dropped = last heard { $time }
lobby-since-left = at { $time }
lobby-since-never = Nobody has been here yet.
lobby-drops = { $n ->
    [one] back after one break
   *[other] back after { $n } breaks
}
lobby-device-phone = Phone
lobby-device-tablet = Tablet
lobby-device-computer = Computer
lobby-delay-good = link good · { $ms } ms
lobby-delay-slow = link slow · { $ms } ms
lobby-delay-unknown = link being measured
lobby-ms = { $ms } ms
lobby-clock-right = clock right
lobby-clock-ahead = clock { $seconds } s ahead
lobby-clock-behind = clock { $seconds } s behind
lobby-hidden = looking at something else
lobby-not-proved = identity not proved
lobby-strangers = { $n ->
    [one] One device is open that has not proved who sits at it
   *[other] { $n } devices are open, and not all have proved who sits at them
}
lobby-strangers-lead = Somebody else may have the link. Without the code from the mailbox it opens nothing; if you are in doubt, call the signer.
lobby-far-nothing = Identity not proved yet
lobby-far-proved = Identity proved
lobby-far-consented = Agreed to sign electronically
lobby-far-signed = Signed { $n } of { $m }
lobby-standing-waiting = Waits to be admitted
lobby-standing-waiting-lead = They can prove who they are and wait; they read and sign once you admit them.
lobby-standing-held = Held
lobby-standing-held-lead = They can read and cannot begin to sign. They read your sentence:
lobby-standing-removed = Removed
lobby-standing-removed-lead = Their link is closed in every browser until you let them back in.
lobby-admit = Admit
lobby-release = Let go on
lobby-let_in = Let back in
lobby-more = More
lobby-more-who = More about { $who }
lobby-hold = Hold
lobby-hold-title = Hold
lobby-hold-why = What the signer reads
lobby-hold-hint = For example: “Please wait a moment, we are waiting for Chengdu.”
lobby-remove = Remove from the ceremony
lobby-remove-title = Remove
lobby-remove-lead = The personal link stops working at once, in every browser. Nothing that was signed is lost. You can let them back in at any time.
lobby-write = Write to { $who }
lobby-write-all = Write to all signers
lobby-quick = Quick messages
lobby-quick-microphone = Please turn on your microphone.
lobby-quick-camera = Please turn on your camera.
lobby-quick-soon = We begin in five minutes.
lobby-quick-now = We begin now.
lobby-quick-wait = Please wait a moment.
lobby-quick-read = Please read the text to the end.
lobby-quick-thanks = Thank you, all is done.
lobby-own-words = In your own words
lobby-own-words-hint = Up to 300 characters. Quick messages are read in each signer's own language; your own words as you write them.
lobby-send = Send
lobby-sent = Sent
lobby-to-all = to all
lobby-policy = Who comes in
lobby-policy-who = Signers who have proved who they are
lobby-policy-open = come in by themselves
lobby-policy-open-hint = Nobody waits for you.
lobby-policy-each = wait until I admit them
lobby-policy-each-hint = They wait on their page, and read and sign once you admit them. Who has proved who they are by now is in.
lobby-stays = When they were here
lobby-stay-from = From
lobby-stay-until = Until
lobby-stay-worst = Slowest
lobby-stay-left = page closed
lobby-stay-lost = link lost
