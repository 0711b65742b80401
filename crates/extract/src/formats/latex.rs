//! LaTeX source: its words without its commands, a page from section to section, mathematics as it
//! was written.
mod inputenc;

use super::encoding::decode;
use super::flow::{Block, Flow, one_line};
use crate::child::{Sink, Stop};
use unicode_normalization::UnicodeNormalization;

/// Nests of arguments deeper than this are read as they stand.
const MAX_DEPTH: usize = 50;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, inputenc::declared(bytes));
    let mut reader = Reader::default();
    reader.read(&text, 0);
    reader.end_paragraph();
    if let Some(title) = &reader.title {
        sink.title(title);
    }
    Flow::of(reader.blocks).finish(sink)
}

/// Whether a text begins as LaTeX does.
pub(crate) fn looks_like_latex(head: &str) -> bool {
    let mut lines = head
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('%'));
    lines.next().is_some_and(|line| {
        [
            "\\documentclass",
            "\\documentstyle",
            "\\begin{document}",
            "\\NeedsTeXFormat",
        ]
        .iter()
        .any(|mark| line.starts_with(mark))
    })
}

/// Commands whose argument is a heading, with its level.
const HEADINGS: [(&str, u8); 8] = [
    ("part", 1),
    ("chapter", 1),
    ("section", 2),
    ("subsection", 3),
    ("subsubsection", 4),
    ("paragraph", 5),
    ("subparagraph", 6),
    ("frametitle", 2),
];
/// Commands whose arguments are for the program.
const SILENT: [&str; 42] = [
    "documentclass",
    "documentstyle",
    "usepackage",
    "RequirePackage",
    "label",
    "ref",
    "eqref",
    "pageref",
    "autoref",
    "cref",
    "cite",
    "citep",
    "citet",
    "nocite",
    "bibliographystyle",
    "bibliography",
    "addbibresource",
    "include",
    "input",
    "includegraphics",
    "graphicspath",
    "vspace",
    "hspace",
    "setlength",
    "addtolength",
    "setcounter",
    "addtocounter",
    "newcommand",
    "renewcommand",
    "providecommand",
    "DeclareMathOperator",
    "newenvironment",
    "newtheorem",
    "theoremstyle",
    "pagestyle",
    "thispagestyle",
    "pagenumbering",
    "hypersetup",
    "usetheme",
    "geometry",
    "color",
    "index",
];
/// Environments that are kept as they stand.
const KEPT: [&str; 12] = [
    "equation",
    "align",
    "gather",
    "multline",
    "eqnarray",
    "displaymath",
    "math",
    "flalign",
    "verbatim",
    "lstlisting",
    "minted",
    "alltt",
];

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    paragraph: String,
    title: Option<String>,
}

impl Reader {
    fn read(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = match c {
                '\\' => self.command(&rest[1..], depth),
                '%' => rest
                    .split_once('\n')
                    .map_or("", |(_, later)| later.trim_start_matches([' ', '\t'])),
                '$' => self.formula(rest),
                '{' | '}' => &rest[1..],
                '~' => self.push(" ", &rest[1..]),
                '&' => self.push("\t", &rest[1..]),
                '\n' => self.line_end(&rest[1..]),
                '-' if rest.starts_with("---") => self.push("—", &rest[3..]),
                '-' if rest.starts_with("--") => self.push("–", &rest[2..]),
                '`' if rest.starts_with("``") => self.push("“", &rest[2..]),
                '\'' if rest.starts_with("''") => self.push("”", &rest[2..]),
                c => {
                    self.paragraph.push(c);
                    &rest[c.len_utf8()..]
                }
            };
        }
    }

    fn push<'t>(&mut self, text: &str, rest: &'t str) -> &'t str {
        self.paragraph.push_str(text);
        rest
    }

    /// An empty line ends a paragraph.
    fn line_end<'t>(&mut self, rest: &'t str) -> &'t str {
        let line = rest.trim_start_matches([' ', '\t', '\r']);
        if line.starts_with('\n') || line.is_empty() {
            self.end_paragraph();
        } else if !self.paragraph.is_empty() && !self.paragraph.ends_with('\n') {
            self.paragraph.push('\n');
        }
        line
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.trim().is_empty() {
            self.blocks.push(Block::Paragraph(paragraph.trim().to_owned()));
        }
    }

    /// `$…$` and `$$…$$` stay as they are.
    fn formula<'t>(&mut self, rest: &'t str) -> &'t str {
        let mark = if rest.starts_with("$$") { "$$" } else { "$" };
        let inside = &rest[mark.len()..];
        let end = inside.find(mark).unwrap_or(inside.len().min(mark.len()));
        if !inside[end..].starts_with(mark) || inside[..end].contains("\n\n") {
            return &rest[1..];
        }
        self.paragraph.push_str(inside[..end].trim());
        &inside[end + mark.len()..]
    }

    /// What stands behind a backslash.
    fn command<'t>(&mut self, rest: &'t str, depth: usize) -> &'t str {
        let length = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        if length == 0 {
            return self.sign(rest);
        }
        let (name, after) = rest.split_at(length);
        let after = after.strip_prefix('*').unwrap_or(after);
        if let Some((_, level)) = HEADINGS.iter().find(|(heading, _)| *heading == name) {
            return self.heading(*level, after, depth);
        }
        match name {
            "title" => {
                let (argument, later) = argument(skip_options(after));
                let title = one_line(&plain(argument, depth));
                self.title.get_or_insert(title.clone());
                self.blocks.push(Block::Heading(1, title));
                later
            }
            "begin" => self.begin(after),
            "end" => {
                self.end_paragraph();
                argument(after).1
            }
            "item" => {
                self.end_paragraph();
                after
            }
            "par" | "newline" | "newpage" | "clearpage" | "maketitle" | "hline" => self.push("\n", after),
            "href" => argument(after).1,
            "verb" => self.verbatim(after),
            "def" => {
                let end = after.find('{').unwrap_or(after.len());
                argument(&after[end..]).1
            }
            silent if SILENT.contains(&silent) => skip_arguments(after),
            _ => {
                let letter = letter(name);
                self.paragraph.push_str(letter);
                skip_options(if letter.is_empty() {
                    after
                } else {
                    after.trim_start_matches(' ')
                })
            }
        }
    }

    /// A command of one sign: an escaped character, an accent, a line's end, or a formula.
    fn sign<'t>(&mut self, rest: &'t str) -> &'t str {
        let Some(sign) = rest.chars().next() else {
            return "";
        };
        let after = &rest[sign.len_utf8()..];
        match sign {
            '\\' => self.push("\n", skip_options(after.strip_prefix('*').unwrap_or(after))),
            '(' | '[' => {
                let mark = if sign == '(' { "\\)" } else { "\\]" };
                let Some(end) = after.find(mark) else { return after };
                self.paragraph.push_str(after[..end].trim());
                &after[end + 2..]
            }
            '"' | '\'' | '`' | '^' | '~' | '=' | '.' => self.accent(sign, after),
            '-' | '/' | '!' | '@' => after,
            ' ' | '\n' | ',' | ';' | ':' => self.push(" ", after),
            _ => {
                self.paragraph.push(sign);
                after
            }
        }
    }

    /// `\"o` and `\'{e}` are letters.
    fn accent<'t>(&mut self, sign: char, after: &'t str) -> &'t str {
        let (letter, rest) = if after.starts_with('{') {
            argument(after)
        } else {
            let end = after.chars().next().map_or(0, char::len_utf8);
            after.split_at(end)
        };
        let letter = match letter {
            "\\i" => "i",
            "\\j" => "j",
            other => other,
        };
        let mark = match sign {
            '"' => '\u{308}',
            '\'' => '\u{301}',
            '`' => '\u{300}',
            '^' => '\u{302}',
            '~' => '\u{303}',
            '=' => '\u{304}',
            _ => '\u{307}',
        };
        let mut letters = letter.chars();
        let first = letters.next();
        self.paragraph
            .extend(first.into_iter().chain(first.map(|_| mark)).chain(letters).nfc());
        rest
    }

    fn heading<'t>(&mut self, level: u8, after: &'t str, depth: usize) -> &'t str {
        let after = skip_options(after);
        if !after.starts_with('{') {
            return after;
        }
        let (argument, later) = argument(after);
        self.end_paragraph();
        let heading = one_line(&plain(argument, depth));
        self.blocks.push(Block::Heading(level, heading));
        later
    }

    fn begin<'t>(&mut self, after: &'t str) -> &'t str {
        let (environment, later) = argument(after);
        self.end_paragraph();
        let name = environment.trim_end_matches('*');
        if KEPT.contains(&name) {
            let mark = format!("\\end{{{environment}}}");
            let end = later.find(&mark).unwrap_or(later.len());
            self.paragraph.push_str(later[..end].trim());
            self.end_paragraph();
            return later.get(end + mark.len()..).unwrap_or_default();
        }
        let later = skip_options(later);
        match name {
            "tabular" | "tabularx" | "longtable" | "array" | "minipage" | "thebibliography" | "multicols" => {
                skip_arguments(later)
            }
            "comment" => later.split_once("\\end{comment}").map_or("", |(_, rest)| rest),
            "frame" if later.starts_with('{') => self.heading(2, later, 0),
            _ => later,
        }
    }

    fn verbatim<'t>(&mut self, after: &'t str) -> &'t str {
        let Some(mark) = after.chars().next() else {
            return after;
        };
        let inside = &after[mark.len_utf8()..];
        let Some(end) = inside.find(mark) else {
            return after;
        };
        self.paragraph.push_str(&inside[..end]);
        &inside[end + mark.len_utf8()..]
    }
}

/// The words of an argument.
fn plain(text: &str, depth: usize) -> String {
    if depth >= MAX_DEPTH {
        return text.to_owned();
    }
    let mut reader = Reader::default();
    reader.read(text, depth + 1);
    reader.end_paragraph();
    let texts = reader.blocks.into_iter().map(|block| match block {
        Block::Paragraph(text) | Block::Heading(_, text) | Block::Passage(_, text) => text,
        Block::PageBreak => String::new(),
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Letters that have names.
fn letter(name: &str) -> &'static str {
    match name {
        "ss" => "ß",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "o" => "ø",
        "O" => "Ø",
        "aa" => "å",
        "AA" => "Å",
        "l" => "ł",
        "L" => "Ł",
        "ldots" | "dots" => "…",
        "textbackslash" => "\\",
        "LaTeX" => "LaTeX",
        "TeX" => "TeX",
        "quad" | "qquad" => " ",
        _ => "",
    }
}

/// The argument in braces at the beginning, and what follows it.
fn argument(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r']);
    let Some(inside) = text.strip_prefix('{') else {
        return ("", text);
    };
    let mut depth = 1_usize;
    let mut escaped = false;
    for (place, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&inside[..place], &inside[place + 1..]);
        }
        // An argument that never ends is none.
        if place > 20_000 {
            break;
        }
    }
    ("", inside)
}

fn skip_options(text: &str) -> &str {
    let Some(inside) = text.strip_prefix('[') else {
        return text;
    };
    let end = inside[..inside.floor_char_boundary(inside.len().min(2_000))].find(']');
    end.map_or(text, |end| &inside[end + 1..])
}

fn skip_arguments(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..6 {
        let later = skip_options(rest);
        let later = if later.starts_with('{') {
            argument(later).1
        } else {
            later
        };
        if later.len() == rest.len() {
            break;
        }
        rest = later;
    }
    rest
}
