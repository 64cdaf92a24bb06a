# The counter on a screen: expected, inside and came per hall; no names.
counter-inside = Inside now
counter-came = Came today
counter-expected = Expected
counter-all = Together: { $inside } inside, { $came } came today, { $expected } expected
counter-live = Live · as of { $time }
counter-connecting = Connecting
counter-lost = No connection since { $time }; these are the numbers of then. Connecting again
counter-no-halls = This conference has no hall.
counter-taken-back = This screen's link was taken back
counter-taken-back-next = Ask whoever leads the conference for the new link.
counter-full-screen = Full screen
counter-noscript = This page needs scripts to be allowed in the browser.
counter-screen = Counter for screens
counter-screen-lead = Shows on a screen in the lobby or beside the stage how many are expected, inside and came today in each hall, live from the doors. Numbers and no names; whoever has the link opens it, without signing in.
counter-open = Open the screen
counter-link-none = There is no link yet
counter-link-make = Make the link
counter-take-back = Take the link back

error-counter_link_needed = Open this by the counter's link.
error-counter_link_needed-next = Ask whoever leads the conference for it: Check-in, "Counter for screens".
error-counter_link_taken_back = This screen's link to the counter was taken back.
error-counter_link_taken_back-next = Ask whoever leads the conference for the new link, and open it here.
