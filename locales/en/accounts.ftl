# Sign-in, one's own account, staff.
accounts-nav-staff = Staff
accounts-nav-own = My account

accounts-sign-in = Sign in
accounts-sign-in-lead = For hosts, organisers and administrators.
accounts-sign-in-help = Signers and guests have no account: please open the personal link in your mail. If you forgot your password, ask your organisation's administrator for a new link to set one.
accounts-email = Mail address
accounts-password = Password
accounts-password-new = New password
accounts-password-repeat = Once more
accounts-password-current = Current password
accounts-password-hint = At least { $least } characters; a few unrelated words in a row are easy to remember and safe.
accounts-name = Name
accounts-name-en = Name on English pages
accounts-organisation = Organisation
accounts-roles = Rights
accounts-list-comma = , { "" }
accounts-locale = Language
accounts-timezone = Time zone
accounts-save = Save

accounts-set-password = Set your password
accounts-set-password-lead = Account: { $email }
accounts-set-password-do = Set password and sign in

accounts-first = Create the first administrator
accounts-first-lead = This link works once. Everybody else is added by the administrator afterwards.
accounts-first-do = Create and sign in

accounts-own = My account
accounts-facts = About you
accounts-preferences = Language and time zone
accounts-change-password = Change password
accounts-change-password-note = You will be signed out on every other device.
accounts-everywhere = Sign out on every device
accounts-everywhere-why = If you signed in on somebody else's computer, or lost your phone.
accounts-done-password = Your password was changed, and you were signed out on every other device.
accounts-done-preferences = Saved.

accounts-staff = Staff
accounts-inactive = Deactivated
accounts-invited = No password set yet
accounts-change-roles = Save rights
accounts-you = You
accounts-act-of = { $act }: { $who }
accounts-inactive-lead = This person cannot sign in. Once let in again, the password and the rights from before hold.
accounts-roles-change = Change the rights
accounts-sole = The only administrator of this organisation: this account cannot be shut, and the administrator's right cannot be taken away. Make another person an administrator first.
accounts-sole-right = The only administrator: cannot be taken away
accounts-done-roles = The rights are saved and hold at once.
accounts-done-deactivated = The account is shut: this person is signed out everywhere and cannot sign in.
accounts-done-activated = The account is open again: this person can sign in.
accounts-send-link = Send a link to set a password
accounts-deactivate = Deactivate
accounts-activate = Activate again
accounts-add = Add somebody
accounts-add-lead = They get a one-time link with which they set a password of their own.
accounts-add-do = Add
accounts-link = One-time link
accounts-link-mailed = The link was sent to { $email }. It works once, within 3 days.
accounts-link-shown-title = This link is shown only now
accounts-link-shown = No mail service is set up here, so please hand this link to the person at { $email } yourself. It works once, within 3 days.
accounts-link-back = Back to staff

accounts-role-administrator = Administrator
accounts-role-administrator-hint = Adds and deactivates staff, gives rights
accounts-role-host = Host
accounts-role-host-hint = Prepares and leads signing ceremonies
accounts-role-organiser = Organiser
accounts-role-organiser-hint = Prepares conferences, lists and meetings
accounts-role-clerk = Clerk
accounts-role-clerk-hint = Check-in and work on the spot
accounts-role-auditor = Auditor
accounts-role-auditor-hint = Reads the audit trail, changes nothing

accounts-mail-subject = Set your Yunqian password
accounts-mail-greeting = Dear { $name },
accounts-mail-why = Please open this link to set your password; then you can sign in to Yunqian.
accounts-mail-button = Set my password
accounts-mail-until = The link works once, until { $until } ({ $zone }).
accounts-mail-not-you = If you did not ask for this, please leave the link alone and tell your organisation's administrator.
