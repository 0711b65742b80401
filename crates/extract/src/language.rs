//! Which language most of a text is in.
use std::collections::BTreeMap;
use whatlang::{Lang, Script, detect};

/// What of each page is looked at, in bytes.
const PER_PAGE: usize = 3_000;
/// How long one piece of a sample is, in bytes, and how many are kept of each script.
const PIECE: usize = 1_000;
const PIECES: usize = 64;
/// Fewer letters than this tell nothing.
const MIN_LETTERS: usize = 24;
/// How many letters of an alphabet one sign is worth that stands for a syllable or a word.
const SIGN: u64 = 3;

/// Counts the letters of all pages by their scripts, and gathers pieces of each script's words from
/// all over the file, so that neither a foreword nor quotations decide.
#[derive(Default)]
pub(crate) struct LanguageSample {
    scripts: BTreeMap<Writing, Share>,
}

impl LanguageSample {
    /// Takes what it needs of a page.
    pub(crate) fn add(&mut self, text: &str) {
        let mut pieces: BTreeMap<Writing, String> = BTreeMap::new();
        for word in text.split_whitespace() {
            let mut counted: Option<(Writing, u64)> = None;
            for (writing, letters) in runs(word) {
                self.scripts.entry(writing).or_default().letters += letters * writing.weight();
                if counted.is_none_or(|(_, most)| letters > most) {
                    counted = Some((writing, letters));
                }
            }
            let Some((writing, _)) = counted else { continue };
            let piece = pieces.entry(writing).or_default();
            if piece.len() < PIECE {
                piece.push_str(&word[..word.floor_char_boundary(PIECE.min(word.len()))]);
                piece.push(' ');
            }
        }
        for (writing, piece) in pieces {
            self.scripts.entry(writing).or_default().keep(piece);
        }
    }

    /// The BCP 47 primary subtag of the language that most of the file is in, where the sample is long
    /// and clear enough.
    pub(crate) fn decide(&self) -> Option<&'static str> {
        let most = self.scripts.values().max_by_key(|share| share.letters)?;
        let sample = most.pieces.join("\n");
        let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
        if letters < MIN_LETTERS {
            return None;
        }
        let info = detect(&sample)?;
        (info.is_reliable() || info.confidence() >= 0.5 || letters >= 400)
            .then(|| subtag(info.lang()))
            .flatten()
    }
}

/// What is known of one script.
#[derive(Default)]
struct Share {
    letters: u64,
    pieces: Vec<String>,
    /// Of so many pieces that come, one is kept.
    stride: usize,
    /// Pieces that came since the last one was kept.
    passed: usize,
}

impl Share {
    /// Keeps pieces at equal distances: when there are too many, every other one goes.
    fn keep(&mut self, piece: String) {
        self.passed += 1;
        if self.passed < self.stride {
            return;
        }
        self.passed = 0;
        self.pieces.push(piece);
        if self.pieces.len() >= PIECES {
            let mut place = 0;
            self.pieces.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride = self.stride.max(1) * 2;
        }
    }
}

/// Scripts as far as they tell languages apart, by their blocks in Unicode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Writing {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    /// Chinese characters and both Kana: no language is told from a part of them.
    Han,
    Hangul,
    /// Any other, by its block of 128 signs.
    Block(u32),
}

impl Writing {
    fn of(letter: char) -> Option<Self> {
        if letter.is_ascii() {
            return letter.is_ascii_alphabetic().then_some(Self::Latin);
        }
        if !letter.is_alphabetic() {
            return None;
        }
        Some(match u32::from(letter) {
            0x00AA..=0x024F | 0x1E00..=0x1EFF | 0xFB00..=0xFB06 | 0xFF21..=0xFF5A => Self::Latin,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Self::Greek,
            0x0400..=0x052F => Self::Cyrillic,
            0x0590..=0x05FF | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => {
                Self::Arabic
            }
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => Self::Hangul,
            0x3005..=0x30FF
            | 0x31F0..=0x31FF
            | 0x3400..=0x9FFF
            | 0xF900..=0xFAFF
            | 0xFF66..=0xFF9F
            | 0x2_0000..=0x3_FFFF => Self::Han,
            other => Self::Block(other >> 7),
        })
    }

    const fn weight(self) -> u64 {
        match self {
            Self::Han | Self::Hangul => SIGN,
            _ => 1,
        }
    }
}

/// Letters that follow each other in one script, and how many.
fn runs(word: &str) -> impl Iterator<Item = (Writing, u64)> {
    let mut letters = word.chars().filter_map(Writing::of).peekable();
    std::iter::from_fn(move || {
        let writing = letters.next()?;
        let mut count = 1;
        while letters.next_if_eq(&writing).is_some() {
            count += 1;
        }
        Some((writing, count))
    })
}

/// The language of one page, where it can be told reliably: by its script where only one language
/// of schools is written in it, else by its words where there are enough.
pub(crate) fn page_language(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(PER_PAGE.min(text.len()))];
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    if letters < MIN_LETTERS {
        return None;
    }
    let info = detect(sample)?;
    // Scripts of several languages need more words to tell them apart.
    let alone = !matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari
    );
    let enough = alone || letters >= 60;
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

    const JAPANESE: &str =
        "ヒープは二分木の一種であり、各節点の値はその子の値より小さくない。最大の値は根にある。";
    const ENGLISH: &str = "Every node is larger than both of its children. ";

    #[test]
    fn a_book_is_in_the_language_of_most_of_its_pages_whatever_the_first_ones_and_quotations_are() {
        let mut book = LanguageSample::default();
        for _ in 0..5 {
            book.add(&ENGLISH.repeat(40));
        }
        for _ in 0..170 {
            // More Latin letters than Japanese signs, as in books on programming.
            book.add(&format!("{JAPANESE} {} {JAPANESE}", ENGLISH.repeat(3)));
        }
        assert_eq!(book.decide(), Some("ja"));
        let mut book = LanguageSample::default();
        for _ in 0..200 {
            book.add(&format!("{} {JAPANESE}", ENGLISH.repeat(20)));
        }
        assert_eq!(book.decide(), Some("en"));
    }

    #[test]
    fn a_foreword_in_the_same_script_does_not_decide() {
        let mut book = LanguageSample::default();
        for _ in 0..40 {
            book.add(&ENGLISH.repeat(40));
        }
        for _ in 0..400 {
            book.add(
                &"Cada nodo es mayor que sus dos hijos y el mayor de todos está en la raíz. ".repeat(30),
            );
        }
        assert_eq!(book.decide(), Some("es"));
    }

    #[test]
    fn a_sample_stays_small() {
        let mut book = LanguageSample::default();
        for _ in 0..5_000 {
            book.add(&ENGLISH.repeat(100));
        }
        let kept: usize = book
            .scripts
            .values()
            .flat_map(|share| &share.pieces)
            .map(String::len)
            .sum();
        assert!(
            (PIECE * PIECES / 4..=PIECE * PIECES * 2).contains(&kept),
            "{kept}"
        );
    }
}
