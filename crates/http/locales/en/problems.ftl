# Pages that stand for an error.
error-not-found = This page is not here
error-not-found-help = It may have moved, been deleted, or never been meant for you to see.
error-forbidden = You cannot do this
error-forbidden-help = Perhaps the page was open for too long. Go back, load it again, and try once more.
error-too-fast = A little slower
error-too-fast-help = That was many requests in a short time. Wait a minute, then go on.
error-not-understood = That did not come through
error-not-understood-help = Something was missing or too long. Go back and look at what you typed; nothing was changed.
error-broken = Something broke here
error-broken-help = It is our fault, not yours. What you had saved is kept. Try again in a moment.
error-offline = Homeroom is catching its breath
error-offline-help = It cannot answer at the moment. What you had saved is kept. Try again in a minute.
error-home = To the home page
error-quote = When you ask for help, quote

# Why a file has no pages.
rejection-empty-file = The file is empty.
rejection-encrypted = The file needs a password to be opened. Save it without one and share it again.
rejection-malformed = The file is damaged, or not what its name says.
rejection-archive-too-large = The file unpacks to more than is allowed.
rejection-too-many-pages = The file has more pages than can be read.
rejection-too-large = A page of the file is too large to be read.
rejection-timed-out = Reading the file took too long.
rejection-out-of-memory = Reading the file needed too much memory.
rejection-crashed = The file broke our reader.
rejection-checksum-mismatch = What arrived is not the file that was sent. Share it again.
rejection-infected = The scanner has found something harmful in this file. Nobody can download it.

# What a problem's code means.
problem-unknown = That did not work. Nothing was changed; try again.
problem-unauthorized = Log in first, then try again.
problem-sign-in-required = Log in first, then try again.
problem-invalid-token = You have been logged out. Log in, then try again.
problem-wrong-credentials = User name or password is not right.
problem-wrong-password = This is not your present password.
problem-account-suspended = This account is suspended. Ask your school.
problem-account-exists = This user name or e-mail address cannot be used. Choose another, or log in.
problem-sign-up-closed = Your school makes the accounts. Ask a teacher.
problem-forbidden = You may not do this.
problem-malformed-captions = This is no file with captions: it must be WebVTT or SubRip, in UTF-8, and hold words.
problem-no-captions-here = Only films and recordings that are ready have captions.
problem-not-allowed = You may not do this.
problem-csrf-token-missing = The page was open for too long. Load it again.
problem-foreign-origin = The page was open for too long. Load it again.
problem-not-found = This is not here any more.
problem-invalid-fields = Something is missing or not as it should be.
problem-body-too-large = This is larger than is allowed.
problem-quota-exceeded = There is no room left for it. Delete something that you no longer need.
problem-storage-full = The school's disk is full. Tell a teacher.
problem-checksum-mismatch = What arrived is not the file that was sent. Choose it again.
problem-size-mismatch = The file changed while it was being sent. Choose it again.
problem-upload-incomplete = Not all of it has arrived yet.
problem-upload-aborted = It was cleared away. Choose the file again.
problem-upload-completed = It has been shared already.
problem-content-withdrawn = This file was withdrawn, because what arrived was not whole.
problem-quarantined = The scanner has found something harmful in this file, so that nobody can download it.
problem-not-scanned-yet = This file can be downloaded once the scanner has looked at it.
problem-too-many-versions = This has as many versions as it can have.
problem-too-many-requests = That was too fast. Wait a minute.
problem-too-many-attempts = Too many tries. Wait a few minutes.
problem-timed-out = That took too long. Try again.
problem-internal = Something broke here. Try again in a moment.
problem-unavailable = Homeroom cannot answer at the moment. Try again in a minute.
problem-setup-link-used = This link was used already, or is not right.

# What is wrong with a field.
invalid-empty = This is needed.
invalid-long = This is too long.
invalid-short = This is too short.
invalid-control = There are signs in this that cannot be shown.
invalid-form = This is not as it should be.
invalid-breached = This is on the lists that attackers try first. Choose another.
