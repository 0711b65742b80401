//! Files of more pages than are read: in every format the first ones are kept, and the notice tells of the rest.
use crate::samples::{docx, office, pdf, relationships, zip};
use crate::{config, file_of};
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{Extraction, Notice};
use homeroom_extract::ProcessExtractor;
use std::fmt::Write as _;

/// What is read of a file where no more than two pages are.
async fn two_pages_of(file: &[u8], name: &str) -> Extraction {
    let mut config = config();
    config.limits.pages = 2;
    let extractor = ProcessExtractor::new(config);
    extractor
        .extract(file_of(file).path(), name, &|_| {})
        .await
        .unwrap()
}

fn slides() -> Vec<u8> {
    let (mut ids, mut links, mut slides) = (String::new(), Vec::new(), Vec::new());
    for (number, word) in WORDS.iter().enumerate() {
        let _ = write!(ids, r#"<p:sldId r:id="r{number}"/>"#);
        links.push((format!("r{number}"), format!("slides/slide{number}.xml")));
        let slide = format!("<p:sld><p:sp><a:p><a:r><a:t>{word}</a:t></a:r></a:p></p:sp></p:sld>");
        slides.push((format!("ppt/slides/slide{number}.xml"), slide));
    }
    let links: Vec<_> = links
        .iter()
        .map(|(id, to)| (id.as_str(), "slide", to.as_str()))
        .collect();
    let links = relationships(&links);
    let mut parts = vec![("ppt/_rels/presentation.xml.rels", links.as_str())];
    parts.extend(slides.iter().map(|(name, slide)| (name.as_str(), slide.as_str())));
    let show = format!("<p:presentation><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
    office(
        "ppt/presentation.xml",
        "presentationml.presentation",
        &show,
        &parts,
    )
}

fn sheets() -> Vec<u8> {
    let (mut names, mut links, mut sheets) = (String::new(), Vec::new(), Vec::new());
    for (number, word) in WORDS.iter().enumerate() {
        let _ = write!(names, r#"<sheet name="{word}" r:id="r{number}"/>"#);
        links.push((format!("r{number}"), format!("worksheets/sheet{number}.xml")));
        sheets.push(format!("xl/worksheets/sheet{number}.xml"));
    }
    let links: Vec<_> = links
        .iter()
        .map(|(id, to)| (id.as_str(), "worksheet", to.as_str()))
        .collect();
    let links = relationships(&links);
    let mut parts = vec![("xl/_rels/workbook.xml.rels", links.as_str())];
    parts.extend(sheets.iter().map(|name| (name.as_str(), "<worksheet/>")));
    let book = format!("<workbook><sheets>{names}</sheets></workbook>");
    office("xl/workbook.xml", "spreadsheetml.sheet", &book, &parts)
}

/// Of a chapter for each word, all of which its table of contents names.
fn book() -> Vec<u8> {
    let (mut items, mut spine, mut contents, mut chapters) =
        (String::new(), String::new(), String::new(), Vec::new());
    for word in WORDS {
        let _ = write!(
            items,
            r#"<item id="{word}" href="{word}.xhtml" media-type="application/xhtml+xml"/>"#
        );
        let _ = write!(spine, r#"<itemref idref="{word}"/>"#);
        let _ = write!(
            contents,
            r#"<navPoint><navLabel><text>{word}</text></navLabel><content src="{word}.xhtml"/></navPoint>"#
        );
        chapters.push((
            format!("{word}.xhtml"),
            format!("<html><body><p>{word}</p></body></html>"),
        ));
    }
    let package = format!(
        r#"<package><metadata/><manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>{items}</manifest><spine toc="ncx">{spine}</spine></package>"#
    );
    let contents = format!("<ncx><navMap>{contents}</navMap></ncx>");
    let container = r#"<container><rootfiles><rootfile full-path="o.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;
    let mut parts = vec![
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("o.opf", package.as_str()),
        ("toc.ncx", contents.as_str()),
    ];
    parts.extend(chapters.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    zip(&parts)
}

fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>{body}</office:body></office:document-content>"#
    );
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    zip(&[
        ("mimetype", &mimetype),
        ("content.xml", &content),
        ("meta.xml", "<m/>"),
    ])
}

const WORDS: [&str; 3] = ["alpha", "beta", "gamma"];

#[tokio::test]
async fn the_first_pages_are_kept_and_the_notice_tells_of_the_rest() {
    let each = |begin: &str, end: &str| WORDS.map(|word| format!("{begin}{word}{end}")).concat();
    let shown = WORDS.map(|word| format!("BT /F 10 Tf 20 380 Td ({word}) Tj ET"));
    let long = WORDS.map(|word| format!("# {word}\n\n{}", format!("{word} words.\n\n").repeat(300)));
    let parts = WORDS.map(|word| (format!("{word}.txt"), format!("words of {word}")));
    let parts: Vec<_> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let broken = each("<w:p><w:r><w:t>", r#"</w:t><w:br w:type="page"/></w:r></w:p>"#);
    let files = [
        ("a.pdf", pdf(&shown.each_ref().map(String::as_str))),
        ("a.txt", each("", "\u{C}").into_bytes()),
        ("a.md", long.concat().into_bytes()),
        ("a.docx", docx(&broken)),
        ("a.pptx", slides()),
        ("a.xlsx", sheets()),
        ("a.epub", book()),
        (
            "a.odp",
            open_document(
                "presentation",
                &format!(
                    "<office:presentation>{}</office:presentation>",
                    each("<draw:page><text:p>", "</text:p></draw:page>")
                ),
            ),
        ),
        (
            "a.ods",
            open_document(
                "spreadsheet",
                &format!(
                    "<office:spreadsheet>{}</office:spreadsheet>",
                    each(r#"<table:table table:name=""#, r#""/>"#)
                ),
            ),
        ),
        ("a.zip", zip(&parts)),
    ];
    for (name, file) in files {
        let found = two_pages_of(&file, name).await;
        let texts: Vec<&str> = found.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts.len(), 2, "{name}: {texts:?}");
        assert!(texts[0].contains("alpha"), "{name}: {texts:?}");
        assert_eq!(found.notice, Some(Notice::Incomplete), "{name}");
        assert!(
            found.outline.iter().all(|line| line.page <= 2),
            "{name}: {:?}",
            found.outline
        );
    }
}

#[tokio::test]
async fn the_table_of_contents_of_the_pages_that_are_read_is_kept() {
    let found = two_pages_of(&book(), "a.epub").await;
    let titles: Vec<_> = found
        .outline
        .iter()
        .map(|line| (line.title.as_str(), line.page))
        .collect();
    assert_eq!(titles, [("alpha", 1), ("beta", 2)]);
}

#[tokio::test]
async fn as_many_pages_as_are_read_are_all() {
    let found = two_pages_of("one\u{C}two".as_bytes(), "a.txt").await;
    assert_eq!((found.pages.len(), found.notice), (2, None));
}
