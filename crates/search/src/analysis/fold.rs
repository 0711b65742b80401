//! One spelling for what people type in several: compatibility forms, case, accents, Hebrew points
//! and final letters, Arabic marks and letter variants. Knows nothing about word boundaries.
use unicode_normalization::UnicodeNormalization;

/// NFKC and lower case; accents stay, because stemmers want them.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().collect::<String>().to_lowercase().nfc().collect()
}

/// The form that is compared: [`lower`] without accents and with one form for each letter.
pub(crate) fn fold(lowered: &str) -> String {
    if lowered.is_ascii() {
        return lowered.to_owned();
    }
    let mut folded = String::with_capacity(lowered.len());
    for c in lowered.nfkd().filter(|c| !is_dropped(*c)) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            other => folded.push(plain(other)),
        }
    }
    let folded = folded.nfc().collect::<String>();
    if folded.contains(VIRAMA) {
        return with_anusvara(&folded);
    }
    folded
}

const VIRAMA: char = '\u{94D}';

/// Devanagari writes a nasal before a consonant of its own row as a letter or as a dot; here always as the dot.
fn with_anusvara(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let row = match c {
            'ङ' => 'क'..='घ',
            'ञ' => 'च'..='झ',
            'ण' => 'ट'..='ढ',
            'न' => 'त'..='ध',
            'म' => 'प'..='भ',
            _ => {
                written.push(c);
                continue;
            }
        };
        let mut ahead = rest.clone();
        if ahead.next() == Some(VIRAMA) && ahead.next().is_some_and(|next| row.contains(&next)) {
            written.push('ं');
            rest.next();
        } else {
            written.push(c);
        }
    }
    written
}

/// Marks that do not distinguish words, and letters that only stretch or join.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' // accents
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}'
        | '\u{093C}' | '\u{09BC}' | '\u{0A3C}' | '\u{0ABC}' | '\u{0B3C}' | '\u{0CBC}' // nukta
        | '\'' | '"' | '\u{2019}' | '\u{05F3}' | '\u{05F4}')
        || is_ignorable(c)
}

/// Characters that are invisible inside a word.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

fn plain(c: char) -> char {
    match c {
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ı' => 'i',
        'ħ' => 'h',
        'ς' => 'σ',
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        'ى' | 'ی' | 'ې' => 'ي',
        'ک' => 'ك',
        'ة' | 'ھ' | 'ہ' | 'ۀ' | 'ە' => 'ه',
        'ٱ' => 'ا',
        'ँ' => 'ं',
        digit @ ('٠'..='٩') => ascii_digit(digit, '٠'),
        digit @ ('۰'..='۹') => ascii_digit(digit, '۰'),
        digit @ ('०'..='९') => ascii_digit(digit, '०'),
        digit @ ('๐'..='๙') => ascii_digit(digit, '๐'),
        other => other,
    }
}

fn ascii_digit(digit: char, zero: char) -> char {
    char::from_digit(u32::from(digit) - u32::from(zero), 10).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(&lower(text)), expected, "{text}");
    }

    #[test]
    fn one_form_for_each_word() {
        check("École", "ecole");
        check("ＡＢＣ ﬁn", "abc fin");
        check("Straße", "strasse");
        check("İstanbul", "istanbul");
        check("שָׁלוֹם", "שלומ");
        check("مُعَلِّم", "معلم");
        check("أحمد إلى مدرســة", "احمد الي مدرسه");
        check("ΛΌΓΟΣ", "λογοσ");
        check("x²", "x2");
        check("٢٠٢٥", "2025");
        check("ज़रूर हँस", "जरूर हंस");
        check("हिन्दी सम्बन्ध अन्न", "हिंदी संबंध अन्न");
        check("가", "가");
        check("が", "が");
    }
}
