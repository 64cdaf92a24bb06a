# Registrations: places, waiting, groups, the team's pages and the mails to people.

error-registration_closed = Registration is not open.
error-registration_closed-next = It opens when the conference is published and ends with its last day; a conference that was called off takes nobody.
error-already_registered = This mail address is registered for this conference already.
error-already_registered-next = Look after that registration with the link in its mail; to come anew, withdraw it first.
error-venue_full_no_waiting = There is no place left here, and no waiting list.
error-venue_full_no_waiting-next = Choose another venue or take part online.
error-places_not_found = There are no places for these people in this venue.
error-places_not_found-next = Choose another venue.
error-company_not_found = This conference has no such company.
error-company_not_found-next = Choose one from the list, or type its name.
error-group_not_found = There is no such group.
error-group_not_found-next = Check the link, or ask who sent it.
error-group_full = All places of this group are used.
error-group_full-next = Ask who leads the group for more places, or register without the group's link.
error-group_over = The places of this group are no longer held.
error-group_over-next = Ask who leads the group, or register without the group's link.
error-registration_not_found = There is no such registration.
error-registration_not_found-next = Go back to the list and reload it.
