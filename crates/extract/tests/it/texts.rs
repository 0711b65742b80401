//! Formats that are texts: RTF, HTML, Markdown, LaTeX, notebooks, captions, code, any encoding.
use crate::{extract, extract_named, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{ExtractedPage, Notice, PassageKind, Rejection};

/// The passages of a page, each with its lines.
pub fn passages(page: &ExtractedPage) -> Vec<(PassageKind, String)> {
    let lines: Vec<&str> = page.text.lines().collect();
    let of = page.passages.iter().map(|passage| {
        let first = passage.line as usize;
        let inside = &lines[first..first + passage.lines as usize];
        (passage.kind.clone(), inside.join("\n"))
    });
    of.collect()
}

fn code(language: Option<&str>, run: Option<u32>) -> PassageKind {
    let language = language.map(str::to_owned);
    PassageKind::Code { language, run }
}

#[tokio::test]
async fn rich_text_is_read_in_its_code_pages() {
    let file = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset177 David;}{\f2\fcharset204 Cyr;}{\f3\fcharset134 SimSun;}}
{\info{\title Tas et arbres}{\author Nobody}}{\header Head}\pard\f0 caf\'e9 {\b bold}{\v hidden}\par
\f1\'f9\'ec\'e5\'ed\par\f2\'c3\'e5\'eb\par\f3\'b6\'d1\par\f0\uc1\u1588?\u1580?\u-10179?\u-8704?\par
\trowd\pard\intbl a\cell b\cell\row\pard {\field{\*\fldinst HYPERLINK secret}{\fldrslt link}}{\*\unknown gone}{\pict 00ff}\page
\pard next\par}";
    let found = extract(file).await;
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Rtf, Some("Tas et arbres"))
    );
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Head\ncafé bold\nשלום\nГел\n堆\nشج😀\na\tb\nlink", "Head\nnext"]
    );
    assert_eq!(found.pages[1].repeated, ["Head"]);
}

#[tokio::test]
async fn texts_say_that_they_are_of_dos_or_of_the_macintosh() {
    for (file, name) in [
        (&br"{\rtf1\pca f\'81r \'9b}"[..], "a.rtf"),
        (br"{\rtf1\ansi\ansicpg850 f\'81r \'9b}", "a.rtf"),
        (br"{\rtf1\mac f\'9fr \'bf}", "a.rtf"),
        (
            b"\\documentclass{a}\n\\usepackage[cp850]{inputenc}\n\nf\x81r \x9B",
            "a.tex",
        ),
        (
            b"\\documentclass{a}\n\\usepackage[applemac]{inputenc}\n\nf\x9Fr \xBF",
            "a.tex",
        ),
        (b"<meta charset=cp850><p>f\x81r \x9B", "a.html"),
    ] {
        let found = extract_named(file, name).await.unwrap();
        assert_eq!(found.pages[0].text, "für ø", "{}", String::from_utf8_lossy(file));
    }
    let found = extract(br"{\rtf1\pc f\'81r \'e3}").await;
    assert_eq!(found.pages[0].text, "für π");
}

#[tokio::test]
async fn errors_of_a_notebook_are_found_by_their_names() {
    let notebook = br#"{"cells":[{"cell_type":"code","source":"int(x)","outputs":[{"output_type":"error","ename":"ValueError","evalue":"invalid literal","traceback":[]}]}],"nbformat":4,"metadata":{}}"#;
    let page = &extract_named(notebook, "a.ipynb").await.unwrap().pages[0];
    assert_eq!(page.text, "int(x)\nValueError: invalid literal");
}

#[tokio::test]
async fn rich_text_has_pages_headings_heads_and_feet() {
    let file = br"{\rtf1\ansi{\stylesheet{\s0 Normal;}{\s1\sbasedon0 heading 1;}{\s2\sbasedon1 Mine;}{\*\cs3 Heading 1 Char;}{\s4\outlinelevel1 Rubrik;}}
{\*\pgdsctbl{\pgdsc0{\header\pard\s1 Unused\par}}}\sectd\sbknone{\header\pard\s1 The {\b book}\par}{\headerf\pard The book\par}{\footer\pard\qc 3\par Of us\par}
\pard\s1 One\par\pard\s0 text\par\pard\s2\pagebb Two\par\pard more\par\pard\s4\pagebb0 Three\par\pard\sect\sectd last\par}";
    let found = extract(file).await;
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "The book\nOne\ntext\nOf us",
            "The book\nTwo\nmore\nThree\nOf us",
            "The book\nlast\nOf us"
        ]
    );
    let outline: Vec<_> = found
        .outline
        .iter()
        .map(|entry| (entry.title.as_str(), entry.page, entry.level))
        .collect();
    assert_eq!(outline, [("One", 1, 1), ("Two", 2, 1), ("Three", 2, 2)]);
    assert_eq!(found.pages[2].repeated, ["The book", "Of us"]);
}

#[tokio::test]
async fn hostile_rich_text_ends() {
    let deep = [br"{\rtf1 ".as_slice(), &b"{".repeat(2_000_000)].concat();
    assert_eq!(rejection(&deep).await, Rejection::Malformed);
    let torn = extract(br"{\rtf1 words {\fonttbl \bin99999999999 x \'").await;
    assert_eq!(torn.pages[0].text, "words");
}

#[tokio::test]
async fn a_web_page_shows_what_a_reader_sees() {
    let html = "<!DOCTYPE html><meta charset=windows-1255><title>T</title><h2>One</h2><div style='display: none'><div>no</div>no</div><p>yes<p hidden>no</p><table><tr><td>a<td>b</table><math><msup><mi>x</mi><mn>2</mn></msup></math><p>שלום";
    let bytes = encoding_rs::WINDOWS_1255.encode(html).0;
    let found = extract(&bytes).await;
    assert_eq!(found.kind, Kind::Html);
    let page = &found.pages[0];
    assert_eq!(page.text, "One\nyes\na\tb\nx^2\nשלום");
    assert_eq!(
        (page.headings.as_slice(), page.label.as_deref()),
        (&["One".to_owned()][..], Some("One"))
    );
}

#[tokio::test]
async fn markdown_has_a_title_sections_and_mathematics() {
    let filler = "word ".repeat(200);
    let text = format!(
        "---\ntitle: \"Heaps\"\n---\n# One\n\n{filler}\n\n## Two\n\n$x^2$ and `code`\n\n<p>raw</p>\n"
    );
    let found = extract_named(text.as_bytes(), "a.md").await.unwrap();
    assert_eq!(found.title.as_deref(), Some("Heaps"));
    let labels: Vec<_> = found.pages.iter().map(|page| page.label.as_deref()).collect();
    assert_eq!(labels, [Some("One"), Some("Two")]);
    assert_eq!(found.pages[1].text, "Two\n$x^2$ and code\nraw");
    let outline: Vec<_> = found.outline.iter().map(|line| (line.page, line.level)).collect();
    assert_eq!(outline, [(1, 1), (2, 2)]);
}

#[tokio::test]
async fn code_in_texts_keeps_its_lines_and_names_its_language() {
    let markdown = "# One\n\nA line\ngoes on.\n\n- item\n\n  ```{.Python}\n\n  if x:\n\n      y\n  ```\n\nNow\n\n    indented\n\n```\n\n```\n";
    let page = &extract_named(markdown.as_bytes(), "a.md").await.unwrap().pages[0];
    assert_eq!(
        page.text,
        "One\nA line goes on.\nitem\nif x:\n\n    y\nNow\nindented"
    );
    assert_eq!(
        passages(page),
        [
            (code(Some("python"), None), "if x:\n\n    y".to_owned()),
            (code(None, None), "indented".to_owned())
        ]
    );
    let html =
        "<!DOCTYPE html><p>so</p><pre><code class='hljs language-js'>\nlet a;\n\n  b\n</code></pre><p>on</p>";
    let page = &extract(html.as_bytes()).await.pages[0];
    assert_eq!(page.text, "so\nlet a;\n\n  b\non");
    assert_eq!(
        passages(page),
        [(code(Some("js"), None), "let a;\n\n  b".to_owned())]
    );
    let long = format!("# T\n\n```c\n{}```\n", "int x;\n".repeat(4_000));
    let found = extract_named(long.as_bytes(), "a.md").await.unwrap();
    let lines: usize = found
        .pages
        .iter()
        .flat_map(passages)
        .map(|(_, text)| text.lines().count())
        .sum();
    assert_eq!((lines, found.pages.len() > 2), (4_000, true));
}

#[tokio::test]
async fn latex_source_is_read_without_its_commands() {
    let text = r#"\documentclass[12pt]{article} % a comment
\usepackage{amsmath}
\title{Heaps \& Trees}
\begin{document}
\maketitle
\section{The \emph{first} one}\label{sec:x}
A \textbf{heap} is~a tree of $n^2$ nodes, see \cite{knuth}; na\"{\i}ve \'etude.
\begin{equation}
a = \frac{b}{c}
\end{equation}
\begin{itemize}\item one\item two\end{itemize}
\end{document}"#;
    let found = extract(text.as_bytes()).await;
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Latex, Some("Heaps & Trees"))
    );
    let page = &found.pages[0];
    for words in [
        "The first one",
        "A heap is a tree of n^2 nodes",
        "naïve étude",
        r"a = \frac{b}{c}",
        "one\ntwo",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    for absent in ["amsmath", "comment", "knuth", "sec:x", "itemize"] {
        assert!(!page.text.contains(absent), "{absent}: {}", page.text);
    }
    assert!(page.headings.contains(&"The first one".to_owned()));
}

#[tokio::test]
async fn notebooks_give_texts_code_and_prints() {
    let text = r##"{"cells": [
      {"cell_type": "markdown", "source": ["# Sorting\n", "A *heap*"]},
      {"cell_type": "code", "execution_count": 7, "source": "print(1)", "outputs": [{"output_type": "stream", "text": ["\u001b[31mone\u001b[0m\n"]},
        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo", "text/plain": "<Figure>"}}]}],
      "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 5}"##;
    let found = extract(text.as_bytes()).await;
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Notebook, Some("Sorting"))
    );
    assert_eq!(found.pages[0].text, "Sorting\nA heap\nprint(1)\none\n<Figure>");
    assert_eq!(
        passages(&found.pages[0]),
        [
            (code(Some("python"), Some(7)), "print(1)".to_owned()),
            (PassageKind::Output, "one\n<Figure>".to_owned())
        ]
    );
    let torn = extract(&text.as_bytes()[..text.len() - 20]).await;
    assert_eq!(
        (torn.kind, torn.notice),
        (Kind::Notebook, Some(Notice::Incomplete))
    );
    assert!(torn.pages[0].text.contains("A *heap*"), "{torn:?}");
}

#[tokio::test]
async fn captions_are_pages_with_times() {
    let cue = |minute: u32| {
        let at = 12 + minute;
        format!(
            "{minute}\n00:{at:02}:30.000 --> 00:{at:02}:33.000 align:start\n<v Ada>word {minute} &amp; more</v>\n\n"
        )
    };
    let cues: Vec<String> = (0..3).map(cue).collect();
    let text = format!("WEBVTT\n\nNOTE no\n\nSTYLE\n::cue{{}}\n\n{}", cues.concat());
    let found = extract(text.as_bytes()).await;
    assert_eq!(found.kind, Kind::Captions);
    let pages: Vec<_> = found
        .pages
        .iter()
        .map(|page| (page.label.as_deref(), page.starts_at_ms, page.text.as_str()))
        .collect();
    assert_eq!(pages[0], (Some("12:30"), Some(750_000), "word 0 & more"));
    assert_eq!(pages.len(), 3);
    let found = extract("1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>שלום</i>\r\n".as_bytes()).await;
    assert_eq!(
        (found.kind, found.pages[0].text.as_str()),
        (Kind::Captions, "שלום")
    );
}

#[tokio::test]
async fn code_is_told_by_name_only_among_texts() {
    let found = extract_named(b"fn main() {}\nlet x = half-\nlife;", "main.rs")
        .await
        .unwrap();
    assert_eq!(
        (found.kind, found.pages[0].text.as_str()),
        (Kind::Code, "fn main() {}\nlet x = half-\nlife;")
    );
    assert_eq!(extract(b"#!/bin/sh\necho\n").await.kind, Kind::Code);
    assert_eq!(
        extract_named(b"\x7FELF\0\0\0\x01", "x.rs").await.unwrap().kind,
        Kind::Other
    );
}

#[tokio::test]
async fn code_does_not_say_what_a_text_is_in() {
    let code = "```js\nfunction restart(students) { return students.filter((student) => student.isThere); } // why not\n```\n\n";
    let text = format!(
        "# Schleifen\n\n{0}Eine Schleife wiederholt, was in ihr steht, bis nichts mehr übrig ist.\n\n{0}{0}",
        code.repeat(3)
    );
    let found = extract_named(text.as_bytes(), "a.md").await.unwrap();
    assert_eq!(
        (found.language.as_deref(), found.pages[0].language.as_deref()),
        (Some("de"), Some("de"))
    );
}

#[tokio::test]
async fn lines_of_code_keep_their_numbers_on_every_page() {
    let function = |n: usize| {
        let body = "\r\n    # it goes on\r\n\r\n    return 1".repeat(20);
        format!("def f{n}():{body}\r\n\r\n\r\n")
    };
    let file: String = (0..30).map(function).collect();
    let found = extract_named(format!("\n{file}").as_bytes(), "a.py")
        .await
        .unwrap();
    assert!(found.pages.len() > 5, "{}", found.pages.len());
    let numbered: Vec<&str> = file.lines().collect();
    let mut next = 2;
    for page in &found.pages {
        assert!(page.text.starts_with("def f"), "{}", page.text);
        let [(PassageKind::Source { first }, lines)] = &passages(page)[..] else {
            panic!("{:?}", page.passages)
        };
        assert_eq!((lines, *first >= next), (&page.text, true));
        for (number, line) in (*first..).zip(lines.lines()) {
            assert_eq!(line, numbered[number as usize - 2]);
            next = number + 1;
        }
    }
    let endless = extract_named("x".repeat(30_000).as_bytes(), "a.js")
        .await
        .unwrap();
    assert_eq!(endless.pages.len(), 3);
    assert_eq!(extract_named(b"\n\n", "a.js").await.unwrap().pages.len(), 1);
}

#[tokio::test]
async fn texts_of_any_encoding_are_read() {
    let russian = "Куча это двоичное дерево, в котором каждый узел больше своих детей";
    let japanese = "ヒープは、親の値が子の値より常に大きい木構造である。";
    for (text, encoding) in [
        (russian, encoding_rs::WINDOWS_1251),
        (russian, encoding_rs::KOI8_R),
        (japanese, encoding_rs::SHIFT_JIS),
        (japanese, encoding_rs::EUC_JP),
    ] {
        let found = extract(&encoding.encode(text).0).await;
        assert_eq!(
            (found.kind, found.pages[0].text.as_str()),
            (Kind::Text, text),
            "{}",
            encoding.name()
        );
    }
    let longer = format!(
        "{russian}. Самый большой элемент всегда находится наверху, поэтому его легко найти и вынуть."
    );
    let wide: Vec<u8> = longer.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = extract(&wide).await;
    assert_eq!(found.pages[0].text, longer);
    assert_eq!(found.pages[0].language.as_deref(), Some("ru"));
}

#[tokio::test]
async fn broken_words_are_joined_and_soft_hyphens_dropped() {
    let found = extract("an exam-\nple of soft\u{AD}ness and \u{FB01}sh".as_bytes()).await;
    assert_eq!(found.pages[0].text, "an example\nof softness and fish");
}
