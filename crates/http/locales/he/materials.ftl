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
kind-markdown = Markdown
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
facets-chosen = צומצם ל
facet-subject = מקצוע
facet-grade = כיתה
facet-kind = סוג
facet-language = שפה
facet-remove = נבחר; להסיר
pager = עוד
pager-more = עוד
order = סדר
order-relevance = הכי מתאים
order-best-rated = הדירוג הגבוה ביותר
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
search-incomplete = החיפוש נבנה מחדש; חלק מהעמודים יימצאו רק בעוד זמן מה.
search-did-you-mean = האם התכוונתם אל:
search-corrected = אלה התוצאות עבור ״{ $text }״.
search-without = אין עמוד שיש בו את כל המילים. התוצאות מוצגות בלי:
search-exactly = לחפש בדיוק ״{ $query }״
search-also = גם
search-type-something = כתבו מילה, שם, או חצי משפט שאתם זוכרים.
search-nothing = ״{ $query }״ לא מופיע באף עמוד
search-hint-spelling = בדקו את הכתיב, או נסו מילה אחרת.
search-hint-fewer = נסו פחות מילים: כולן צריכות להופיע בעמוד.
search-hint-facets = הסירו מקצוע, כיתה או סוג שבחרתם.
search-hint-share = יש לכם? שתפו
search-how = איך מחפשים
search-how-words-example = מעגל קרבס
search-how-words = עמודים שיש בהם כל המילים. טעויות הקלדה קטנות לא מפריעות.
search-how-phrase-example = "בתוך המיטוכונדריה"
search-how-phrase = המילים האלה בדיוק, בסדר הזה.
search-how-without-example = תא -כלא
search-how-without = עמודים עם המילה הראשונה ובלי השנייה.
search-how-or-example = רומא OR אתונה
search-how-or = מספיקה אחת מהמילים.
search-how-subject-example = subject:ביולוגיה grade:11
search-how-subject = רק המקצוע הזה והכיתה הזאת.
search-how-by-example = by:"נועה לוי"
search-how-by = רק מה שהאדם הזה שיתף.
search-how-type-example = type:pdf lang:he
search-how-type = רק קבצים מהסוג הזה, או בשפה הזאת.
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
page-labelled = עמוד { $n }, ״{ $label }״
page-short-labelled = עמ׳ { $label }
page-total-labelled = { $n } / { $total }
page-go-n = מעבר לעמוד { $n }
page-trouble = העמוד הזה לא הגיע.
picture-trouble = לא ניתן היה לצייר כאן את התמונה. אפשר להוריד את הקובץ עצמו.
panel = עמודים ותוכן
outline = תוכן
found = נמצא
found-hint = כתבו בשדה למעלה מה לחפש, וכאן יופיע כל עמוד שיש בו.
hits-count = { $n ->
    [0] לא מופיע
    [one] נמצא פעם אחת
    [two] נמצא פעמיים
   *[other] נמצא { $n } פעמים
}
hit-of = { $n } מתוך { $total }
hit-none = לא מופיע
hit-previous = המקום הקודם עם המילים האלה
hit-next = המקום הבא עם המילים האלה
more = עוד
rotate = סיבוב
spread = שני עמודים זה לצד זה
full-screen = מסך מלא
zoom-fit-width = לרוחב החלון
zoom-fit-page = העמוד כולו
print = הדפסה
print-range = עמודים { $first } עד { $last } מתוך { $total }
print-next = העמודים הבאים
passage-code = קוד
passage-output = מה שהודפס
passage-picture = תמונה שהקוד צייר
found-in-notes = בהערות למרצה
passage-notes = הערות למרצה
found-in-comments = במה שנוסף לעמוד
passage-comments = מה שנוסף לעמוד
passage-table = טבלה
media-chapters = פרקים
media-cues = מה נאמר
media-names = מה הקובץ אומר על עצמו
media-either = מה שכתוב כאן
media-no-cues = מה שנאמר כאן לא כתוב, ולכן אי אפשר לחפש בו.
media-play-from = לנגן מ־{ $time }:
media-trouble = אי אפשר לנגן כאן. הורידו כדי לנגן.
zoom = גודל
zoom-in = הגדלה
zoom-out = הקטנה
about = פרטים
about-uploader = שיתוף של
about-visibility = מי יכול לראות
about-shared = תאריך השיתוף
about-file = קובץ
about-versions = גרסאות
about-similar = דומים לזה
missing-no-text-recognition = העמודים הם תמונות, ואין כאן מה שיקרא את המילים שבהן. אפשר למצוא אותו רק לפי השם.
missing-incomplete = רק חלק ממנו נקרא. הורידו אותו כדי לראות את הכול.
missing-no-text = אין בו מילים. אפשר למצוא אותו רק לפי השם.
missing-not-its-type = התוכן שלו אינו מה שהשם שלו אומר; ייתכן שהוא פגום, או שהשם שגוי. אפשר למצוא אותו רק לפי השם.
missing-unknown-type = אין כאן מה שיקרא קבצים מהסוג הזה. אפשר למצוא אותו רק לפי השם.
recognizing-page = המילים שבעמודים הסרוקים בזיהוי: { $n } מתוך { $total }
recognized = עכשיו אפשר לחפש גם במילים שבעמודים הסרוקים.
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
captions = כתוביות
captions-file = קובץ כתוביות
captions-hint = WebVTT‏ (.vtt) או SubRip‏ (.srt), עד 256 KB. אפשר יהיה לחפש במה שנאמר, ולנגן משם.
captions-add = הוספת כתוביות
captions-replace = החלפת הכתוביות
captions-remove = הסרת הכתוביות
field-title = שם
field-description = תיאור
field-licence = רישיון
field-tags = תגיות
field-tags-hint = מילים שעוזרות למצוא, עם פסיקים ביניהן.
field-visibility = מי יכול לראות

## Who can see it
visibility-private = רק אני
visibility-class = כל מי שאיתי בכיתה
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
