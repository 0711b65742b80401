# Home.
home-title = Find the page you need
home-continue = Continue
home-subjects = Subjects
home-grades = Grades
home-newest = Newest
home-all = See all
home-empty = Nothing has been shared yet. Be the first: notes, worksheets, slides, whole books.
home-empty-visitor = Nothing is public yet. Log in to see what your school shares.
home-empty-share = Share something

# Lists.
kind-pdf = PDF
kind-docx = Word document
kind-pptx = Slides
kind-xlsx = Spreadsheet
kind-odt = Text document
kind-odp = Slides
kind-ods = Spreadsheet
kind-epub = Book
kind-rtf = Text document
kind-doc = Word document
kind-ppt = Slides
kind-xls = Spreadsheet
kind-latex = LaTeX
kind-notebook = Notebook
kind-code = Source code
kind-captions = Captions
kind-archive = Archive
kind-text = Text
kind-markdown = Markdown
kind-html = Web page
kind-image = Picture
kind-video = Video
kind-audio = Recording
kind-other = File
language-en = English
language-he = Hebrew
language-ar = Arabic
language-ru = Russian
language-fr = French
language-es = Spanish
language-de = German
language-it = Italian
language-am = Amharic
language-uk = Ukrainian
language-zh = Chinese
language-ja = Japanese
language-ko = Korean
language-hi = Hindi
language-pt = Portuguese
language-tr = Turkish
language-fa = Persian
language-el = Greek
language-la = Latin
pages-count = { $n ->
    [one] 1 page
   *[other] { $n } pages
}
materials-count = { $n ->
    [0] Nothing yet
    [one] 1 material
   *[other] { $n } materials
}
by-uploader = by { $name }
facets-narrow = Narrow down
facets-chosen = Narrowed down to
facet-subject = Subject
facet-grade = Grade
facet-kind = Type
facet-language = Language
facet-remove = chosen; remove
pager = More
pager-more = More
order = Order
order-relevance = Best match
order-best-rated = Best rated
order-newest = Newest first
order-title = By title
listing-everything = Everything
listing-materials = Materials
listing-empty = Nothing here yet.

# Search.
search-title = Search
search-title-for = { $query } · Search
search-results = Results
search-count = { $n ->
    [0] Nothing found
    [one] 1 material
   *[other] { $n } materials
}
search-incomplete = The search is being put in order; some pages will only be found in a while.
search-did-you-mean = Did you mean:
search-corrected = Showing results for “{ $text }”.
search-without = No page has all your words. Shown without:
search-exactly = Search for exactly “{ $query }”
search-also = also
search-type-something = Type a word, a name, or half a sentence that you remember.
search-nothing = Nothing has “{ $query }” in it
search-hint-spelling = Look at the spelling, or try another word for it.
search-hint-fewer = Use fewer words: every one of them has to be on the page.
search-hint-facets = Take away a subject, grade or type that you have chosen.
search-hint-share = Have it? Share it
search-how = How to search
search-how-words-example = krebs cycle
search-how-words = Pages with all these words. Small typing mistakes are forgiven.
search-how-phrase-example = "matrix of the mitochondrion"
search-how-phrase = Exactly these words, in this order.
search-how-without-example = cell -prison
search-how-without = Pages with the one word and without the other.
search-how-or-example = rome OR athens
search-how-or = Either word will do.
search-how-subject-example = subject:biology grade:11
search-how-subject = Only this subject and this grade.
search-how-by-example = by:"Noa Levi"
search-how-by = Only what this person shared.
search-how-type-example = type:pptx lang:he
search-how-type = Only this type of file, or this language.
page-short = p. { $n }
page-n = Page { $n }
page-of = p. { $n } of { $total }
page-of-long = Page { $n } of { $total }

# Reader.
pages = Pages
pages-small = Pages, small
page-previous = Previous page
page-next = Next page
page-go = Go to page
page-total = / { $total }
page-as-text = Read as text
page-picture-alt = Page { $n } of { $title }
find-in-document = Find in this document
page-labelled = Page { $n }, “{ $label }”
page-short-labelled = p. { $label }
page-total-labelled = { $n } / { $total }
page-go-n = Go to page { $n }
page-trouble = This page did not arrive.
picture-trouble = This picture could not be drawn here. The file itself can be downloaded.
panel = Pages and contents
outline = Contents
found = Found
found-hint = Type what you look for into the field above: every page that has it appears here.
hits-count = { $n ->
    [0] not in it
    [one] found once
   *[other] found { $n } times
}
hit-of = { $n } of { $total }
hit-none = Not in it
hit-previous = Previous place with these words
hit-next = Next place with these words
more = More
rotate = Turn
spread = Two pages side by side
full-screen = Full screen
zoom-fit-width = As wide as the window
zoom-fit-page = The whole page
print = Print
print-range = Pages { $first } to { $last } of { $total }
print-next = The pages after these
passage-code = Source code
passage-output = What it printed
passage-picture = A picture that the code drew
found-in-notes = In the speaker’s notes
passage-notes = Speaker’s notes
found-in-comments = In what was added to the page
passage-comments = Added to the page
passage-table = Table
media-chapters = Chapters
media-cues = What is said
media-names = What the file says of itself
media-either = What is written down here
media-no-cues = Nothing of what is said here is written down, so that it cannot be searched.
media-play-from = Play from { $time }:
media-trouble = It does not play here. Download it to play it.
zoom = Zoom
zoom-in = Larger
zoom-out = Smaller
about = About
about-uploader = Shared by
about-visibility = Who can see it
about-shared = Shared on
about-file = File
about-versions = Versions
about-similar = Similar
missing-no-text-recognition = Its pages are pictures, and nothing here can read the words in them. It is found by its title only.
missing-incomplete = Only a part of it could be read. Download it to see all of it.
missing-no-text = There are no words in it. It is found by its title only.
missing-not-its-type = What is in it is not what its name says; it may be damaged, or have the wrong name. It is found by its title only.
missing-unknown-type = Nothing here can read files of this kind. It is found by its title only.
recognizing-page = The words in its scanned pages are being recognised: { $n } of { $total }
recognized = The words in its scanned pages can be found now.
version-n = Version { $n }
file-only = This kind of file cannot be read on the page. Download it to open it.
look-again = Look again

# How far a material is.
state-reading = Getting ready to be read
state-reading-hint = You can leave this page: it goes on by itself. The file can be downloaded already.
state-waiting = Waiting to be read
state-ready = Ready to read
state-failed = It could not be read
state-failed-kept = The file itself is kept, and can be downloaded.
reading-page = Reading page { $n } of { $total }

# My files.
mine-title = My files
mine-total = { $n ->
    [0] Nothing shared yet
    [one] 1 material
   *[other] { $n } materials
}
mine-quota-label = Space used
mine-quota = { $used } of { $quota } used
mine-unfinished = { $n ->
    [one] One upload was cut off. What arrived is kept.
   *[other] { $n } uploads were cut off. What arrived is kept.
}
mine-go-on = Go on
mine-empty = What you share appears here, with how far it is.
edit-title-label = Edit { $title }
delete-title-label = Delete { $title }
deleted = Deleted “{ $title }”.

# Edit.
edit-title = Edit
edit-delete-hint = Deletes the file and all its versions, for everybody.
captions = Captions
captions-file = File with captions
captions-hint = WebVTT (.vtt) or SubRip (.srt), up to 256 KB. What is said can then be found, and plays from there.
captions-add = Add captions
captions-replace = Replace the captions
captions-remove = Remove the captions
field-title = Title
field-description = Description
field-licence = Licence
field-tags = Tags
field-tags-hint = Words that help to find it, with commas between them.
field-visibility = Who can see it

## Who can see it
visibility-private = Only you
visibility-class = Everyone in your classes
visibility-school = Everyone at school
visibility-public = Anyone

## Choosing
choose-none = None

## Subjects that a school begins with
subject-math = Maths
subject-biology = Biology
subject-history = History
subject-english = English
subject-physics = Physics
subject-chemistry = Chemistry
subject-literature = Literature
subject-geography = Geography
subject-civics = Civics
subject-computer-science = Computer science
subject-languages = Languages
subject-arts = Arts
