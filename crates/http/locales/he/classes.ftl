nav-classes = כיתות
nav-calendar = לוח שנה
weekday-monday = יום שני
weekday-tuesday = יום שלישי
weekday-wednesday = יום רביעי
weekday-thursday = יום חמישי
weekday-friday = יום שישי
weekday-saturday = שבת
weekday-sunday = יום ראשון
short-monday = ב׳
short-tuesday = ג׳
short-wednesday = ד׳
short-thursday = ה׳
short-friday = ו׳
short-saturday = ש׳
short-sunday = א׳
weekday-day = { $weekday }, { $day }
copy = העתקה
copied = הועתק.
add = הוספה
reason = סיבה

# What attendance is.
attendance-present = נוכחות
attendance-late = איחור
attendance-missing = חסר
attendance-excused = מוצדק
attendance-absent = היעדרות
count-present = { $n } נוכחים
count-late = { $n } באיחור
count-missing = { $n } חסרים
count-excused = { $n } מוצדקים
count-absent = { $n } נעדרים

# Classes.
classes-title = כיתות
classes-none = עוד אין לכם כיתה. למורה שלכם יש קוד בשבילכם.
classes-none-teacher = עוד אין כיתה. צרו אחת כאן למטה, ואז שתפו את הקוד שלה או הביאו רשימה.
class-join = הצטרפות לכיתה
class-join-hint = השם שלכם יופיע ברשימת הכיתה, והמורים שלה יראו את הסרטונים שתגישו בה.
class-join-go = להצטרף
class-code = קוד
class-code-hint = שמונה אותיות וספרות, מהמורה שלכם.
class-code-unknown = אין כיתה עם הקוד הזה. בדקו אותו שוב, או שאלו את המורה.
class-new = כיתה חדשה
class-new-go = ליצור את הכיתה
class-name = שם הכיתה
class-term-starts = תחילת התקופה
class-term-ends = סוף התקופה
class-zone = אזור זמן
class-zone-hint = למשל Asia/Jerusalem או Europe/Berlin. השיעורים שומרים על שעתם כשהשעון מוזז.
class-archived = בארכיון
class-pages = עוד על הכיתה
class-settings = הגדרות
class-max-minutes = אורך סרטון מרבי, בדקות
class-max-megabytes = גודל סרטון מרבי, במ״ב
class-retention = כמה ימים אחרי התקופה נשמרים הסרטונים
class-retention-hint = אחר כך הם נמחקים. הקבלות נשארות.
class-archive = העברה לארכיון
class-archive-hint = הכול נשאר גלוי; אי אפשר להוסיף דבר.
class-restore = פתיחה מחדש
class-restore-hint = הכיתה הזאת בארכיון.
class-delete = מחיקת הכיתה
class-delete-hint = מוחק את הרשימה, את השיעורים ואת כל הסרטונים, לכולם ולתמיד.
class-delete-go = למחוק הכול
class-leave = עזיבת הכיתה
class-leave-hint = הכיתה לא תופיע עוד אצלכם. מה שהגשתם נשאר בכיתה עד שזמנו יעבור.
members-count = { $n ->
    [one] חבר אחד
    [two] שני חברים
   *[other] { $n } חברים
}
holidays = חופשות
holidays-hint = בימים האלה אין שיעור, ואף אחד לא חסר.
holiday-name = שם
holiday-from = היום הראשון
holiday-to = היום האחרון
holiday-add = הוספת חופשה

# A class's page.
lessons-title = שיעורים
lessons-none = אין שיעורים בשבועות האלה.
lessons-next = פתוחים ובקרוב
lessons-none-next = אין שיעור מתוכנן.
lessons-past = קודם לכן
alerts-title = חסרים שוב ושוב
alert-lessons = { $n } ברצף
roster-title = חברי הכיתה
roster-none = עוד אין אף אחד. שתפו את הקוד, או הביאו רשימה.
roster-import = הבאת רשימה
member-add = הוספת חבר
member-edit = שינוי פרטי חבר
member-name = שם
member-number = מספר תלמיד
member-login-hint = לפיו נמצא החשבון, עכשיו או כשיירשמו.
member-claimed = יש חשבון
member-awaited = עוד לא כאן
member-remove = הוצאה מהכיתה
member-remove-hint = הכיתה לא תופיע עוד אצלם. מה שהגישו נשמר עד שזמנו יעבור.
join-code = קוד להצטרפות
join-link = קישור להצטרפות
join-code-hint = כל מי שיש לו אותו יכול להצטרף. שתפו אותו רק עם הכיתה.
join-code-none = אי אפשר להצטרף עצמאית.
join-code-renew = קוד חדש
join-code-make = ליצור קוד
join-code-close = לסגור
teachers-title = מורים
teacher-add = הוספת מורה, לפי שם משתמש
teacher-remove = להוציא את { $name }
function-url = כתובת פונקציה
function-url-hint = לתוכנות שמכירות רק פעולות. מי שיש לו אותה פועל בשם הכיתה.
function-url-made = יש אחת. היא לא תוצג שוב.
function-url-make = ליצור אחת
function-url-renew = ליצור חדשה
function-url-revoke = לבטל אותה
shown-once = היא מוצגת רק הפעם: שמרו אותה עכשיו.

# Lessons.
lesson-upcoming = עוד לא נפתח
lesson-open = פתוח
lesson-late = פתוח, באיחור
lesson-closed = הסתיים
lesson-cancelled = בוטל
lesson-cancelled-why = בוטל: { $why }
lesson-holiday = חופשה: { $name }
lesson-plan = תכנון שיעורים
lesson-plan-go = לתכנן
lesson-date = יום
lesson-opens-at = נפתח
lesson-late-after = איחור אחרי
lesson-closes-at = נסגר
lesson-zone-hint = השעות הן לפי { $zone }.
lesson-title = על מה השיעור
lesson-repeat = בכל שבוע בימים
lesson-until = עד
lesson-until-hint = ימי חופשה נשמטים. בלי תאריך, עד סוף התקופה.
lesson-edit = שינוי השיעור
lesson-edit-label = שינוי השיעור ב־{ $day }
lesson-cancel = ביטול השיעור
lesson-cancel-hint = הכיתה תראה את זה. אף אחד לא ייחשב חסר.
lesson-restore = השיעור מתקיים בכל זאת
lesson-delete-hint = רק כל עוד אף אחד לא הגיש דבר.
lesson-previous = השיעור הקודם
lesson-next = השיעור הבא
lesson-when-upcoming = ייפתח ב־{ $day } בשעה { $time }. לפני כן לא מתקבל דבר.
lesson-when-open = פתוח עכשיו. בזמן עד { $late }, נסגר ב־{ $closes }.
lesson-when-late = פתוח עד { $closes }. מה שמגיע עכשיו מאחר: היה צריך להגיע עד { $late }.
lesson-when-closed = היה פתוח מ־{ $opens } עד { $closes }. לא מתקבל עוד דבר.
lesson-when-cancelled = השיעור הזה לא מתקיים.
privacy-hint = רק אתם והמורים של הכיתה רואים את הסרטונים שלכם. הם נמחקים { $n } ימים אחרי סוף התקופה; הקבלות נשארות. אין כאן זיהוי של פנים או של קול.

# A list of members.
roster-file = רשימה כ־CSV
roster-file-hint = שם, דוא״ל או שם משתמש, מספר תלמיד; כפי שגיליון שומר. רואים מה ישתנה לפני שמשהו משתנה.
roster-look = להסתכל בה
roster-take = לקבל את הרשימה
roster-good = { $n ->
    [one] שורה תקינה אחת
    [two] שתי שורות תקינות
   *[other] { $n } שורות תקינות
}
roster-comes = מצטרפים: { $n }
roster-changes = משתנים: { $n }
roster-leaves = עוזבים: { $n }
roster-kept = { $n } נשארים כמו שהם.
roster-bad = { $n ->
    [one] שורה אחת לא יכולה להתקבל
    [two] שתי שורות לא יכולות להתקבל
   *[other] { $n } שורות לא יכולות להתקבל
}
roster-bad-hint = דבר לא השתנה. תקנו את השורות האלה ובחרו שוב את הרשימה.
roster-line = שורה
roster-column = עמודה
roster-why = מה לא בסדר
roster-whole-line = כולה

# The board.
board-title = לוח
board-actions = על השיעור הזה
board-filter = להציג
board-all = כולם
board-by-name = לפי שם
board-by-state = לפי מצב
board-by-time = לפי שעה
beside-title = דרך כתובת הפונקציה
beside-hint = מה שתוכנה שלחה ליום הזה. זה לא נספר כנוכחות. הסרטונים מתנגנים כמה דקות אחרי טעינת הדף.
board-empty = אין אף אחד במצב הזה.
board-pick = לבחור את { $name }
board-watch = לצפות
board-mark = לסמן
board-minutes-late = באיחור של { $n } דק׳
board-bulk = לכל מי שנבחר:
board-live = בשידור חי
board-away = לא חי: החיבור נותק. הוא יחזור לבד.
board-arrived = { $name } הגיש סרטון.
board-saved = נשמר עבור { $name }.
review-accepted = התקבל
review-again = התבקש שוב
review-none = עוד לא נבדק
review-comment = הערה
review-accept = לקבל
review-ask = לבקש שוב
review-accepted-own = המורה קיבל את הסרטון הזה.
review-again-own = המורה מבקש סרטון אחר.
mark-excuse = להצדיק
mark-absent = לא היה
mark-back = לבטל את מה שנאמר
video-removed = זמנו של הסרטון הזה עבר והוא נמחק. הקבלה שלו נשארת.

# Handing in.
video-yours = הסרטון שלכם
video-received = התקבל ב־{ $time }
video-change = שינוי או מחיקה
video-delete-hint = תיחשבו חסרים עד שתגישו אחר. הקבלה נשארת.
receipt-download = קבלה
hand-in-title = הגשת הסרטון שלכם
hand-in-again = להגיש סרטון אחר במקומו
hand-in-record = לצלם
hand-in-pick = לבחור סרטון
hand-in-limits = MP4, MOV או WebM, עד { $size } ועד { $time } אורך. מה שנקטע ממשיך מהמקום שבו נעצר.
hand-in-go = להגיש
hand-in-scripts = כדי להגיש סרטון צריך סקריפטים: אפשרו אותם בדף הזה, או עברו לדפדפן אחר.
hand-in-arrived = הגיע. לחצו על הגשה כשתהיו מוכנים.
hand-in-looking = הגיע. בודקים שהוא שלם…
hand-in-done = הוגש.
hand-in-too-large = הסרטון הזה גדול מ־{ $size }.
recorder-label = צילום סרטון
recorder-screen = מה שהמצלמה רואה
recorder-start = להתחיל לצלם
recorder-stop = לעצור
recorder-use = להשתמש בסרטון הזה
recorder-again = לצלם שוב
recorder-turn = המצלמה השנייה
recorder-close = לסגור בלי סרטון
recorder-name = צילום
recorder-going = מצלמים.
recorder-ended = הצילום הסתיים. צפו בו, ואז השתמשו בו או צלמו שוב.
recorder-refused = הדפדפן לא אפשר שימוש במצלמה. אפשרו מצלמה ומיקרופון בדף הזה, או בחרו סרטון.
recorder-no-camera = לא הצלחנו להשתמש במצלמה. בחרו סרטון במקום זה.
problem-lesson-not-open = השיעור הזה עוד לא נפתח.
problem-lesson-closed = השיעור הזה הסתיים. לא מתקבל עוד דבר.
problem-lesson-cancelled = השיעור הזה לא מתקיים.
problem-lesson-overlaps = בשעה הזאת פתוח שיעור אחר של הכיתה.
problem-lesson-has-submissions = כבר הגיעו סרטונים לשיעור הזה. בטלו אותו במקום למחוק.
problem-too-many-lessons = לכיתה הזאת כבר יש מספר השיעורים המרבי לשנה.
problem-too-many-classes = כבר יש לכם מספר הכיתות המרבי.
problem-too-many-teachers = לכיתה הזאת כבר יש מספר המורים המרבי.
problem-class-archived = הכיתה הזאת בארכיון; אי אפשר להוסיף דבר.
problem-not-a-member = אתם לא ברשימה של הכיתה הזאת.
problem-is-teacher = אתם מלמדים את הכיתה הזאת.
problem-is-member = הם ברשימת הכיתה הזאת כחברים.
problem-roster-full = הכיתה הזאת מלאה.
problem-roster-too-large = הרשימה הזאת גדולה מדי.
problem-invalid-lines = יש ברשימה שורות שלא יכולות להתקבל. דבר לא השתנה.
problem-video-too-large = הסרטון הזה גדול ממה שהכיתה מתירה.
problem-video-too-long = הסרטון הזה ארוך ממה שהכיתה מתירה.
problem-not-a-video = זה לא סרטון MP4, MOV או WebM.
problem-video-damaged = הסרטון הזה לא שלם. צלמו אותו שוב, או בחרו אחר.
problem-infected = הסורק מצא בקובץ הזה משהו מזיק.
invalid-zone = אין אזור זמן כזה. כתבו אותו כמו Asia/Jerusalem.
invalid-term = התקופה לא יכולה להסתיים לפני שהתחילה.
invalid-date = זה לא יום בלוח השנה.
invalid-time = כתבו שעה כמו 08:15.
invalid-closes = השיעור צריך להיסגר אחרי שהוא נפתח.
invalid-lasts = שיעור פתוח שבעה ימים לכל היותר.
invalid-late = זה צריך להיות בין הפתיחה לסגירה.
invalid-holiday = אין שיעור ביום הזה: הוא יום חופשה.
invalid-until = זה לפני השיעור הראשון.
invalid-taken = יש מישהו אחר בכיתה עם זה.
invalid-nobody = לאף אחד כאן אין שם המשתמש הזה.
invalid-no-teacher = זה לא חשבון של מורה.
invalid-code = בקוד יש שמונה אותיות וספרות.

# The term.
term-title = התקופה
term-from = מתאריך
term-to = עד תאריך
term-show = להציג
term-empty = עוד אין מה לספור.
letter-present = נ
letter-late = א
letter-missing = ח
letter-excused = מ
letter-absent = ה

# The calendar.
month-year = { $month } { $year }
calendar-span = { $from } עד { $to }
calendar-move = ימים אחרים
calendar-before = קודם
calendar-after = הבא
calendar-today = היום
calendar-views = תצוגה
calendar-month = חודש
calendar-week = שבוע
calendar-agenda = סדר יום
calendar-free = אין שיעור.
feed-title = ביומן שלכם
feed-hint = קישור פרטי לתוכנות יומן. מי שיש לו אותו רואה את השיעורים שלכם.
feed-make = ליצור קישור
feed-there = יש לכם קישור. הוא הוצג כשנוצר; אם אבד, החליפו אותו, והישן לא יוביל עוד לשום מקום.
feed-replace = להחליף את הקישור
feed-revoke = לבטל את הקישור
key-board = בלוח: השורה הבאה והקודמת
key-board-watch = בלוח: לצפות, לקבל, לבקש שוב
