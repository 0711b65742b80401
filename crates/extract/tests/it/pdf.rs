//! What is found in PDFs beside plain text: labels, outlines, links, headings, running heads, and text
//! whose fonts say little.
use crate::extract;
use crate::samples::{PdfBuilder, pdf_with};
use homeroom_core::ports::extractor::{LinkTarget, OutlineEntry};
use std::fmt::Write as _;

fn entry(title: &str, page: u32, level: u8) -> OutlineEntry {
    OutlineEntry {
        title: title.into(),
        page,
        level,
    }
}

/// A book of these pages whose catalog has further entries; pages are objects 5, 7, 9…
fn book(contents: &[&str], catalog: &str) -> PdfBuilder {
    let mut pdf = pdf_with(contents, "");
    pdf.set(1, format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"));
    pdf
}

fn line(size: u32, y: u32, text: &str) -> String {
    format!("BT /F {size} Tf 20 {y} Td ({text}) Tj ET ")
}

#[tokio::test]
async fn pages_are_called_as_in_the_book() {
    let labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 2 >> 3 << /P (A-) /S /D /St 1 >>] >>";
    let found = extract(&book(&["", "", "", "", ""], labels).build()).await;
    let labels: Vec<_> = found.pages.iter().map(|page| page.label.as_deref()).collect();
    assert_eq!(
        labels,
        [Some("i"), Some("ii"), Some("2"), Some("A-1"), Some("A-2")]
    );
    let plain = extract(&book(&["", ""], "/PageLabels << /Nums [0 << /S /D >>] >>").build()).await;
    assert!(plain.pages.iter().all(|page| page.label.is_none()));
}

#[tokio::test]
async fn outlines_lead_to_pages_by_place_and_by_name() {
    let mut pdf = book(&["", "", ""], "");
    let (first, child, second) = (pdf.reserve(), pdf.reserve(), pdf.reserve());
    pdf.set(
        first,
        format!("<< /Title (One) /Dest [5 0 R /Fit] /First {child} 0 R /Next {second} 0 R >>"),
    );
    pdf.set(child, "<< /Title <FEFF05D0> /A << /S /GoTo /D (there) >> >>");
    pdf.set(second, "<< /Title (Two) /Dest /old >>");
    pdf.set(
        1,
        format!(
            "<< /Type /Catalog /Pages 2 0 R /Outlines << /First {first} 0 R >> /Dests << /old << /D [9 0 R /Fit] >> >> \
             /Names << /Dests << /Kids [<< /Limits [(there) (there)] /Names [(there) [7 0 R /XYZ 0 0 0]] >>] >> >> >>"
        ),
    );
    let found = extract(&pdf.build()).await;
    assert_eq!(
        found.outline,
        [entry("One", 1, 1), entry("\u{5D0}", 2, 2), entry("Two", 3, 1)]
    );
}

#[tokio::test]
async fn links_have_a_place_and_lead_only_where_they_may() {
    let links = "/Annots [<< /Subtype /Link /Rect [10 380 60 390] /A << /S /URI /URI (https://a.example/x) >> >> \
                 << /Subtype /Link /Rect [10 360 60 370] /Dest [7 0 R /Fit] >> \
                 << /Subtype /Link /Rect [10 340 60 350] /A << /S /URI /URI (javascript:alert\\(1\\)) >> >> \
                 << /Subtype /Link /Rect [10 320 60 330] /A << /S /Launch /F (x.exe) >> >> \
                 << /Subtype /Text /Rect [10 300 60 310] >>]";
    let found = extract(&pdf_with(&["", ""], links).build()).await;
    let links = &found.pages[0].links;
    assert_eq!(links.len(), 2);
    assert_eq!(links[0].to, LinkTarget::Address("https://a.example/x".into()));
    assert_eq!(
        (links[0].x, links[0].y, links[0].w, links[0].h),
        (10.0, 10.0, 50.0, 10.0)
    );
    assert_eq!(links[1].to, LinkTarget::Page(2));
}

#[tokio::test]
async fn headings_and_running_heads_are_told_from_text() {
    let pages: Vec<String> = (1..=12)
        .map(|number| {
            let body = (0..6).fold(String::new(), |body, row| {
                body + &line(
                    10,
                    300 - 20 * row,
                    &format!("words of page {number} in row {row}"),
                )
            });
            let heading = line(18, 340, &format!("Topic {number}"));
            format!(
                "{}{heading}{body}{}",
                line(8, 385, "The Book"),
                line(8, 15, &number.to_string())
            )
        })
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let found = extract(&pdf_with(&pages, "").build()).await;
    for (page, number) in found.pages.iter().zip(1..) {
        assert_eq!(page.headings, [format!("Topic {number}")]);
        assert_eq!(page.repeated, ["The Book".to_owned(), number.to_string()]);
        assert!(
            page.repeated
                .iter()
                .all(|line| page.text.lines().any(|other| other == line))
        );
    }
}

#[tokio::test]
async fn a_line_on_two_pages_is_no_running_head() {
    let pages = [line(8, 385, "Same"), line(8, 385, "Same")];
    let found = extract(&pdf_with(&[&pages[0], &pages[1]], "").build()).await;
    assert!(found.pages.iter().all(|page| page.repeated.is_empty()));
}

#[tokio::test]
async fn predefined_maps_make_letters_of_codes() {
    let mut pdf = pdf_with(&["BT /F 10 Tf 20 380 Td <93FA967B8CEA> Tj ET"], "");
    pdf.set(
        3,
        "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin /Encoding /90ms-RKSJ-H /DescendantFonts [<< /Type /Font \
         /Subtype /CIDFontType0 /BaseFont /Ryumin /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>] >>",
    );
    assert_eq!(extract(&pdf.build()).await.pages[0].text, "日本語");
}

#[tokio::test]
async fn drawn_fonts_without_names_are_read_by_their_codes() {
    let mut pdf = pdf_with(&["BT /F 10 Tf 20 380 Td (o\\014ce) Tj ET"], "");
    let glyph = pdf.stream("", b"6 0 d0 0 0 5 5 re f");
    let names = "[12 /a12 99 /a99 101 /a101 111 /a111]";
    let mut widths = String::new();
    for _ in 12..=111 {
        widths.push_str("6 ");
    }
    let procedures = [12, 99, 101, 111].iter().fold(String::new(), |mut all, code| {
        let _ = write!(all, "/a{code} {glyph} 0 R ");
        all
    });
    pdf.set(
        3,
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 12 /LastChar 111 \
             /Widths [{widths}] /CharProcs << {procedures} >> /Encoding << /Differences {names} >> /Resources << >> >>"
        ),
    );
    assert_eq!(extract(&pdf.build()).await.pages[0].text, "ofice");
}

#[tokio::test]
async fn feigned_bold_and_hidden_layers_are_read_once() {
    let twice = "BT /F 10 Tf 20 380 Td (Bold) Tj ET BT /F 10 Tf 20.3 380 Td (Bold) Tj ET \
                 BT 3 Tr /F 10 Tf 20 300 Td (scanned words) Tj ET BT 2 Tr /F 10 Tf 20 200 Td (outlined) Tj ET";
    let found = extract(&pdf_with(&[twice], "").build()).await;
    assert_eq!(found.pages[0].text, "Bold\nscanned words\noutlined");
}

#[tokio::test]
async fn words_are_taken_from_where_a_file_gives_them() {
    let content = "/Span << /ActualText (st) >> BDC BT /F 10 Tf 20 380 Td (~) Tj ET EMC";
    assert_eq!(
        extract(&pdf_with(&[content], "").build()).await.pages[0].text,
        "st"
    );
}
