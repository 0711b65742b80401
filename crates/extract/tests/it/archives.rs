//! Zip archives of files: listed, their documents read, nothing else.
use crate::samples::{docx, paragraph, pdf, zip};
use crate::{extract, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{Notice, Rejection};
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn documents_inside_are_parts_with_the_names_of_their_paths() {
    let inner = zip(&[("deep.txt", "never read")]);
    let file = zip_of(&[
        ("week 1/essay.docx", &docx(&paragraph("inner words"))),
        (
            "week 1/sheet.pdf",
            &pdf(&["BT /F 10 Tf 20 380 Td (printed) Tj ET"]),
        ),
        ("ערימה.md", "# כותרת\n\nטקסט".as_bytes()),
        ("nested.zip", &inner),
        ("__MACOSX/._essay.docx", b"junk"),
    ]);
    let found = extract(&file).await;
    assert_eq!(found.kind, Kind::Archive);
    let pages: Vec<_> = found
        .pages
        .iter()
        .map(|page| (page.label.as_deref(), page.text.as_str()))
        .collect();
    assert_eq!(
        pages,
        [
            (None, "week 1/essay.docx\nweek 1/sheet.pdf\nערימה.md\nnested.zip"),
            (Some("week 1/essay.docx"), "inner words"),
            (Some("week 1/sheet.pdf"), "printed"),
            (Some("ערימה.md · כותרת"), "כותרת\nטקסט"),
        ]
    );
    let outline: Vec<_> = found
        .outline
        .iter()
        .map(|line| (line.title.as_str(), line.page))
        .collect();
    assert_eq!(
        outline,
        [("week 1/essay.docx", 2), ("week 1/sheet.pdf", 3), ("ערימה.md", 4)]
    );
    assert_eq!((found.title, found.notice), (None, None));
}

#[tokio::test]
async fn a_damaged_document_inside_costs_only_itself() {
    let file = zip_of(&[("bad.docx", b"PK\x03\x04 torn"), ("good.txt", b"still here")]);
    let found = extract(&file).await;
    assert_eq!(found.pages[1].text, "still here");
    assert_eq!(found.notice, Some(Notice::Incomplete));
}

#[tokio::test]
async fn links_are_listed_and_lead_nowhere() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("notes.txt", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let found = extract(&writer.finish().unwrap().into_inner()).await;
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["notes.txt"]);
}

#[tokio::test]
async fn bombs_and_torn_archives_are_refused() {
    let bomb = zip(&[("a.txt", " ".repeat(230 << 20).as_str())]);
    assert_eq!(rejection(&bomb).await, Rejection::ArchiveTooLarge);
    let whole = zip(&[("a.txt", "x")]);
    assert_eq!(rejection(&whole[..whole.len() - 30]).await, Rejection::Malformed);
}
