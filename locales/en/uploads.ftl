# A host's own paper for one agreement, and why a file is not taken.
upload-title = The text of this agreement
upload-lead = By default the text is printed from the template. You can bring your own paper instead.
upload-link = Bring your own text instead of the template
upload-link-lead = A PDF, Word file or scan is signed in place of the printed template.
upload-choose = Your file
upload-hint = PDF, .docx, .odt, .png or .jpg, up to { $megabytes } MB and { $pages } pages. It may hold nothing that acts or hides: no scripts, no passwords, no signatures, no attachments, no hidden layers.
upload-hint-no-texts = PDF, .png or .jpg, up to { $megabytes } MB and { $pages } pages. It may hold nothing that acts or hides: no scripts, no passwords, no signatures, no attachments, no hidden layers. Word files: export them to PDF first, as no LibreOffice is installed here.
upload-do = Upload and look at it
upload-again = Upload another file
upload-again-lead = The new file takes the place of this one.
upload-now = Your paper is the text
upload-now-lead = These are the pages as everybody will read and sign them. A signature page with a place for each signer comes behind them when the agreements are printed.
upload-silenced = Words that nobody can see were taken out of { $count ->
    [one] page { $pages }
   *[other] pages { $pages }
  }.
upload-silenced-why = Scanners lay the words that they recognise over the picture of a page. Nobody sees whether they are the words of the picture, so only the picture is signed. Screen readers find no text on such a page: where a signer needs one, upload the text itself, as a PDF or Word file.
upload-file = File
upload-pages = { $count ->
    [one] { $count } page
   *[other] { $count } pages
}
upload-length = Length
upload-digest = SHA-256 of your file
upload-when = Uploaded
upload-remove = Go back to the template
upload-remove-lead = Your paper is set aside; the text is printed from the template again.
upload-none = There is no paper of your own; the text is printed from the template.
upload-closed = The agreements are printed or being printed, so the text can no longer be changed.
upload-page-alt = Page { $number } of { $count }
upload-refused = This file was not taken

error-upload_not_found = No paper was uploaded for this agreement.
error-upload_not_found-next = Its text is printed from the template.
error-upload_busy = Two files are being looked at right now.
error-upload_busy-next = Please try again in half a minute.
error-upload_too_heavy = This file takes more time or memory than any text needs.
error-upload_too_heavy-next = Print it to a new PDF and upload that one.
error-not_a_pdf = This is no PDF, .docx, .odt, .png or .jpg, or it is damaged beyond repair.
error-not_a_pdf-next = Open it in the program that made it and export it to PDF.
error-pdf_encrypted = This PDF is protected by a password or against changes.
error-pdf_encrypted-next = Remove the protection in the program that set it, and save it again.
error-pdf_signed = This PDF is signed already; whatever we did to it would break those signatures.
error-pdf_signed-next = Upload the text as it was before anybody signed.
error-pdf_script = This file has scripts, macros or actions that run by themselves.
error-pdf_script-next = Print it to a new PDF, which leaves them behind.
error-pdf_xfa = This is an XFA form, which each reader shows differently.
error-pdf_xfa-next = Open it in Adobe Reader and print it to a new PDF.
error-pdf_attachment = This PDF carries other files, or sound, film or models.
error-pdf_attachment-next = Remove them, or print it to a new PDF; annexes can be added as pages.
error-pdf_layers = This PDF has layers that are not always shown, so people could see different texts.
error-pdf_layers-next = Merge the layers, or print it to a new PDF, and look at the result.
error-pdf_undrawn = Page { $page } has a note, a mark or a form field that readers show differently.
error-pdf_undrawn-next = Accept or delete it, or print the file to a new PDF.
error-pdf_hidden = Page { $page } holds text that nobody can see, beginning “{ $text }”.
error-pdf_hidden-next = Remove it: it is white, covered, too small or outside the page. Or save the page as a picture and upload that. What is signed must be what is seen.
error-pdf_covered = On page { $page } something is covered by a sheet or picture laid over it.
error-pdf_covered-next = Delete what is underneath, or save the page as a picture and upload that. What is signed must be what is seen.
error-pdf_no_page = This PDF has no page.
error-pdf_no_page-next = Export the text to PDF again.
error-pdf_too_complex = This PDF is built in circles or too deeply to be read safely.
error-pdf_too_complex-next = Print it to a new PDF and upload that one.
error-too_many_pages = This file has more than { $limit } pages.
error-too_many_pages-next = Divide it, or ask the administrator to allow more.
error-page_too_large = Page { $page } has no usable size: a page measures 2.5 cm to 1.2 m a side.
error-page_too_large-next = Export the text for ordinary paper, such as A4.
error-page_broken = Page { $page } cannot be drawn.
error-page_broken-next = Open the file in the program that made it and export it to PDF again.
error-office_missing = Word and OpenDocument files cannot be read here: LibreOffice is not installed.
error-office_missing-next = Export the text to PDF and upload that, or ask the administrator to install LibreOffice.
error-office_broken = This text document cannot be printed.
error-office_broken-next = Open it in the program that made it and export it to PDF.
error-picture_broken = This picture is damaged.
error-picture_broken-next = Scan or photograph the page again.
error-picture_size = This picture is too small to be read, or larger than any page.
error-picture_size-next = Scan the page at 150 to 600 dots per inch.
