//! What pages of PDFs with little text show beside it: which of them are scans, and which are nearly blank.
use crate::extract;
use crate::samples::pdf_with;
use homeroom_core::ports::extractor::{ExtractedPage, Unread};
use std::fmt::Write as _;

/// A page of 200 × 400 points with a picture `/Scan` of 100 × 200 pixels, a `/Dot` of one, a form `/Form` that
/// holds the scan, and a font `/D` whose letters have no meaning.
async fn page(content: &str) -> ExtractedPage {
    let mut pdf = pdf_with(&[content], "");
    let picture = "/Subtype /Image /BitsPerComponent 1 /ColorSpace /DeviceGray";
    let scan = pdf.stream(&format!("{picture} /Width 100 /Height 200"), &[0x55; 2600]);
    let dot = pdf.stream(&format!("{picture} /Width 1 /Height 1"), &[0]);
    let form = pdf.stream(
        &format!("/Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /Scan {scan} 0 R >> >>"),
        b"/Scan Do",
    );
    let glyph = pdf.stream("", b"6 0 d0 0 0 5 5 re f");
    let font = pdf.add(format!(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 1 /LastChar 1 \
         /Widths [6] /CharProcs << /a1 {glyph} 0 R >> /Encoding << /Differences [1 /a1] >> /Resources << >> >>"
    ));
    pdf.set(
        5,
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents 4 0 R /Resources << \
             /Font << /F 3 0 R /D {font} 0 R >> /XObject << /Scan {scan} 0 R /Dot {dot} 0 R /Form {form} 0 R >> >> >>"
        ),
    );
    extract(&pdf.build()).await.pages.remove(0)
}

async fn seen(content: &str) -> (Unread, bool) {
    let page = page(content).await;
    (page.unread, page.is_picture())
}

const TITLE: &str = "BT /F 20 Tf 20 200 Td (Part Two) Tj ET";
/// A place of 40 × 30 points.
const SMALL: &str = "q 40 0 0 30 20 300 cm";

#[tokio::test]
async fn pages_with_few_words_or_none_are_no_scans() {
    let rules = "0 0 200 400 re f ".to_owned() + &"10 20 m 190 20 l S 10 30 100 5 re f ".repeat(40);
    for blank in [
        "",
        "q Q",
        "BT ET",
        TITLE,
        &rules,
        &format!("{TITLE} {rules}"),
        &format!("{TITLE} {SMALL} /Scan Do Q"),
        // A colour for the whole page, as a picture of one point.
        &format!("{TITLE} q 200 0 0 400 0 0 cm /Dot Do Q"),
        "q 200 0 0 400 0 0 cm /Dot Do Q",
    ] {
        let (unread, is_picture) = seen(blank).await;
        assert!(!is_picture, "{unread:?}: {blank}");
    }
    let page = page("BT /F 10 Tf 20 200 Td (a line of more than sixteen letters) Tj ET").await;
    assert_eq!((page.unread, page.is_picture()), (Unread::Unknown, false));
}

#[tokio::test]
async fn pages_that_are_pictures_are_scans() {
    let stamp = "BT /F 10 Tf 20 20 Td (page 17) Tj ET";
    let strips = (0..20).fold(String::new(), |mut strips, row| {
        let _ = write!(strips, "q 200 0 0 20 0 {} cm /Scan Do Q ", row * 20);
        strips
    });
    for scan in [
        format!("q 200 0 0 400 0 0 cm /Scan Do Q {stamp}"),
        // Sideways, beyond the page's edges.
        format!("{stamp} q 0 420 -220 0 210 -10 cm /Scan Do Q"),
        format!("{strips} {stamp}"),
        format!("{stamp} q 200 0 0 400 0 0 cm /Form Do Q"),
        format!("{stamp} q 200 0 0 400 0 0 cm BI /W 100 /H 200 /BPC 1 /CS /G ID x EI Q"),
    ] {
        assert_eq!(seen(&scan).await, (Unread::Most, true), "{scan}");
    }
}

#[tokio::test]
async fn without_any_text_a_part_of_a_page_may_hold_it() {
    let letter = "20 20 m 30 20 l 30 40 l 25 45 20 45 20 40 c 18 36 l 16 30 l h f ";
    let word = letter.repeat(10);
    let shown = format!("{SMALL} /Scan Do Q q 150 0 0 60 20 100 cm /Scan Do Q");
    for part in [shown.as_str(), &word] {
        assert_eq!(seen(part).await, (Unread::Part, true), "{part}");
        let titled = format!("{part} {TITLE}");
        assert_eq!(seen(&titled).await, (Unread::Part, false), "{titled}");
    }
    assert_eq!(seen(letter).await, (Unread::Nothing, false), "an ornament");
}

#[tokio::test]
async fn letters_that_mean_nothing_are_to_be_recognised() {
    let codes = "\\001".repeat(30);
    let content = format!("BT /D 10 Tf 20 300 Td ({codes}) Tj /F 10 Tf (7) Tj ET");
    assert_eq!(seen(&content).await, (Unread::Most, true));
    let bullets = format!("BT /D 10 Tf 20 300 Td (\\001\\001) Tj ET {TITLE}");
    assert_eq!(seen(&bullets).await, (Unread::Nothing, false));
}
