# What surrounds every page.
skip-to-content = לתוכן הדף
nav-main = Homeroom
nav-find = חיפוש
nav-share = שיתוף
nav-mine = הקבצים שלי
nav-account = החשבון שלי
nav-log-in = כניסה
nav-language = שפה
search-label = חיפוש עמוד
search-placeholder = מילה, משפט, ״ביטוי״…
search-go = חיפוש
undo = ביטול
close = סגירה
back = חזרה
open = פתיחה
save = שמירה
cancel = ביטול
edit = עריכה
delete = מחיקה
download = הורדה
download-size = הורדה · { $size }
footer-keys = מקשים
footer-docs = למפתחים
footer-licence = Apache 2.0
footer-version = Homeroom { $version }

# Sizes, days, grades.
size-bytes = { $n } בתים
size-kilobytes = { $n } ק״ב
size-megabytes = { $n } מ״ב
size-gigabytes = { $n } ג״ב
size-terabytes = { $n } ט״ב
day-long = { $day } ב{ $month } { $year }
month-1 = ינואר
month-2 = פברואר
month-3 = מרץ
month-4 = אפריל
month-5 = מאי
month-6 = יוני
month-7 = יולי
month-8 = אוגוסט
month-9 = ספטמבר
month-10 = אוקטובר
month-11 = נובמבר
month-12 = דצמבר
grade-name = כיתה { $n ->
    [7] ז׳
    [8] ח׳
    [9] ט׳
    [10] י׳
    [11] י״א
    [12] י״ב
   *[other] { $n }
}
grade-short = { $n ->
    [7] ז׳
    [8] ח׳
    [9] ט׳
    [10] י׳
    [11] י״א
    [12] י״ב
   *[other] { $n }
}

# Keys.
keys-title = מקשים
key-search = חיפוש
key-walk = מעבר ברשימה
key-open = פתיחה
key-pages = העמוד הבא והקודם
key-hits = העמוד הבא והקודם עם המילים שחיפשתם
key-zoom = הגדלה והקטנה
key-close = סגירה, או יציאה מהשדה
key-help = הצגת המקשים
