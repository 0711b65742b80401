//! What each character is to words.
use super::fold::is_ignorable;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// Characters below are looked up; those above are rare.
const LOOKED_UP: u32 = 0x1_0000;

/// What a character is to words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a word.
    Letter,
    /// Of a script without spaces.
    Gram,
    /// Invisible inside a word.
    Ignorable,
    /// Between words.
    Gap,
}

/// A character's class, and what makes it a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nature {
    /// Its class.
    pub(super) class: Class,
    raised: bool,
    symbol: bool,
}

impl Nature {
    /// Whether a word ends between a character and this one.
    pub(super) fn parts_from(self, before: Self) -> bool {
        self.raised != before.raised || self.symbol || before.symbol
    }

    fn of(c: char) -> Self {
        Self {
            class: class(c),
            raised: is_raised(c),
            symbol: is_symbol(c),
        }
    }
}

/// The nature of a character. All of the first plane are worked out once: most of what scanning a text in
/// another script than Latin costs would be asking what its characters are.
pub(super) fn nature(c: char) -> Nature {
    static KNOWN: LazyLock<Box<[Nature]>> = LazyLock::new(|| {
        let all = (0..LOOKED_UP).map(|code| char::from_u32(code).unwrap_or('\0'));
        all.map(Nature::of).collect()
    });
    KNOWN.get(c as usize).copied().unwrap_or_else(|| Nature::of(c))
}

/// What a byte of ASCII is.
pub(super) fn ascii_class(byte: u8) -> Class {
    if byte.is_ascii_alphanumeric() {
        Class::Letter
    } else {
        Class::Gap
    }
}

/// What a character is to words, worked out.
fn class(c: char) -> Class {
    match c {
        _ if c.is_ascii() => ascii_class(c as u8),
        _ if is_ignorable(c) => Class::Ignorable,
        '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' // Thai
        | '\u{0E81}'..='\u{0ECD}' | '\u{0EDC}'..='\u{0EDF}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1780}'..='\u{17D3}' // Burmese, Khmer
        | '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{AC00}'..='\u{D7A3}' | '\u{FFA0}'..='\u{FFDC}' // Hangul
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}' // kana
        | '\u{2E80}'..='\u{2FD5}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' => Class::Gram, // Han
        _ if c.is_alphanumeric() || is_combining_mark(c) || is_symbol(c) => Class::Letter,
        _ => Class::Gap,
    }
}

/// Signs of mathematics and chemistry that are looked for by themselves: each is a word. Those that are written like
/// others (minus, slash, dots, bullets) and those that lists and texts use (arrows, ×) are none.
pub(super) fn is_symbol(c: char) -> bool {
    match c {
        '\u{2212}'
        | '\u{2215}'..='\u{2219}'
        | '\u{2223}'
        | '\u{2236}'
        | '\u{223C}'
        | '\u{22C5}'
        | '\u{22EE}'..='\u{22F1}' => false,
        '\u{2200}'..='\u{22FF}' | '⇌' | '⇒' | '⇔' | '⟂' | '⟨' | '⟩' => true,
        _ => false,
    }
}

/// What raised digits stand by: a power, or the number of a note.
pub(super) fn is_raised(c: char) -> bool {
    matches!(
        c,
        '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}' | '\u{2074}'..='\u{2079}'
    )
}
