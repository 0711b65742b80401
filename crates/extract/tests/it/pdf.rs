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
        starts_at_ms: None,
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
async fn a_code_without_text_does_not_spoil_its_font() {
    let mut pdf = pdf_with(&["BT /F 10 Tf 20 380 Td (acb) Tj ET"], "");
    let map = b"1 begincodespacerange <00> <FF> endcodespacerange \
        3 beginbfchar <61> <04140430> <62> <> <63> <0021> endbfchar";
    let map = pdf.stream("", map);
    pdf.set(
        3,
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode {map} 0 R >>"),
    );
    assert_eq!(extract(&pdf.build()).await.pages[0].text, "\u{414}\u{430}!");
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

#[tokio::test]
async fn a_text_for_several_glyphs_is_as_wide_as_they_are() {
    let content = "BT /F 10 Tf 20 380 Td /Span << /ActualText <FEFF0924093F> >> BDC (a) Tj 5.56 0 Td (bcd) Tj EMC \
                   15.56 0 Td /Span << /ActualText <FEFF0915> >> BDC (e) Tj EMC \
                   9 0 Td /Span << /ActualText <FEFF0916> >> BDC (fg) Tj EMC ET";
    let found = extract(&pdf_with(&[content], "").build()).await;
    let page = &found.pages[0];
    assert_eq!(page.text, "\u{924}\u{93F}\u{915} \u{916}");
    assert!(
        (page.words[0].w - 26.7).abs() < 0.1,
        "as wide as five letters: {:?}",
        page.words
    );
}

/// A page whose resources hold more than the font: `resources` beside it, `catalog` in the catalog.
fn page_with(content: &str, resources: &str, catalog: &str, add: impl FnOnce(&mut PdfBuilder)) -> Vec<u8> {
    let mut pdf = book(&[content], catalog);
    pdf.set(
        5,
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents 4 0 R /Annots [8 0 R 9 0 R] \
             /Resources << /Font << /F 3 0 R >> {resources} >> >>"
        ),
    );
    add(&mut pdf);
    pdf.build()
}

#[tokio::test]
async fn forms_are_read_wherever_they_are_drawn() {
    let content = "/E Do 1 0 0 1 20 300 cm /X Do 1 0 0 1 0 -100 cm /X Do /E Do";
    let pdf = page_with(content, "/XObject << /X 6 0 R /E 7 0 R >>", "", |pdf| {
        let text = b"q BT /F 10 Tf 1 0 0 1 0 0 Tm (form) Tj ET Q /X Do";
        pdf.stream("/Subtype /Form /BBox [0 0 9 9] /Matrix [1 0 0 1 5 5]", text);
        pdf.stream("/Subtype /Form /BBox [0 0 9 9]", b"0 0 9 9 re f");
    });
    let found = extract(&pdf).await;
    let page = &found.pages[0];
    assert_eq!(page.text, "form\nform");
    let places: Vec<_> = page.words.iter().map(|word| (word.x, word.y + word.h)).collect();
    assert_eq!(places, [(25.0, 97.0), (25.0, 197.0)]);
}

#[tokio::test]
async fn every_way_to_show_text_is_followed() {
    let content = "BT /F 10 Tf 12 TL 20 380 Td (one) Tj (two) ' 3 1 (th ree) \" 0 Tw 0 Tc T* <666F7572> Tj \
                   20 -30 TD [(fi) 20 (ve) -900 (six)] TJ T* 50 Tz (seven) Tj ET BT /G gs 1 0 0 1 20 50 Tm (eight) Tj \
                   BI /W 1 /H 1 /BPC 8 /CS /G ID x EI (nine) Tj ET (never) Tj";
    let pdf = page_with(content, "/ExtGState << /G << /Font [3 0 R 20] >> >>", "", |_| {});
    let found = extract(&pdf).await;
    let page = &found.pages[0];
    let lines: Vec<_> = page.text.lines().take(6).collect();
    assert_eq!(lines, ["one", "two", "th ree", "four", "five six", "seven"]);
    let heights: Vec<_> = page
        .words
        .iter()
        .map(|word| (word.text.as_str(), word.h))
        .collect();
    assert!(
        heights.contains(&("four", 10.0)) && heights.contains(&("eightninenever", 20.0)),
        "{heights:?}"
    );
}

#[tokio::test]
async fn annotations_are_read_in_their_places() {
    let pdf = page_with("", "", "", |pdf| {
        let look = pdf.stream(
            "/Subtype /Form /BBox [0 0 10 10] /Resources << /Font << /F 3 0 R >> >>",
            b"BT /F 5 Tf (filled in) Tj ET",
        );
        pdf.stream("", b"");
        let seen = format!("<< /Subtype /Widget /Rect [20 300 40 320] /AP << /N {look} 0 R >> >>");
        pdf.add(seen.clone());
        pdf.add(seen.replace("/Rect", "/F 2 /Rect"));
    });
    let found = extract(&pdf).await;
    let page = &found.pages[0];
    assert_eq!(page.text, "filled in");
    assert_eq!((page.words[0].x, page.words[0].h), (20.0, 10.0));
}

#[tokio::test]
async fn layers_that_are_off_are_not_read() {
    let content = "/OC /L BDC BT /F 10 Tf 20 380 Td (hidden) Tj ET EMC /OC /M BDC BT /F 10 Tf 20 300 Td (seen) Tj ET EMC \
                   /OC /C BDC BT /F 10 Tf 20 200 Td (choice) Tj ET EMC /X Do";
    let catalog = "/OCProperties << /OCGs [6 0 R 7 0 R] /D << /OFF [6 0 R] >> >>";
    let properties = "/Properties << /L 6 0 R /M 7 0 R /C 10 0 R >> /XObject << /X 11 0 R >>";
    let pdf = page_with(content, properties, catalog, |pdf| {
        pdf.add("<< /Type /OCG /Name (L) >>");
        pdf.add("<< /Type /OCG /Name (M) >>");
        pdf.add("null");
        pdf.add("null");
        pdf.add("<< /Type /OCMD /OCGs [6 0 R 7 0 R] /P /AllOn >>");
        pdf.stream(
            "/Subtype /Form /BBox [0 0 9 9] /OC 6 0 R",
            b"BT /F 10 Tf 20 100 Td (form) Tj ET",
        );
    });
    assert_eq!(extract(&pdf).await.pages[0].text, "seen");
}

#[tokio::test]
async fn boldness_feigned_letter_by_letter_is_read_once() {
    let content = "BT /F 10 Tf 20 380 Td [(o) 530 (o) 530 (o) -40 (p) 530 (p)] TJ ET";
    assert_eq!(
        extract(&pdf_with(&[content], "").build()).await.pages[0].text,
        "op"
    );
}

#[tokio::test]
async fn a_font_that_crashes_its_parser_costs_only_its_own_words() {
    let content = "BT /F 10 Tf 20 380 Td (caption) Tj /B 10 Tf 0 -20 Td (broken) Tj ET";
    let pdf = page_with(content, "/Font << /F 3 0 R /B 6 0 R >>", "", |pdf| {
        pdf.add(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [65 /A 99999999999999999999 /a /b] >> >>",
        );
    });
    let found = extract(&pdf).await;
    assert!(
        found.pages[0].text.starts_with("caption"),
        "{:?}",
        found.pages[0].text
    );
}
