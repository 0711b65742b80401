"""Draws pages as a scanner sees them, has them read, and compares with their own words.

  drive.py CORPUS WORK LANGUAGES PROGRAM…

A page is drawn at 200 dots per inch, a little askew, blurred and with noise, some lying sideways or upside down.
Words are compared without case, punctuation, vowel marks and forms of letters; those of Chinese by the letter.
Order is the longest common subsequence of words over the words of the page, as pdftotext orders them.
"""
import collections
import pathlib
import re
import resource
import subprocess
import sys
import unicodedata

corpus, work, languages = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
programs = sys.argv[4:]

# Name, document, page, and by how many degrees it is turned.
PAGES = [
    ("English, formulas, two columns", "docs/cs229-en-super-cheatsheet.pdf", 2, 0),
    ("English, TeX code", "docs/tex-for-the-impatient.pdf", 60, 0),
    ("English, index in two columns", "docs/py4e-book-en-2024.pdf", 240, 0),
    ("English, encyclopedia", "docs/pdfjs-pdfjs_wikipedia.pdf", 1, 0),
    ("English, sideways", "docs/py4e-book-en-2024.pdf", 40, 90),
    ("English, two columns, upside down", "columns", 1, 180),
    ("Turkish, without its language", "multilingual/cs229-tr-tips.pdf", 2, 0),
    ("Hebrew with English terms", "multilingual/oop-he-week04-git.pdf", 2, 0),
    ("Hebrew with English terms, 2", "multilingual/oop-he-week09-inheritance.pdf", 3, 0),
    ("Hebrew, sideways", "multilingual/oop-he-week04-git.pdf", 3, 270),
    ("Arabic, formulas", "multilingual/cs229-ar-probabilities.pdf", 1, 0),
    ("Arabic with TeX code", "multilingual/sexam-ar.pdf", 2, 0),
    ("Persian, as Arabic", "multilingual/lshort-fa.pdf", 30, 0),
    ("Bulgarian slide, as Russian", "multilingual/bg-heap.pdf", 3, 0),
    ("Russian", "russian", 1, 0),
    ("Russian, sideways", "russian", 1, 90),
    ("Chinese with TeX code", "multilingual/lshort-zh-cn.pdf", 25, 0),
    ("English-Hebrew vocabulary", "hebrew-words", 1, 0),
    ("English-Arabic vocabulary", "arabic-words", 1, 0),
    ("English-Russian vocabulary", "russian-words", 1, 0),
    ("English with a Hebrew paragraph", "english-hebrew", 1, 0),
    ("Hebrew with an English paragraph", "hebrew-english", 1, 0),
]

ENGLISH = (
    "The cell is the smallest unit of life. Every living thing is made of one cell or of many, and every cell comes "
    "from another cell that divided. Plants make sugar from light, water and the carbon dioxide of the air; animals "
    "eat plants or other animals. "
)
HEBREW = (
    "התא הוא היחידה הקטנה ביותר של החיים. כל יצור חי בנוי מתא אחד או מתאים רבים, וכל תא נוצר מתא אחר שהתחלק. "
    "הצמחים מייצרים סוכר מאור, ממים ומפחמן דו חמצני שבאוויר, ובעלי החיים אוכלים צמחים או בעלי חיים אחרים. "
)
RUSSIAN = (
    "Клетка является самой маленькой единицей жизни. Каждое живое существо состоит из одной клетки или из многих, и "
    "каждая клетка происходит от другой клетки, которая разделилась. Растения делают сахар из света, воды и "
    "углекислого газа, а животные едят растения или других животных. "
)
RIVER = (
    "The river rises in the high mountains of the north and runs through three countries before it reaches the sea. "
    "Ships carry grain, timber and coal. In winter it freezes for several weeks, and children walk across the ice. "
)
WORDS = {
    "hebrew": "leaf עלה root שורש flower פרח seed זרע fruit פרי tree עץ forest יער river נהר mountain הר cloud ענן rain גשם "
    "snow שלג wind רוח summer קיץ winter חורף spring אביב autumn סתיו bird ציפור horse סוס garden גינה window חלון "
    "teacher מורה pupil תלמיד notebook מחברת library ספרייה question שאלה answer תשובה lesson שיעור",
    "arabic": "book كتاب pen قلم school مدرسة teacher معلم student طالب house بيت door باب sun شمس moon قمر star نجم water ماء "
    "bread خبز city مدينة road طريق sea بحر mountain جبل tree شجرة flower زهرة bird طائر fish سمك friend صديق "
    "family عائلة language لغة history تاريخ",
    "russian": "book книга pen ручка school школа teacher учитель student ученик house здание door дверь sun солнце moon луна "
    "star звезда water вода bread хлеб city город road дорога sea море mountain гора tree дерево flower цветок bird птица "
    "fish рыба friend друг family семья language язык history история",
}


def rows(words):
    pairs = zip(words.split()[::2], words.split()[1::2])
    cells = (f"<tr><td>{one}</td><td dir=auto align=right>{other}</td></tr>" for one, other in pairs)
    return f"<table>{''.join(cells)}</table>"


def paragraph(text):
    return f"<p dir=auto>{text}</p>"


OWN = {
    "columns": "<table><tr valign=top>"
    + f"<td width=50%>{paragraph(RIVER * 5)}</td><td width=50%>{paragraph(ENGLISH * 5)}</td></tr></table>",
    "russian": paragraph(RUSSIAN * 2) * 4,
    "english-hebrew": paragraph(ENGLISH * 2) * 3 + paragraph(HEBREW) + paragraph(ENGLISH),
    "hebrew-english": paragraph(HEBREW * 2) * 3 + paragraph(ENGLISH) + paragraph(HEBREW),
    **{f"{name}-words": rows(words) for name, words in WORDS.items()},
}


def run(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


def own(name):
    """A document of one page that is written here."""
    page = work / f"{name}.html"
    style = "<style>body { font: 12pt 'DejaVu Sans' } td { padding: 1px 40px 1px 0 }</style>"
    page.write_text(f"<!DOCTYPE html><html><head><meta charset=utf-8>{style}</head><body>{OWN[name]}</body></html>")
    run("soffice", "--headless", f"-env:UserInstallation=file://{work}/office", "--infilter=HTML (StarWriter)", "--convert-to", "pdf", "--outdir", work, page)
    return page.with_suffix(".pdf")


def words(text):
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u0640\u064b-\u0652]", "", text)
    return re.findall(r"\w+", re.sub("([\u4e00-\u9fff])", r" \1 ", text).casefold())


def common(one, other):
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        above, row = row, [0]
        for place, candidate in enumerate(other):
            row.append(above[place] + 1 if word == candidate else max(above[place + 1], row[place]))
    return row[-1]


def read(program, scan):
    """The words of a scan, and the processor time that they took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = run(program, languages, scan)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, _, text = text.partition("\n")
    return words(text), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


totals = [collections.Counter() for _ in programs]
print("| page | words |" + " words read | in order | processor time |" * len(programs))
print("| --- | --- |" + " --- | --- | --- |" * len(programs))
for number, (name, document, page, turned) in enumerate(PAGES):
    document = own(document) if document in OWN else corpus / document
    expected = words(run("pdftotext", "-f", page, "-l", page, document, "-"))
    drawn, scan = work / f"{number}", work / f"{number}.png"
    run("pdftoppm", "-r", 200, "-gray", "-f", page, "-l", page, "-singlefile", document, drawn)
    aged = "-seed 7 -background white -rotate 0.4 +repage -blur 0x0.6 -attenuate 0.25 +noise Gaussian".split()
    run("convert", drawn.with_suffix(".pgm"), *aged, "-rotate", turned, "-depth", 8, "-colorspace", "Gray", scan)
    line = f"| {name} | {len(expected)} |"
    for program, total in zip(programs, totals):
        found, seconds = read(program, scan)
        hits = sum((collections.Counter(expected) & collections.Counter(found)).values())
        ordered = common(expected, found)
        total.update(words=len(expected), hits=hits, ordered=ordered, seconds=seconds)
        line += f" {hits / len(expected):.3f} | {ordered / len(expected):.3f} | {seconds:.1f} s |"
    print(line, flush=True)
line = f"| all, {len(PAGES)} pages | {totals[0]['words']} |"
for total in totals:
    line += f" {total['hits'] / total['words']:.3f} | {total['ordered'] / total['words']:.3f} | {total['seconds']:.0f} s |"
print(line)
