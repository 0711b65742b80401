//! Documents of office programs laid out as PDF, where LibreOffice is installed.
use crate::samples::zip;
use crate::{config, extractor, file_of, is_missing};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Extraction, Rejection};
use homeroom_extract::ProcessExtractor;
use homeroom_extract::tools::ToolConfig;
use homeroom_extract::tools::libreoffice::LibreOffice;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

const NAMESPACES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0""#;

/// An extractor that lays out and keeps its scratch files in `room`.
fn layouter(room: &Path, deadline: Duration) -> Option<ProcessExtractor> {
    if is_missing(
        "soffice",
        "libreoffice-impress-nogui and libreoffice-writer-nogui",
    ) {
        return None;
    }
    let held = ToolConfig {
        deadline,
        ..ToolConfig::new(room.to_owned())
    };
    let mut config = config();
    config.libreoffice = Some((LibreOffice::find("soffice", 2 << 30).unwrap(), held));
    Some(ProcessExtractor::new(config))
}

/// A document with the scripts of its own that `before` names.
fn open_document(format: &str, before: &str, body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let mimetype = format!("application/vnd.oasis.opendocument.{format}");
    let content = format!(
        r#"<office:document-content {NAMESPACES} office:version="1.2">{before}<office:body>{body}</office:body></office:document-content>"#
    );
    let entry = |path: &str, kind: &str| {
        format!(r#"<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>"#)
    };
    let mut entries = entry("/", &mimetype) + &entry("content.xml", "text/xml");
    entries.extend(parts.iter().map(|(path, _)| entry(path, "text/xml")));
    let manifest = format!(
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>"#
    );
    let mut all = vec![
        ("mimetype", mimetype.as_str()),
        ("content.xml", content.as_str()),
        ("META-INF/manifest.xml", manifest.as_str()),
    ];
    all.extend_from_slice(parts);
    zip(&all)
}

fn slide(name: &str, style: &str, words: &str) -> String {
    format!(
        r#"<draw:page draw:name="{name}" draw:style-name="{style}"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame></draw:page>"#
    )
}

async fn laid_out(layouter: &ProcessExtractor, bytes: &[u8], kind: Kind) -> Option<Vec<u8>> {
    layouter.lay_out(file_of(bytes).path(), kind).await.unwrap()
}

async fn read(pdf: &[u8]) -> Extraction {
    let file = file_of(pdf);
    extractor()
        .extract(file.path(), "layout.pdf", &|_| {})
        .await
        .unwrap()
}

#[tokio::test]
async fn every_slide_is_a_page_with_its_words_in_their_places_and_hidden_ones_too() {
    let room = tempfile::tempdir().unwrap();
    let Some(layouter) = layouter(room.path(), Duration::from_mins(1)) else {
        return;
    };
    let hidden = r#"<office:automatic-styles><style:style style:name="hidden" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>"#;
    let slides = [
        slide("one", "", "Cell membrane"),
        slide("two", "hidden", "Mitochondria"),
        slide("three", "", "Photosynthesis"),
    ];
    let body = format!("<office:presentation>{}</office:presentation>", slides.concat());
    let show = open_document("presentation", hidden, &body, &[]);
    let pdf = laid_out(&layouter, &show, Kind::Odp).await.unwrap();
    let found = read(&pdf).await;
    let texts: Vec<&str> = found.pages.iter().map(|page| page.text.trim()).collect();
    // Their names are LibreOffice's table of contents.
    assert_eq!(
        texts,
        ["Cell membrane\none", "Mitochondria\ntwo", "Photosynthesis\nthree"]
    );
    let word = &found.pages[0].words[1];
    assert_eq!(word.text, "membrane");
    assert!(word.x > 57.0 && word.y > 50.0 && word.w > 20.0, "{word:?}");
    let pictures = extractor().render(file_of(&pdf).path(), 2, 3, 480).await.unwrap();
    assert_eq!(pictures.len(), 2);
    let left = std::fs::read_dir(room.path()).unwrap().count();
    assert_eq!(left, 0, "scratch directories are left");
}

#[tokio::test]
async fn of_a_text_the_first_page_is_laid_out() {
    let room = tempfile::tempdir().unwrap();
    let Some(layouter) = layouter(room.path(), Duration::from_mins(1)) else {
        return;
    };
    let lines = "<text:p>Newton and the apple</text:p>".repeat(400);
    let essay = open_document("text", "", &format!("<office:text>{lines}</office:text>"), &[]);
    let found = read(&laid_out(&layouter, &essay, Kind::Odt).await.unwrap()).await;
    assert_eq!(found.pages.len(), 1);
    assert!(found.pages[0].text.starts_with("Newton and the apple"));
}

/// HARDENING 17 and 19: what a document refers to is neither fetched nor read, and what it would run
/// does not run.
#[tokio::test]
async fn a_document_fetches_nothing_and_runs_nothing() {
    let room = tempfile::tempdir().unwrap();
    let Some(layouter) = layouter(room.path(), Duration::from_mins(1)) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut picture = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([255, 0, 0]))
        .write_to(&mut picture, image::ImageFormat::Png)
        .unwrap();
    let ours = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    std::fs::write(ours.path(), picture.into_inner()).unwrap();
    let secret = file_of(b"the secret of the school");
    let macros = r#"<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts>"#;
    let shown = |address: &str| {
        format!(
            r#"<text:p>words<draw:frame svg:width="9cm" svg:height="9cm" text:anchor-type="as-char"><draw:image xlink:href="{address}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>"#
        )
    };
    let body = format!(
        r#"<office:text>{}{}<text:section text:name="s"><text:section-source xlink:href="file://{}" text:filter-name="Text" xlink:type="simple"/><text:p>stale</text:p></text:section></office:text>"#,
        shown(&format!("http://127.0.0.1:{port}/x.png")),
        shown(&format!("file://{}", ours.path().display())),
        secret.path().display()
    );
    let script = r#"<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">Sub Main
ThisComponent.Text.String = "the macro ran"
End Sub</script:module>"#;
    let libraries = r#"<library:libraries xmlns:library="http://openoffice.org/2000/library"><library:library library:name="Standard" library:link="false"/></library:libraries>"#;
    let library = r#"<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>"#;
    let document = open_document(
        "text",
        macros,
        &body,
        &[
            ("Basic/script-lc.xml", libraries),
            ("Basic/Standard/script-lb.xml", library),
            ("Basic/Standard/M.xml", script),
        ],
    );
    let pdf = laid_out(&layouter, &document, Kind::Odt).await.unwrap();
    let text = read(&pdf).await.pages.remove(0).text;
    assert!(text.contains("words") && text.contains("stale"), "{text:?}");
    assert!(!text.contains("macro") && !text.contains("secret"), "{text:?}");
    assert!(listener.accept().is_err(), "a packet left");
    let drawn = extractor().render(file_of(&pdf).path(), 1, 1, 480).await.unwrap();
    let drawn = image::load_from_memory(&drawn[0].content).unwrap().into_rgb8();
    let red = drawn
        .pixels()
        .filter(|pixel| pixel.0[0] > 200 && pixel.0[1] < 60)
        .count();
    assert_eq!(red, 0, "a picture from this machine was drawn");
}

#[tokio::test]
async fn what_is_no_document_is_not_laid_out() {
    let room = tempfile::tempdir().unwrap();
    let Some(layouter) = layouter(room.path(), Duration::from_mins(1)) else {
        return;
    };
    for (bytes, kind) in [
        (&b"plain words"[..], Kind::Docx),
        (b"PK\x03\x04 not a zip", Kind::Pptx),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Doc),
        (b"%PDF-1.7", Kind::Pdf),
    ] {
        assert_eq!(laid_out(&layouter, bytes, kind).await, None, "{kind}");
    }
}

#[tokio::test]
async fn a_document_that_takes_too_long_is_given_up() {
    let room = tempfile::tempdir().unwrap();
    let Some(layouter) = layouter(room.path(), Duration::from_millis(50)) else {
        return;
    };
    let essay = open_document("text", "", "<office:text/>", &[]);
    let outcome = layouter.lay_out(file_of(&essay).path(), Kind::Odt).await;
    assert!(
        matches!(outcome, Err(ExtractError::Rejected(Rejection::TimedOut))),
        "{outcome:?}"
    );
    let left = std::fs::read_dir(room.path()).unwrap().count();
    assert_eq!(left, 0, "scratch directories are left");
}

#[tokio::test]
async fn without_the_program_nothing_is_laid_out() {
    assert!(!extractor().lays_out());
    let outcome = extractor()
        .lay_out(file_of(b"x").path(), Kind::Odt)
        .await
        .unwrap();
    assert_eq!(outcome, None);
    assert_eq!(LibreOffice::find("homeroom-no-such-office", 1 << 30), None);
    assert_eq!(LibreOffice::find("", 1 << 30), None);
}
