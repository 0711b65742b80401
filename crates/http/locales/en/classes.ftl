nav-classes = Classes
nav-calendar = Calendar
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
weekday-day = { $weekday }, { $day }
copy = Copy
copied = Copied.
add = Add
reason = Reason

# What attendance is.
attendance-present = Present
attendance-late = Late
attendance-missing = Missing
attendance-excused = Excused
attendance-absent = Absent
count-present = { $n } present
count-late = { $n } late
count-missing = { $n } missing
count-excused = { $n } excused
count-absent = { $n } absent

# Classes.
classes-title = Classes
classes-none = You are in no class yet. Your teacher has a code for you.
classes-none-teacher = No class yet. Make one below, then share its code or bring a list.
class-join = Join a class
class-join-hint = Your name will be on the class's list, and its teachers see the videos that you hand in there.
class-join-go = Join
class-code = Code
class-code-hint = Eight letters and digits, from your teacher.
class-code-unknown = No class has this code. Look at it again, or ask your teacher.
class-new = New class
class-new-go = Make the class
class-name = Name of the class
class-term-starts = Term begins
class-term-ends = Term ends
class-zone = Time zone
class-zone-hint = As in Europe/Berlin or Asia/Jerusalem. Lessons keep their time of day when the clocks change.
class-archived = Archived
class-pages = More about this class
class-settings = Settings
class-max-minutes = Longest video, in minutes
class-max-megabytes = Largest video, in MB
class-retention = Videos are kept after the term for this many days
class-retention-hint = Then they are deleted. Receipts stay.
class-archive = Archive
class-archive-hint = Everything can still be seen; nothing can be added.
class-restore = Open again
class-restore-hint = This class is archived.
class-delete = Delete this class
class-delete-hint = Deletes the list, the lessons and all videos, for everybody and for good.
class-delete-go = Delete everything
class-leave = Leave this class
class-leave-hint = You no longer see it. What you have handed in stays with the class until its time is over.
members-count = { $n ->
    [one] 1 member
   *[other] { $n } members
}
holidays = Holidays
holidays-hint = No lesson takes place on these days, and nobody is missing.
holiday-name = Name
holiday-from = First day
holiday-to = Last day
holiday-add = Add holidays

# A class's page.
lessons-title = Lessons
lessons-none = No lesson in these weeks.
lessons-next = Open and next
lessons-none-next = No lesson is planned.
lessons-past = Before
alerts-title = Missing again and again
alert-lessons = { $n } in a row
roster-title = Members
roster-none = Nobody yet. Share the code, or bring a list.
roster-import = Bring a list
member-add = Add somebody
member-edit = Change a member
member-name = Name
member-number = Student number
member-login-hint = Their account is found by it, now or when they sign up.
member-claimed = has an account
member-awaited = not here yet
member-remove = Take out of the class
member-remove-hint = They no longer see this class. What they have handed in is kept until its time is over.
join-code = Code to join
join-link = Link to join
join-code-hint = Whoever has it can join. Share it with your class only.
join-code-none = Nobody can join by themselves.
join-code-renew = New code
join-code-make = Make a code
join-code-close = Close
teachers-title = Teachers
teacher-add = Add a teacher, by user name
teacher-remove = Take { $name } out
function-url = Function URL
function-url-hint = For programs that know only actions. Whoever has it acts for this class.
function-url-made = There is one. It is not shown again.
function-url-make = Make one
function-url-renew = Make a new one
function-url-revoke = Take it back
shown-once = It is shown only this once: keep it now.

# Lessons.
lesson-upcoming = Not open yet
lesson-open = Open
lesson-late = Open, late
lesson-closed = Over
lesson-cancelled = Cancelled
lesson-cancelled-why = Cancelled: { $why }
lesson-holiday = Holiday: { $name }
lesson-plan = Plan lessons
lesson-plan-go = Plan
lesson-date = Day
lesson-opens-at = Opens
lesson-late-after = Late after
lesson-closes-at = Closes
lesson-zone-hint = Times are those of { $zone }.
lesson-title = What it is about
lesson-repeat = Every week on
lesson-until = Until
lesson-until-hint = Holidays are left out. Without a day, until the end of the term.
lesson-edit = Change the lesson
lesson-edit-label = Change the lesson on { $day }
lesson-cancel = Cancel the lesson
lesson-cancel-hint = Shown to the class. Nobody will be missing.
lesson-restore = It takes place after all
lesson-delete-hint = Only while nobody has handed in anything.
lesson-previous = The lesson before
lesson-next = The lesson after
lesson-when-upcoming = Opens on { $day } at { $time }. Nothing is taken before.
lesson-when-open = Open now. On time until { $late }, closes at { $closes }.
lesson-when-late = Open until { $closes }. What arrives now is late: it was due by { $late }.
lesson-when-closed = It was open from { $opens } to { $closes }. Nothing is taken any more.
lesson-when-cancelled = This lesson does not take place.
privacy-hint = Only you and the teachers of this class can see your videos. They are deleted { $n } days after the end of the term; receipts stay. Nobody's face or voice is recognised.

# A list of members.
roster-file = List as CSV
roster-file-hint = Name, e-mail or user name, student number; as a spreadsheet saves it. You see what changes before anything does.
roster-look = Look at it
roster-take = Take this list
roster-good = { $n ->
    [one] One good line
   *[other] { $n } good lines
}
roster-comes = Come: { $n }
roster-changes = Change: { $n }
roster-leaves = Leave: { $n }
roster-kept = { $n } stay as they are.
roster-bad = { $n ->
    [one] One line cannot be taken
   *[other] { $n } lines cannot be taken
}
roster-bad-hint = Nothing was changed. Mend these lines and choose the list again.
roster-line = Line
roster-column = Column
roster-why = What is wrong
roster-whole-line = All of it

# The board.
board-title = Board
board-actions = About this lesson
board-filter = Show
board-all = All
board-by-name = By name
board-by-state = By state
board-by-time = By time
board-empty = Nobody is in this state.
board-pick = Pick { $name }
board-watch = Watch
board-mark = Mark
board-minutes-late = { $n } min late
board-bulk = All that are picked:
board-live = Live
board-away = Not live: the connection is gone. It comes back by itself.
board-arrived = { $name } has handed in.
board-saved = Saved for { $name }.
review-accepted = Accepted
review-again = Asked again
review-none = Not reviewed
review-comment = Comment
review-accept = Accept
review-ask = Ask again
review-accepted-own = Your teacher has accepted this video.
review-again-own = Your teacher asks for another video.
mark-excuse = Excuse
mark-absent = Was not there
mark-back = Take back what was said
video-removed = This video's time is over, and it was deleted. Its receipt stays.

# Handing in.
video-yours = Your video
video-received = Received at { $time }
video-change = Change or delete
video-delete-hint = You count as missing until you hand in another one. The receipt stays.
receipt-download = Receipt
hand-in-title = Hand in your video
hand-in-again = Hand in another video instead
hand-in-record = Record
hand-in-pick = Choose a video
hand-in-limits = MP4, MOV or WebM, up to { $size } and { $time } long. What is cut off goes on where it stopped.
hand-in-go = Hand in
hand-in-scripts = Handing in a video needs scripts: allow them for this page, or use another browser.
hand-in-arrived = It has arrived. Press Hand in when you are ready.
hand-in-looking = It has arrived. Looking whether it is whole…
hand-in-done = Handed in.
hand-in-too-large = This video is larger than { $size }.
problem-lesson-not-open = This lesson is not open yet.
problem-lesson-closed = This lesson is over. Nothing is taken any more.
problem-lesson-cancelled = This lesson does not take place.
problem-lesson-overlaps = At that time another lesson of this class is open.
problem-lesson-has-submissions = Videos have arrived for this lesson. Cancel it instead.
problem-too-many-lessons = This class has as many lessons as it can have in a year.
problem-too-many-classes = You have as many classes as one can have.
problem-too-many-teachers = This class has as many teachers as it can have.
problem-class-archived = This class is archived; nothing can be added.
problem-not-a-member = You are not on this class's list.
problem-is-teacher = You teach this class.
problem-is-member = They are on this class's list as a member.
problem-roster-full = This class is full.
problem-roster-too-large = This list is too large.
problem-invalid-lines = Some lines of the list cannot be taken. Nothing was changed.
problem-video-too-large = This video is larger than this class allows.
problem-video-too-long = This video is longer than this class allows.
problem-not-a-video = This is not an MP4, MOV or WebM video.
problem-video-damaged = This video is not whole. Record it again, or choose another one.
problem-infected = The scanner has found something harmful in this file.
invalid-zone = There is no such time zone. Write it as in Europe/Berlin.
invalid-term = The term cannot end before it begins.
invalid-date = This is not a day of the calendar.
invalid-time = Write a time of day such as 08:15.
invalid-closes = It has to close after it opens.
invalid-lasts = A lesson is open for at most seven days.
invalid-late = This has to be between opening and closing.
invalid-holiday = There is no lesson on that day: it is a holiday.
invalid-until = This is before the first lesson.
invalid-taken = Somebody else in this class has this.
invalid-nobody = Nobody here has this user name.
invalid-no-teacher = This is not a teacher's account.
invalid-code = A code has eight letters and digits.

# The term.
term-title = Term
term-from = From
term-to = To
term-show = Show
term-empty = There is nothing to count yet.
letter-present = P
letter-late = L
letter-missing = M
letter-excused = E
letter-absent = A

# The calendar.
month-year = { $month } { $year }
calendar-span = { $from } to { $to }
calendar-move = Other days
calendar-before = Before
calendar-after = After
calendar-today = Today
calendar-views = Layout
calendar-month = Month
calendar-week = Week
calendar-agenda = Agenda
calendar-free = No lesson.
feed-title = In your own calendar
feed-hint = A private link for calendar programs. Whoever has it sees your lessons.
feed-make = Make a new link
feed-revoke = Take the link back
key-board = on a board: next and previous row
key-board-watch = on a board: watch, accept, ask again
