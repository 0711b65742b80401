//! Titles that files give themselves, without those that say nothing.

/// The longest title, in characters.
const MAX_CHARACTERS: usize = 200;

/// A title worth suggesting: white space collapsed, control and direction characters removed,
/// program and file names taken off. `None` when nothing worth saying is left.
pub(crate) fn clean_title(candidate: &str) -> Option<String> {
    let mut title = visible_line(candidate);
    for program in [
        "Microsoft Word - ",
        "Microsoft PowerPoint - ",
        "Microsoft Excel - ",
    ] {
        if let Some(rest) = title.strip_prefix(program) {
            title = rest.to_owned();
        }
    }
    (!says_nothing(&title)).then(|| shortened(&title))
}

/// Any text as one visible line of at most 200 characters, such as the name of a page. `None` when
/// nothing can be seen of it.
pub(crate) fn one_line(text: &str) -> Option<String> {
    let line = shortened(&visible_line(text));
    (!line.is_empty()).then_some(line)
}

fn visible_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .take(4 * MAX_CHARACTERS)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(line: &str) -> String {
    let line: String = line.chars().take(MAX_CHARACTERS).collect();
    line.trim_end().to_owned()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}')
}

fn says_nothing(title: &str) -> bool {
    const NAMES: [&str; 14] = [
        "untitled",
        "title",
        "document",
        "presentation",
        "powerpoint presentation",
        "slide 1",
        "unknown",
        "no title",
        "none",
        "null",
        "new document",
        "word document",
        "(anonymous)",
        "unspecified",
    ];
    const EXTENSIONS: [&str; 21] = [
        ".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx", ".pdf", ".dvi", ".tex", ".indd", ".qxd", ".odt",
        ".odp", ".ods", ".epub", ".tex", ".rtf", ".txt", ".html", ".ps", ".eps",
    ];
    let lower = title.to_lowercase();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    letters < 2
        || NAMES.contains(&lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '))
        || NAMES.contains(&lower.as_str())
        || EXTENSIONS.iter().any(|extension| lower.ends_with(extension))
        || lower.starts_with("about:blank")
        || lower.starts_with("file:")
        || lower.starts_with("http:")
        || lower.starts_with("https:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_kept_and_junk_is_not() {
        assert_eq!(
            clean_title("  Heaps \n and\u{202E} trees "),
            Some("Heaps and trees".into())
        );
        assert_eq!(clean_title("Microsoft Word - Essay"), Some("Essay".into()));
        for junk in [
            "",
            "untitled",
            "Untitled 2",
            "Microsoft Word - x.doc",
            "paper.dvi",
            "17",
            "PowerPoint Presentation",
        ] {
            assert_eq!(clean_title(junk), None, "{junk}");
        }
    }
}
