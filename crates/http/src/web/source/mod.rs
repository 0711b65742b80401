//! Which parts of source code are comments, texts, numbers, words of the language and names, so that they
//! can be coloured: a scanner that is told by a table what a language looks like.
//!
//! It looks at every character once and never back, so whatever stands in a file takes time in
//! proportion to its length. It is not a parser: what it does not know stays as it is.
mod languages;
mod markup;
mod scan;

use std::ops::Range;

/// Longer texts stay without colours, in bytes.
const MAX_BYTES: usize = 128 << 10;

/// What a part of source code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// For people only.
    Comment,
    /// A text or a character.
    Text,
    /// A number.
    Number,
    /// A word of the language, or the name of an element.
    Keyword,
    /// What is called, defined or set.
    Name,
}

impl Ink {
    /// The class that colours it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Comment => "ink-comment",
            Self::Text => "ink-text",
            Self::Number => "ink-number",
            Self::Keyword => "ink-keyword",
            Self::Name => "ink-name",
        }
    }
}

/// A language that is known here.
#[derive(Clone, Copy)]
pub struct Language(&'static languages::Grammar);

impl Language {
    /// By its name or one of its files' endings, as people write them behind a fence: `Python`, `py`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        languages::ALL
            .iter()
            .find(|grammar| grammar.names.split(' ').any(|known| known == name))
            .map(Self)
    }

    /// By the name of a file, or else by the first line of what is in it.
    pub fn of_file(filename: &str, text: &str) -> Option<Self> {
        let name = filename.rsplit(['/', '\\']).next().unwrap_or(filename);
        let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
        Self::named(ending).or_else(|| {
            let program = text.lines().next()?.strip_prefix("#!")?;
            let program = program
                .split(['/', ' '])
                .rfind(|word| !word.is_empty() && !word.starts_with('-'))?;
            Self::named(program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'))
        })
    }

    /// The coloured parts of a text, ascending and apart from each other; none of a very long one.
    pub fn inks(self, text: &str) -> Vec<(Range<usize>, Ink)> {
        if text.len() > MAX_BYTES {
            return Vec::new();
        }
        if self.0.is_markup {
            markup::inks(text)
        } else {
            scan::inks(text, self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The coloured parts of a text, as `kind:part`.
    fn seen(language: &str, text: &str) -> Vec<String> {
        let inks = Language::named(language).unwrap().inks(text);
        inks.into_iter()
            .map(|(range, ink)| format!("{}:{}", &ink.class()[4..5], &text[range]))
            .collect()
    }

    #[test]
    fn programs_are_coloured_as_their_languages_are_written() {
        for (language, text, expected) in [
            (
                "python",
                "@cache\ndef area(r): # πr²\n    return 3.14 * r ** 2 if r else f\"{r}\\\"\"\n\"\"\"two\nlines\"\"\" x'",
                &[
                    "n:@cache",
                    "k:def",
                    "n:area",
                    "c:# πr²",
                    "k:return",
                    "n:3.14",
                    "n:2",
                    "k:if",
                    "k:else",
                    "t:f\"{r}\\\"\"",
                    "t:\"\"\"two\nlines\"\"\"",
                    "t:'",
                ][..],
            ),
            (
                "rs",
                "/* a /* b */ c */ fn f<'a>(c: char) { 'x' '\\'' r#\"a\"b\"# 0xFF_u8 println!(\"\") }",
                &[
                    "c:/* a /* b */ c */",
                    "k:fn",
                    "n:char",
                    "t:'x'",
                    "t:'\\''",
                    "t:r#\"a\"b\"#",
                    "n:0xFF_u8",
                    "n:println",
                    "t:\"\"",
                ],
            ),
            (
                "js",
                "const a = `x\n${y}`; // c\nlet s = 'it\\'s'; new Map(1e-9)",
                &[
                    "k:const",
                    "t:`x\n${y}`",
                    "c:// c",
                    "k:let",
                    "t:'it\\'s'",
                    "k:new",
                    "n:Map",
                    "n:1e-9",
                ],
            ),
            (
                "sql",
                "select 'it''s' -- why\nFROM t",
                &["k:select", "t:'it'", "t:'s'", "c:-- why", "k:FROM"],
            ),
            (
                "json",
                "{\"a\": [1, \"b\", true]}",
                &["n:\"a\"", "n:1", "t:\"b\"", "k:true"],
            ),
            (
                "yaml",
                "a-b: 'c' # d\nurl: http://x#y",
                &["n:a-b", "t:'c'", "c:# d", "n:url"],
            ),
            (
                "sh",
                "if [ $# -gt 0 ]; then echo \"$x\" # c\nfi",
                &["k:if", "n:0", "k:then", "k:echo", "t:\"$x\"", "c:# c", "k:fi"],
            ),
            (
                "html",
                "<!-- a --><p class=\"b\" hidden>1 < 2</p>",
                &["c:<!-- a -->", "k:p", "n:class", "t:\"b\"", "n:hidden", "k:p"],
            ),
            (
                "css",
                "/* a */ .b { color: #fff; margin: 1em }",
                &["c:/* a */", "n:color", "n:#fff", "n:margin", "n:1em"],
            ),
            (
                "tex",
                "\\frac{1}{2} % half \\% 5\\%",
                &["k:\\frac", "n:1", "n:2", "c:% half \\% 5\\%"],
            ),
            (
                "c",
                "#include <a.h>\nint main(void) { return '\\n'; }",
                &["k:#include", "k:int", "n:main", "k:void", "k:return", "t:'\\n'"],
            ),
        ] {
            assert_eq!(seen(language, text), expected, "{language}");
        }
    }

    #[test]
    fn a_files_language_is_that_of_its_ending_or_its_first_line() {
        let is = |language: Option<Language>, name: &str| {
            language.is_some_and(|language| std::ptr::eq(language.0, Language::named(name).unwrap().0))
        };
        assert!(is(Language::of_file("src/main.PY", ""), "python"));
        assert!(is(Language::of_file("Makefile", ""), "make"));
        assert!(is(Language::of_file("run", "#!/usr/bin/env python3\n"), "python"));
        assert!(is(Language::of_file("run", "#!/bin/bash -e\n"), "sh"));
        assert!(Language::of_file("run.xyz", "text").is_none());
        assert!(Language::named("brainfuck").is_none());
    }

    #[test]
    fn a_very_long_text_stays_as_it_is() {
        let python = Language::named("py").unwrap();
        assert!(python.inks(&"def ".repeat(MAX_BYTES)).is_empty());
        for piece in [
            "\"", "'", "\\\"", "/*", "`", "<", "r#", "#", "((", "\"\"\"", "<!--", "a(", "0x",
        ] {
            let text = piece.repeat((MAX_BYTES / piece.len()).min(10_000));
            for grammar in &languages::ALL {
                let _ = Language(grammar).inks(&text);
            }
        }
    }

    proptest! {
        #[test]
        fn parts_are_ascending_and_lie_within_any_text(text in "[ -~\\nא-ת中💡]{0,200}|([\"'`#/*<>!&=\\\\-]|r#|\\[\\[|--|[a-z]| |\\n){0,200}") {
            for grammar in &languages::ALL {
                let mut end = 0;
                for (range, _) in Language(grammar).inks(&text) {
                    prop_assert!(range.start >= end && range.start < range.end, "{range:?} in {text:?}");
                    prop_assert!(text.get(range.clone()).is_some(), "{range:?} in {text:?}");
                    end = range.end;
                }
            }
        }
    }
}
