# Home.
home-title = מוצאים את העמוד שצריך
home-continue = להמשיך
home-subjects = מקצועות
home-grades = כיתות
home-newest = חדש
home-all = הכול
home-empty = עוד לא שותף כאן דבר. אפשר להיות הראשונים: סיכומים, דפי עבודה, מצגות, ספרים שלמים.
home-empty-visitor = עוד אין כאן חומר שפתוח לכולם. היכנסו כדי לראות מה משתפים בבית הספר שלכם.
home-empty-share = לשתף משהו

# Lists.
kind-pdf = PDF
kind-docx = מסמך Word
kind-pptx = מצגת
kind-xlsx = גיליון
kind-odt = מסמך טקסט
kind-odp = מצגת
kind-ods = גיליון
kind-epub = ספר
kind-rtf = מסמך טקסט
kind-doc = מסמך Word
kind-ppt = מצגת
kind-xls = גיליון
kind-latex = LaTeX
kind-notebook = מחברת
kind-code = קוד
kind-captions = כתוביות
kind-archive = ארכיון
kind-text = טקסט
kind-markdown = טקסט
kind-html = דף אינטרנט
kind-image = תמונה
kind-video = סרטון
kind-audio = הקלטה
kind-other = קובץ
language-en = אנגלית
language-he = עברית
language-ar = ערבית
language-ru = רוסית
language-fr = צרפתית
language-es = ספרדית
language-de = גרמנית
language-it = איטלקית
language-am = אמהרית
language-uk = אוקראינית
language-zh = סינית
language-ja = יפנית
language-ko = קוריאנית
language-hi = הינדי
language-pt = פורטוגזית
language-tr = טורקית
language-fa = פרסית
language-el = יוונית
language-la = לטינית
pages-count = { $n ->
    [one] עמוד אחד
    [two] שני עמודים
   *[other] { $n } עמודים
}
materials-count = { $n ->
    [0] עוד אין כאן דבר
    [one] פריט אחד
    [two] שני פריטים
   *[other] { $n } פריטים
}
by-uploader = מאת { $name }
facets-narrow = צמצום
facet-subject = מקצוע
facet-grade = כיתה
facet-kind = סוג
facet-language = שפה
facet-remove = נבחר; להסיר
pager = עוד
pager-more = עוד
order = סדר
order-newest = מהחדש לישן
order-title = לפי שם
listing-everything = הכול
listing-materials = חומרים
listing-empty = עוד אין כאן דבר.

# Search.
search-title = חיפוש
search-title-for = { $query } · חיפוש
search-results = תוצאות
search-count = { $n ->
    [0] לא נמצא דבר
    [one] פריט אחד
    [two] שני פריטים
   *[other] { $n } פריטים
}
search-corrected = אלה התוצאות עבור ״{ $text }״.
search-exactly = לחפש בדיוק ״{ $query }״
search-also = גם
search-type-something = כתבו מילה, שם, או חצי משפט שאתם זוכרים.
search-nothing = ״{ $query }״ לא מופיע באף עמוד
search-hint-spelling = בדקו את הכתיב, או נסו מילה אחרת.
search-hint-fewer = נסו פחות מילים: כולן צריכות להופיע בעמוד.
search-hint-facets = הסירו מקצוע, כיתה או סוג שבחרתם.
search-hint-share = יש לכם? שתפו
page-short = עמ׳ { $n }
page-n = עמוד { $n }
page-of = עמ׳ { $n } מתוך { $total }
page-of-long = עמוד { $n } מתוך { $total }

# Reader.
pages = עמודים
pages-small = עמודים בקטן
page-previous = העמוד הקודם
page-next = העמוד הבא
page-go = מעבר לעמוד
page-total = / { $total }
page-as-text = לקרוא כטקסט
page-picture-alt = עמוד { $n } מתוך { $title }
find-in-document = חיפוש במסמך
hit-pages-count = { $n ->
    [0] לא מופיע
    [one] בעמוד אחד
    [two] בשני עמודים
   *[other] ב־{ $n } עמודים
}
hit-previous = העמוד הקודם עם המילים האלה
hit-next = העמוד הבא עם המילים האלה
zoom = גודל
zoom-in = הגדלה
zoom-out = הקטנה
about = פרטים
about-uploader = שיתוף של
about-visibility = מי יכול לראות
about-shared = תאריך השיתוף
about-file = קובץ
about-versions = גרסאות
version-n = גרסה { $n }
file-only = אי אפשר לקרוא קובץ כזה בדף. הורידו אותו כדי לפתוח.
look-again = לבדוק שוב

# How far a material is.
state-reading = בהכנה לקריאה
state-reading-hint = אפשר לצאת מהדף, זה ממשיך לבד. כבר עכשיו אפשר להוריד את הקובץ.
state-waiting = ממתין לקריאה
state-ready = מוכן לקריאה
state-failed = לא הצלחנו לקרוא אותו
state-failed-kept = הקובץ עצמו נשמר, ואפשר להוריד אותו.
reading-page = קוראים את עמוד { $n } מתוך { $total }

# My files.
mine-title = הקבצים שלי
mine-total = { $n ->
    [0] עוד לא שיתפת דבר
    [one] פריט אחד
    [two] שני פריטים
   *[other] { $n } פריטים
}
mine-quota-label = נפח בשימוש
mine-quota = { $used } מתוך { $quota } בשימוש
mine-unfinished = { $n ->
    [one] העלאה אחת נקטעה. מה שהגיע נשמר.
    [two] שתי העלאות נקטעו. מה שהגיע נשמר.
   *[other] { $n } העלאות נקטעו. מה שהגיע נשמר.
}
mine-go-on = להמשיך
mine-empty = מה שתשתפו יופיע כאן, עם המצב שלו.
edit-title-label = עריכת { $title }
delete-title-label = מחיקת { $title }
deleted = ״{ $title }״ נמחק.

# Edit.
edit-title = עריכה
edit-delete-hint = הקובץ וכל הגרסאות שלו יימחקו, אצל כולם.
field-title = שם
field-description = תיאור
field-licence = רישיון
field-tags = תגיות
field-tags-hint = מילים שעוזרות למצוא, עם פסיקים ביניהן.
field-visibility = מי יכול לראות

## Who can see it
visibility-private = רק אני
visibility-class = הכיתה שלי
visibility-school = כל בית הספר
visibility-public = כל אחד

## Choosing
choose-none = ללא

## Subjects that a school begins with
subject-math = מתמטיקה
subject-biology = ביולוגיה
subject-history = היסטוריה
subject-english = אנגלית
subject-physics = פיזיקה
subject-chemistry = כימיה
subject-literature = ספרות
subject-geography = גאוגרפיה
subject-civics = אזרחות
subject-computer-science = מדעי המחשב
subject-languages = שפות
subject-arts = אמנות
