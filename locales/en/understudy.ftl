# Somebody else signs in a signer's place.
understudy-title = Understudy
understudy-link = Understudy
understudy-link-who = Understudy for { $who }
understudy-what = What will happen
understudy-printed = Printed anew with the new name: { $titles }. The text is the same; its same-record code changes.
understudy-rereaders = They read these texts again before they sign: { $who }.
understudy-stays = Stays as it was signed by { $name }: { $titles }.
understudy-ends = { $name }’s personal link, proof and certificate end. The new signer is invited by mail at once.
understudy-words-follow = The proposed words of the cue sheet get the new name by themselves: { $titles }.
understudy-words-kept = You wrote or changed these cues; they will still say “{ $name }” and need your change afterwards:
understudy-before = Do this before anybody signs these texts: once another party has signed one of them, nobody else can take this seat.
understudy-who = Who signs now
understudy-letter = Letter of authority
understudy-letter-hint = PDF or picture, up to 10 MB. It is kept as evidence; every party of these agreements gets it in the evidence kit.
understudy-do = Replace and invite

trail-action-seat-replaced = Understudy took the seat
trail-action-agreement-revised = Text to be printed anew

problem-letter_unknown_kind = This is neither a PDF nor a PNG or JPEG picture.
problem-letter_too_large = The letter may have at most { $most } MB.
error-understudy_text_signed = Others have signed texts that name this signer.
error-understudy_text_signed-next = A signed text never changes. The planned signer signs these later, or you cancel: what was not signed can become a new draft with the other name.
error-understudy_nothing_left = There is nothing left to sign in this seat.
error-understudy_nothing_left-next = Nobody needs to come in this signer’s place.
error-understudy_moved = Somebody else took this seat meanwhile.
error-understudy_moved-next = Look at who sits there now, then decide again.
