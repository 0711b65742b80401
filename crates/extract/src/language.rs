//! Which language most of a text is in.
use std::collections::BTreeMap;
use whatlang::{Lang, Script, detect};

/// What of each page is looked at, in bytes.
const PER_PAGE: usize = 3_000;
/// How long one piece of a sample is, in bytes, and how many are kept of each script.
const PIECE: usize = 1_000;
const PIECES: usize = 64;
/// How much of them all the language is told from, in bytes: more makes nothing clearer.
const SAMPLE: usize = 12_000;
/// How many letters of an alphabet one sign is worth that stands for a syllable or a word.
const SIGN: u64 = 3;
/// Fewer letters than this tell nothing,
const MIN_LETTERS: usize = 24;
/// …so many are enough where several languages share a script,
const ENOUGH_LETTERS: usize = 60;
/// …and with so many even a close decision is taken of running text, and a clear one of headings and cells.
const MANY_LETTERS: usize = 400;

/// Counts the letters of all pages by their scripts, and gathers pieces of each script's words from
/// all over the file, so that neither a foreword nor quotations decide.
#[derive(Default)]
pub(crate) struct LanguageSample {
    scripts: BTreeMap<Writing, Share>,
}

impl LanguageSample {
    /// Takes what it needs of a page.
    pub(crate) fn add(&mut self, text: &str) {
        let (mut latin, mut latin_letters) = (String::new(), 0);
        let mut pieces: BTreeMap<Writing, String> = BTreeMap::new();
        for word in text.split_whitespace() {
            // Most words of most files, and told quickly.
            if word.is_ascii() {
                let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
                latin_letters += letters as u64;
                if letters > 0 {
                    keep_word(word, &mut latin);
                }
                continue;
            }
            let mut counted: Option<(Writing, u64)> = None;
            for (writing, letters) in runs(word) {
                self.scripts.entry(writing).or_default().letters += letters * writing.weight();
                if counted.is_none_or(|(_, most)| letters > most) {
                    counted = Some((writing, letters));
                }
            }
            match counted {
                Some((Writing::Latin, _)) => keep_word(word, &mut latin),
                Some((writing, _)) => keep_word(word, pieces.entry(writing).or_default()),
                None => {}
            }
        }
        if !latin.is_empty() {
            self.scripts.entry(Writing::Latin).or_default().letters += latin_letters;
            pieces.insert(Writing::Latin, latin);
        }
        for (writing, piece) in pieces {
            self.scripts.entry(writing).or_default().keep(piece);
        }
    }

    /// The BCP 47 primary subtag of the language that most of the file is in, where the sample is long
    /// and clear enough. Of names and the cells of tables no language is guessed.
    pub(crate) fn decide(&self) -> Option<&'static str> {
        let most = self.scripts.values().max_by_key(|share| share.letters)?;
        let sample = most.sample();
        let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
        if letters < MIN_LETTERS {
            return None;
        }
        let info = detect(&sample)?;
        let close = letters >= MANY_LETTERS || (letters >= ENOUGH_LETTERS && info.confidence() >= 0.5);
        let told = if is_running_text(&sample) {
            info.is_reliable() || close
        } else {
            info.is_reliable() && letters >= MANY_LETTERS
        };
        told.then(|| subtag(info.lang())).flatten()
    }
}

/// Whether most words begin with a small letter, as they do in what is written in sentences; true of scripts that
/// have no capitals.
fn is_running_text(sample: &str) -> bool {
    let words = sample.split_whitespace();
    let (mut small, mut capital) = (0_usize, 0_usize);
    for first in words.filter_map(|word| word.chars().find(|c| c.is_alphabetic())) {
        small += usize::from(first.is_lowercase());
        capital += usize::from(first.is_uppercase());
    }
    small >= capital
}

/// Adds a word to a piece that is not long enough.
fn keep_word(word: &str, piece: &mut String) {
    if piece.len() < PIECE {
        piece.push_str(&word[..word.floor_char_boundary(PIECE.min(word.len()))]);
        piece.push(' ');
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
    /// As much of every piece as makes a sample that is long enough and not longer.
    fn sample(&self) -> String {
        let length = SAMPLE / self.pieces.len().max(1);
        let beginnings = self
            .pieces
            .iter()
            .map(|piece| &piece[..piece.floor_char_boundary(length.min(piece.len()))]);
        beginnings.collect::<Vec<_>>().join("\n")
    }

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
        // Most letters of the most used scripts need no looking up.
        match letter {
            '\u{410}'..='\u{44F}' => return Some(Self::Cyrillic),
            '\u{5D0}'..='\u{5EA}' => return Some(Self::Hebrew),
            '\u{620}'..='\u{64A}' => return Some(Self::Arabic),
            '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FA5}' => {
                return Some(Self::Han);
            }
            _ if !letter.is_alphabetic() => return None,
            _ => {}
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
    let is_told = || is_running_text(sample) || letters_up_to(MANY_LETTERS, sample) >= MANY_LETTERS;
    let enough = alone || letters >= ENOUGH_LETTERS && is_told();
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
    fn no_language_is_guessed_of_names_and_tables() {
        let elements = "Element Symbol Number Hydrogen H 1 Helium He 2 Lithium Li 3 Beryllium Be 4 Boron B 5 \
            Carbon C 6 Nitrogen N 7 Oxygen O 8 Fluorine F 9 Neon Ne 10 Sodium Na 11 Magnesium Mg 12 Aluminium Al 13 \
            Silicon Si 14 Phosphorus P 15 Sulfur S 16 Chlorine Cl 17 Argon Ar 18 Potassium K 19 Calcium Ca 20 \
            Scandium Sc 21 Titanium Ti 22 Vanadium V 23 Chromium Cr 24 Manganese Mn 25 Iron Fe 26 Cobalt Co 27";
        let names =
            "Anna Ben Clara David Emma Felix Greta Hannah Ida Jonas Karl Lena Moritz Nora Oskar Paula ";
        assert_eq!(language(elements), None);
        assert_eq!(language(names), None);
        assert_eq!(language(&names.repeat(8)), None);
        assert_eq!(
            language("Name Score Anna 12 Ben 14 Clara 17 David 9 Total 52"),
            None
        );
        assert_eq!(PageLanguages::default().tell(elements), None);
        // Sentences are told, however short.
        assert_eq!(
            language("We are walking home along the river and the dogs are running."),
            Some("en")
        );
        assert_eq!(
            language("Los alumnos leen el capítulo cuatro para el lunes."),
            Some("es")
        );
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
