//! What the reader's templates are made from.
use crate::web::context::{Choice, Chrome, Emphasis, MaterialCard, Picture, SubjectTag, TextRun};
use crate::web::formula::Formula;
use crate::web::pages::search::PageLink;
use crate::web::source::Ink;
use homeroom_core::domain::kind::Kind;
use jiff::civil::Date;

/// What the reader shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ReaderPage {
    /// Around it.
    pub chrome: Chrome,
    /// The material's id, for the modules that follow its progress and load its pages.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address without parameters.
    pub url: String,
    /// Where one came from: the search, or home.
    pub back_url: String,
    /// The words that are looked for in it.
    pub query: String,
    /// What can be seen of it.
    pub view: View,
    /// What is missing of it: the stable code of a notice.
    pub notice: Option<&'static str>,
    /// While the text of scanned pages is being recognised: how many of how many are done.
    pub recognizing: Option<(u32, u32)>,
    /// About it.
    pub about: About,
    /// Where the file itself is fetched.
    pub download_url: String,
    /// For those who may change it.
    pub edit_url: Option<String>,
}

/// What can be seen of a material.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// One of its pages.
    Page(Box<PageView>),
    /// A film or a recording.
    Media(Box<MediaView>),
    /// It waits to be read.
    Waiting,
    /// It is being read.
    Reading {
        /// Pages read.
        done: u32,
        /// Pages in all.
        total: u32,
    },
    /// It could not be read; the code says why. The file is kept.
    Failed {
        /// A rejection's stable code.
        reason: String,
    },
    /// It is kept and can be downloaded, but has no pages to show.
    FileOnly,
}

/// One page of a material.
#[derive(Clone, Debug, PartialEq)]
pub struct PageView {
    /// Pages in all.
    pub count: u32,
    /// The page that is shown.
    pub leaf: Leaf,
    /// Its version, which the addresses of pictures hold.
    pub version: u32,
    /// Which way its pages follow each other, when they lie side by side: `ltr` or `rtl`.
    pub direction: &'static str,
    /// The page before.
    pub previous_url: Option<String>,
    /// The page after.
    pub next_url: Option<String>,
    /// Small pictures of the pages around it, or all.
    pub thumbs: Vec<Thumb>,
    /// The table of contents.
    pub outline: Vec<OutlineLine>,
    /// Where what is looked for stands; nothing is looked for without a query.
    pub found: Option<Found>,
}

/// How the pages of a material lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As pictures of known sizes.
    Pictures,
    /// As text, as long as it is.
    Texts,
}

impl PageView {
    /// As pictures or as text.
    pub fn layout(&self) -> Layout {
        match self.leaf.body {
            PageBody::Picture { .. } => Layout::Pictures,
            _ => Layout::Texts,
        }
    }
}

/// A page by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// From 1.
    pub number: u32,
    /// What people call it, where that is not its number.
    pub label: Option<String>,
    /// What it is in: a BCP 47 primary subtag.
    pub language: Option<String>,
    /// What is seen.
    pub body: PageBody,
    /// Its text in reading order, hits marked.
    pub text: Vec<Block>,
}

/// How a page is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBody {
    /// As it looks.
    Picture {
        /// The picture of it.
        picture: Picture,
        /// The page's width in points: the unit of the words' places.
        width: f32,
        /// The page's height in points.
        height: f32,
        /// Its words where they stand.
        words: Vec<PlacedWord>,
        /// Where what is looked for stands, hit by hit.
        boxes: Vec<HitBox>,
        /// Places that lead elsewhere.
        links: Vec<PlacedLink>,
    },
    /// As text, where there is no picture.
    Text,
    /// Rows of cells.
    Table(Vec<Vec<Vec<TextRun>>>),
    /// Lines that are counted.
    Code(Listing),
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading, as the page has it.
    Heading(Vec<Inline>),
    /// Lines, parted by `\n`.
    Lines(Vec<Inline>),
    /// Paragraphs that are as wide as there is room.
    Paragraphs(Vec<Vec<Inline>>),
    /// Rows of cells.
    Rows(Vec<Vec<Vec<Inline>>>),
    /// Source code.
    Code(Listing),
    /// What source code printed.
    Output(Vec<TextRun>),
    /// What source code drew.
    Picture {
        /// The picture.
        picture: Picture,
        /// What its file says in its place; not always anything.
        description: String,
    },
    /// What is noted for the speaker.
    Notes(Vec<TextRun>),
    /// What people have added to the page.
    Comments(Vec<TextRun>),
}

/// Lines of source code.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The number of the first of them, where they are counted.
    pub first: Option<u32>,
    /// The number of its last run, in a notebook.
    pub run: Option<u32>,
    /// From the first one on.
    pub lines: Vec<Vec<InkedRun>>,
}

/// A piece of source code, marked when it is what was searched for, in its colours.
#[derive(Clone, Debug, PartialEq)]
pub struct InkedRun {
    /// Whether it is a hit.
    pub emphasis: Emphasis,
    /// What it consists of.
    pub pieces: Vec<(String, Option<Ink>)>,
}

/// What stands on a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Words.
    Run(TextRun),
    /// A formula, drawn.
    Formula(Formula),
}

/// A word where it stands, in points from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedWord {
    /// The word.
    pub text: String,
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// A box around a hit or a part of one, in points from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct HitBox {
    /// Which of the page's hits it belongs to, from 0.
    pub run: usize,
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// A link where it lies, in points from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLink {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    /// Where to.
    pub to: LinkTo,
}

/// Where a link of a page leads.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkTo {
    /// A page of the same material.
    Page(PageLink),
    /// An `http`, `https` or `mailto` address.
    Address(String),
}

/// A small picture of a page that leads to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumb {
    /// From 1.
    pub number: u32,
    /// Its page.
    pub url: String,
    /// The picture, where there is one.
    pub picture: Option<Picture>,
    /// Whether it is the page shown.
    pub state: Choice,
}

/// A line of the table of contents.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlineLine {
    /// What it says.
    pub title: String,
    /// From 1, at most 8.
    pub level: u8,
    /// Where it leads.
    pub page: PageLink,
    /// What people call that page, where that is not its number.
    pub label: Option<String>,
}

/// Where something stands in a material.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// All hits on all pages.
    pub total: u32,
    /// Pages with hits, ascending.
    pub pages: Vec<FoundPage>,
    /// The nearest page with hits before the one shown.
    pub previous_url: Option<String>,
    /// The nearest page with hits after the one shown.
    pub next_url: Option<String>,
}

/// Where on a page hits are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FoundPlace {
    /// At least one on the page itself.
    #[default]
    Page,
    /// All in what is noted for the speaker, which its picture does not show.
    Notes,
    /// All in what people have added to the page, of which its picture shows only the marks.
    Comments,
}

/// A page with hits.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPage {
    /// From 1.
    pub number: u32,
    /// What people call it, where that is not its number.
    pub label: Option<String>,
    /// Where it is.
    pub url: String,
    /// How many hits it has.
    pub count: u32,
    /// Where on it.
    pub place: FoundPlace,
    /// Around the first of them.
    pub excerpt: Vec<TextRun>,
}

/// A film or a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaView {
    /// `video` or `audio`.
    pub shape: MediaShape,
    /// What plays: the address with the second at which it begins.
    pub source_url: String,
    /// A picture until it plays.
    pub poster: Option<Picture>,
    /// Captions to be shown over a film.
    pub track: Option<Track>,
    /// Its own chapters, unless those are what is said.
    pub chapters: Vec<Chapter>,
    /// What is said or shown, and when, page by page.
    pub spoken: Vec<Spoken>,
    /// What these lines are.
    pub lines: MediaLines,
    /// Where it begins to play, in milliseconds.
    pub start_ms: u64,
    /// Where what is looked for stands.
    pub found: Option<Found>,
}

/// What the lines beside a film or recording are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaLines {
    /// What is said or shown.
    Said,
    /// The titles of its chapters and nothing more.
    Chapters,
    /// What the file says of itself: what it is called, by whom it is.
    Names,
    /// One or the other: it was read when nobody noted which.
    Either,
}

/// Captions for the player.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// WebVTT.
    pub url: String,
    /// A language's code, where known.
    pub language: Option<String>,
    /// What the player calls it.
    pub label: String,
}

/// Whether there is something to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaShape {
    /// There is.
    Film,
    /// There is not.
    Sound,
}

/// Where a chapter begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// What it is called.
    pub title: String,
    /// From the beginning, in milliseconds.
    pub starts_at_ms: u64,
    /// The film, playing from there.
    pub url: String,
}

/// A page of what is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The page that it is.
    pub number: u32,
    /// From the beginning, in milliseconds.
    pub starts_at_ms: u64,
    /// In order; one where it is not known when each line is said.
    pub cues: Vec<Cue>,
}

/// What is said at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// What it is.
    pub kind: CueKind,
    /// From the beginning, in milliseconds.
    pub starts_at_ms: u64,
    /// The page, playing from there.
    pub url: String,
    /// What is said, hits marked.
    pub text: Vec<TextRun>,
}

/// What stands in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CueKind {
    /// What somebody says.
    Said,
    /// The name of the chapter that begins.
    Title,
}

/// About a material.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// What its uploader says of it.
    pub description: String,
    /// The uploader, as others see them.
    pub uploader: String,
    /// Its subject.
    pub subject: Option<SubjectTag>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// What it is.
    pub kind: Kind,
    /// The file's name.
    pub filename: String,
    /// The file's size in bytes.
    pub size: u64,
    /// The language it is in, as a code.
    pub language: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// When it was shared.
    pub shared_on: Date,
    /// Who can see it, in words.
    pub visibility: String,
    /// All its versions, latest first.
    pub versions: Vec<VersionLine>,
    /// Others that are like it.
    pub similar: Vec<MaterialCard>,
}

/// One version.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionLine {
    /// From 1.
    pub number: u32,
    /// When it was added.
    pub added_on: Date,
    /// Its size in bytes.
    pub size: u64,
    /// Where this version's file is fetched.
    pub download_url: String,
}

/// Pages to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintPage {
    /// Around it.
    pub chrome: Chrome,
    /// The material's title.
    pub title: String,
    /// Where it is read.
    pub back_url: String,
    /// The first of them.
    pub first: u32,
    /// Pages in all.
    pub count: u32,
    /// The pages of this part.
    pub leaves: Vec<Leaf>,
    /// The next part, if there is one.
    pub next_url: Option<String>,
}
