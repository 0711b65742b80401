//! Bytes as text: a mark decides, then valid UTF-8, then zeros where UTF-16 and UTF-32 have them,
//! then what the document says of itself, and at last what the bytes look like.
mod charset;
mod dos_hebrew;
mod frames;
mod old_computers;
mod tables;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

pub(crate) use charset::Charset;

/// What is looked at to guess an encoding.
const GUESSED_FROM: usize = 256 << 10;

/// The text of bytes in whichever encoding.
pub(crate) fn decode(bytes: &[u8], declared: Option<Charset>) -> Cow<'_, str> {
    if let Some(order) = utf_32_order(bytes) {
        return Cow::Owned(decode_utf_32(bytes, order));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if !bytes.contains(&0)
        && let Ok(text) = std::str::from_utf8(bytes)
        && !is_iso_2022(bytes)
    {
        return Cow::Borrowed(text);
    }
    let known = utf_16_order(bytes).map(Charset::from).or(declared);
    known.unwrap_or_else(|| tell(bytes)).decode(bytes)
}

/// Whether bytes with zeros in them are text in UTF-16 or UTF-32.
pub(crate) fn is_wide_text(bytes: &[u8]) -> bool {
    utf_32_order(bytes).is_some()
        || bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
        || utf_16_order(bytes).is_some()
}

#[derive(Clone, Copy)]
enum Order {
    Big,
    Little,
}

/// UTF-32 has a mark, or every fourth byte is zero and its neighbour never above 0x10.
fn utf_32_order(bytes: &[u8]) -> Option<Order> {
    if bytes.starts_with(b"\0\0\xFE\xFF") {
        return Some(Order::Big);
    }
    let head = &bytes[..bytes.len().min(4096)];
    let units = head.chunks_exact(4);
    if units.len() < 4 {
        return None;
    }
    let all = |order: Order| {
        units.clone().all(|unit| {
            let value = code(unit, order);
            value != 0 && char::from_u32(value).is_some()
        })
    };
    if all(Order::Little) {
        Some(Order::Little)
    } else if all(Order::Big) {
        Some(Order::Big)
    } else {
        None
    }
}

fn code(unit: &[u8], order: Order) -> u32 {
    let unit = [unit[0], unit[1], unit[2], unit[3]];
    match order {
        Order::Big => u32::from_be_bytes(unit),
        Order::Little => u32::from_le_bytes(unit),
    }
}

fn decode_utf_32(bytes: &[u8], order: Order) -> String {
    let codes = bytes.chunks_exact(4).map(|unit| code(unit, order));
    codes
        .map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| *c != '\u{FEFF}')
        .collect()
}

/// UTF-16 without a mark: valid throughout, with the zeros or spaces of every script on one side.
fn utf_16_order(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    if head.len() < 4 || !head.contains(&0) {
        return None;
    }
    let likely = |order: Order| {
        let units: Vec<u16> = head
            .chunks_exact(2)
            .map(|unit| match order {
                Order::Big => u16::from_be_bytes([unit[0], unit[1]]),
                Order::Little => u16::from_le_bytes([unit[0], unit[1]]),
            })
            .collect();
        let plain = units
            .iter()
            .filter(|unit| matches!(**unit, 0x20..=0x7E | 0x0A | 0x0D | 0x09))
            .count();
        let steering = units
            .iter()
            .any(|unit| *unit < 0x20 && !matches!(*unit, 0x09..=0x0D));
        let broken = char::decode_utf16(units.iter().copied())
            .filter(Result::is_err)
            .count();
        !steering && broken <= 1 && plain * 12 >= units.len()
    };
    match (likely(Order::Little), likely(Order::Big)) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// Japanese in seven bits, which is also valid UTF-8.
fn is_iso_2022(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(GUESSED_FROM)];
    head.windows(3)
        .any(|window| matches!(window, b"\x1B$B" | b"\x1B$@" | b"\x1B(J"))
}

/// What a text in an unknown encoding looks like.
fn tell(bytes: &[u8]) -> Charset {
    if dos_hebrew::is_dos_hebrew(bytes) {
        return Charset::DOS_HEBREW;
    }
    let guessed = guess(bytes);
    old_computers::tell(bytes, guessed).unwrap_or_else(|| guessed.into())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("שלום".as_bytes(), None), "שלום");
        assert_eq!(decode(b"\xFF\xFE\xE9\x05", None), "\u{5E9}");
        assert_eq!(decode(b"\xFE\xFF\x05\xE9", None), "\u{5E9}");
        assert_eq!(decode(b"caf\xE9 au lait", None), "café au lait");
    }

    #[test]
    fn wide_texts_need_no_mark() {
        for text in ["Plain words.\nAnd more", "שלום עולם, מה שלומך היום"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let four: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
            let marked = [
                b"\0\0\xFE\xFF".to_vec(),
                text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            ]
            .concat();
            for bytes in [little, big, four, marked] {
                assert!(is_wide_text(&bytes));
                assert_eq!(decode(&bytes, None), text);
            }
        }
        assert!(!is_wide_text(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"));
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        for (text, encoding) in [
            (
                "Куча это двоичное дерево, в котором каждый узел больше своих детей",
                encoding_rs::WINDOWS_1251,
            ),
            (
                "Куча это двоичное дерево, в котором каждый узел больше своих детей",
                encoding_rs::KOI8_R,
            ),
            (
                "ערימה היא עץ בינארי שבו כל צומת גדול משני בניו",
                encoding_rs::WINDOWS_1255,
            ),
            (
                "الكومة هي شجرة ثنائية تكون فيها كل عقدة أكبر من أبنائها",
                encoding_rs::WINDOWS_1256,
            ),
            (
                "堆是一种特殊的完全二叉树，其中每个节点的值都大于或等于其子节点的值。",
                encoding_rs::GB18030,
            ),
            (
                "堆積是一種特殊的完全二元樹，每個節點的值都大於或等於其子節點的值。",
                encoding_rs::BIG5,
            ),
            (
                "ヒープは、親の値が子の値より常に大きい木構造である。",
                encoding_rs::SHIFT_JIS,
            ),
            (
                "ヒープは、親の値が子の値より常に大きい木構造である。",
                encoding_rs::EUC_JP,
            ),
            (
                "ヒープは、親の値が子の値より常に大きい木構造である。",
                encoding_rs::ISO_2022_JP,
            ),
            ("힙은 모든 노드가 자식보다 큰 이진 트리이다.", encoding_rs::EUC_KR),
            (
                "Der Haufen ist ein Baum, größer als alle Söhne",
                encoding_rs::WINDOWS_1252,
            ),
        ] {
            let bytes = encoding.encode(text).0;
            assert_eq!(decode(&bytes, None), text, "{}", encoding.name());
        }
    }

    /// The same bytes for a text, of any table.
    fn encode(text: &str, charset: Charset) -> Vec<u8> {
        let byte = |c: char| {
            let mut bytes = (0..=u8::MAX).filter(|byte| charset.decode(&[*byte]).chars().eq([c]));
            bytes.next().unwrap_or_else(|| panic!("no {c}"))
        };
        text.chars().map(byte).collect()
    }

    fn of(number: i32) -> Charset {
        Charset::of_code_page(number).unwrap()
    }

    #[test]
    fn texts_of_dos_and_of_the_macintosh_are_told_by_their_words() {
        for (text, numbers) in [
            ("Grüße aus München", &[437, 850, 10000][..]),
            (
                "Für die Übung müssen alle Schüler größere Zahlen üben.",
                &[437, 850, 10000],
            ),
            ("L'élève a été très étonné par la leçon.", &[437, 850, 10000]),
            (
                "Los niños están en la escuela también mañana, después de la lección más fácil del año",
                &[437, 850, 10000],
            ),
            (
                "Perché la lezione è già finita, però più tardi può",
                &[850, 10000],
            ),
            ("A lição não é só para os alunos, mas também", &[850, 10000]),
            (
                "Læreren gav børnene en ny bog på skolen i går, også små øvelser",
                &[850],
            ),
            (
                "Läraren gav barnen en övning på skolan så att de lär",
                &[437, 850, 10000],
            ),
            ("A tanuló megírta a következő feladatot, és őrült gyűjtő", &[852]),
            ("Uczeń napisał następujące zadanie, ponieważ łatwe", &[852]),
            ("Žáci napsali cvičení a příklad je těžký, když ještě", &[852]),
        ] {
            for number in numbers {
                assert_eq!(decode(&encode(text, of(*number)), None), text, "{number}");
            }
        }
        let latin_9 = "Le cœur de ma sœur: l'œuvre, un bœuf, des vœux à 5 €";
        assert_eq!(decode(&encode(latin_9, of(28605)), None), latin_9);
    }

    #[test]
    fn frames_tell_texts_of_dos_whatever_is_in_them() {
        let english = "╔══════╗\r\n║ Menu ║\r\n╚══════╝";
        let german = "┌──────────┐\r\n│ Übung 1  │\r\n└──────────┘";
        let hebrew = "╔═══════════╗\n התלמידים למדו על עצים בינאריים ועל אלגוריתמים למיון, ולכן הם מוכנים";
        let russian = "┌──────────┐\r\n│ Привет, это меню │\r\n└──────────┘";
        for (text, number) in [(english, 437), (german, 850), (hebrew, 862), (russian, 866)] {
            assert_eq!(decode(&encode(text, of(number)), None), text, "{number}");
        }
    }

    #[test]
    fn texts_of_windows_and_of_the_web_stay_what_they_are() {
        for (text, numbers) in [
            ("“Well,” he said – ‘so’ – “and”… he wasn’t—is he?", &[1252][..]),
            ("„Grüße“, sagte er – „für’s Öl“ … 5 €", &[1252]),
            ("L’élève a été « très » étonné… par la leçon: l’été", &[1252]),
            ("Straße", &[1252]),
            ("El niño comió piña", &[1252]),
            (
                "Uczeń napisał następujące zadanie, ponieważ łatwe",
                &[1250, 28592],
            ),
            (
                "Žáci napsali cvičení a příklad je těžký, když ještě",
                &[1250, 28592],
            ),
            ("Škola i učenje: što će žena reći", &[1250, 28592]),
            ("A tanuló megírta a következő feladatot, és őrült", &[1250, 28592]),
            ("Öğrenciler sınıfta ağaçları öğrendi, çünkü şimdi", &[1254]),
            (
                "Сегодня я читаю главу о деревьях, и вся моя семья",
                &[1251, 866, 20866],
            ),
            ("Ο μαθητής διάβασε το κεφάλαιο για τα δέντρα", &[1253, 28597]),
            ("התלמידים למדו על עצים בינאריים ועל מיון", &[1255]),
            ("الكومة هي شجرة ثنائية تكون فيها كل عقدة", &[1256]),
            ("Mokiniai perskaitė skyrių apie medžius šiandien", &[1257]),
        ] {
            for number in numbers {
                let bytes = encode(text, of(*number));
                assert!(
                    old_computers::tell(&bytes, guess(&bytes)).is_none(),
                    "{number} {text}"
                );
            }
        }
    }
}
