# Templates of ceremonies, and a whole ceremony once more.
templates-title = Begin with a template
templates-lead = A template brings parties, agreements, their order and the cue sheet; you set the day and change the rest.
templates-own = Your organisation's template
templates-built-in = Ready-made
templates-holds = { $parties } parties, { $agreements ->
    [one] one agreement
   *[other] { $agreements } agreements
 }
templates-cues = { $n } cues
templates-about-two-parties = Two parties in two places sign one agreement.
templates-about-framework = One agreement first; two more open after it is signed, one with a party abroad.
templates-about-batch = One host signs with several companies, each its own agreement.
templates-begin = Begin with it
templates-begin-with = Begin with the template { $title }
templates-remove = Remove this template
templates-remove-what = Remove the template { $title }
templates-empty = Begin with an empty plan
templates-save = Keep as a template
templates-save-lead = For your organisation's next ceremonies: without the day, without the names and addresses of people. Names in scripts become blanks.
templates-save-title = What the template is called
templates-link = Begin with a template
again-title = The whole ceremony on another day
again-lead = A new draft with the same parties, people, agreements, uploaded papers, seals and cue sheet. Nothing that was signed is taken over.
again-do = Make the new draft
trail-action-template-saved = Plan kept as a template
trail-action-template-removed = Template removed
error-too_many_templates = Your organisation has { $most } templates, as many as there can be.
error-too_many_templates-next = Remove one that is no longer needed.
error-template_incomplete = This plan is not complete enough for a template.
error-template_incomplete-next = It needs two parties with their places and one agreement between them.
error-template_not_found = There is no such template.
error-template_not_found-next = Somebody may have removed it. Choose another one.
