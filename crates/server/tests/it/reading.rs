//! What tools of others add: text in pictures, facts and pictures of recordings, and a verdict.
use crate::person::{id, noise, note, word};
use crate::school::School;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use homeroom_extract::tools::installed;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;

const PDF: &[u8] = include_bytes!("../../samples/cell-respiration.pdf");

/// Whether a test must be passed over, for lack of a program.
fn is_missing(program: &str, package: &str) -> bool {
    if installed(program).is_some() {
        return false;
    }
    homeroom_testkit::servers::missing(program, package);
    true
}

#[tokio::test]
async fn a_scanned_page_is_found_by_its_words_after_it_was_published() {
    if is_missing("tesseract", "tesseract-ocr") {
        return;
    }
    let school = School::with(&[("HOMEROOM_EXTRACTION_OCR_LANGUAGES", "eng")]).await;
    let student = school.student().await;
    let printed = student.share("print.pdf", PDF, &json!({})).await;
    let picture = format!("/api/v1/materials/{}/pages/1/image", id(&printed));
    let scan = student.get(&picture).await.expect(200).body;
    student
        .delete(&format!("/api/v1/materials/{}", id(&printed)))
        .await
        .expect(204);

    let material = student.share("scan.jpg", &scan, &json!({})).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    student
        .eventually(120, async || {
            let found = student.found("mitochondria").await;
            found.iter().any(|found| found == id(&material)).then_some(())
        })
        .await;
    let read = student.get(&path).await.expect(200).json();
    assert_eq!(
        (&read["status"], &read["notice"], &read["progress"]),
        (&json!("ready"), &Value::Null, &Value::Null),
        "{read}"
    );
    let page = student.get(&format!("{path}/pages/1")).await.expect(200).json();
    let words = page["words"].as_array().unwrap();
    assert!(words.len() > 20, "{page}");
    let width = page["width"].as_f64().unwrap();
    let fits = |word: &Value| word["x"].as_f64().unwrap() + word["w"].as_f64().unwrap() <= width + 1.0;
    assert!(words.iter().all(fits), "{page}");
}

#[tokio::test]
async fn without_recognition_a_scan_is_ready_and_says_why_it_has_no_text() {
    let school = School::with(&[("HOMEROOM_EXTRACTION_TESSERACT", "")]).await;
    let student = school.student().await;
    let material = student.share("scan.png", &png(), &json!({})).await;
    assert_eq!(material["notice"], "no_text_recognition", "{material}");
    assert_eq!(material["media"], json!({"width": 1, "height": 1}), "{material}");
    let contents = format!("/api/v1/materials/{}/contents", id(&material));
    let contents = student.get(&contents).await.expect(200).json();
    assert_eq!(contents["notice"], "no_text_recognition", "{contents}");
    assert_eq!(
        contents["pages"],
        json!([{"number": 1, "width": 1.0, "height": 1.0}])
    );
}

/// A PDF with a page for each content stream.
fn pdf_of(contents: &[&str]) -> Vec<u8> {
    let mut pages = String::new();
    let mut kids = String::new();
    for (number, content) in (10..).step_by(2).zip(contents) {
        let stream = number + 1;
        let _ = write!(kids, "{number} 0 R ");
        let _ = write!(
            pages,
            "{number} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents {stream} 0 R \
             /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n\
             {stream} 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n",
            content.len()
        );
    }
    let count = contents.len();
    format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count {count} >>\nendobj\n{pages}trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn nearly_blank_pages_make_no_scan_of_a_document() {
    let school = School::with(&[("HOMEROOM_EXTRACTION_TESSERACT", "")]).await;
    let student = school.student().await;
    let text = "BT /F 10 Tf 20 300 Td (The cell is the smallest unit of life) Tj ET";
    let book = pdf_of(&["BT /F 20 Tf 20 200 Td (Biology) Tj ET", "", text, "", ""]);
    let book = student.share("book.pdf", &book, &json!({})).await;
    assert_eq!(
        (&book["notice"], &book["pages"]),
        (&Value::Null, &json!(5)),
        "{book}"
    );
    let blank = student.share("blank.pdf", &pdf_of(&["", ""]), &json!({})).await;
    assert_eq!(blank["notice"], "no_text", "{blank}");
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let school = School::start().await;
    let student = school.student().await;
    let unknown = [&[1, 2, 3, 0], noise(4000).as_slice()].concat();
    for (name, notice) in [
        ("worksheet.pdf", "not_its_type"),
        ("slides.pptx", "not_its_type"),
        ("model.blend", "unknown_type"),
        ("noname", "unknown_type"),
    ] {
        let material = student.share(name, &unknown, &json!({})).await;
        assert_eq!(
            (&material["notice"], &material["kind"]),
            (&json!(notice), &json!("other")),
            "{material}"
        );
    }
}

#[tokio::test]
async fn scans_from_before_there_was_recognition_are_recognised_once_there_is() {
    if is_missing("tesseract", "tesseract-ocr") {
        return;
    }
    let settings = [
        ("HOMEROOM_EXTRACTION_TESSERACT", ""),
        ("HOMEROOM_EXTRACTION_OCR_LANGUAGES", "eng"),
    ];
    let mut school = School::with(&settings).await;
    let student = school.student().await;
    let printed = student.share("print.pdf", PDF, &json!({})).await;
    let picture = format!("/api/v1/materials/{}/pages/1/image", id(&printed));
    let scan = student.get(&picture).await.expect(200).body;
    student
        .delete(&format!("/api/v1/materials/{}", id(&printed)))
        .await
        .expect(204);
    let material = student.share("scan.jpg", &scan, &json!({})).await;
    assert_eq!(material["notice"], "no_text_recognition", "{material}");

    school.terminate();
    school.set("HOMEROOM_EXTRACTION_TESSERACT", "tesseract");
    school.restart().await;
    student
        .eventually(120, async || {
            let found = student.found("mitochondria").await;
            found.iter().any(|found| found == id(&material)).then_some(())
        })
        .await;
    let path = format!("/api/v1/materials/{}", id(&material));
    let read = student.get(&path).await.expect(200).json();
    assert_eq!(
        (&read["notice"], &read["pages"]),
        (&Value::Null, &json!(1)),
        "{read}"
    );
}

/// One black point.
fn png() -> Vec<u8> {
    const PNG: &str = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de\
                       0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082";
    hex::decode(PNG).unwrap()
}

/// Two seconds of a tone, as WAV.
fn recording() -> Vec<u8> {
    let samples: Vec<u8> = (0_u32..16_000)
        .map(|n| if n / 20 % 2 == 0 { 90 } else { 160 })
        .collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + 16_000_u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(8_000_u32.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend(16_000_u32.to_le_bytes());
    file.extend(samples);
    file
}

#[tokio::test]
async fn a_recording_tells_its_length_and_shows_its_waveform() {
    if is_missing("ffmpeg", "ffmpeg") {
        return;
    }
    let school = School::start().await;
    let student = school.student().await;
    let material = student.share("lecture.wav", &recording(), &json!({})).await;
    assert_eq!(
        material["media"],
        json!({"duration_ms": 2000, "width": 0, "height": 0}),
        "{material}"
    );
    let cover = format!("/api/v1/materials/{}/cover", id(&material));
    let cover = student.get(&cover).await.expect(200);
    assert!(cover.header("content-type").starts_with("image/"));
}

/// A show of two slides, as an OpenDocument.
fn slides() -> Vec<u8> {
    const TYPE: &str = "application/vnd.oasis.opendocument.presentation";
    let slide = |name: &str, words: &str| {
        format!(
            r#"<draw:page draw:name="{name}"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="3cm"><draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame></draw:page>"#
        )
    };
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2"><office:body><office:presentation>{}{}</office:presentation></office:body></office:document-content>"#,
        slide("Inside a cell", "The mitochondria make energy"),
        slide("Outside", "The membrane keeps things apart")
    );
    let manifest = format!(
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{TYPE}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#
    );
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, part) in [
        ("mimetype", TYPE),
        ("content.xml", &content),
        ("META-INF/manifest.xml", &manifest),
    ] {
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        package.start_file(name, stored).unwrap();
        package.write_all(part.as_bytes()).unwrap();
    }
    package.finish().unwrap().into_inner()
}

#[tokio::test]
async fn slides_get_pictures_after_they_were_published_with_their_words() {
    if is_missing("soffice", "libreoffice-impress-nogui") {
        return;
    }
    let school = School::start().await;
    let student = school.student().await;
    let material = student.share("cells.odp", &slides(), &json!({})).await;
    assert_eq!(
        (&material["status"], &material["kind"], &material["pages"]),
        (&json!("ready"), &json!("odp"), &json!(2)),
        "{material}"
    );
    let path = format!("/api/v1/materials/{}", id(&material));
    let large = student
        .eventually(120, async || {
            let answer = student.get(&format!("{path}/pages/2/image?width=1600")).await;
            (answer.status == 200).then_some(answer)
        })
        .await;
    let small = student
        .get(&format!("{path}/pages/2/image?width=480"))
        .await
        .expect(200);
    let cover = student.get(&format!("{path}/cover")).await.expect(200);
    for picture in [&large, &small, &cover] {
        assert!(picture.header("content-type").starts_with("image/"));
    }
    student.get(&format!("{path}/pages/3/image")).await.expect(404);
    let page = student.get(&format!("{path}/pages/2")).await.expect(200).json();
    let words = page["words"].as_array().unwrap();
    let membrane = words.iter().find(|word| word["text"] == "membrane").unwrap();
    assert!(membrane["x"].as_f64().unwrap() > 57.0, "{page}");
    assert!(page["width"].as_f64().unwrap() > 500.0, "{page}");
    let contents = student.get(&format!("{path}/contents")).await.expect(200).json();
    assert_eq!(contents["pages"][1]["width"], page["width"], "{contents}");
    assert_eq!(student.found("membrane").await, [id(&material)]);
}

#[tokio::test]
async fn without_libreoffice_slides_are_ready_with_their_words_alone() {
    let school = School::with(&[("HOMEROOM_EXTRACTION_LIBREOFFICE", "")]).await;
    let student = school.student().await;
    let material = student.share("cells.odp", &slides(), &json!({})).await;
    assert_eq!(material["status"], "ready", "{material}");
    let path = format!("/api/v1/materials/{}", id(&material));
    student.get(&format!("{path}/pages/1/image")).await.expect(404);
    student.get(&format!("{path}/cover")).await.expect(404);
    let page = student.get(&format!("{path}/pages/1")).await.expect(200).json();
    assert_eq!(page["words"], Value::Null, "{page}");
    assert_eq!(student.found("mitochondria").await, [id(&material)]);
}

#[tokio::test]
async fn slides_from_before_there_was_libreoffice_get_their_pictures_once_there_is() {
    if is_missing("soffice", "libreoffice-impress-nogui") {
        return;
    }
    let mut school = School::with(&[("HOMEROOM_EXTRACTION_LIBREOFFICE", "")]).await;
    let student = school.student().await;
    let material = student.share("cells.odp", &slides(), &json!({})).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    student.get(&format!("{path}/pages/1/image")).await.expect(404);

    school.terminate();
    school.set("HOMEROOM_EXTRACTION_LIBREOFFICE", "soffice");
    school.restart().await;
    student
        .eventually(120, async || {
            let answer = student.get(&format!("{path}/pages/2/image")).await;
            (answer.status == 200).then_some(())
        })
        .await;
    student.get(&format!("{path}/cover")).await.expect(200);
    assert_eq!(student.found("membrane").await, [id(&material)]);
}

/// HARDENING 23.
#[tokio::test]
async fn a_file_that_the_scanner_knows_is_given_to_nobody() {
    if is_missing("clamscan", "clamav") {
        return;
    }
    let signatures = tempfile::Builder::new().suffix(".hdb").tempfile().unwrap();
    std::fs::write(
        signatures.path(),
        "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n",
    )
    .unwrap();
    let scanner = format!("clamscan,{}", signatures.path().display());
    let school = School::with(&[("HOMEROOM_EXTRACTION_SCANNER", &scanner)]).await;
    let (owner, other) = (school.student().await, school.student().await);
    // In two parts, or this file would be taken for what it is a test of.
    let harmful = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD",
        "-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat();
    let material = owner
        .share_unread("notes.txt", harmful.as_bytes(), &json!({}))
        .await;
    let material = owner.settled(id(&material)).await;
    assert_eq!(
        (&material["status"], &material["reason"]),
        (&json!("failed"), &json!("infected")),
        "{material}"
    );
    let path = format!("/api/v1/materials/{}", id(&material));
    let download = format!("{path}/download");
    owner.get(&download).await.problem(403, "quarantined");
    other.get(&path).await.problem(404, "not_found");
    other.get(&download).await.problem(404, "not_found");

    let word = word();
    let clean = owner.share("clean.md", &note(&word), &json!({})).await;
    owner.download(id(&clean)).await.expect(200);
}

#[tokio::test]
async fn what_was_not_scanned_yet_waits() {
    let school = School::with(&[("HOMEROOM_EXTRACTION_SCANNER", "unix:/nonexistent/clamd")]).await;
    let owner = school.student().await;
    let material = owner.share_unread("notes.md", &note(&word()), &json!({})).await;
    let waits = async || {
        school
            .log()
            .contains("a file waits for the scanner")
            .then_some(())
    };
    owner.eventually(30, waits).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    let read = owner.get(&path).await.expect(200).json();
    assert_eq!(read["status"], "processing", "{read}");
    owner
        .get(&format!("{path}/download"))
        .await
        .problem(409, "not_scanned_yet");
}

#[tokio::test]
async fn what_a_notebooks_code_drew_is_seen_by_those_who_may_read_it() {
    let school = School::start().await;
    let (owner, other) = (school.student().await, school.student().await);
    let output = json!({"data": {"image/png": BASE64.encode(png()), "text/plain": "<Figure>"}});
    let notebook = json!({"nbformat": 4, "metadata": {}, "cells": [
        {"cell_type": "code", "source": "plot()", "outputs": [output]}]});
    let notebook = notebook.to_string();
    let material = owner
        .share(
            "plot.ipynb",
            notebook.as_bytes(),
            &json!({"visibility": "private"}),
        )
        .await;
    let path = format!("/api/v1/materials/{}/pictures", id(&material));
    let picture = owner.get(&format!("{path}/1?v=1")).await.expect(200);
    assert!(["image/webp", "image/jpeg"].contains(&picture.header("content-type")));
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(picture.header("cache-control"), "private, no-cache");
    assert!(!picture.body.starts_with(b"\x89PNG"), "drawn anew");
    let again = owner.get(&format!("{path}/1")).await.expect(200);
    assert_eq!(again.body, picture.body);
    for none in ["0", "2", "201", "4294967295"] {
        owner
            .get(&format!("{path}/{none}"))
            .await
            .problem(404, "not_found");
    }
    other.get(&format!("{path}/1")).await.problem(404, "not_found");
}
