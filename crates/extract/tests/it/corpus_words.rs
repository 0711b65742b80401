//! Over the corpus named by HOMEROOM_CORPUS: what of the words that an office file's XML holds is
//! found. The words are gathered here by other means than in the extractor.
use crate::corpus::{corpus, files, recall};
use crate::extractor;
use homeroom_core::ports::Extractor;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zip::ZipArchive;

/// Whether a part holds words, and the elements that do.
type Sources = (fn(&str) -> bool, &'static [&'static str]);

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == extension)
}

/// Which parts hold words, and in which elements; no elements means all of the part's text.
fn sources(extension: &str) -> Option<Sources> {
    Some(match extension {
        "docx" => (
            |name| {
                let words = ["document", "footnotes", "endnotes"];
                words.iter().any(|part| name == format!("word/{part}.xml"))
            },
            &["w:t", "m:t"],
        ),
        "pptx" => (
            |name| {
                let slide =
                    name.starts_with("ppt/slides/slide") || name.starts_with("ppt/notesSlides/notesSlide");
                slide && has_extension(name, "xml")
            },
            &["a:t"],
        ),
        "odt" | "odp" | "ods" => (|name| name == "content.xml", &["text:p", "text:h"]),
        "epub" => (
            |name| (has_extension(name, "xhtml") || has_extension(name, "html")) && !name.contains("nav"),
            &["body"],
        ),
        _ => return None,
    })
}

fn expected(path: &Path, extension: &str) -> Option<String> {
    let (holds_words, elements) = sources(extension)?;
    let mut archive = ZipArchive::new(File::open(path).unwrap()).ok()?;
    let mut text = String::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        if !holds_words(&entry.name().ok()?) {
            continue;
        }
        let mut xml = String::new();
        entry.read_to_string(&mut xml).ok()?;
        gather(&xml, elements, &mut text);
    }
    Some(text)
}

/// The text inside some elements, by looking for tags alone.
fn gather(xml: &str, elements: &[&str], text: &mut String) {
    let (mut depth, mut hidden) = (0_usize, 0_usize);
    for piece in xml.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '\r', '\t', '/'])
            .next()
            .unwrap();
        // What was moved away, what older programs draw instead, and numbers of pages are no words.
        if matches!(
            name,
            "w:moveFrom" | "mc:Fallback" | "text:page-number" | "style" | "script"
        ) && !tag.ends_with('/')
        {
            hidden = if tag.starts_with('/') {
                hidden.saturating_sub(1)
            } else {
                hidden + 1
            };
        }
        if elements.contains(&name) && !tag.ends_with('/') {
            if tag.starts_with('/') {
                depth = depth.saturating_sub(1);
                text.push_str(if name.ends_with(":t") { "" } else { "\n" });
            } else {
                depth += 1;
            }
        } else if matches!(
            name,
            "w:p"
                | "a:p"
                | "text:tab"
                | "text:s"
                | "text:line-break"
                | "p"
                | "div"
                | "li"
                | "td"
                | "th"
                | "br"
                | "tr"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "dt"
                | "dd"
                | "a:br"
                | "w:br"
                | "w:tab"
                | "m:oMath"
                | "text:note"
                | "text:note-body"
                | "blockquote"
                | "pre"
                | "section"
                | "text:note-citation"
                | "office:annotation"
                | "w:cr"
        ) {
            text.push('\n');
        }
        if depth > 0 && hidden == 0 {
            let content = quick_xml::escape::unescape(content)
                .map_or_else(|_| content.to_owned(), std::borrow::Cow::into_owned);
            text.push_str(&content);
        }
    }
}

#[tokio::test]
async fn words_of_office_files_and_books_are_found() {
    let Some(corpus) = corpus() else { return };
    let mut shares = Vec::new();
    for folder in ["docs", "multilingual"] {
        for path in files(&corpus.join(folder)) {
            let extension = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let Some(expected) = expected(&path, &extension) else {
                continue;
            };
            if expected.split_whitespace().count() < 20 {
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let found = extractor().extract(&path, &name, &|_| {}).await.unwrap();
            let text: Vec<&str> = found.pages.iter().map(|page| page.text.as_str()).collect();
            let share = recall(&expected, &text.join("\n"));
            println!("{share:.4} {name} ({} pages)", found.pages.len());
            shares.push(share);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few files")]
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    println!("mean word recall {mean:.4} of {} files", shares.len());
    assert!(mean >= 0.99, "{mean}");
}
