//! Hebrew as DOS wrote it (code page 862), which no web standard knows and guessing takes for Cyrillic.

/// Fewer letters tell nothing.
const MIN_LETTERS: usize = 20;
/// What is looked at.
const LOOKED_AT: usize = 64 << 10;
/// The letters from alef to tav, those that end words among them.
const LETTERS: std::ops::RangeInclusive<u8> = 0x80..=0x9A;
/// Kaf, mem, nun, pe and tsadi at the end of a word.
const FINALS: [u8; 5] = [0x8A, 0x8D, 0x8F, 0x93, 0x95];

/// The frames of DOS.
const FRAMES: std::ops::RangeInclusive<u8> = 0xB0..=0xDF;

/// Whether these bytes are such text: none but frames beside them beyond ASCII, most letters Hebrew, and its final letters, of
/// which there are some, only where words end. In any other encoding, these stand anywhere.
pub(super) fn is_dos_hebrew(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
    if bytes
        .iter()
        .any(|byte| !byte.is_ascii() && !LETTERS.contains(byte) && !FRAMES.contains(byte))
    {
        return false;
    }
    let hebrew = bytes.iter().filter(|byte| LETTERS.contains(byte)).count();
    let latin = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let ends_word = |place: usize| bytes.get(place + 1).is_none_or(|next| !LETTERS.contains(next));
    let finals = (0..bytes.len()).filter(|place| FINALS.contains(&bytes[*place]));
    let (at_end, inside): (Vec<usize>, Vec<usize>) = finals.partition(|place| ends_word(*place));
    let starts_word = |place: &usize| *place == 0 || !LETTERS.contains(&bytes[*place - 1]);
    let alone = at_end.iter().filter(|place| starts_word(place)).count();
    hebrew >= MIN_LETTERS
        && hebrew > latin
        && at_end.len() * 40 > hebrew
        && inside.len() * 20 < at_end.len()
        && alone * 10 < at_end.len()
}

#[cfg(test)]
mod tests {
    use super::super::charset::Charset;
    use super::*;

    fn encode(text: &str) -> Vec<u8> {
        let byte = |c: char| match u32::from(c) {
            code @ 0x5D0..=0x5EA => u8::try_from(code - 0x5D0 + 0x80).unwrap(),
            code => u8::try_from(code).unwrap(),
        };
        text.chars().map(byte).collect()
    }

    #[test]
    fn hebrew_of_dos_is_told_by_its_final_letters() {
        let text = "התלמידים למדו על עצים בינאריים (heap) ועל אלגוריתמים למיון, ולכן הם מוכנים למבחן.";
        let bytes = encode(text);
        assert!(is_dos_hebrew(&bytes));
        assert_eq!(Charset::DOS_HEBREW.decode(&bytes), text);
    }

    #[test]
    fn other_encodings_are_none() {
        let russian = "КУЧА ТО ДВОИЧНОЕ ДЕРЕВО В КОТОРОМ УЗЕЛ ПЕРЕД УЗЛОМ И НИЧЕГО КРОМЕ НЕГО";
        let capitals: Vec<u8> = encoding_rs::IBM866.encode(russian).0.into_owned();
        assert!(!is_dos_hebrew(&capitals));
        let quoted = encoding_rs::WINDOWS_1252
            .encode("“He” said – ‘so’ – “and” … he was…")
            .0;
        assert!(!is_dos_hebrew(&quoted));
        let japanese = encoding_rs::SHIFT_JIS
            .encode("ヒープは、親の値が子の値より常に大きい木構造である。")
            .0;
        assert!(!is_dos_hebrew(&japanese));
        assert!(!is_dos_hebrew(b"plain") && !is_dos_hebrew(b""));
    }
}
