# Live ink: the strokes of a signature while it is drawn.
error-ink_out_of_order = This stroke came late, or was there already.
error-ink_out_of_order-next = The stage shows the next ones. Your signature is not affected, and there is nothing to do.
error-ink_full = This drawing is too long: the stage does not show what comes next.
error-ink_full-next = Your signature is not affected. To have it shown again, clear it and draw anew.
error-ink_too_fast = Strokes come too fast, and some were not shown.
error-ink_too_fast-next = Your signature is not affected; it goes on by itself.
error-ink_too_large = Too many strokes came at once and were not taken.
error-ink_too_large-next = Your signature is not affected. Go on signing.
error-ink_not_shown = The stage of this ceremony does not show signatures while they are drawn.
error-ink_not_shown-next = Go on signing: the stage shows it when it is done.
problem-bad_stroke = This is no stroke that can be drawn.
seat-ink-shown = The stage shows your strokes while you draw them, marked “being signed”.
seat-ink-hide = Do not show them while I draw
stage-ink-signing = Being signed
stage-ink-signed = Signed
stage-ink-label = { $party } is signing { $title }
