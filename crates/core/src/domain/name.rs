//! Texts that people type: length-limited, normalised, free of characters that deceive.
use unicode_normalization::UnicodeNormalization;

/// Why a text is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// Too long.
    #[error("must have at most {max} {unit}, not {actual}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What was counted.
        actual: usize,
        /// `characters` or `bytes`.
        unit: &'static str,
    },
    /// Too short.
    #[error("must have at least {min} characters")]
    TooShort {
        /// The limit.
        min: usize,
    },
    /// NUL, another control character, or a bidirectional override.
    #[error("must not contain control characters")]
    Control,
    /// Another form than asked for; the text says which.
    #[error("{0}")]
    Form(&'static str),
}

/// Marks that change the direction of what follows (Unicode UAX #9 §2): they make `fdp.exe` look
/// like `exe.pdf`.
fn is_direction_control(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A single line: NFC, trimmed, 1 to `max` characters, no control or direction characters.
///
/// # Errors
/// [`TextError`] naming what is wrong.
pub fn line(text: &str, max: usize) -> Result<String, TextError> {
    let line: String = text.trim().nfc().collect();
    if line.is_empty() {
        return Err(TextError::Empty);
    }
    limit_characters(&line, max)?;
    if line.chars().any(|c| c.is_control() || is_direction_control(c)) {
        return Err(TextError::Control);
    }
    Ok(line)
}

/// Several lines: NFC, trimmed, 0 to `max` characters; newlines and tabs are kept, CR LF becomes LF.
///
/// # Errors
/// [`TextError`] naming what is wrong.
pub fn paragraph(text: &str, max: usize) -> Result<String, TextError> {
    let text: String = text.trim().replace("\r\n", "\n").nfc().collect();
    limit_characters(&text, max)?;
    if text
        .chars()
        .any(|c| (c.is_control() && c != '\n' && c != '\t') || is_direction_control(c))
    {
        return Err(TextError::Control);
    }
    Ok(text)
}

fn limit_characters(text: &str, max: usize) -> Result<(), TextError> {
    let actual = text.chars().count();
    if actual > max {
        return Err(TextError::TooLong {
            max,
            actual,
            unit: "characters",
        });
    }
    Ok(())
}

/// The name of a file as people see it: the last path component, at most 255 bytes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Filename(String);

impl Filename {
    /// Takes what follows the last `/` or `\`, drops direction controls, other control characters
    /// and surrounding spaces and dots, and shortens to 255 bytes before the extension.
    ///
    /// # Errors
    /// NUL anywhere is refused; so is a name of more than 1,024 bytes, or one of which nothing is left.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.contains('\0') {
            return Err(TextError::Control);
        }
        if text.len() > 1_024 {
            return Err(TextError::TooLong {
                max: 1_024,
                actual: text.len(),
                unit: "bytes",
            });
        }
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = last
            .nfc()
            .filter(|c| !c.is_control() && !is_direction_control(*c))
            .collect();
        let clean = clean.trim().trim_end_matches('.').trim_start_matches("..");
        if clean.is_empty() || clean == "." {
            return Err(TextError::Empty);
        }
        Ok(Self(shorten(clean, 255)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its extension, with `_` and `-` opened to spaces: a title to suggest.
    pub fn suggested_title(&self) -> String {
        let stem = match self.0.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
            _ => &self.0,
        };
        let title = stem.replace(['_', '-'], " ");
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            self.0.clone()
        } else {
            title.chars().take(200).collect()
        }
    }

    /// The extension in lower case, without its dot; empty if there is none.
    pub fn extension(&self) -> String {
        self.0
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_lowercase())
            .unwrap_or_default()
    }
}

fn shorten(name: &str, max_bytes: usize) -> String {
    if name.len() <= max_bytes {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let mut end = max_bytes - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &stem[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        Filename::parse(text).unwrap().as_str().to_owned()
    }

    /// HARDENING 22.
    #[test]
    fn filenames_are_reduced_to_a_harmless_last_component() {
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("C:\\Users\\me\\notes.pdf"), "notes.pdf");
        assert_eq!(name("photo\u{202E}fdp.exe"), "photofdp.exe");
        assert_eq!(name("a\r\nSet-Cookie: x.pdf"), "aSet-Cookie: x.pdf");
        assert_eq!(name("CON"), "CON");
        assert_eq!(Filename::parse("a\0.pdf"), Err(TextError::Control));
        assert_eq!(Filename::parse(".."), Err(TextError::Empty));
        assert_eq!(Filename::parse("dir/"), Err(TextError::Empty));
    }

    #[test]
    fn long_filenames_keep_their_extension() {
        let long = name(&format!("{}.pdf", "ש".repeat(300)));
        assert!(long.len() <= 255 && long.ends_with("ש.pdf"), "{long}");
    }

    #[test]
    fn titles_are_suggested_from_names() {
        assert_eq!(
            Filename::parse("trig_work-sheet.v2.pdf")
                .unwrap()
                .suggested_title(),
            "trig work sheet.v2"
        );
        assert_eq!(Filename::parse("___.pdf").unwrap().suggested_title(), "___.pdf");
    }

    #[test]
    fn lines_refuse_controls_and_overlong_text() {
        assert_eq!(line("  a  ", 5).unwrap(), "a");
        assert_eq!(line(" \n ", 5), Err(TextError::Empty));
        assert_eq!(line("a\u{7}b", 5), Err(TextError::Control));
        assert!(matches!(line("abcdef", 5), Err(TextError::TooLong { .. })));
    }
}
