//! Formulas in TeX as MathML, which browsers draw and screen readers read.
//!
//! What is made is written anew from a list of elements and attributes that do nothing but show
//! mathematics: whatever the converter lets through, no script, style or link comes of it.
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longer formulas stay as they were typed.
const MAX_TEX_BYTES: usize = 2_000;
const MAX_DEPTH: usize = 40;
const MAX_MATHML_BYTES: usize = 60_000;

/// Elements of MathML Core that show something, but for roots: see [`root`].
const ELEMENTS: [&str; 24] = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mfrac",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
];
/// Their attributes that only change how it looks.
const ATTRIBUTES: [&str; 21] = [
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "stretchy",
    "fence",
    "separator",
    "symmetric",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "form",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "linethickness",
    "width",
    "height",
    "columnspan",
];

/// MathML that holds nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula(String);

/// How a formula stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the line.
    Inline,
    /// On a line of its own.
    Display,
}

/// A text, cut where formulas stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// A formula.
    Formula(Formula),
}

impl Formula {
    /// Converts TeX; nothing for what is too long, too deep, defines something, or is no formula.
    pub fn of_tex(tex: &str, place: Place) -> Option<Self> {
        if tex.len() > MAX_TEX_BYTES || depth(tex) > MAX_DEPTH || defines(tex) {
            return None;
        }
        // A formula is not worth a page: if the converter fails on it, it stays as it was typed.
        let converted = catch_unwind(AssertUnwindSafe(|| {
            let storage = Storage::new();
            let events: Vec<_> = Parser::new(tex, &storage).collect::<Result<_, _>>().ok()?;
            let config = RenderConfig {
                display_mode: match place {
                    Place::Inline => DisplayMode::Inline,
                    Place::Display => DisplayMode::Block,
                },
                ..RenderConfig::default()
            };
            let mut mathml = String::new();
            let events = events.into_iter().map(Ok::<_, std::fmt::Error>);
            push_mathml(&mut mathml, events, config).ok()?;
            Some(mathml)
        }));
        let mathml = converted.ok().flatten()?;
        (mathml.len() <= MAX_MATHML_BYTES)
            .then(|| only_mathematics(&mathml))
            .flatten()
            .map(Self)
    }

    /// The MathML.
    pub fn mathml(&self) -> &str {
        &self.0
    }
}

/// Cuts a text at `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A dollar before a space or after one, or before a
/// digit, is money.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut at) = (0, 0);
    while let Some(found) = text[at..].find(['$', '\\']) {
        at += found;
        let Some((tex, length, place)) = formula_at(&text[at..]) else {
            // Over an escaped dollar, too.
            at += 1 + usize::from(text[at..].starts_with("\\$"));
            continue;
        };
        let Some(formula) = Formula::of_tex(tex, place) else {
            at += length;
            continue;
        };
        if done < at {
            pieces.push(Piece::Text(&text[done..at]));
        }
        pieces.push(Piece::Formula(formula));
        at += length;
        done = at;
    }
    if done < text.len() {
        pieces.push(Piece::Text(&text[done..]));
    }
    pieces
}

/// The formula that a text begins with, and how long it is with its marks.
fn formula_at(text: &str) -> Option<(&str, usize, Place)> {
    for (open, close, place) in [
        ("$$", "$$", Place::Display),
        ("\\[", "\\]", Place::Display),
        ("\\(", "\\)", Place::Inline),
    ] {
        if let Some(rest) = text.strip_prefix(open) {
            let end = rest.find(close)?;
            let tex = &rest[..end];
            return (!tex.trim().is_empty() && !tex.contains("\n\n")).then_some((
                tex,
                open.len() + end + close.len(),
                place,
            ));
        }
    }
    let rest = text.strip_prefix('$')?;
    let end = closing_dollar(rest)?;
    Some((&rest[..end], end + 2, Place::Inline))
}

fn closing_dollar(text: &str) -> Option<usize> {
    if text.starts_with(|c: char| c.is_whitespace() || c == '$') {
        return None;
    }
    let line = &text[..text.find('\n').unwrap_or(text.len())];
    line.match_indices('$').map(|(at, _)| at).find(|at| {
        let before = line[..*at].chars().next_back();
        let after = line[at + 1..].chars().next();
        before.is_some_and(|c| !c.is_whitespace() && c != '\\') && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

fn depth(tex: &str) -> usize {
    let (mut deepest, mut now) = (0_usize, 0_usize);
    for character in tex.chars() {
        match character {
            '{' | '[' | '(' => now += 1,
            '}' | ']' | ')' => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest.max(longest_chain(tex))
}

/// Commands that follow each other may be each other's arguments, without a brace.
fn longest_chain(tex: &str) -> usize {
    let (mut longest, mut chain) = (0_usize, 0_usize);
    for piece in tex.split('\\').skip(1) {
        let command_only = piece.trim_end().chars().all(|c| c.is_ascii_alphabetic());
        chain = if command_only { chain + 1 } else { 0 };
        longest = longest.max(chain);
    }
    longest
}

/// A formula that defines commands can grow without end.
fn defines(tex: &str) -> bool {
    [
        "def",
        "\\let",
        "\\futurelet",
        "newcommand",
        "providecommand",
        "Declare",
        "\\begin{array}{*",
    ]
    .iter()
    .any(|command| tex.contains(command))
}

/// The same markup with known elements and attributes only; nothing if it is no well-formed markup.
fn only_mathematics(mathml: &str) -> Option<String> {
    let mut safe = String::with_capacity(mathml.len());
    // Where the contents of roots that are still open begin.
    let mut roots = Vec::new();
    let mut rest = mathml;
    while let Some(start) = rest.find('<') {
        safe.push_str(&text(&rest[..start]));
        let end = start + rest[start..].find('>')?;
        match &rest[start + 1..end] {
            "msqrt" | "mroot" => roots.push(safe.len()),
            closing @ ("/msqrt" | "/mroot") => {
                let inside = safe.split_off(roots.pop()?);
                let (radicand, index) = if closing == "/mroot" {
                    inside.split_at(first_element(&inside)?)
                } else {
                    (&inside[..], "")
                };
                safe.push_str(&root(radicand, index));
            }
            inside => safe.push_str(&tag(inside)?),
        }
        rest = &rest[end + 1..];
    }
    safe.push_str(&text(rest));
    roots.is_empty().then_some(safe)
}

/// A root with its sign as a letter and its line as a border: browsers draw `msqrt` without either where
/// no font for mathematics is installed, as on many phones, and another formula is then read.
fn root(radicand: &str, index: &str) -> String {
    let index = if index.is_empty() {
        String::new()
    } else {
        format!("<msup><mrow></mrow>{index}</msup>")
    };
    format!(
        "<mrow class=\"root\">{index}<mo stretchy=\"false\">√</mo><mrow class=\"radicand\">{radicand}</mrow></mrow>"
    )
}

/// Where the first element of some markup ends.
fn first_element(markup: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let start = at + markup[at..].find('<')?;
        at = start + markup[start..].find('>')? + 1;
        let tag = &markup[start..at];
        if tag.starts_with("</") {
            depth = depth.checked_sub(1)?;
        } else if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn text(text: &str) -> String {
    text.replace('>', "&gt;")
}

fn tag(inside: &str) -> Option<String> {
    let (closing, inside) = inside
        .strip_prefix('/')
        .map_or((false, inside), |rest| (true, rest));
    let (inside, empty) = inside
        .strip_suffix('/')
        .map_or((inside, false), |rest| (rest, true));
    let name = inside.split_ascii_whitespace().next()?;
    if !ELEMENTS.contains(&name) {
        return None;
    }
    let mut written = String::from(if closing { "</" } else { "<" });
    written.push_str(name);
    for (attribute, value) in attributes(inside[name.len()..].trim()) {
        if ATTRIBUTES.contains(&attribute)
            && value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.% ".contains(c))
        {
            for part in [" ", attribute, "=\"", value, "\""] {
                written.push_str(part);
            }
        }
    }
    written.push_str(if empty { "/>" } else { ">" });
    Some(written)
}

fn attributes(mut text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let Some((value, after)) = rest.split_once('"') else {
            break;
        };
        found.push((name.trim(), value));
        text = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Formula(formula) => {
                    assert!(formula.mathml().starts_with("<math") && formula.mathml().ends_with("</math>"));
                    "∑".to_owned()
                }
            })
            .collect()
    }

    #[test]
    fn formulas_are_cut_out_and_money_is_not() {
        assert_eq!(
            said("so $x^2$ and $$\\frac{a}{b}$$."),
            ["so ", "∑", " and ", "∑", "."]
        );
        assert_eq!(said("\\(a+b\\) \\[c\\]"), ["∑", " ", "∑"]);
        for plain in [
            "costs $5 and $6",
            "$ 5 $",
            "a $5",
            "\\$x$ \\$",
            "$$ $$",
            "50$ or 60$",
            "$\n$",
            "\\( \\)",
            "C:\\dir",
        ] {
            assert_eq!(said(plain), [plain], "{plain}");
        }
    }

    #[test]
    fn a_fraction_is_one() {
        let formula = Formula::of_tex("\\frac{1}{\\sqrt{2}}", Place::Display).unwrap();
        assert!(
            formula.mathml().contains("<mfrac>") && formula.mathml().contains("√"),
            "{formula:?}"
        );
        assert!(formula.mathml().contains("display=\"block\""), "{formula:?}");
    }

    #[test]
    fn roots_have_a_sign_in_any_font() {
        let formula = Formula::of_tex("\\sqrt[3]{\\sqrt{a}+b}", Place::Inline).unwrap();
        let root = |index: &str, radicand: &str| {
            format!(
                "<mrow class=\"root\">{index}<mo stretchy=\"false\">√</mo><mrow class=\"radicand\">{radicand}</mrow></mrow>"
            )
        };
        let inner = root("", "<mi>a</mi>");
        let mathml = formula
            .mathml()
            .replace("<mrow><mi>", "<mi>")
            .replace("</mi></mrow>", "</mi>");
        assert!(mathml.contains(&inner), "{mathml}");
        assert!(
            mathml.contains("<msup><mrow></mrow><mn>3</mn></msup><mo stretchy=\"false\">√</mo>"),
            "{mathml}"
        );
        assert!(
            !mathml.contains("<mroot") && !mathml.contains("<msqrt"),
            "{mathml}"
        );
        let count = |part| formula.mathml().matches(part).count();
        assert_eq!(count("<mrow"), count("</mrow>"));
    }

    #[test]
    fn nothing_but_mathematics_comes_of_a_formula() {
        for tex in [
            "\\text{<script>alert(1)</script>}",
            "\\color{red} x",
            "\\href{javascript:alert(1)}{x}",
            "\\style{color:red}{x}",
            "\\class{a}{x}",
            "x<y>z\\&\"'",
            "\\text{\" onload=\"alert(1)}",
            "\\kern 1em x \\hspace{9999em}",
            "\\unicode{60}script",
        ] {
            if let Some(formula) = Formula::of_tex(tex, Place::Inline) {
                let mathml = formula.mathml().to_lowercase();
                for forbidden in ["<script", "style=", " on", "href", "class=", "<a", "<img", "<svg"] {
                    let outside: String = mathml
                        .split('<')
                        .map(|part| part.split('>').next().unwrap_or(""))
                        .collect::<Vec<_>>()
                        .join("<");
                    assert!(!outside.contains(forbidden), "{tex}: {mathml}");
                }
            }
        }
    }

    #[test]
    fn what_grows_or_nests_without_end_stays_as_it_was_typed() {
        for tex in [
            "\\def\\a{\\a\\a}\\a".to_owned(),
            "\\newcommand{\\b}{x}\\b".to_owned(),
            "{".repeat(1_000),
            format!("{}x{}", "{".repeat(900), "}".repeat(900)),
            "\\sqrt".repeat(400),
            "x^".repeat(900),
            "\\frac".repeat(300),
            "x".repeat(3_000),
            "\\left(".repeat(300),
            "\\begin{matrix}".repeat(100),
        ] {
            let _ = Formula::of_tex(&tex, Place::Inline);
        }
        assert_eq!(Formula::of_tex(&"\\sqrt".repeat(300), Place::Inline), None);
        assert_eq!(Formula::of_tex("\\def\\a{\\a\\a}\\a", Place::Inline), None);
        assert_eq!(
            Formula::of_tex(&format!("{}x{}", "{".repeat(900), "}".repeat(900)), Place::Inline),
            None
        );
    }
}
