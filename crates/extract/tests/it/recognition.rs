//! Text in pictures, where Tesseract is installed.
use crate::samples::pdf;
use crate::tiffs::in_group_4;
use crate::{config, extract, extractor, file_of, is_missing, pass_over};
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::ExtractedPage;
use homeroom_extract::ProcessExtractor;
use homeroom_extract::tools::ToolConfig;
use homeroom_extract::tools::tesseract::Tesseract;
use std::fmt::Write;
use tempfile::TempDir;

/// An extractor that recognises English, with the directory for its scratch files.
fn reader() -> Option<(ProcessExtractor, TempDir)> {
    reader_of(&["eng"])
}

/// One that recognises these languages; `None` where something is missing and that is allowed.
fn reader_of(languages: &[&str]) -> Option<(ProcessExtractor, TempDir)> {
    if is_missing("tesseract", "tesseract-ocr") {
        return None;
    }
    let find = |names: &[&str]| {
        Tesseract::find(
            "tesseract",
            &names.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    if let Some(missing) = languages.iter().find(|name| find(&[name]).is_none()) {
        let package = format!("tesseract-ocr-{missing}");
        pass_over(&format!("the language {missing} of tesseract"), &package);
        return None;
    }
    let scratch = tempfile::tempdir().unwrap();
    let mut config = config();
    config.tools = Some(ToolConfig::new(scratch.path().to_owned()));
    config.tesseract = find(languages);
    Some((ProcessExtractor::new(config), scratch))
}

/// A page of 200 × 400 points as a picture, in large letters.
async fn picture_of(words: &str) -> Vec<u8> {
    let content = format!("BT /F1 22 Tf 10 300 Td ({words}) Tj ET");
    let file = file_of(&pdf(&[&content]));
    let mut pictures = extractor().render(file.path(), 1, 1, 800).await.unwrap();
    pictures.pop().unwrap().content
}

async fn recognized(reader: &ProcessExtractor, bytes: &[u8]) -> Option<ExtractedPage> {
    let page = extract(bytes).await.pages.remove(0);
    let size = (page.width, page.height);
    reader.recognize(file_of(bytes).path(), 1, size).await.unwrap()
}

#[tokio::test]
async fn words_in_an_image_are_read_with_their_places() {
    let Some((reader, _scratch)) = reader() else {
        return;
    };
    let page = recognized(&reader, &picture_of("Photosynthesis").await)
        .await
        .unwrap();
    assert_eq!(page.text, "Photosynthesis");
    let word = &page.words[0];
    assert!((20.0..80.0).contains(&word.x), "{word:?}");
    assert!((280.0..420.0).contains(&word.y), "{word:?}");
    assert!(word.w > 300.0 && word.h > 30.0, "{word:?}");
}

#[tokio::test]
async fn pages_of_a_pdf_are_read_in_its_points_and_blank_ones_passed_over() {
    let Some((reader, _scratch)) = reader() else {
        return;
    };
    let bytes = pdf(&["BT /F1 22 Tf 10 300 Td (Mitochondria) Tj ET", ""]);
    let file = file_of(&bytes);
    let page = reader
        .recognize(file.path(), 1, (200.0, 400.0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.text, "Mitochondria");
    let word = &page.words[0];
    assert!((5.0..20.0).contains(&word.x), "{word:?}");
    assert!((70.0..110.0).contains(&word.y), "{word:?}");
    let blank = reader.recognize(file.path(), 2, (200.0, 400.0)).await.unwrap();
    assert_eq!(blank, None);
}

#[tokio::test]
async fn pages_that_lie_sideways_or_upside_down_are_read_too() {
    let Some((reader, _scratch)) = reader() else {
        return;
    };
    let lines = [
        "Chlorophyll takes up the light",
        "of the sun and gives energy to",
        "the cells of every green plant",
        "which make sugar from water",
        "and the carbon of the air and",
        "give oxygen to whoever breathes",
    ];
    // Sideways, with its head to the right and to the left, and upside down.
    for (matrix, (x, y), step) in [
        ("0 -1 1 0", (150, 380), (-20, 0)),
        ("0 1 -1 0", (50, 20), (20, 0)),
        ("-1 0 0 -1", (195, 100), (0, 20)),
    ] {
        let content = (0..).zip(lines).fold(String::new(), |content, (row, line)| {
            let (x, y) = (x + row * step.0, y + row * step.1);
            content + &format!("BT /F1 12 Tf {matrix} {x} {y} Tm ({line}) Tj ET ")
        });
        let page = reader
            .recognize(file_of(&pdf(&[&content])).path(), 1, (200.0, 400.0))
            .await
            .unwrap()
            .unwrap();
        assert!(
            page.text.starts_with("Chlorophyll takes up the light"),
            "{matrix}: {}",
            page.text
        );
        assert_eq!((page.width, page.height), (200.0, 400.0));
        let word = &page.words[0];
        let sideways = matrix.starts_with('0');
        assert_eq!(word.h > word.w, sideways, "{matrix}: {word:?}");
        let drawn = (
            f32::from(i16::try_from(x).unwrap()),
            400.0 - f32::from(i16::try_from(y).unwrap()),
        );
        let inside = |at: f32, begin: f32, length: f32| (begin - 4.0..begin + length + 4.0).contains(&at);
        assert!(
            inside(drawn.0, word.x, word.w) && inside(drawn.1, word.y, word.h),
            "{matrix}: {word:?}"
        );
    }
}

#[tokio::test]
async fn columns_of_an_english_page_keep_their_order_where_hebrew_is_preferred() {
    let Some((reader, _scratch)) = reader_of(&["heb", "eng"]) else {
        return;
    };
    let columns = [
        [
            "Chlorophyll takes up",
            "the light of the sun",
            "and gives its energy",
            "to cells of a plant.",
        ],
        [
            "Rivers carry water",
            "from the mountains",
            "to the sea, and from",
            "there clouds bring it.",
        ],
    ];
    let mut content = String::new();
    for (x, column) in (0_u16..).zip(columns) {
        for (y, line) in (0_u16..).zip(column.iter().cycle().take(12)) {
            let (x, y) = (10 + 100 * x, 380 - 14 * y);
            write!(content, "BT /F1 8 Tf {x} {y} Td ({line}) Tj ET ").unwrap();
        }
    }
    let page = reader
        .recognize(file_of(&pdf(&[&content])).path(), 1, (200.0, 400.0))
        .await
        .unwrap()
        .unwrap();
    let place = |word: &str| page.text.find(word);
    assert!(page.text.starts_with("Chlorophyll takes up"), "{}", page.text);
    assert!(place("energy") < place("Rivers"), "{}", page.text);
}

#[tokio::test]
async fn pages_of_a_scan_in_one_tiff_are_read() {
    let Some((reader, _scratch)) = reader() else {
        return;
    };
    let mut pictures = Vec::new();
    for word in ["Photosynthesis", "Mitochondria"] {
        let picture = image::load_from_memory(&picture_of(word).await).unwrap();
        pictures.push(picture.into_luma8());
    }
    let file = file_of(&in_group_4(&pictures));
    let found = reader.extract(file.path(), "scan.tif", &|_| {}).await.unwrap();
    let mut texts = Vec::new();
    for page in &found.pages {
        let read = reader
            .recognize(file.path(), page.number, (page.width, page.height))
            .await;
        texts.push(read.unwrap().unwrap().text);
    }
    assert_eq!(texts, ["Photosynthesis", "Mitochondria"]);
}

#[tokio::test]
async fn without_tesseract_nothing_is_read() {
    assert!(!extractor().recognizes_text());
    let read = recognized(&extractor(), &picture_of("word").await).await;
    assert_eq!(read, None);
}
