//! Looser forms of a word, for the fields beside the exact ones: stems by language, Hebrew and
//! Arabic words without their one-letter prefixes and article.
use super::american::american;
use super::fold::fold;
use frostem::{Algorithm, Stemmer};
use std::collections::BTreeSet;

/// The script of a word, by its first letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Greek letters.
    Greek,
    /// Hebrew letters.
    Hebrew,
    /// Arabic letters, in any language.
    Arabic,
    /// Devanagari letters.
    Devanagari,
    /// Tamil letters.
    Tamil,
    /// Digits and everything else.
    Other,
}

impl Script {
    /// The script of the first character that is a letter.
    pub(crate) fn of(word: &str) -> Self {
        word.chars()
            .find(|c| c.is_alphabetic())
            .map_or(Self::Other, |c| match c {
                'a'..='z' | 'A'..='Z' | '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
                '\u{0400}'..='\u{052F}' => Self::Cyrillic,
                '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
                '\u{05D0}'..='\u{05F2}' | '\u{FB1D}'..='\u{FB4F}' => Self::Hebrew,
                '\u{0620}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{FB50}'..='\u{FEFC}' => Self::Arabic,
                '\u{0900}'..='\u{097F}' => Self::Devanagari,
                '\u{0B80}'..='\u{0BFF}' => Self::Tamil,
                _ => Self::Other,
            })
    }
}

/// The languages whose stems a page is indexed with, or a query is looked up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Languages(BTreeSet<String>);

impl Languages {
    /// Those of one page.
    pub(crate) fn of_page(language: Option<&str>) -> Self {
        Self(language.into_iter().map(str::to_owned).collect())
    }

    /// All that an index holds.
    pub(crate) fn of_index(languages: impl IntoIterator<Item = String>) -> Self {
        Self(languages.into_iter().collect())
    }

    /// The loose forms of a word, without doubles, at least one.
    pub(crate) fn forms(&self, lowered: &str, folded: &str) -> Vec<String> {
        let mut forms = Vec::with_capacity(2);
        let script = Script::of(lowered);
        match script {
            Script::Hebrew => hebrew_forms(folded, &mut forms),
            Script::Arabic => {
                forms.push(without_article(folded).to_owned());
                if !self
                    .0
                    .iter()
                    .all(|l| matches!(l.as_str(), "fa" | "ur" | "ps" | "ku"))
                    || self.0.is_empty()
                {
                    forms.push(stem(Algorithm::Arabic, lowered));
                }
            }
            Script::Cyrillic => forms.push(stem(Algorithm::Russian, lowered)),
            Script::Greek => forms.push(stem(Algorithm::Greek, lowered)),
            Script::Devanagari if self.may_be_hindi() => {
                // Folded first: the dot below is written or not.
                forms.push(without_hindi_ending(folded).to_owned());
            }
            Script::Tamil => forms.push(stem(Algorithm::Tamil, lowered)),
            Script::Latin => {
                forms.extend(self.latin().into_iter().map(|language| stem(language, lowered)));
                if self.0.contains("de") {
                    forms.extend(without_umlauts(folded));
                }
            }
            Script::Devanagari | Script::Other => {}
        }
        if forms.is_empty() {
            forms.push(folded.to_owned());
        }
        forms.sort_unstable();
        forms.dedup();
        forms
    }

    /// Whether Devanagari is not all of other languages, whose words have other endings.
    fn may_be_hindi(&self) -> bool {
        let other =
            |language: &String| matches!(language.as_str(), "mr" | "ne" | "sa" | "kok" | "mai" | "brx");
        self.0.contains("hi") || !self.0.iter().any(other)
    }

    /// Stemmers for Latin letters; English words stand in texts of every language.
    fn latin(&self) -> Vec<Algorithm> {
        let mut found: Vec<Algorithm> = self
            .0
            .iter()
            .filter_map(|language| latin_stemmer(language))
            .collect();
        let other_scripts = self
            .0
            .iter()
            .any(|language| latin_stemmer(language).is_none() && !is_unstemmed(language));
        if found.is_empty() && self.0.iter().all(|language| !is_unstemmed(language)) || other_scripts {
            found.push(Algorithm::English);
        }
        found
    }
}

/// Languages in Latin letters for which there is no stemmer.
fn is_unstemmed(language: &str) -> bool {
    matches!(
        language,
        "vi" | "pl" | "cs" | "sk" | "sl" | "hr" | "lt" | "lv" | "et" | "id" | "ms" | "sw" | "sq" | "la"
    )
}

fn latin_stemmer(language: &str) -> Option<Algorithm> {
    Some(match language {
        "en" => Algorithm::English,
        "da" => Algorithm::Danish,
        "nl" => Algorithm::Dutch,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "de" => Algorithm::German,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "es" => Algorithm::Spanish,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

fn stem(algorithm: Algorithm, lowered: &str) -> String {
    let stem = fold(&Stemmer::new(algorithm).stem(lowered));
    if algorithm == Algorithm::English {
        return american(stem);
    }
    stem
}

/// `ueber` for `über`, which is folded to `uber`.
fn without_umlauts(folded: &str) -> Option<String> {
    let shorter = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    (shorter != folded).then_some(shorter)
}

/// Ends the form of a Hebrew word without its ending, which is no word by itself.
pub(crate) const CUT: char = '*';
/// Endings of plural and gender, longest first.
const HEBREW_ENDINGS: [&str; 6] = ["יות", "ות", "ימ", "ית", "ת", "ה"];

/// The form that plural and singular share, if three letters remain.
fn without_ending(form: &str) -> String {
    let stem = HEBREW_ENDINGS
        .iter()
        .find_map(|ending| form.strip_suffix(ending))
        .filter(|rest| rest.chars().count() >= 3)
        .unwrap_or(form);
    format!("{stem}{CUT}")
}

/// Endings of number, gender and case, and of verbs, longest first: after A. Ramanathan and D. Rao, "A Lightweight
/// Stemmer for Hindi", 2003.
const HINDI_ENDINGS: [&[&str]; 5] = [
    &["ाएंगी", "ाएंगे", "ाऊंगी", "ाऊंगा"],
    &[
        "ाएगी",
        "ाएगा",
        "ाओगी",
        "ाओगे",
        "एंगी",
        "ेंगी",
        "एंगे",
        "ेंगे",
        "ूंगी",
        "ूंगा",
        "ातीं",
        "नाओं",
        "नाएं",
        "ताओं",
        "ताएं",
        "ियां",
        "ियों",
    ],
    &[
        "ाकर",
        "ाइए",
        "ाईं",
        "ाया",
        "ेगी",
        "ेगा",
        "ोगी",
        "ोगे",
        "ाने",
        "ाना",
        "ाते",
        "ाती",
        "ाता",
        "ाओं",
        "ाएं",
        "ुओं",
        "ुएं",
        "ुआं",
        "तीं",
    ],
    &[
        "कर", "ाओ", "िए", "ाई", "ाए", "ीं", "ां", "ों", "ें", "ने", "नी", "ना", "ते", "ती", "ता",
    ],
    &["ो", "े", "ू", "ु", "ी", "ि", "ा"],
];

/// The form that a word's endings share, if two letters remain. An ending that begins with a consonant
/// comes off behind a consonant only.
fn without_hindi_ending(folded: &str) -> &str {
    let is_consonant = |c: char| matches!(c, '\u{0915}'..='\u{0939}');
    let stem = |ending: &&str| {
        let rest = folded.strip_suffix(*ending)?;
        let fits = !ending.starts_with(is_consonant) || rest.ends_with(is_consonant);
        (fits && rest.chars().count() >= 2).then_some(rest)
    };
    HINDI_ENDINGS
        .iter()
        .flat_map(|endings| endings.iter())
        .find_map(stem)
        .unwrap_or(folded)
}

/// What is left of a Hebrew or Arabic word when its prefixes are taken off, letter by letter.
pub(crate) fn freed(folded: &str) -> Vec<String> {
    let mut forms = Vec::new();
    match Script::of(folded) {
        Script::Hebrew => hebrew_words(folded, &mut forms),
        Script::Arabic => forms.push(without_article(folded).to_owned()),
        _ => {}
    }
    forms.retain(|form| form != folded);
    forms
}

/// Whether words of this one's script are indexed without their prefixes too.
pub(crate) fn is_freed(folded: &str) -> bool {
    matches!(Script::of(folded), Script::Hebrew | Script::Arabic)
}

/// What stands before a form that is freed and is no mere stem; empty in scripts where a form is never one.
pub(crate) fn prefixes(form: &str) -> &'static [&'static str] {
    match Script::of(form) {
        Script::Arabic => &ARABIC_PREFIXES,
        _ => &[],
    }
}

/// The word, and what is left when the prefixes in their fixed order (ו, then ש or כש, then one of
/// ב כ ל מ, then ה) are taken off, as long as three letters remain.
fn hebrew_words(folded: &str, forms: &mut Vec<String>) {
    forms.push(folded.to_owned());
    let mut rest = folded;
    for prefixes in [&["ו"][..], &["כש", "ש"], &["ב", "כ", "ל", "מ"], &["ה"]] {
        let Some(shorter) = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix)) else {
            continue;
        };
        if shorter.chars().count() < 3 {
            break;
        }
        forms.push(shorter.to_owned());
        rest = shorter;
    }
}

/// The words of [`hebrew_words`], and each without its ending.
fn hebrew_forms(folded: &str, forms: &mut Vec<String>) {
    hebrew_words(folded, forms);
    let cut: Vec<String> = forms
        .iter()
        .filter(|form| form.chars().count() >= 3)
        .map(|form| without_ending(form))
        .collect();
    forms.extend(cut);
}

/// The article, with what may be written together with it.
const ARABIC_PREFIXES: [&str; 6] = ["وال", "بال", "كال", "فال", "لل", "ال"];

fn without_article(folded: &str) -> &str {
    ARABIC_PREFIXES
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix))
        .filter(|rest| rest.chars().count() >= 2)
        .unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(language: Option<&str>, word: &str) -> Vec<String> {
        let lowered = super::super::fold::lower(word);
        Languages::of_page(language).forms(&lowered, &fold(&lowered))
    }

    #[test]
    fn stems_by_language() {
        assert_eq!(forms(Some("en"), "Running"), ["run"]);
        assert_eq!(forms(None, "cats"), ["cat"]);
        assert_eq!(forms(Some("he"), "cats"), ["cat"]);
        assert_eq!(forms(Some("fr"), "écoles"), ["ecol"]);
        assert_eq!(forms(Some("ru"), "книги"), forms(Some("ru"), "книга"));
        assert_eq!(forms(Some("en"), "42"), ["42"]);
    }

    #[test]
    fn hebrew_prefixes_come_off_one_by_one() {
        assert!(forms(Some("he"), "והבית").contains(&"בית".to_owned()));
        assert!(forms(Some("he"), "כשהמורה").contains(&"מורה".to_owned()));
        assert_eq!(forms(Some("he"), "הוא"), ["הוא", "הוא*"]);
    }

    #[test]
    fn hebrew_plural_and_singular_meet() {
        let meet = |a: &str, b: &str| {
            let a = forms(Some("he"), a);
            forms(Some("he"), b).iter().any(|form| a.contains(form))
        };
        assert!(meet("מערכות", "מערכת") && meet("הספרים", "ספר") && !meet("ספר", "ספינה"));
    }

    #[test]
    fn german_umlauts_in_both_spellings() {
        let written = forms(Some("de"), "Mueller");
        assert!(written.contains(&"muller".to_owned()), "{written:?}");
    }

    #[test]
    fn hindi_endings_come_off_and_those_of_other_languages_stay() {
        assert_eq!(forms(Some("hi"), "विद्यार्थियों"), forms(Some("hi"), "विद्यार्थी"));
        assert_eq!(forms(Some("hi"), "पढ़ना"), forms(Some("hi"), "पढती"));
        assert_eq!(forms(None, "लड़कियाँ"), forms(None, "लड़की"));
        for language in ["mr", "ne"] {
            assert_eq!(forms(Some(language), "विद्यार्थी"), ["विद्यार्थी"]);
        }
    }

    #[test]
    fn arabic_article_comes_off() {
        assert!(forms(Some("ar"), "والكتاب").contains(&"كتاب".to_owned()));
    }
}
