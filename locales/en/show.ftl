# Run-of-show of a conference.
error-show_not_made = There is no run-of-show yet.
error-show_not_made-next = Make it from the agenda first.
error-show_without_agenda = The agenda has no item that a run-of-show could be made from.
error-show_without_agenda-next = Plan the agenda first, then make the run-of-show.
error-show_cue_not_found = There is no such cue.
error-show_cue_not_found-next = Somebody may have taken it out. Look at the run-of-show as it is now.
error-lane_not_found = There is no such hall in this show.
error-lane_not_found-next = Choose one of its halls, or its online room.
error-lane_moved = In one of these halls the show has moved on since you looked.
error-lane_moved-next = Somebody was faster, here or in the other city, or this page was old. Look at where each hall stands now, then decide again.
error-show_plan_changed = The plan of the show was changed since you looked.
error-show_plan_changed-next = Look at it as it is now, then make your change again.
error-show_cue_is_live = This cue is live.
error-show_cue_is_live-next = Hold it, add time to it, or go on to the next.
error-show_cue_is_done = This cue is done.
error-show_cue_is_done-next = Choose one that is still to come, or go back to it.
error-show_cue_not_standing_by = Nobody stands by for this cue.
error-show_cue_not_standing_by-next = Say stand by first, so that every hall knows what comes.
error-show_cue_unacknowledged = { $n ->
    [one] One hall has not said that it is ready.
   *[other] { $n } halls have not said that they are ready.
 }
error-show_cue_unacknowledged-next = Wait for their word, or go without it and say why: the record keeps it.
error-show_lane_not_in_cue = This cue does not happen in this hall.
error-show_lane_not_in_cue-next = Only the halls of a cue say that they are ready.
error-show_nothing_live = This cue is not live in any hall.
error-show_nothing_live-next = Look at where each hall stands now.
error-show_is_held = This cue is held already.
error-show_is_held-next = Resume it when it can go on.
error-show_not_held = This cue is not held.
error-show_not_held-next = It goes on as it is.
error-show_nothing_before = Nothing has been done in this hall yet.
error-show_nothing_before-next = There is nothing to go back to.
error-show_lane_over = The show is over in this hall.
error-show_lane_over-next = If that was too early, go back to its last cue.
error-too_many_show_cues = A show has { $most } cues at most.
error-too_many_show_cues-next = Take out what is not needed, or put some together.
error-last_show_cue = This is the only cue.
error-last_show_cue-next = Add another before you take this one out.

trail-action-show-made = Make the run-of-show from the agenda
trail-action-show-stood_by = Stand by for a cue
trail-action-show-acknowledged = Say that a hall is ready
trail-action-show-went = Go: a cue is live
trail-action-show-held = Hold a cue
trail-action-show-resumed = Resume a cue
trail-action-show-skipped = Skip a cue
trail-action-show-went_back = Go back to the cue before
trail-action-show-time_added = Change how long a cue may take
trail-action-show-delayed = Say how late a hall is
trail-action-show-lane_over = End the show in a hall
trail-action-show-cue_added = Add a cue to the run-of-show
trail-action-show-cue_changed = Change a cue of the run-of-show
trail-action-show-cue_moved = Move a cue of the run-of-show
trail-action-show-cue_removed = Take a cue out of the run-of-show

problem-bad_seconds = { $value } is no whole number of seconds from { $least } to { $most }.
problem-unknown_lane = There is no hall “{ $key }” in this show.
