//! Plain text: UTF-8, UTF-16 with its mark, else Windows-1252, which any bytes are.
use super::split::PageBuilder;
use crate::child::{Sink, Stop};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::borrow::Cow;

/// Pages end at form feeds where the text has some, else after about 3,000 characters.
pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let mut builder = PageBuilder::default();
    let chunks: Vec<&str> = text
        .trim_end_matches(['\u{C}', '\n', '\r'])
        .split('\u{C}')
        .collect();
    let has_pages = chunks.len() > 1;
    for chunk in chunks {
        if has_pages {
            sink.text_page(tidy(chunk))?;
        } else {
            add_paragraphs(chunk, &mut builder);
        }
    }
    if !has_pages {
        for page in builder.finish() {
            sink.text_page(page)?;
        }
    }
    Ok(())
}

/// The text of bytes: a mark decides, then valid UTF-8, then what the document says of itself.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            declared
                .unwrap_or(WINDOWS_1252)
                .decode_without_bom_handling(bytes)
                .0
        }
    }
}

/// Paragraphs are parted by empty lines; their lines stay lines.
fn add_paragraphs(text: &str, builder: &mut PageBuilder) {
    let mut paragraph = String::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() && !paragraph.trim().is_empty() {
            paragraph.push('\n');
            builder.paragraph(&paragraph);
            paragraph.clear();
        } else if !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push('\n');
            }
            paragraph.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
            // A list without empty lines is one long paragraph: end it somewhere.
            if paragraph.len() > 2_000 {
                builder.paragraph(&paragraph);
                paragraph.clear();
            }
        }
    }
    builder.paragraph(&paragraph);
}

fn tidy(page: &str) -> String {
    page.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect::<String>()
        .trim_matches('\n')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(decode("שלום".as_bytes(), None), "שלום");
        assert_eq!(decode(b"\xFF\xFE\xE9\x05", None), "\u{5E9}");
        assert_eq!(decode(b"\xFE\xFF\x05\xE9", None), "\u{5E9}");
        assert_eq!(decode(b"caf\xE9 \x80", None), "café €");
    }
}
