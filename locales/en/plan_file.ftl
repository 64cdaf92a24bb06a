# The ceremony file: what is wrong with it, where, and what its keys mean
problem-empty_file = The file is empty. Choose the file that holds the plan, or begin with the example.
problem-not_utf8 = The file is not saved as UTF-8 (line { $line }){ $looks ->
    [gbk] ; it looks like GBK, which is what some Chinese programs save by default
   *[other] {""}
 }. Open it in a text editor, choose “Save as”, set the encoding to UTF-8, save, and choose it here again.
problem-not_json = Line { $line }, character { $column }: { $what ->
    [ends_early] the file ends before it is complete; a closing bracket or quotation mark is missing.
    [wide_mark] this mark comes from Chinese typing or from a word processor. JSON has only the plain marks " : , {"{"} {"}"} [ ].
    [single_quotes] texts and keys stand between double quotation marks ("), not single ones.
    [comment] JSON has no comments; please remove this.
    [comma_too_many] there is a comma too many before this bracket.
    [comma_missing] a comma is missing before this place.
    [colon_missing] a colon is missing between a key and its value.
    [key_expected] a key between double quotation marks belongs here.
    [value_expected] a value belongs here: a text between double quotation marks, a number, true, false, a list or an object.
    [text_open] a text is not closed on its own line: its closing quotation mark is missing, or a line break or tab stands in it.
    [bad_escape] a backslash begins something that JSON does not know; write two backslashes for one.
    [more_behind] the plan is complete before this place; whatever follows must go.
   *[other] the file cannot be read on from here.
 } The line reads (▶ marks the place): { $shown }
problem-not_a_plan = The file must hold one plan: it begins with {"{"} and ends with {"}"}. This one holds { $found ->
    [list] a list
    [text] a single text
    [number] a single number
    [yes-no] a single true or false
   *[other] nothing
 }.
problem-too_deep = Lists and objects are nested more than { $most } levels deep; a plan has six.
problem-number_too_long = A number has thousands of digits.
problem-half_character = A text holds half a character (\ud800 to \udfff without its other half); please type it anew.
problem-not_money = “{ $value }” is not an amount that can be printed. Write plain digits without separators, signs or units, at most 15 before the point and two after it, such as 500000000.00; in a file between quotation marks: "500000000.00".

plan-where-file = The whole file
plan-where-party = Party { $n }
plan-where-agreement = Agreement { $n }
plan-where-entry = entry { $n }
plan-where-zh-CN = in Chinese
plan-where-en = in English
plan-where-join = { $above } · { $here }
plan-where-technical = Places and codes in the file, for whoever wrote it

plan-label-title = Title
plan-label-date = Date
plan-label-host_timezone = Time zone of the host
plan-label-parties = Parties
plan-label-agreements = Agreements
plan-label-source = Source
plan-label-part_of_day = Part of the day
plan-label-starts_at = Time of day
plan-label-limit_minutes = Minutes planned
plan-label-conference_tool = Meeting program
plan-label-live_ink = Live ink
plan-label-time_policy = Where no timestamp can be had
plan-label-needs_camera = Camera and microphone needed
plan-label-planned_investment = Planned investment
plan-label-note = Note
plan-label-demo = Demonstration
plan-label-key = Key
plan-label-organisation = Organisation
plan-label-representative_title = Signer’s position
plan-label-representative_name = Signer’s name
plan-label-place = Place
plan-label-timezone = Time zone
plan-label-email = Signer’s mail address
plan-label-locale = Language
plan-label-role = Role
plan-label-assumed = Assumed
plan-label-between = Between
plan-label-after = After
plan-label-kind = Kind
plan-label-amount = Amount
plan-label-currency = Currency

plan-object-ceremony = The ceremony (the outermost object)
plan-object-party = A party (an entry of “parties”)
plan-object-agreement = An agreement (an entry of “agreements”)
plan-required = required
plan-optional = optional
plan-default = ; if left out: { $value }

plan-says-ceremony-title = What the ceremony is called, on every page and paper.
plan-says-ceremony-date = The day on which it is held, in the host’s time zone.
plan-says-ceremony-host_timezone = The time zone in which the host’s times are meant.
plan-says-ceremony-parties = Who is bound, and who signs for them. The host’s party stands among them.
plan-says-ceremony-agreements = What is signed, in the order in which it is shown.
plan-says-ceremony-source = Where the facts of the plan come from.
plan-says-ceremony-part_of_day = When it begins, roughly: 10:00, 15:00 or 19:00. The time of day says it exactly.
plan-says-ceremony-starts_at = The exact time at which it begins; it goes before the part of the day.
plan-says-ceremony-limit_minutes = How long the ceremony is planned to take.
plan-says-ceremony-conference_tool = In which program the parties see each other.
plan-says-ceremony-live_ink = Whether the stage and the room see signatures while they are drawn.
plan-says-ceremony-time_policy = What becomes of a signature while no timestamp authority answers: kept and stamped later (wait), refused until one answers (refuse), or as usual here (installation).
plan-says-ceremony-needs_camera = Whether everybody takes part with picture and sound, so that the device check asks for camera and microphone: true or false.
plan-says-ceremony-planned_investment = The sum of the project; investment agreements without an amount of their own take it.
plan-says-ceremony-note = What hosts ought to know. It is not printed.
plan-says-ceremony-demo = true marks every page, paper and certificate as a demonstration.
plan-says-party-key = A short name by which agreements call the party; nobody sees it.
plan-says-party-organisation = Its full name, as it is printed and stands in the certificate.
plan-says-party-representative_title = The signer’s position, as it is printed.
plan-says-party-place = From where the signer takes part.
plan-says-party-timezone = The time zone of that place.
plan-says-party-representative_name = Who signs. It may be filled in later, and must be before invitations go out.
plan-says-party-email = Where the personal link goes. It may be filled in later, and must be before invitations go out.
plan-says-party-locale = The language of the signer’s mails and pages.
plan-says-party-role = Which party is the host; one at most. If no one is, the first party counts as host.
plan-says-party-assumed = Which of the party’s keys are assumed rather than known; hosts see them marked.
plan-says-agreement-key = A short name by which other agreements call it; nobody sees it.
plan-says-agreement-title = What the agreement is called.
plan-says-agreement-between = The keys of the parties who sign it; the first is Party A.
plan-says-agreement-after = The keys of the agreements that must be complete before it opens; an empty list for none.
plan-says-agreement-kind = Which text is printed. If left out: investment for one that opens at once, cooperation for one that comes after another.
plan-says-agreement-amount = Its sum; an investment agreement needs one, its own or the ceremony’s.
plan-says-agreement-assumed = Which of the agreement’s keys are assumed rather than known.

plan-takes-text = Text of at most { $limit } characters
plan-takes-lines = Text of at most { $limit } characters, in as many lines as needed
plan-takes-texts = Text of at most { $limit } characters, or one for each language: {"{"}"zh-CN": "…", "en": "…"{"}"}
plan-takes-person = Name of at most { $limit } characters in any script
plan-takes-email = Mail address
plan-takes-day = Day as 2026-07-01
plan-takes-time = Time as 09:30, 24 hours
plan-takes-zone = Time zone as continent and city: Asia/Shanghai
plan-takes-choice = One of: { $options }
plan-takes-minutes = Whole number from { $least } to { $most }
plan-takes-yes-no = true or false
plan-takes-money = {"{"}"amount": "500000000.00", "currency": "CNY"{"}"}; currencies: { $currencies }
plan-takes-name = Small letters, digits and underscores, a letter first, at most 40; no other has the same
plan-takes-party-names = List of { $least } to { $most } keys of parties
plan-takes-agreement-names = List of keys of agreements, at most { $most }
plan-takes-words = List of at most { $most } keys
plan-takes-parties = List of { $least } to { $most } parties
plan-takes-agreements = List of { $least } to { $most } agreements

ceremonies-keys = What each key means
ceremonies-keys-lead = The file is an object with these keys. Whatever is not required may be left out.
ceremonies-example-ways = No plan file is needed: begin a new ceremony and fill in its pages, or import the example and make its names, places and agreements your own. Or download the example, change it, and choose it above.

problem-same_ceremony = Another ceremony has the same name on the same day: { $others }. This one is { $own }. If the file was imported twice, remove the draft that is not wanted; if both are meant, go on.
ceremonies-twin = { $number } ({ $state }, begun { $created })
ceremonies-number = { $number } · begun { $created }
ceremonies-agreements = Agreements
ceremonies-order-new = Newest first
ceremonies-order-date = Held last first
ceremonies-order = Order
ceremonies-pages = Page { $number } of { $pages }, { $total } ceremonies
plan-where-cue = Cue { $n }
plan-object-cue = A cue (an entry of “cues”)
plan-label-cues = Cue sheet
plan-label-format = Format
plan-label-minutes = Minutes
plan-label-speaker = Speaker
plan-label-script = Script
plan-label-stage_text = Line on the stage
plan-says-ceremony-cues = The steps by which a host leads, in order. If left out, the ceremony has no cue sheet yet.
plan-says-ceremony-format = Which version of this format the file is written in.
plan-says-cue-kind = What happens on the cue; only signing opens agreements.
plan-says-cue-title = What the cue is called; the stage shows it.
plan-says-cue-minutes = How long it is planned to take.
plan-says-cue-agreements = The keys of the agreements that are signed on it; no two cues call the same one.
plan-says-cue-place = The key of the party at whose place it happens; left out: everywhere.
plan-says-cue-speaker = Who speaks.
plan-says-cue-script = What the host reads; shown to hosts, on the confidence monitor and to interpreters only.
plan-says-cue-stage_text = What everybody reads on the stage meanwhile.
plan-takes-cue-minutes = Number from 0.17 to 240, such as 2 or 0.5
plan-takes-party-name = Key of a party
plan-takes-cues = List of at most { $most } cues
problem-only_signing_calls = Only a cue of the kind “signing” calls agreements.
problem-agreement_called_twice = Another cue already calls “{ $key }”.
plan-export = Save the plan as a file
plan-export-json = Plan file (.json)
plan-takes-long-texts = Text of at most { $limit } characters, in as many lines as needed; or one for each language: {"{"}"zh-CN": "…", "en": "…"{"}"}
