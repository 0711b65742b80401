//! Encodings by the names and numbers that documents have for them: those of the web's standard, and those of DOS
//! and of the Macintosh that it does not list.
use super::tables::{
    CP437, CP850, CP852, CP855, CP858, CP860, CP862, CP863, CP865, MAC_CENTRAL_EUROPE, Table,
};
use encoding_rs::Encoding;
use std::borrow::Cow;

/// How bytes are characters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Charset {
    /// In the web's standard.
    Listed(&'static Encoding),
    /// ASCII, and a character for each byte from 0x80 on.
    Table(&'static Table),
}

impl From<&'static Encoding> for Charset {
    fn from(encoding: &'static Encoding) -> Self {
        Self::Listed(encoding)
    }
}

impl Charset {
    pub(super) const DOS: Self = Self::Table(&CP437);
    pub(super) const DOS_WESTERN: Self = Self::Table(&CP850);
    pub(super) const DOS_CENTRAL_EUROPEAN: Self = Self::Table(&CP852);
    pub(super) const DOS_HEBREW: Self = Self::Table(&CP862);

    /// The encoding of a code page, as Windows numbers them.
    pub(crate) fn of_code_page(number: i32) -> Option<Self> {
        let label = match number {
            437 => return Some(Self::DOS),
            850 => return Some(Self::DOS_WESTERN),
            852 => return Some(Self::DOS_CENTRAL_EUROPEAN),
            855 => return Some(Self::Table(&CP855)),
            858 => return Some(Self::Table(&CP858)),
            860 => return Some(Self::Table(&CP860)),
            862 => return Some(Self::DOS_HEBREW),
            863 => return Some(Self::Table(&CP863)),
            865 => return Some(Self::Table(&CP865)),
            10029 => return Some(Self::Table(&MAC_CENTRAL_EUROPE)),
            819 => "windows-1252",
            866 => "ibm866",
            874 => "windows-874",
            932 => "shift_jis",
            936 | 54936 => "gb18030",
            949 | 1361 => "euc-kr",
            950 => "big5",
            10000 => "macintosh",
            10007 => "x-mac-cyrillic",
            20866 => "koi8-r",
            21866 => "koi8-u",
            65001 => "utf-8",
            1250..=1258 => return Self::of_name(&format!("windows-{number}")),
            28591..=28606 => return Self::of_name(&format!("iso-8859-{}", number - 28590)),
            _ => return None,
        };
        Self::of_name(label)
    }

    /// The encoding of a name as the web knows it, or that of a code page such as `cp850` or `ibm437`.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        if let Some(encoding) = Encoding::for_label(name.as_bytes()) {
            return Some(Self::Listed(encoding));
        }
        let name = name.trim().to_ascii_lowercase();
        let number = ["cp", "ibm", "dos"]
            .iter()
            .find_map(|start| name.strip_prefix(start))?;
        Self::of_code_page(number.trim_start_matches(['-', '_']).parse().ok()?)
    }

    /// The encoding that an option of LaTeX's package `inputenc` stands for.
    pub(crate) fn of_latex(option: &str) -> Option<Self> {
        let name = match option {
            "ansinew" => "windows-1252",
            "latin9" => "iso-8859-15",
            "latin10" => "iso-8859-16",
            "8859-8" => "iso-8859-8",
            "cp437de" => "cp437",
            "applemac" => "macintosh",
            "maccyr" => "x-mac-cyrillic",
            "macce" => return Self::of_code_page(10029),
            "tis620" => "tis-620",
            "utf8x" => "utf-8",
            // The others are names of the web, too.
            other => other,
        };
        Self::of_name(name)
    }

    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Listed(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Table(table) => bytes.iter().map(|byte| character(table, *byte)).collect(),
        }
    }
}

fn character(table: &Table, byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(place) => table[usize::from(place)],
        None => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(charset: Option<Charset>, bytes: &[u8]) -> String {
        charset.unwrap().decode(bytes).into_owned()
    }

    #[test]
    fn bytes_are_the_characters_of_their_table() {
        for (number, bytes, text) in [
            (437, &b"Gr\x81\xE1e \xC9\xCD\xBB \xE3"[..], "Grüße ╔═╗ π"),
            (850, b"\xB7 la m\x88me \x9B\xE1", "À la même øß"),
            (852, b"za\xBE\xA2\x88\xE7 g\xA9\x98l\xA5", "zażółš gęślą"),
            (858, b"\xD5 5", "€ 5"),
            (862, b"\x99\x8C\x85\x8D \xC4", "\u{5E9}\u{5DC}\u{5D5}\u{5DD} ─"),
            (865, b"bl\x86b\x91r\x9B", "blåbærø"),
            (10000, b"\x8Et\x8E \xCE\xD5", "été Œ’"),
            (10029, b"\x8Aesk\x87", "äeská"),
            (28592, b"\xB1\xEA", "ąę"),
        ] {
            assert_eq!(told(Charset::of_code_page(number), bytes), text, "{number}");
        }
        assert!(Charset::of_code_page(1).is_none());
    }

    #[test]
    fn names_of_the_web_and_of_latex_are_known() {
        assert_eq!(told(Charset::of_name("IBM850"), b"\x81"), "ü");
        assert_eq!(told(Charset::of_name("cp-437"), b"\xE3"), "π");
        assert_eq!(told(Charset::of_name("koi8-r"), b"\xCB"), "к");
        assert!(Charset::of_name("cp1").is_none() && Charset::of_name("word").is_none());
        for (option, bytes, text) in [
            ("applemac", &b"\x9F"[..], "ü"),
            ("cp850", b"\x81", "ü"),
            ("cp437de", b"\x81", "ü"),
            ("latin2", b"\xB3", "ł"),
            ("latin9", b"\xA4", "€"),
            ("ansinew", b"\x80", "€"),
            ("koi8-r", b"\xCB", "к"),
            ("cp1251", b"\xEA", "к"),
            ("cp866", b"\xAA", "к"),
            ("utf8", "ü".as_bytes(), "ü"),
        ] {
            assert_eq!(told(Charset::of_latex(option), bytes), text, "{option}");
        }
        assert!(Charset::of_latex("noxdiamond").is_none());
    }
}
