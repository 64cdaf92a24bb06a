# Captions by interpreters.
captions-title = Captions
captions-lead = An interpreter types what is said, line by line, on a page of their own. The stage, observers and signers can show it.
captions-none = No interpreter yet
captions-add = Add an interpreter
captions-field-language = Language of the captions
captions-link = Show the link
captions-link-of = Link for captions in { $language }
captions-link-hand-over = Hand the link to the interpreter, or let them scan the QR code. It opens on a phone as well as on a computer; no sign-in is needed.
captions-link-none = This link no longer opens
captions-link-none-lead = It was taken back or has expired. Add the interpreter again if one is still needed.
captions-take-back = Take the link back
captions-take-back-which = Take back the link for { $language }, { $at }
captions-state-made = Link made { $at }; nothing said yet
captions-state-said = { $n ->
    [one] One line, the last { $at }
   *[other] { $n } lines, the last { $at }
 }
captions-state-taken_back = Taken back { $at }
captions-stage = On the stage
captions-stage-lead = Two lines at most, in a band below the picture. Each line goes by itself after some seconds.
captions-stage-none = No captions
captions-stage-save = Show on the stage
captions-honest = Spoken words are kept for a day at most, and are not in the audit trail. Observers get the captions as much later as the picture; signers choose on their own page whether they want to read them, and in which language.
captions-to-sheet = To the cue sheet
captions-language-zh-CN = Chinese
captions-language-en = English
captions-language-ja = Japanese
captions-language-ko = Korean
captions-language-fr = French
captions-language-de = German
captions-language-es = Spanish
captions-language-pt = Portuguese
captions-language-it = Italian
captions-language-ru = Russian
captions-language-ar = Arabic
captions-language-vi = Vietnamese
captions-language-th = Thai
captions-language-id = Indonesian
captions-language-ms = Malay
captions-language-kk = Kazakh

error-captions_over = The ceremony is over, or captions have ended.
error-captions_over-next = Nothing more is needed here.
error-captions_no_language = Nobody interprets into this language.
error-captions_no_language-next = Add an interpreter for it first, then choose it for the stage.
error-caption_late = This line was typed more than two minutes ago.
error-caption_late-next = If it still fits what is being said, send it again; it counts as typed now.
error-caption_not_last = Only your last line can be changed.
error-caption_not_last-next = Send a new line with what is right.
error-caption_too_large = This is far more than a line.
error-caption_too_large-next = Send it in short lines.
error-too_many_interpreters = A ceremony has { $most } interpreters at most.
error-too_many_interpreters-next = Take the link of one of them back first.
error-interpreter_not_found = This ceremony has no such interpreter.
error-interpreter_not_found-next = Look at the list of interpreters again.
error-interpreter_link_needed = This page opens by the interpreter's link.
error-interpreter_link_needed-next = Open the link that the host gave you; if you cannot find it, ask the host for it.
error-interpreter_link_taken_back = The host took this link back.
error-interpreter_link_taken_back-next = If you are still to interpret, ask the host for a new one.
problem-caption_too_long = A line has { $wide } Chinese characters or { $narrow } letters at most.
problem-bad_caption_id = The line needs an id of 8 to 40 letters and digits.
problem-bad_caption_number = This is no line's number.

trail-action-captions-link_made = Interpreter's link made
trail-action-captions-link_taken_back = Interpreter's link taken back
trail-action-captions-stage_chosen = Captions on the stage chosen
