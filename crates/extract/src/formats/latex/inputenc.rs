//! The encoding that a source says it is in, by the options of the package `inputenc`.
use crate::formats::encoding::Charset;

/// Packages are named near the beginning.
const LOOKED_AT: usize = 64 << 10;

/// The last of the package's options counts, or else what the text is switched to first.
pub(super) fn declared(bytes: &[u8]) -> Option<Charset> {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    // Names and options are in ASCII.
    let head: String = head.iter().copied().map(char::from).collect();
    let lines: Vec<&str> = head
        .lines()
        .map(|line| line.split_once('%').map_or(line, |(words, _)| words))
        .collect();
    let head = lines.join(" ");
    let options = head.split_once("{inputenc}").and_then(|(before, _)| {
        let options = before.trim_end().strip_suffix(']')?;
        Some(options.rsplit_once('[')?.1)
    });
    let switched = || Some(head.split_once("\\inputencoding{")?.1.split_once('}')?.0);
    options
        .and_then(|options| options.rsplit(',').next())
        .or_else(switched)
        .and_then(|option| Charset::of_latex(option.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn umlaut(source: &str) -> Option<String> {
        let charset = declared(source.as_bytes())?;
        Some(charset.decode(b"\x9F").into_owned())
    }

    #[test]
    fn the_encoding_is_that_of_the_last_option() {
        for source in [
            "\\documentclass{article}\n\\usepackage[applemac]{inputenc}",
            "\\usepackage[utf8,\n  applemac ]\n{inputenc}",
            "% \\usepackage[latin1]{inputenc}\n\\usepackage[applemac]{inputenc}",
            "\\usepackage{inputenc}\n\\inputencoding{applemac}",
        ] {
            assert_eq!(umlaut(source).as_deref(), Some("ü"), "{source}");
        }
        for source in [
            "\\usepackage[T1]{fontenc}",
            "\\usepackage{inputenc}",
            "[a]{inputenc}",
            "",
        ] {
            assert_eq!(umlaut(source), None, "{source}");
        }
    }
}
