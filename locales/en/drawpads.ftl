# Drawing a signature on a phone for a page that is open on a computer.
drawpad-title = Draw your signature
drawpad-join-lead = You scanned the code on your computer. Draw here; you read and sign on the computer.
drawpad-join = Draw on this phone
drawpad-join-care = Go on only if you have just scanned the code on your own computer.
drawpad-draw = Draw with your finger, then send it to the computer.
drawpad-send = Send to the computer
drawpad-sending = Sending to the computer…
drawpad-sent = The drawing is on your computer: go on there. You may draw again here.
drawpad-missing = Draw your signature first.
drawpad-waiting = the drawing is kept here and sent as soon as the connection is back
drawpad-over = Finished here. Go on at the computer.

seat-phone-offer = Draw on your phone
seat-phone-title = Draw on your phone
seat-phone-scan = Scan this code with your phone’s camera. It works once, on one phone, for ten minutes.
seat-phone-alt = Code for your phone
seat-phone-link = Address in the code
seat-phone-offered = Waiting for your phone…
seat-phone-joined = Your phone is connected. Draw there, then tap “Send to the computer”.
seat-phone-drawn = This is the drawing from your phone. “Sign now” signs with it here.
seat-phone-over = The code has run out.
seat-phone-again = New code
seat-phone-close = Draw here instead
seat-phone-picture = The drawing from your phone

trail-action-device-joined = Phone joined for drawing
trouble-job-drawpads-forget = Delete drawings that nobody fetched
trail-work-drawpads-forget = Delete drawings that nobody fetched

problem-not_a_drawing = This is not the picture of a drawing.
error-drawpad_taken = Another phone has scanned this code already.
error-drawpad_taken-next = Draw on that phone, or ask for a new code on the computer. If that phone is not yours, choose “Draw here instead” on the computer.
error-drawpad_over = This drawing pad is closed.
error-drawpad_over-next = Go on at the computer; it can show a new code.
error-drawpad_needed = This phone has not joined this drawing pad.
error-drawpad_needed-next = Scan the code on the computer’s page.
