# Every way in which the product says no: error-<code> says why, error-<code>-next says what to do now.
errors-title-400 = This request cannot be handled
errors-title-401 = Please sign in
errors-title-403 = Not allowed
errors-title-404 = Not found
errors-title-405 = This request cannot be handled
errors-title-409 = Things have changed
errors-title-410 = This link no longer works
errors-title-413 = Too large
errors-title-422 = Something needs correcting
errors-title-429 = Too many tries
errors-title-500 = Something went wrong here
errors-title-503 = Not available just now
errors-title-other = This cannot be done
errors-to-sign-in = Sign in

error-refused = This cannot be done.
error-refused-next = Please go back and try again; if it still fails, contact the host or the administrator.
error-unexpected = Something went wrong on our side, and your change was not made.
error-unexpected-next = Please try again in a moment; if it still fails, give the administrator the number on this page.
error-not_found = There is no such page, or you may not know whether there is one.
error-not_found-next = Please check that the address is complete, or open the link in your mail again.
error-sign_in_needed = This page is for people who are signed in.
error-sign_in_needed-next = Please sign in and try again; signers, please open the personal link in your mail.
error-forbidden = Your account does not have this right.
error-forbidden-next = If you need it, ask your organisation's administrator.
error-conflict = Somebody has just changed this, so the step no longer fits.
error-conflict-next = Please reload the page and look at what it says now.
error-gone = This is no longer offered here.
error-gone-next = Please go back to the start.
error-too_many_attempts = There were too many tries.
error-too_many_attempts-next = { $minutes ->
    [one] Please try again in a minute.
   *[other] Please try again in { $minutes } minutes.
  }
error-invalid_input = { $count ->
    [one] One thing needs correcting.
   *[other] { $count } things need correcting.
  }
error-invalid_input-next = Please put right what is listed and send it again; nothing was saved so far.
error-csrf_failed = It is not certain that this came from a page that you opened.
error-csrf_failed-next = Please go back, reload the page and try again; your browser must accept this site's cookie.
error-bad_request = The request is not well-formed.
error-bad_request-next = Please go back, reload the page and try again.
error-method_not_allowed = This address does not take this kind of request.
error-method_not_allowed-next = Please use the buttons and links on the pages.
error-not_acceptable = This cannot be given in the format asked for.
error-not_acceptable-next = Please ask for text/html or application/json.
error-too_slow = The data did not arrive in time.
error-too_slow-next = Please check your connection and try again.
error-length_needed = The request does not say how long its content is.
error-length_needed-next = Please send it with a Content-Length.
error-too_large = This is larger than allowed and was not taken.
error-too_large-next = Please make the file smaller, or ask the administrator to raise the limit.
error-address_too_long = The address is too long.
error-address_too_long-next = Please check that the link was pasted correctly.
error-wrong_content_type = The content has the wrong format.
error-wrong_content_type-next = Please send it with the Content-Type that the interface asks for.
error-range_not_there = The range asked for lies outside the file.
error-range_not_there-next = Please download the whole file again.
error-headers_too_large = The request's headers are too large.
error-headers_too_large-next = Please delete this site's cookies and try again.
error-unavailable = This is not available just now.
error-unavailable-next = Please try again in a moment.

error-link_invalid = This link is not valid; perhaps it was not copied completely.
error-link_invalid-next = Please open it straight from the mail that you received.
error-link_expired = This link's time is over.
error-link_expired-next = Please ask the sender for a new one.
error-link_revoked = This link was used or taken back.
error-link_revoked-next = If it was not you who used it, tell the sender at once; ask for a new link if you need one.

error-sign_in_failed = Mail address or password is not right.
error-sign_in_failed-next = Please check both; if you forgot the password, ask your organisation's administrator for a new link.
error-password_wrong = The current password is not right.
error-password_wrong-next = Please type the current password again.
error-email_taken = This mail address has an account already.
error-email_taken-next = Please use another address, or find the account in the list of staff.
error-last_administrator = An organisation needs at least one active administrator.
error-last_administrator-next = Please make another account administrator first.
error-already_set_up = There is an administrator already, so this link no longer works.
error-already_set_up-next = Please sign in; for an account of your own, ask the administrator.
error-account_not_found = Your organisation has no such account.
error-account_not_found-next = Please go back to the list of staff and reload it.
error-organisation_not_found = There is no such organisation.
error-organisation_not_found-next = Please check the name; on a new installation run `yunqian accounts first-link` first.
error-organisation_unclear = There is more than one organisation, so it is not clear which is meant.
error-organisation_unclear-next = Please name it with --organisation.

# What can be wrong with an input.
problem-required = Please fill this in.
problem-too_long = At most { $most } characters.
problem-not_printable = It holds characters that cannot be shown.
problem-not_an_email = This is not a mail address.
problem-unknown_choice = Please choose one of the options.
problem-unknown_zone = There is no such time zone.
problem-role_missing = Please choose at least one right.
problem-password_too_short = A password needs at least { $least } characters.
problem-password_too_plain = This password is too easy to guess: use more different characters, no common words or rows of keys, and not your mail name.
problem-passwords_differ = The two passwords are not the same.
