//! The scripts that Tesseract tells apart, and which of them its trained languages are written in.

/// A script, or a group of them that Tesseract tells as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Arabic,
    Armenian,
    Bengali,
    CanadianAboriginal,
    Cherokee,
    Cyrillic,
    Devanagari,
    Ethiopic,
    Georgian,
    Greek,
    Gujarati,
    Gurmukhi,
    Han,
    Hebrew,
    Japanese,
    Kannada,
    Khmer,
    Korean,
    Lao,
    Malayalam,
    Myanmar,
    Oriya,
    Sinhala,
    Syriac,
    Tamil,
    Telugu,
    Thaana,
    Thai,
    Tibetan,
}

/// What is known of a script.
struct About {
    script: Script,
    /// What it is called in reports of `--psm 0`, and in names of models for a whole script.
    names: &'static [&'static str],
    /// What is written in it, by Tesseract's names; what is nowhere here is Latin.
    languages: &'static [&'static str],
    /// Its letters, from the first to the last of each range.
    letters: &'static [(char, char)],
}

const TABLE: &[About] = &[
    About {
        script: Script::Latin,
        names: &["Latin", "Fraktur", "Vietnamese"],
        languages: &[],
        letters: &[
            ('A', 'Z'),
            ('a', 'z'),
            ('\u{C0}', '\u{24F}'),
            ('\u{1E00}', '\u{1EFF}'),
        ],
    },
    About {
        script: Script::Arabic,
        names: &["Arabic"],
        languages: &["ara", "fas", "kur_ara", "pus", "snd", "uig", "urd"],
        letters: &[
            ('\u{620}', '\u{6FF}'),
            ('\u{750}', '\u{77F}'),
            ('\u{FB50}', '\u{FDFF}'),
            ('\u{FE70}', '\u{FEFF}'),
        ],
    },
    About {
        script: Script::Armenian,
        names: &["Armenian"],
        languages: &["hye"],
        letters: &[('\u{531}', '\u{58F}')],
    },
    About {
        script: Script::Bengali,
        names: &["Bengali"],
        languages: &["asm", "ben"],
        letters: &[('\u{980}', '\u{9FF}')],
    },
    About {
        script: Script::CanadianAboriginal,
        names: &["Canadian_Aboriginal"],
        languages: &["iku"],
        letters: &[('\u{1400}', '\u{167F}')],
    },
    About {
        script: Script::Cherokee,
        names: &["Cherokee"],
        languages: &["chr"],
        letters: &[('\u{13A0}', '\u{13FF}')],
    },
    About {
        script: Script::Cyrillic,
        names: &["Cyrillic"],
        languages: &[
            "aze_cyrl", "bel", "bul", "kaz", "kir", "mkd", "mon", "rus", "srp", "tat", "tgk", "ukr",
            "uzb_cyrl",
        ],
        letters: &[('\u{400}', '\u{52F}')],
    },
    About {
        script: Script::Devanagari,
        names: &["Devanagari"],
        languages: &["bih", "hin", "mar", "nep", "san"],
        letters: &[('\u{900}', '\u{97F}')],
    },
    About {
        script: Script::Ethiopic,
        names: &["Ethiopic"],
        languages: &["amh", "tir"],
        letters: &[('\u{1200}', '\u{139F}')],
    },
    About {
        script: Script::Georgian,
        names: &["Georgian"],
        languages: &["kat", "kat_old"],
        letters: &[('\u{10A0}', '\u{10FF}')],
    },
    About {
        script: Script::Greek,
        names: &["Greek"],
        languages: &["ell", "grc"],
        letters: &[('\u{370}', '\u{3FF}'), ('\u{1F00}', '\u{1FFF}')],
    },
    About {
        script: Script::Gujarati,
        names: &["Gujarati"],
        languages: &["guj"],
        letters: &[('\u{A80}', '\u{AFF}')],
    },
    About {
        script: Script::Gurmukhi,
        names: &["Gurmukhi"],
        languages: &["pan"],
        letters: &[('\u{A00}', '\u{A7F}')],
    },
    About {
        script: Script::Han,
        names: &["Han", "HanS", "HanS_vert", "HanT", "HanT_vert"],
        languages: &["chi_sim", "chi_sim_vert", "chi_tra", "chi_tra_vert"],
        letters: &[('\u{3400}', '\u{9FFF}'), ('\u{F900}', '\u{FAFF}')],
    },
    About {
        script: Script::Hebrew,
        names: &["Hebrew"],
        languages: &["heb", "yid"],
        letters: &[('\u{5D0}', '\u{5FF}')],
    },
    About {
        script: Script::Japanese,
        names: &["Japanese", "Japanese_vert", "Hiragana", "Katakana"],
        languages: &["jpn", "jpn_vert"],
        letters: &[('\u{3040}', '\u{30FF}')],
    },
    About {
        script: Script::Kannada,
        names: &["Kannada"],
        languages: &["kan"],
        letters: &[('\u{C80}', '\u{CFF}')],
    },
    About {
        script: Script::Khmer,
        names: &["Khmer"],
        languages: &["khm"],
        letters: &[('\u{1780}', '\u{17FF}')],
    },
    About {
        script: Script::Korean,
        names: &["Korean", "Hangul", "Hangul_vert"],
        languages: &["kor", "kor_vert"],
        letters: &[('\u{1100}', '\u{11FF}'), ('\u{AC00}', '\u{D7AF}')],
    },
    About {
        script: Script::Lao,
        names: &["Lao"],
        languages: &["lao"],
        letters: &[('\u{E80}', '\u{EFF}')],
    },
    About {
        script: Script::Malayalam,
        names: &["Malayalam"],
        languages: &["mal"],
        letters: &[('\u{D00}', '\u{D7F}')],
    },
    About {
        script: Script::Myanmar,
        names: &["Myanmar"],
        languages: &["mya"],
        letters: &[('\u{1000}', '\u{109F}')],
    },
    About {
        script: Script::Oriya,
        names: &["Oriya"],
        languages: &["ori"],
        letters: &[('\u{B00}', '\u{B7F}')],
    },
    About {
        script: Script::Sinhala,
        names: &["Sinhala"],
        languages: &["sin"],
        letters: &[('\u{D80}', '\u{DFF}')],
    },
    About {
        script: Script::Syriac,
        names: &["Syriac"],
        languages: &["syr"],
        letters: &[('\u{700}', '\u{74F}')],
    },
    About {
        script: Script::Tamil,
        names: &["Tamil"],
        languages: &["tam"],
        letters: &[('\u{B80}', '\u{BFF}')],
    },
    About {
        script: Script::Telugu,
        names: &["Telugu"],
        languages: &["tel"],
        letters: &[('\u{C00}', '\u{C7F}')],
    },
    About {
        script: Script::Thaana,
        names: &["Thaana"],
        languages: &["div"],
        letters: &[('\u{780}', '\u{7BF}')],
    },
    About {
        script: Script::Thai,
        names: &["Thai"],
        languages: &["tha"],
        letters: &[('\u{E00}', '\u{E7F}')],
    },
    About {
        script: Script::Tibetan,
        names: &["Tibetan"],
        languages: &["bod", "dzo"],
        letters: &[('\u{F00}', '\u{FFF}')],
    },
];

impl Script {
    /// The one that a report names; `None` for those that are none, such as `Common`.
    pub(super) fn told(name: &str) -> Option<Self> {
        let told = TABLE.iter().find(|about| about.names.contains(&name));
        told.map(|about| about.script)
    }

    /// What a trained language or a model such as `script/Hebrew` reads. A model of a script that is not known
    /// here, and a language that is not, count as Latin.
    pub(super) fn of(language: &str) -> Self {
        let found = match language.strip_prefix("script/") {
            Some(name) => Self::told(name),
            None => TABLE
                .iter()
                .find(|about| about.languages.contains(&language))
                .map(|about| about.script),
        };
        found.unwrap_or(Self::Latin)
    }

    /// The one that a letter belongs to; `None` for figures and signs, and for letters of no script here.
    pub(super) fn of_letter(letter: char) -> Option<Self> {
        let has = |about: &&About| {
            about
                .letters
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&letter))
        };
        TABLE.iter().find(has).map(|about| about.script)
    }

    /// One with much the same letters, which a page of it may be taken for.
    pub(super) const fn kin(self) -> Option<Self> {
        match self {
            Self::Han => Some(Self::Japanese),
            Self::Japanese => Some(Self::Han),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_scripts() {
        for (language, script) in [
            ("eng", Script::Latin),
            ("vie", Script::Latin),
            ("deu_latf", Script::Latin),
            ("srp_latn", Script::Latin),
            ("srp", Script::Cyrillic),
            ("aze", Script::Latin),
            ("aze_cyrl", Script::Cyrillic),
            ("yid", Script::Hebrew),
            ("fas", Script::Arabic),
            ("chi_tra_vert", Script::Han),
            ("jpn_vert", Script::Japanese),
            ("kor", Script::Korean),
            ("script/Hebrew", Script::Hebrew),
            ("script/HanS", Script::Han),
            ("script/Fraktur", Script::Latin),
            ("our_own_letters", Script::Latin),
        ] {
            assert_eq!(Script::of(language), script, "{language}");
        }
        assert_eq!(Script::told("Hangul"), Some(Script::Korean));
        assert_eq!(Script::told("Common"), None);
    }

    #[test]
    fn letters_are_known_by_their_scripts() {
        for (letter, script) in [
            ('e', Some(Script::Latin)),
            ('ß', Some(Script::Latin)),
            ('ж', Some(Script::Cyrillic)),
            ('ש', Some(Script::Hebrew)),
            ('ﷺ', Some(Script::Arabic)),
            ('学', Some(Script::Han)),
            ('カ', Some(Script::Japanese)),
            ('7', None),
            ('.', None),
        ] {
            assert_eq!(Script::of_letter(letter), script, "{letter}");
        }
    }

    #[test]
    fn no_name_stands_for_two_scripts() {
        let mut names: Vec<&str> = TABLE
            .iter()
            .flat_map(|about| about.names.iter().chain(about.languages).copied())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
