//! Which language most of a text is in.
use whatlang::{Lang, Script, detect};

/// What of each page and of all pages is looked at, in bytes.
const PER_PAGE: usize = 3_000;
const IN_ALL: usize = 60_000;
/// Fewer letters than this tell nothing,
const MIN_LETTERS: usize = 24;
/// …so many are enough where several languages share a script,
const ENOUGH_LETTERS: usize = 60;
/// …and with so many even a close decision is taken.
const MANY_LETTERS: usize = 400;

/// Gathers a little of every page until there is enough.
#[derive(Default)]
pub(crate) struct LanguageSample {
    text: String,
}

impl LanguageSample {
    /// Takes what it needs of a page.
    pub(crate) fn add(&mut self, text: &str) {
        if self.text.len() < IN_ALL {
            self.text
                .push_str(&text[..text.floor_char_boundary(PER_PAGE.min(text.len()))]);
            self.text.push('\n');
        }
    }

    /// The BCP 47 primary subtag, where the sample is long and clear enough.
    pub(crate) fn decide(&self) -> Option<&'static str> {
        let letters = letters_up_to(MANY_LETTERS, &self.text);
        if letters < MIN_LETTERS {
            return None;
        }
        let info = detect(&self.text)?;
        (info.is_reliable() || info.confidence() >= 0.5 || letters >= MANY_LETTERS)
            .then(|| subtag(info.lang()))
            .flatten()
    }
}

/// Tells the languages of a document's pages one after the other.
///
/// Most pages of a document are in one language, and telling it anew costs more than reading the page:
/// a page that is made of the same sequences of three letters as the pages before is in their language.
#[derive(Default)]
pub(crate) struct PageLanguages {
    learned: Vec<Learned>,
}

/// The sequences of three letters on pages of one language.
struct Learned {
    language: &'static str,
    pages: u32,
    /// How often each was seen, by its hash, up to 255 times.
    seen: Vec<u8>,
}

/// From so many pages a language is learned, and then known.
const PAGES_TO_LEARN: u32 = 16;
const PAGES_TO_KNOW: u32 = 4;
/// How many languages are learned in one document.
const MAX_LEARNED: usize = 4;
/// A sequence is one of a language if it was seen so often,
const MIN_SEEN: u8 = 2;
/// …and a page is in it if so many of at least so many of its sequences are: pages of the same language
/// have nine in ten, those of its neighbours seven or eight.
const MIN_KNOWN_PERCENT: usize = 87;
const MIN_SEQUENCES: usize = 300;
const HASHES: usize = 1 << 16;

impl PageLanguages {
    /// The language of the next page, where it can be told reliably: by its script where only one
    /// language of schools is written in it, else by its words where there are enough.
    pub(crate) fn tell(&mut self, text: &str) -> Option<&'static str> {
        let sample = &text[..text.floor_char_boundary(PER_PAGE.min(text.len()))];
        let letters = letters_up_to(ENOUGH_LETTERS, sample);
        if letters < MIN_LETTERS {
            return None;
        }
        let sequences = sequences(sample);
        if let Some(known) = self.learned.iter().find(|learned| learned.knows(&sequences)) {
            return Some(known.language);
        }
        let language = tell_anew(sample, letters)?;
        self.learn(language, &sequences);
        Some(language)
    }

    fn learn(&mut self, language: &'static str, sequences: &[u16]) {
        let place = self
            .learned
            .iter()
            .position(|learned| learned.language == language);
        let learned = match place {
            Some(place) => &mut self.learned[place],
            None if self.learned.len() < MAX_LEARNED => {
                self.learned.push(Learned {
                    language,
                    pages: 0,
                    seen: vec![0; HASHES],
                });
                let last = self.learned.len() - 1;
                &mut self.learned[last]
            }
            None => return,
        };
        if learned.pages < PAGES_TO_LEARN {
            learned.pages += 1;
            for sequence in sequences {
                let seen = &mut learned.seen[usize::from(*sequence)];
                *seen = seen.saturating_add(1);
            }
        }
    }
}

impl Learned {
    fn knows(&self, sequences: &[u16]) -> bool {
        if self.pages < PAGES_TO_KNOW || sequences.len() < MIN_SEQUENCES {
            return false;
        }
        let known = sequences
            .iter()
            .filter(|sequence| self.seen[usize::from(**sequence)] >= MIN_SEEN)
            .count();
        known * 100 >= sequences.len() * MIN_KNOWN_PERCENT
    }
}

/// Hashes of each three letters in a row, words parted by one space.
fn sequences(text: &str) -> Vec<u16> {
    let mut sequences = Vec::with_capacity(text.len());
    let mut last = [u32::from(' '); 2];
    for c in text.chars() {
        let letter = match c {
            'A'..='Z' => c.to_ascii_lowercase(),
            // The alphabets that have capitals; what else there is counts as it stands.
            '\u{C0}'..='\u{58F}' => c.to_lowercase().next().unwrap_or(c),
            'a'..='z' | '\u{590}'..='\u{1FFF}' | '\u{2C00}'.. => c,
            _ => ' ',
        };
        let letter = u32::from(letter);
        if letter == u32::from(' ') && last[1] == letter {
            continue;
        }
        let mixed = (last[0].wrapping_mul(31) ^ last[1]).wrapping_mul(2_053) ^ letter;
        let [high, low, ..] = mixed.wrapping_mul(0x9E37_79B1).to_be_bytes();
        sequences.push(u16::from_be_bytes([high, low]));
        last = [last[1], letter];
    }
    sequences
}

/// How many letters there are; counting ends at `enough`.
fn letters_up_to(enough: usize, text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).take(enough).count()
}

fn tell_anew(sample: &str, letters: usize) -> Option<&'static str> {
    let info = detect(sample)?;
    // Scripts of several languages need more words to tell them apart.
    let alone = !matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari
    );
    let enough = alone || letters >= ENOUGH_LETTERS;
    (enough && info.is_reliable())
        .then(|| subtag(info.lang()))
        .flatten()
}

/// ISO 639-1 for an ISO 639-3 language.
fn subtag(language: Lang) -> Option<&'static str> {
    SUBTAGS
        .iter()
        .find(|(code, _)| *code == language.code())
        .map(|(_, subtag)| *subtag)
}

const SUBTAGS: [(&str, &str); 70] = [
    ("epo", "eo"),
    ("eng", "en"),
    ("rus", "ru"),
    ("cmn", "zh"),
    ("spa", "es"),
    ("por", "pt"),
    ("ita", "it"),
    ("ben", "bn"),
    ("fra", "fr"),
    ("deu", "de"),
    ("ukr", "uk"),
    ("kat", "ka"),
    ("ara", "ar"),
    ("hin", "hi"),
    ("jpn", "ja"),
    ("heb", "he"),
    ("yid", "yi"),
    ("pol", "pl"),
    ("amh", "am"),
    ("jav", "jv"),
    ("kor", "ko"),
    ("nob", "nb"),
    ("dan", "da"),
    ("swe", "sv"),
    ("fin", "fi"),
    ("tur", "tr"),
    ("nld", "nl"),
    ("hun", "hu"),
    ("ces", "cs"),
    ("ell", "el"),
    ("bul", "bg"),
    ("bel", "be"),
    ("mar", "mr"),
    ("kan", "kn"),
    ("ron", "ro"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("mkd", "mk"),
    ("lit", "lt"),
    ("lav", "lv"),
    ("est", "et"),
    ("tam", "ta"),
    ("vie", "vi"),
    ("urd", "ur"),
    ("tha", "th"),
    ("guj", "gu"),
    ("uzb", "uz"),
    ("pan", "pa"),
    ("aze", "az"),
    ("ind", "id"),
    ("tel", "te"),
    ("pes", "fa"),
    ("mal", "ml"),
    ("ori", "or"),
    ("mya", "my"),
    ("nep", "ne"),
    ("sin", "si"),
    ("khm", "km"),
    ("tuk", "tk"),
    ("aka", "ak"),
    ("zul", "zu"),
    ("sna", "sn"),
    ("afr", "af"),
    ("lat", "la"),
    ("slk", "sk"),
    ("cat", "ca"),
    ("tgl", "tl"),
    ("hye", "hy"),
    ("cym", "cy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn language(text: &str) -> Option<&'static str> {
        let mut sample = LanguageSample::default();
        sample.add(text);
        sample.decide()
    }

    #[test]
    fn common_languages_are_told_and_crumbs_are_not() {
        assert_eq!(
            language("ערימה היא עץ בינארי שבו כל צומת גדול משני בניו"),
            Some("he")
        );
        assert_eq!(
            language(
                "A heap is a binary tree in which every node is larger than both of its children, and the largest is on top."
            ),
            Some("en")
        );
        assert_eq!(
            language("Куча это двоичное дерево, в котором каждый узел больше своих детей"),
            Some("ru")
        );
        assert_eq!(
            language(
                "堆是一种特殊的完全二叉树，其中每个节点的值都大于或等于其子节点的值。堆常用于优先队列。"
            ),
            Some("zh")
        );
        assert_eq!(language("x = 1"), None);
    }

    #[test]
    fn pages_in_other_languages_are_told_among_many_in_one() {
        let english = "The students of this course learn how a system of linear equations in several unknowns is \
            solved. First the method of addition is shown, and then that of substitution. Both methods lead to the \
            same result, but one of them is quicker than the other for some exercises. Always check in the end \
            whether the values that were found solve all of the equations.";
        let german = "Die Schülerinnen und Schüler lernen in diesem Kapitel, wie man lineare Gleichungssysteme mit \
            mehreren Unbekannten löst. Zunächst wird das Additionsverfahren vorgestellt, danach das \
            Einsetzungsverfahren. Beide Verfahren führen zum selben Ergebnis, doch je nach Aufgabe ist eines von \
            ihnen schneller. Überprüfe am Ende immer, ob die gefundenen Werte wirklich alle Gleichungen erfüllen.";
        let mut languages = PageLanguages::default();
        for _ in 0..30 {
            assert_eq!(languages.tell(english), Some("en"));
        }
        assert_eq!(languages.learned[0].pages, PAGES_TO_KNOW);
        assert_eq!(languages.tell(german), Some("de"));
        assert_eq!(languages.tell("x = 1"), None);
    }
}
