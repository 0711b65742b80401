//! Texts of DOS and of the first Macintosh, which no guess for the web knows and which it takes for anything else.
//!
//! They are told where their letters make words of a language that was written so, while in what is guessed the
//! same bytes are marks and capitals within words; and DOS by the frames that it drew with letters.
use super::charset::Charset;
use super::frames;
use encoding_rs::{Encoding, IBM866, ISO_8859_15, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use std::cell::LazyCell;
use whatlang::Lang;

/// What is looked at.
const LOOKED_AT: usize = 64 << 10;
/// So many characters are enough to tell a language.
const LANGUAGE_OF: usize = 8_000;
/// Fewer letters tell nothing, nor do fewer that cannot be what was guessed…
const MIN_LETTERS: usize = 3;
const MIN_WRONG: usize = 2;
/// …or less than one in so many.
const WRONG_SHARE: usize = 8;
/// At most one in so many characters stands where it does not in these languages.
const ODD_SHARE: usize = 10;

/// An encoding, and the letters beyond ASCII of each language that was written in it.
struct Candidate {
    charset: Charset,
    is_of_dos: bool,
    alphabets: &'static [Alphabet],
    /// An encoding of the web for the same languages.
    modern: &'static Encoding,
}

/// Letters, and the languages that have no others beyond ASCII; of Icelandic, nothing else is known here.
type Alphabet = (&'static str, &'static [Lang]);

const WESTERN: &[Alphabet] = &[
    ("äöüß", &[Lang::Deu]),
    ("àâæçéèêëîïôœùûüÿ", &[Lang::Fra]),
    ("áéíñóúü", &[Lang::Spa]),
    ("àèéìîòóù", &[Lang::Ita]),
    ("áàâãçéêíóôõúü", &[Lang::Por]),
    ("àèéíòóúïüç", &[Lang::Cat]),
    ("åæøéè", &[Lang::Dan, Lang::Nob]),
    ("åäöé", &[Lang::Swe, Lang::Fin]),
    ("äõöü", &[Lang::Est]),
    ("éëïöüèêáó", &[Lang::Nld]),
    ("áðéíóúýþæö", &[]),
];
const CENTRAL: &[Alphabet] = &[
    ("áéíóöőúüű", &[Lang::Hun]),
    ("ąćęłńóśźż", &[Lang::Pol]),
    ("áčďéěíňóřšťúůýž", &[Lang::Ces]),
    ("áäčďéíĺľňóôŕšťúýž", &[Lang::Slk]),
    ("čćđšž", &[Lang::Hrv, Lang::Slv]),
];
const CYRILLIC: &[Alphabet] = &[
    ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", &[Lang::Rus]),
    ("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", &[Lang::Ukr]),
];

/// Of those that fit equally, the first is it.
const CANDIDATES: [Candidate; 6] = [
    Candidate {
        charset: Charset::DOS_WESTERN,
        is_of_dos: true,
        alphabets: WESTERN,
        modern: WINDOWS_1252,
    },
    Candidate {
        charset: Charset::DOS,
        is_of_dos: true,
        alphabets: WESTERN,
        modern: WINDOWS_1252,
    },
    Candidate {
        charset: Charset::Listed(MACINTOSH),
        is_of_dos: false,
        alphabets: WESTERN,
        modern: WINDOWS_1252,
    },
    Candidate {
        charset: Charset::DOS_CENTRAL_EUROPEAN,
        is_of_dos: true,
        alphabets: CENTRAL,
        modern: WINDOWS_1250,
    },
    Candidate {
        charset: Charset::Listed(IBM866),
        is_of_dos: true,
        alphabets: CYRILLIC,
        modern: WINDOWS_1251,
    },
    // It differs from what is guessed by a few letters.
    Candidate {
        charset: Charset::Listed(ISO_8859_15),
        is_of_dos: false,
        alphabets: &[("œÿ", &[Lang::Fra])],
        modern: WINDOWS_1252,
    },
];

/// The encoding of such a text; nothing where it is as likely what was guessed.
pub(super) fn tell(bytes: &[u8], guessed: &'static Encoding) -> Option<Charset> {
    let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
    if bytes.iter().filter(|byte| !byte.is_ascii()).count() < MIN_LETTERS {
        return None;
    }
    let is_framed = frames::are_drawn(bytes);
    if is_framed {
        let best = Fit::best(bytes, None, true).filter(Fit::is_clear);
        return Some(best.map_or(Charset::DOS, |fit| fit.candidate.charset));
    }
    let guess: Vec<char> = guessed.decode_without_bom_handling(bytes).0.chars().collect();
    let fit = Fit::best(bytes, Some(&guess), false)?;
    let told = fit.is_clear()
        && fit.letters >= MIN_LETTERS
        && fit.wrong >= MIN_WRONG
        && fit.wrong * WRONG_SHARE >= fit.letters
        && fit.is_likely();
    told.then_some(fit.candidate.charset)
}

/// How a text is in one encoding and one language.
struct Fit {
    candidate: &'static Candidate,
    text: Vec<char>,
    /// Letters of the language that stand where they may.
    letters: usize,
    /// Characters that do not.
    odd: usize,
    /// Characters of what was guessed that cannot stand where they do.
    wrong: usize,
    /// Whether the words as a whole are of one of its languages.
    is_of_language: bool,
}

impl Fit {
    /// That which fits best. Where it reads as the guess does, neither is compared.
    fn best(bytes: &[u8], guess: Option<&[char]>, of_dos: bool) -> Option<Self> {
        let mut best: Option<Self> = None;
        for candidate in &CANDIDATES {
            if of_dos && !candidate.is_of_dos {
                continue;
            }
            let text: Vec<char> = candidate.charset.decode(bytes).chars().collect();
            let aligned = guess.filter(|guess| guess.len() == text.len());
            let differs = |place: usize| aligned.is_none_or(|guess| guess[place] != text[place]);
            let places: Vec<usize> = (0..text.len())
                .filter(|place| !text[*place].is_ascii() && differs(*place))
                .collect();
            let wrong = guess.map_or(0, |guess| count_wrong(guess, aligned.map(|_| &places[..])));
            // Most that do not fit need no look at their words.
            let language = LazyCell::new(|| language(&text));
            for (alphabet, languages) in candidate.alphabets {
                let mut fit = Self {
                    candidate,
                    text: Vec::new(),
                    letters: 0,
                    odd: 0,
                    wrong,
                    is_of_language: false,
                };
                for place in &places {
                    match stand(&text, *place, alphabet) {
                        Stand::Letter => fit.letters += 1,
                        Stand::Mark => {}
                        Stand::Odd => fit.odd += 1,
                    }
                }
                fit.is_of_language = fit.letters >= MIN_LETTERS
                    && fit.is_clear()
                    && language.is_some_and(|language| languages.contains(&language));
                if best.as_ref().is_none_or(|best| fit.value() > best.value()) {
                    fit.text.clone_from(&text);
                    best = Some(fit);
                }
            }
        }
        best
    }

    fn value(&self) -> i64 {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX / 8);
        let of_language = if self.is_of_language { self.letters } else { 0 };
        count(self.letters) + count(of_language) - 3 * count(self.odd)
    }

    fn is_clear(&self) -> bool {
        self.odd * ODD_SHARE <= self.letters
    }

    /// Whether the same text in the encoding that the web has for its language would be guessed so.
    fn is_likely(&self) -> bool {
        let modern = self.candidate.modern;
        let text: String = self.text.iter().filter(|c| !frames::is_part(**c)).collect();
        let guessed = super::guess(&modern.encode(&text).0);
        // Some Hungarian is guessed to be Western.
        guessed == modern || guessed == WINDOWS_1252
    }
}

fn language(text: &[char]) -> Option<Lang> {
    let text: String = text.iter().take(LANGUAGE_OF).collect();
    Some(whatlang::detect(&text)?.lang())
}

/// How a character beyond ASCII stands in a text of a language.
enum Stand {
    Letter,
    Mark,
    Odd,
}

fn stand(text: &[char], place: usize, alphabet: &str) -> Stand {
    let c = text[place];
    let (before, after) = neighbours(text, place);
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let within_word = is_letter(before) && is_letter(after);
    if is_mark(c) || frames::is_part(c) {
        return if within_word && !joins_words(c) {
            Stand::Odd
        } else {
            Stand::Mark
        };
    }
    let small = c.to_lowercase().next().unwrap_or(c);
    let is_small = c == small;
    if !alphabet.contains(small)
        || (is_small && after.is_some_and(char::is_uppercase))
        || (!is_small && before.is_some_and(char::is_lowercase))
        || (is_latin(c) && place >= 2 && text[place - 2..place].iter().all(|c| !c.is_ascii()))
    {
        Stand::Odd
    } else if is_letter(before) || is_letter(after) {
        Stand::Letter
    } else {
        Stand::Mark
    }
}

/// How many characters cannot stand where they do, of those at some places or of all.
fn count_wrong(text: &[char], places: Option<&[usize]>) -> usize {
    match places {
        Some(places) => places.iter().filter(|place| is_wrong(text, **place)).count(),
        None => (0..text.len()).filter(|place| is_wrong(text, *place)).count(),
    }
}

fn is_wrong(text: &[char], place: usize) -> bool {
    let c = text[place];
    let (before, after) = neighbours(text, place);
    let is_ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if c.is_ascii() {
        false
    } else if matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | char::REPLACEMENT_CHARACTER) {
        true
    } else if !c.is_alphabetic() || matches!(c, 'ª' | 'º') {
        let is_combining = unicode_normalization::char::is_combining_mark(c);
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || is_latin(c));
        let opens = matches!(c, '„' | '‚' | '•' | 'ˆ');
        is_letter(before) && (opens || is_letter(after) && !joins_words(c)) && !is_combining
    } else if is_latin(c) || c >= '\u{2E80}' && [before, after].iter().flatten().any(|c| *c >= '\u{2E80}') {
        is_capital_within(c, before, after)
    } else if is_ascii(before) || is_ascii(after) {
        true
    } else {
        is_capital_within(c, before, after)
    }
}

/// Whether a capital stands in a word of small letters.
fn is_capital_within(c: char, before: Option<char>, after: Option<char>) -> bool {
    let goes_on_small = before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_lowercase);
    let ends_small = before.is_some_and(char::is_lowercase) && !after.is_some_and(char::is_uppercase);
    c.is_uppercase() && (goes_on_small || ends_small)
}

fn neighbours(text: &[char], place: usize) -> (Option<char>, Option<char>) {
    let before = place.checked_sub(1).map(|before| text[before]);
    (before, text.get(place + 1).copied())
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Marks that stand in any text.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '«' | '»'
            | '°'
            | '§'
            | '½'
            | '¼'
            | '¾'
            | '¿'
            | '¡'
            | 'ª'
            | 'º'
            | '²'
            | '³'
            | '±'
            | '·'
            | '×'
            | '÷'
    ) || matches!(
        c,
        '“' | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '–'
            | '—'
            | '…'
            | '•'
            | '†'
            | '€'
            | '£'
            | '©'
            | '®'
            | '™'
            | '\u{A0}'
    ) || joins_words(c)
}

/// Marks that stand between two letters.
fn joins_words(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '´' | '·' | '-' | '–' | '—' | '…' | '•' | '\u{AD}' | '\u{A0}'
    )
}
