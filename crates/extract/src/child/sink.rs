//! Where the formats put what they find: it caps, counts and writes out page by page, so that no
//! document is ever held as a whole.
use crate::language::{LanguageSample, PageLanguages};
use crate::title::{clean_title, one_line};
use crate::wire::{Frame, PictureFormat, Purpose, write_frame};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{
    ExtractedPage, Media, Notice, OutlineEntry, PassageKind, Progress, Rejection,
};
use homeroom_core::ports::packed_page;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// A language stands out that one in so many pages is in.
const STANDS_OUT: usize = 3;
/// The most text of one page, in bytes; what is beyond is cut off.
pub(crate) const MAX_PAGE_TEXT: usize = 1 << 20;
/// The most text of one file, in bytes.
const MAX_TOTAL_TEXT: usize = 64 << 20;
/// The most word boxes of one page and of one file: pages beyond have none.
const MAX_PAGE_WORDS: usize = 50_000;
pub(crate) const MAX_TOTAL_WORDS: usize = 1_500_000;
/// The most headings of one page.
const MAX_PAGE_HEADINGS: usize = 16;
/// The most passages of one page; what is beyond is running text.
const MAX_PAGE_PASSAGES: usize = 500;
/// The most bytes of pictures that one child gives.
const MAX_PICTURE_BYTES: usize = 192 << 20;
/// The most lines of a table of contents; what is beyond is left out.
pub(crate) const MAX_OUTLINE: usize = 2_000;
/// Pages are written out together, about as many bytes as a pipe holds.
const BUFFER: usize = 64 << 10;
/// How deep a table of contents goes.
const MAX_OUTLINE_LEVEL: u8 = 8;

/// Why the work ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file's fault.
    Rejected(Rejection),
    /// No more pages are taken; those that were stand, and the notice says so.
    Full,
    /// The pipe's or the disk's fault.
    Io(io::Error),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Takes pages and pictures in order.
pub(crate) struct Sink {
    out: BufWriter<Box<dyn Write>>,
    /// The page that was written last, for its memory.
    packed: Vec<u8>,
    max_pages: u32,
    pages: u32,
    expected: u32,
    text_bytes: usize,
    words: usize,
    picture_bytes: usize,
    title: Option<String>,
    language: LanguageSample,
    page_languages: PageLanguages,
    /// On how many pages each language was told.
    languages: BTreeMap<String, usize>,
    outline: Vec<OutlineEntry>,
    media: Option<Media>,
    notice: Option<Notice>,
    purpose: Purpose,
    /// The document inside an archive that is being read.
    part: Option<String>,
    kind: Kind,
}

impl Sink {
    /// A sink that writes frames; it takes no more than so many pages.
    pub(crate) fn new(out: impl Write + 'static, max_pages: u32) -> Self {
        Self {
            out: BufWriter::with_capacity(BUFFER, Box::new(out)),
            packed: Vec::new(),
            max_pages,
            pages: 0,
            expected: 0,
            text_bytes: 0,
            words: 0,
            picture_bytes: 0,
            title: None,
            language: LanguageSample::default(),
            page_languages: PageLanguages::default(),
            languages: BTreeMap::new(),
            outline: Vec::new(),
            media: None,
            notice: None,
            purpose: Purpose::Show,
            part: None,
            kind: Kind::Other,
        }
    }

    /// Says what the file is, before anything of it is read.
    pub(crate) fn tell_kind(&mut self, kind: Kind) -> Result<(), Stop> {
        self.kind = kind;
        self.report_progress()
    }

    /// How many pages it has taken.
    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    /// What follows are pages of a document inside an archive: their labels name it, and its title
    /// and table of contents are not those of the file.
    pub(crate) fn enter_part(&mut self, path: &str) {
        self.part = Some(path.to_owned());
    }

    /// Ends the document that was entered when there were so many pages.
    pub(crate) fn leave_part(&mut self, pages_before: u32) {
        if let Some(path) = self.part.take()
            && self.pages > pages_before
        {
            self.outline(&path, pages_before + 1, 1);
        }
    }

    /// Says how many pages will come, where that is known beforehand.
    pub(crate) fn expect_pages(&mut self, pages: usize) -> Result<(), Stop> {
        let pages = u32::try_from(pages)
            .unwrap_or(u32::MAX)
            .saturating_add(self.pages);
        self.expected = pages.min(self.max_pages);
        self.report_progress()
    }

    /// Takes the next page and numbers it. Beyond the most pages it takes none: [`Stop::Full`].
    pub(crate) fn page(&mut self, mut page: ExtractedPage) -> Result<(), Stop> {
        if self.pages >= self.max_pages {
            self.notice(Notice::Incomplete);
            return Err(Stop::Full);
        }
        truncate(&mut page.text, MAX_PAGE_TEXT);
        self.text_bytes += page.text.len();
        if self.text_bytes > MAX_TOTAL_TEXT {
            return Err(Rejection::TooLarge.into());
        }
        if page.words.len() > MAX_PAGE_WORDS || self.words + page.words.len() > MAX_TOTAL_WORDS {
            page.words.clear();
        }
        self.words += page.words.len();
        self.pages += 1;
        page.number = self.pages;
        let prose = prose_of(&page);
        self.language.add(&prose);
        if page.language.is_none() {
            page.language = self.page_languages.tell(&prose).map(str::to_owned);
        }
        if let Some(language) = &page.language {
            *self.languages.entry(language.clone()).or_default() += 1;
        }
        page.label = self.full_label(page.label.as_deref());
        page.headings.retain(|heading| heading.chars().count() <= 200);
        page.headings.truncate(MAX_PAGE_HEADINGS);
        page.passages.truncate(MAX_PAGE_PASSAGES);
        self.packed.clear();
        packed_page::write(&page, &mut self.packed).map_err(io::Error::other)?;
        write_frame(&mut self.out, &Frame::Page, &self.packed)?;
        self.report_progress()
    }

    /// What most of the file is in: several languages of one script together may look like yet another, which no
    /// page is in; then the one that stands out among the pages, if any does.
    fn language(&self) -> Option<String> {
        let told: usize = self.languages.values().sum();
        let decided = self.language.decide();
        if told == 0 || decided.is_some_and(|language| self.languages.contains_key(language)) {
            return decided.map(str::to_owned);
        }
        let (language, pages) = self.languages.iter().max_by_key(|(_, pages)| **pages)?;
        (pages * STANDS_OUT >= told).then(|| language.clone())
    }

    fn full_label(&self, label: Option<&str>) -> Option<String> {
        let label = label.and_then(one_line);
        match (&self.part, label) {
            (Some(part), Some(label)) => one_line(&format!("{part} · {label}")),
            (Some(part), None) => one_line(part),
            (None, label) => label,
        }
    }

    /// Takes a title as the file gives it; the first good one stays.
    pub(crate) fn title(&mut self, candidate: &str) {
        if self.title.is_none() && self.part.is_none() {
            self.title = clean_title(candidate);
        }
    }

    /// Takes the next line of the table of contents: `page` and `level` count from 1. Titles are
    /// cut to one line; levels are brought to what the contract allows; empty titles are left out.
    pub(crate) fn outline(&mut self, title: &str, page: u32, level: u8) {
        let Some(title) = one_line(title) else { return };
        if self.part.is_some() || page == 0 || self.outline.len() >= MAX_OUTLINE {
            return;
        }
        let deepest = self.outline.last().map_or(1, |last| last.level + 1);
        self.outline.push(OutlineEntry {
            title,
            page,
            level: level.clamp(1, deepest.min(MAX_OUTLINE_LEVEL)),
            starts_at_ms: None,
        });
    }

    /// What the file says of its length and size.
    pub(crate) fn media(&mut self, media: Media) {
        self.media = Some(media);
    }

    /// What is missing; the first notice stays.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.notice.get_or_insert(notice);
    }

    /// Says what pictures are for; for people unless said.
    pub(crate) fn draw_for(&mut self, purpose: Purpose) {
        self.purpose = purpose;
    }

    /// What pictures are for.
    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Takes a picture.
    pub(crate) fn picture(
        &mut self,
        page: u32,
        width: u32,
        height: u32,
        format: PictureFormat,
        content: &[u8],
    ) -> Result<(), Stop> {
        self.picture_bytes += content.len();
        if self.picture_bytes > MAX_PICTURE_BYTES {
            return Err(Rejection::TooLarge.into());
        }
        let frame = Frame::Picture {
            page,
            width,
            height,
            format,
        };
        Ok(write_frame(&mut self.out, &frame, content)?)
    }

    /// Says that the file was read to its end.
    pub(crate) fn done(&mut self, kind: Kind, cover_follows: bool) -> Result<(), Stop> {
        // A contents page that leads beyond the last page leads nowhere.
        let pages = self.pages;
        self.outline.retain(|entry| entry.page <= pages);
        let frame = Frame::Done {
            kind,
            title: self.title.take(),
            language: self.language(),
            outline: std::mem::take(&mut self.outline),
            media: self.media,
            notice: self.notice,
            cover_follows,
        };
        Ok(self.end(&frame)?)
    }

    /// Writes the last frame.
    pub(crate) fn end(&mut self, frame: &Frame) -> io::Result<()> {
        self.say(frame)
    }

    /// Writes a frame that somebody waits for.
    fn say(&mut self, frame: &Frame) -> io::Result<()> {
        write_frame(&mut self.out, frame, &[])?;
        self.out.flush()
    }

    fn report_progress(&mut self) -> Result<(), Stop> {
        if !self.pages.is_multiple_of(16) {
            return Ok(());
        }
        let progress = Progress {
            done: self.pages,
            total: self.expected,
            kind: self.kind,
        };
        Ok(self.say(&Frame::Progress(progress))?)
    }
}

/// The text without source code and what that printed, which are in no language of people; all of it where
/// there is nothing else.
fn prose_of(page: &ExtractedPage) -> Cow<'_, str> {
    let is_code = |kind: &PassageKind| {
        use PassageKind::{Code, Output, Picture};
        matches!(kind, Code { .. } | Output | Picture { .. })
    };
    let mut code = page
        .passages
        .iter()
        .filter(|passage| is_code(&passage.kind))
        .peekable();
    if code.peek().is_none() {
        return Cow::Borrowed(&page.text);
    }
    let mut prose = String::new();
    for (number, line) in (0..).zip(page.text.lines()) {
        while code
            .next_if(|passage| passage.line + passage.lines <= number)
            .is_some()
        {}
        if code.peek().is_none_or(|passage| number < passage.line) {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    if prose.trim().is_empty() {
        Cow::Borrowed(&page.text)
    } else {
        Cow::Owned(prose)
    }
}

/// Cuts at a character's boundary.
fn truncate(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_in_no_language_that_none_of_its_pages_is_in() {
        let texts = [
            "The pupils measure how much water the plants take up in one day, and write it down.",
            "Les élèves mesurent la quantité d’eau que les plantes absorbent en une journée.",
            "Die Schülerinnen und Schüler messen, wie viel Wasser die Pflanzen an einem Tag aufnehmen.",
            "Öğrenciler bitkilerin bir günde ne kadar su aldığını ölçer ve deftere yazar.",
            "Học sinh đo lượng nước mà cây hấp thụ trong một ngày và ghi lại vào vở.",
            "Los alumnos miden cuánta agua absorben las plantas en un día y lo anotan.",
        ];
        let mut sink = Sink::new(io::sink(), 100);
        for text in texts {
            let page = ExtractedPage {
                text: text.into(),
                ..ExtractedPage::default()
            };
            assert!(sink.page(page).is_ok());
        }
        assert!(sink.languages.len() > 3, "{:?}", sink.languages);
        let language = sink.language();
        assert!(
            language
                .as_ref()
                .is_none_or(|language| sink.languages.contains_key(language)),
            "{language:?}"
        );
        sink.language = LanguageSample::default();
        assert_eq!(sink.language(), None);
        for _ in 0..4 {
            let page = ExtractedPage {
                text: texts[0].into(),
                language: Some("en".into()),
                ..ExtractedPage::default()
            };
            assert!(sink.page(page).is_ok());
        }
        sink.language = LanguageSample::default();
        assert_eq!(sink.language().as_deref(), Some("en"));
    }
}
