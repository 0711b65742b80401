# What surrounds every page.
skip-to-content = לתוכן הדף
nav-main = Homeroom
nav-find = חיפוש
nav-share = שיתוף
nav-mine = קבצים
nav-account = חשבון
nav-log-in = כניסה
nav-language = שפה
search-label = חיפוש עמוד
search-placeholder = מילה, משפט, ״ביטוי״…
search-go = חיפוש
suggestions = הצעות
suggestion-title = חומרים
suggestion-person = אנשים
suggestion-phrase = מילים
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
key-hits = המקום הבא והקודם עם המילים שלכם
key-zoom = הגדלה והקטנה
key-find = חיפוש במסמך הזה
key-fit = לרוחב החלון, העמוד כולו
key-turn = סיבוב, שני עמודים זה לצד זה
key-panel = עמודים ותוכן, פרטים
key-text = לקרוא כטקסט
key-full = מסך מלא
key-close = סגירה, או יציאה מהשדה
key-help = הצגת המקשים
