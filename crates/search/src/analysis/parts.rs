//! Words that hold others which are looked for by themselves: `getElementById`, `2NaOH`.

/// The words of a name like `getElementById` or `HTTPServer`, of which each is found too; nothing for any other word.
pub(crate) fn parts(raw: &str) -> impl Iterator<Item = &str> {
    let mut rest = if is_joined_name(raw) { raw } else { "" };
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let begins = |at: &usize| {
            let after_lower = !bytes[at - 1].is_ascii_uppercase();
            let before_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            bytes[*at].is_ascii_uppercase() && (after_lower || before_lower)
        };
        let end = (1..bytes.len()).find(begins).unwrap_or(bytes.len());
        let (part, others) = rest.split_at(end);
        rest = others;
        (!part.is_empty()).then_some(part)
    })
    .filter(|part| part.len() > 1)
    .chain(unnumbered(raw))
}

/// `NaOH` of `2NaOH`, `km` of `25km`: a word without the number before it.
fn unnumbered(raw: &str) -> Option<&str> {
    let rest = raw.trim_start_matches(|c: char| c.is_ascii_digit());
    let begins = rest.len() < raw.len() && rest.starts_with(char::is_alphabetic);
    let ordinal = matches!(rest, "st" | "nd" | "rd" | "th");
    (begins && rest.len() > 1 && !ordinal).then_some(rest)
}

/// Whether a word has [`parts`].
pub(crate) fn has_parts(raw: &str) -> bool {
    is_joined_name(raw) || raw.starts_with(|c: char| c.is_ascii_digit()) && unnumbered(raw).is_some()
}

/// Whether capital letters part a word.
fn is_joined_name(raw: &str) -> bool {
    let parted = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    raw.as_bytes().windows(2).any(parted) && raw.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_names_have_parts() {
        let of = |raw: &'static str| parts(raw).collect::<Vec<_>>();
        assert_eq!(of("getElementById"), ["get", "Element", "By", "Id"]);
        assert_eq!(of("parseHTTPRequest2x"), ["parse", "HTTP", "Request2x"]);
        assert_eq!(of("aB"), Vec::<&str>::new());
        assert_eq!(of("2NaOH"), ["Na", "OH", "NaOH"]);
        assert_eq!(of("25km"), ["km"]);
        assert_eq!(of("21st"), Vec::<&str>::new());
        for word in ["Element", "HTTP", "element", "", "ÉcoleX", "x"] {
            assert!(of(word).is_empty(), "{word}");
        }
    }
}
