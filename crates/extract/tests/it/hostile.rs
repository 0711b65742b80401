//! HARDENING 16–20: files that want to harm end as a stable rejection or as something harmless.
use crate::samples::{PdfBuilder, docx, docx_with, paragraph, pdf, pdf_with, zip};
use crate::{extract, extract_named, extractor, file_of, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Notice, Rejection};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[tokio::test]
async fn an_archive_that_inflates_without_end_is_too_large() {
    let mut part = "<w:document><w:body>".to_owned();
    part.push_str(&" ".repeat(220 << 20));
    assert_eq!(
        rejection(&docx_with(&part, &[])).await,
        Rejection::ArchiveTooLarge
    );
}

#[tokio::test]
async fn an_archive_that_lies_about_sizes_is_too_large() {
    let mut file = docx(&paragraph(&"a".repeat(1 << 20)));
    let name = b"word/document.xml";
    let headers: [(&[u8], usize, usize); 2] = [(b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)];
    for (mark, name_at, size_at) in headers {
        let place = (0..file.len() - 80)
            .find(|place| file[*place..].starts_with(mark) && file[place + name_at..].starts_with(name))
            .unwrap();
        file[place + size_at..place + size_at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert_eq!(rejection(&file).await, Rejection::ArchiveTooLarge);
}

#[tokio::test]
async fn an_archive_of_100_000_entries_is_too_large() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..100_000 {
        writer
            .start_file(format!("{number}"), SimpleFileOptions::default())
            .unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    assert_eq!(rejection(&file).await, Rejection::ArchiveTooLarge);
}

#[tokio::test]
async fn an_archive_whose_entries_overlap_is_too_large() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("kernel", SimpleFileOptions::default()).unwrap();
    writer.write_all(&[0; 10_000]).unwrap();
    for number in 0..50 {
        writer
            .shallow_copy_file("kernel", &format!("copy{number}"))
            .unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    assert_eq!(rejection(&file).await, Rejection::ArchiveTooLarge);
}

#[tokio::test]
async fn entities_are_refused() {
    let mut laughs = String::from("<!DOCTYPE lolz [<!ENTITY a0 \"lol\">");
    for level in 1..10 {
        let inner = format!("&a{};", level - 1).repeat(10);
        let _ = write!(laughs, "<!ENTITY a{level} \"{inner}\">");
    }
    laughs.push_str("]><w:document><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>");
    assert_eq!(rejection(&docx_with(&laughs, &[])).await, Rejection::Malformed);
    let external = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>"#;
    assert_eq!(rejection(&docx_with(external, &[])).await, Rejection::Malformed);
    let remote = r#"<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><w:document/>"#;
    assert_eq!(rejection(&docx_with(remote, &[])).await, Rejection::Malformed);
}

#[tokio::test]
async fn floods_of_attributes_and_elements_end() {
    let mut attributes = String::from("<w:document ");
    for number in 0..200_000 {
        let _ = write!(attributes, "xmlns:n{number}='u{number}' a{number}='x' ");
    }
    attributes.push_str("><w:body><w:p><w:r><w:t>still here</w:t></w:r></w:p></w:body></w:document>");
    assert_eq!(
        extract(&docx_with(&attributes, &[])).await.pages[0].text,
        "still here"
    );
    let deep = format!("<w:document>{}", "<w:p>".repeat(1_000_000));
    assert_eq!(rejection(&docx_with(&deep, &[])).await, Rejection::Malformed);
}

#[tokio::test]
async fn entry_names_lead_nowhere() {
    let file = zip(&[("../../../../etc/cron.d/evil", "x"), ("/etc/passwd", "x")]);
    let found = extract(&file).await;
    assert_eq!((found.kind, found.pages.len()), (Kind::Archive, 3));
}

fn page_with(content: &str) -> Vec<u8> {
    pdf(&[content])
}

#[tokio::test]
async fn deep_arrays_do_no_harm() {
    let deep = "[".repeat(100_000);
    let in_content = page_with(&format!("{deep} BT /F 10 Tf 20 380 Td (x) Tj ET"));
    outcome_is_stable(&in_content, "deep content").await;
    let in_object = {
        let mut pdf = pdf_with(&[""], "");
        pdf.set(3, deep.clone());
        pdf.build()
    };
    outcome_is_stable(&in_object, "deep object").await;
    let in_catalog = {
        let mut pdf = pdf_with(&[""], "");
        pdf.set(1, format!("<< /Type /Catalog /Pages 2 0 R /X {deep} >>"));
        pdf.build()
    };
    outcome_is_stable(&in_catalog, "deep catalog").await;
    let dictionaries = page_with(&"<</A".repeat(100_000));
    outcome_is_stable(&dictionaries, "deep dictionaries").await;
}

/// Whatever comes of it, it is no failure of ours, and the parent goes on.
async fn outcome_is_stable(bytes: &[u8], what: &str) {
    let extracted = extract_named(bytes, "x.pdf").await;
    assert!(
        !matches!(extracted, Err(ExtractError::Unavailable(_))),
        "{what}: {extracted:?}"
    );
    let rendered = extractor().render(file_of(bytes).path(), 1, 3, 300).await;
    assert!(
        !matches!(rendered, Err(ExtractError::Unavailable(_))),
        "{what}: {rendered:?}"
    );
}

#[tokio::test]
async fn loops_in_a_pdf_end() {
    let mut pages = PdfBuilder::default();
    pages.add("<< /Type /Catalog /Pages 2 0 R >>");
    pages.add("<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>");
    pages.add("<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 3 0 R >>");
    assert_eq!(rejection(&pages.build()).await, Rejection::Malformed);

    let mut form = pdf_with(&["/X Do"], "");
    let own = form.reserve();
    form.set(own, format!("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {own} 0 R >> >> /Length 11 >>\nstream\n/X Do /X Do\nendstream"));
    let file = String::from_utf8(form.build()).unwrap();
    let file = file.replace(
        "/Resources << /Font",
        &format!("/Resources << /XObject << /X {own} 0 R >> /Font"),
    );
    outcome_is_stable(file.as_bytes(), "form in itself").await;

    let mut length = pdf_with(&[""], "");
    let own = length.reserve();
    length.set(own, format!("<< /Length {own} 0 R >>\nstream\nx\nendstream"));
    outcome_is_stable(&length.build(), "length in itself").await;

    let file = page_with("");
    let text = String::from_utf8(file).unwrap();
    let start = text.rfind("startxref\n").unwrap() + 10;
    let table = text[start..].lines().next().unwrap().to_owned();
    let looped = text.replace("/Root 1 0 R", &format!("/Root 1 0 R /Prev {table}"));
    outcome_is_stable(looped.as_bytes(), "xref loop").await;
}

#[tokio::test]
async fn chained_filters_end() {
    let mut pdf = pdf_with(&["/X Do"], "");
    let filters = "/ASCIIHexDecode ".repeat(5_000);
    let stream = pdf.stream(&format!("/Filter [{filters}]"), b"414141");
    pdf.set(
        5,
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents {stream} 0 R >>"),
    );
    outcome_is_stable(&pdf.build(), "filters").await;
}

#[tokio::test]
async fn of_more_pages_than_allowed_the_first_are_read() {
    let contents = vec![""; 5_001];
    let feeds = "x\u{C}".repeat(6_000);
    for file in [pdf(&contents), feeds.into_bytes()] {
        let found = extract(&file).await;
        assert_eq!(
            (found.pages.len(), found.notice),
            (5_000, Some(Notice::Incomplete))
        );
    }
}

#[tokio::test]
async fn an_image_of_65_000_by_65_000_does_no_harm_in_a_pdf() {
    let mut pdf = pdf_with(
        &["q 200 0 0 400 0 0 cm /X Do Q BT /F 10 Tf 20 380 Td (caption) Tj ET"],
        "",
    );
    let image = pdf.stream(
        "/Type /XObject /Subtype /Image /Width 65000 /Height 65000 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        b"short",
    );
    let file = String::from_utf8(pdf.build()).unwrap();
    let file = file.replace(
        "/Resources << /Font",
        &format!("/Resources << /XObject << /X {image} 0 R >> /Font"),
    );
    assert_eq!(extract(file.as_bytes()).await.pages[0].text, "caption");
    outcome_is_stable(file.as_bytes(), "image").await;
}

/// A PNG that says it is so large, with nothing in it.
fn png_of(side: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&side.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1A\n\0\0\0\x0D".to_vec();
    file.extend_from_slice(&header);
    file.extend_from_slice(&checksum(&header).to_be_bytes());
    file.extend_from_slice(b"\0\0\0\0IDAT\x35\xAF\x06\x1E\0\0\0\0IEND\xAE\x42\x60\x82");
    file
}

/// CRC-32 as PNG wants it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[tokio::test]
async fn an_image_bomb_is_an_image_but_is_never_drawn() {
    let file = png_of(40_000);
    let found = extract(&file).await;
    assert_eq!((found.kind, found.pages[0].width), (Kind::Image, 40_000.0));
    let drawn = extractor().render(file_of(&file).path(), 1, 1, 320).await;
    assert!(
        matches!(drawn, Err(ExtractError::Rejected(Rejection::TooLarge))),
        "{drawn:?}"
    );
}

#[tokio::test]
async fn programs_in_disguise_are_not_run() {
    let postscript = b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file";
    assert_eq!(
        extract_named(postscript, "a.pdf").await.unwrap().kind,
        Kind::Other
    );
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>";
    assert_eq!(extract_named(svg, "a.png").await.unwrap().kind, Kind::Other);
    let mvg = b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://127.0.0.1/x.jpg\"|ls \"-la)'\n";
    let found = extract_named(mvg, "a.png").await.unwrap();
    assert_eq!(found.kind, Kind::Text);
    let polyglot = b"<html><script>alert(1)</script>%PDF-1.7\n";
    assert_eq!(extract_named(polyglot, "a.pdf").await.unwrap().kind, Kind::Html);
}

#[tokio::test]
async fn truncated_files_are_malformed_or_what_is_left_of_them() {
    let whole = pdf(&["BT /F 10 Tf 20 380 Td (Hello) Tj ET"; 3]);
    for part in 1..20 {
        outcome_is_stable(&whole[..whole.len() * part / 20], "truncated pdf").await;
    }
    let whole = docx(&paragraph("Hello"));
    assert_eq!(rejection(&whole[..whole.len() - 30]).await, Rejection::Malformed);
    assert_eq!(
        rejection(b"%PDF-1.7\nand nothing else").await,
        Rejection::Malformed
    );
    assert_eq!(rejection(b"\x89PNG\r\n\x1A\n").await, Rejection::Malformed);
}

#[tokio::test]
async fn a_locked_pdf_is_encrypted() {
    let mut pdf = pdf_with(&[""], "");
    let lock = "<< /Filter /Standard /V 1 /R 2 /P -4 /O <0000000000000000000000000000000000000000000000000000000000000000> \
                /U <1111111111111111111111111111111111111111111111111111111111111111> >>";
    let number = pdf.add(lock);
    let file = String::from_utf8(pdf.build()).unwrap();
    let file = file.replace(
        "/Root 1 0 R",
        &format!("/Root 1 0 R /Encrypt {number} 0 R /ID [<AA> <AA>]"),
    );
    assert_eq!(rejection(file.as_bytes()).await, Rejection::Encrypted);
}

#[tokio::test]
async fn a_line_without_end_is_cut() {
    let found = extract(&b"word ".repeat(200_000)).await;
    assert!(found.pages.len() > 50);
    assert!(found.pages.iter().all(|page| page.text.len() < 20_000));
}
