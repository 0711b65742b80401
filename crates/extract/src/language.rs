//! Which language most of a text is in.
use whatlang::{Lang, Script, detect};

/// What of each page and of all pages is looked at, in bytes.
const PER_PAGE: usize = 3_000;
const IN_ALL: usize = 60_000;
/// Fewer letters than this tell nothing.
const MIN_LETTERS: usize = 24;

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
        let letters = self.text.chars().filter(|c| c.is_alphabetic()).count();
        if letters < MIN_LETTERS {
            return None;
        }
        let info = detect(&self.text)?;
        (info.is_reliable() || info.confidence() >= 0.5 || letters >= 400)
            .then(|| subtag(info.lang()))
            .flatten()
    }
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
}
