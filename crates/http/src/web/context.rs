//! What every page is made from: typed, already decided, free of requests and records.
//!
//! Texts that people typed are plain `String`s and are escaped where they are written; the only
//! value that carries markup is [`Snippet`].
use crate::web::localizer::Lang;
use homeroom_core::domain::kind::Kind;
use jiff::civil::Date;

/// What surrounds every page.
#[derive(Clone, Debug, PartialEq)]
pub struct Chrome {
    /// Path and query of this page, for the language switch and for coming back after log-in.
    pub here: String,
    /// Who is signed in.
    pub user: Option<SignedIn>,
    /// What just happened, said once at the top.
    pub notice: Option<Notice>,
    /// The program's version, in the footer.
    pub version: String,
}

impl Chrome {
    /// This page in a language: `here` with its `lang` parameter set.
    pub fn here_in(&self, lang: Lang) -> String {
        let (path, query) = self.here.split_once('?').unwrap_or((&self.here, ""));
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let mut url = String::from(path);
        let mut separator = '?';
        for pair in kept {
            url.push(separator);
            url.push_str(pair);
            separator = '&';
        }
        format!("{url}{separator}lang={}", lang.code())
    }

    /// The token that every form carries; empty for visitors, whose forms change nothing.
    pub fn csrf(&self) -> &str {
        self.user.as_ref().map_or("", |user| &user.csrf)
    }
}

/// The reader, when signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    /// As others see them.
    pub name: String,
    /// What their forms and scripts send along with every change.
    pub csrf: String,
}

/// A sentence about what just happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Already in the reader's language.
    pub text: String,
    /// Good news or bad.
    pub tone: Tone,
    /// Where a form is posted that undoes it.
    pub undo: Option<String>,
}

/// How a notice is coloured and announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Bad,
}

/// A subject where it is named: on a chip, a spine, a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectTag {
    /// As its users named it.
    pub name: String,
    /// Its page.
    pub url: String,
    /// Which of the twelve colours.
    pub hue: Hue,
}

/// One of twelve subject colours, spaced evenly around the wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hue(u8);

impl Hue {
    /// Takes any number round the wheel.
    pub const fn new(index: u8) -> Self {
        Self(index % 12)
    }

    /// A steady colour for a subject that was given none, from its slug.
    pub fn of_slug(slug: &str) -> Self {
        let sum = slug.bytes().fold(5_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u32::from(byte))
        });
        Self((sum % 12) as u8)
    }

    /// The class that sets the colour pair.
    pub const fn class(self) -> &'static str {
        const CLASSES: [&str; 12] = [
            "subject-h0",
            "subject-h1",
            "subject-h2",
            "subject-h3",
            "subject-h4",
            "subject-h5",
            "subject-h6",
            "subject-h7",
            "subject-h8",
            "subject-h9",
            "subject-h10",
            "subject-h11",
        ];
        CLASSES[self.0 as usize]
    }
}

/// A picture with its size, so that nothing moves when it arrives.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Where it is.
    pub url: String,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
}

/// A material in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct MaterialCard {
    /// Its title.
    pub title: String,
    /// Where it opens.
    pub url: String,
    /// Its first page; a drawn cover stands in when there is none.
    pub cover: Option<Picture>,
    /// Its subject.
    pub subject: Option<SubjectTag>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// What it is.
    pub kind: Kind,
    /// How many pages, where it has pages.
    pub pages: Option<u32>,
    /// The uploader, as others see them.
    pub uploader: String,
    /// When it was shared.
    pub shared_on: Date,
}

/// A list narrowed by one property.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetGroup {
    /// Which property.
    pub facet: Facet,
    /// Its values, most frequent first.
    pub options: Vec<FacetOption>,
}

/// What a list can be narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Its subject.
    Subject,
    /// Its grade.
    Grade,
    /// What it is.
    Kind,
    /// The language it is in.
    Language,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetOption {
    /// In the reader's language, or as users named it.
    pub label: String,
    /// Materials that have it.
    pub count: u64,
    /// The same list with this value set, or without it when it is chosen.
    pub url: String,
    /// Whether the list is narrowed by it now.
    pub state: Choice,
    /// The colour of a subject.
    pub hue: Option<Hue>,
}

/// Whether an option is the chosen one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is.
    Chosen,
    /// It is not.
    Open,
}

/// An option of a `<select>`.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectOption {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is the present one.
    pub state: Choice,
}

/// A form field with what was typed and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// What was typed, or stands there.
    pub value: String,
    /// What is wrong, in the reader's language.
    pub error: Option<String>,
}

impl Field {
    /// A field that holds a value.
    pub fn holding(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            error: None,
        }
    }
}

/// A piece of text, marked when it is what was searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    /// The text itself.
    pub text: String,
    /// Whether it is a hit.
    pub emphasis: Emphasis,
}

/// Whether text is a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// Shown marked.
    Hit,
    /// Shown as it is.
    Plain,
}

/// HTML from the search index: escaped text with hits in `<mark>`. Any other tag, should one ever
/// get in, is shown as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet(String);

impl Snippet {
    /// Keeps `<mark>` and `</mark>`, balances them, and escapes every other angle bracket and quote.
    pub fn from_index(html: &str) -> Self {
        let mut safe = String::with_capacity(html.len() + 16);
        let mut rest = html;
        let mut marked = false;
        while let Some(character) = rest.chars().next() {
            if !marked && let Some(after) = rest.strip_prefix("<mark>") {
                safe.push_str("<mark>");
                (rest, marked) = (after, true);
            } else if marked && let Some(after) = rest.strip_prefix("</mark>") {
                safe.push_str("</mark>");
                (rest, marked) = (after, false);
            } else {
                match character {
                    '<' => safe.push_str("&lt;"),
                    '>' => safe.push_str("&gt;"),
                    '"' => safe.push_str("&quot;"),
                    other => safe.push(other),
                }
                rest = &rest[character.len_utf8()..];
            }
        }
        if marked {
            safe.push_str("</mark>");
        }
        Self(safe)
    }

    /// The HTML.
    pub fn html(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_keeps_its_marks_and_nothing_else() {
        let snippet =
            Snippet::from_index("a &lt;b&gt; <mark>krebs</mark> <img src=x onerror=alert(1)> <mark>x");
        assert_eq!(
            snippet.html(),
            "a &lt;b&gt; <mark>krebs</mark> &lt;img src=x onerror=alert(1)&gt; <mark>x</mark>"
        );
        assert_eq!(
            Snippet::from_index("</mark><mark onclick=x>").html(),
            "&lt;/mark&gt;&lt;mark onclick=x&gt;"
        );
    }

    #[test]
    fn the_language_switch_keeps_the_rest_of_the_address() {
        let chrome = |here: &str| Chrome {
            here: here.into(),
            user: None,
            notice: None,
            version: String::new(),
        };
        assert_eq!(
            chrome("/search?q=a%20b&lang=en&grade=9").here_in(Lang::Hebrew),
            "/search?q=a%20b&grade=9&lang=he"
        );
        assert_eq!(chrome("/").here_in(Lang::English), "/?lang=en");
    }
}
