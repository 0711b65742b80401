//! What people add to the pages of a PDF: comments, replies, forms that they fill in, files that they attach; and
//! titles that only the table of contents says.
use crate::extract;
use crate::samples::{PdfBuilder, pdf_with};
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind, Unread};

const BODY: &str = "BT /F 10 Tf 20 380 Td (The heap is a tree) Tj ET";

/// A page of one line with these annotations, which may refer to objects that were added before.
async fn page_with(annotations: &str) -> ExtractedPage {
    let annotations = format!("/Annots [{annotations}]");
    extract(&pdf_with(&[BODY], &annotations).build())
        .await
        .pages
        .remove(0)
}

fn comments(page: &ExtractedPage) -> Vec<&str> {
    let (_, comments) = page.own_text_and_comments();
    comments.lines().collect()
}

#[tokio::test]
async fn comments_stand_behind_the_text_and_are_boxed_at_their_marks() {
    let page = page_with(
        "<< /Subtype /Text /Rect [100 370 118 388] /Contents (Why a tree?\\rAsk Ada) >> \
         << /Subtype /Highlight /Rect [40 378 70 390] /Contents <FEFF05E905D005DC05D4> /QuadPoints [40 390 70 390 40 378 70 378] >>",
    )
    .await;
    assert_eq!(
        page.text,
        "The heap is a tree\nWhy a tree?\nAsk Ada\n\u{5E9}\u{5D0}\u{5DC}\u{5D4}"
    );
    assert_eq!(
        page.passages,
        [Passage {
            line: 1,
            lines: 3,
            kind: PassageKind::Comments
        }]
    );
    let boxed: Vec<_> = page.words[5..]
        .iter()
        .map(|word| (word.text.as_str(), word.x, word.y, word.w, word.h))
        .collect();
    assert_eq!(boxed[0], ("Why", 100.0, 12.0, 18.0, 18.0));
    assert_eq!(boxed[4], ("Ada", 100.0, 12.0, 18.0, 18.0));
    assert_eq!(boxed[5], ("\u{5E9}\u{5D0}\u{5DC}\u{5D4}", 40.0, 10.0, 30.0, 12.0));
    assert!(page.headings.is_empty());
}

#[tokio::test]
async fn what_is_hidden_or_no_comment_is_not_read() {
    let page = page_with(
        "<< /Subtype /Text /F 2 /Rect [100 370 118 388] /Contents (hidden) >> \
         << /Subtype /Ink /F 32 /Rect [100 370 118 388] /Contents (not viewed) >> \
         << /Subtype /Popup /Rect [100 370 118 388] /Contents (popup) >> \
         << /Subtype /Link /Rect [100 370 118 388] /Contents (link) >> \
         << /Subtype /Text /Rect [100 370 118 388] /Contents (Accepted) /State (Accepted) /StateModel (Review) >> \
         << /Subtype /Text /Rect [100 370 118 388] /Contents () >>",
    )
    .await;
    assert_eq!(
        (page.text.as_str(), page.passages.len()),
        ("The heap is a tree", 0)
    );
}

#[tokio::test]
async fn comments_on_a_layer_that_is_off_are_not_read() {
    let mut pdf = pdf_with(
        &[BODY],
        "/Annots [<< /Subtype /Text /Rect [9 9 30 30] /Contents (unseen) /OC 6 0 R >>]",
    );
    let layer = pdf.add("<< /Type /OCG /Name (Answers) >>");
    assert_eq!(layer, 6);
    pdf.set(
        1,
        "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>",
    );
    assert_eq!(extract(&pdf.build()).await.pages[0].text, "The heap is a tree");
}

#[tokio::test]
async fn replies_stand_behind_what_they_answer() {
    let mut pdf = pdf_with(&[BODY], "/Annots [6 0 R 7 0 R 8 0 R 9 0 R]");
    let mark = |contents: &str, more: &str| {
        format!("<< /Subtype /Text /Rect [100 370 118 388] /Contents ({contents}) {more} >>")
    };
    pdf.add(mark("first question", ""));
    pdf.add(mark("second question", ""));
    // Acrobat hides replies, for they are seen where what they answer is opened.
    pdf.add(mark("answer to the first", "/F 30 /IRT 6 0 R"));
    // A circle.
    pdf.add(mark("around", "/IRT 9 0 R"));
    let page = extract(&pdf.build()).await.pages.remove(0);
    assert_eq!(
        comments(&page),
        [
            "first question",
            "answer to the first",
            "second question",
            "around"
        ]
    );
}

#[tokio::test]
async fn what_a_mark_is_on_is_not_said_twice() {
    let page = page_with("<< /Subtype /Highlight /Rect [18 376 80 392] /Contents (the heap) >>").await;
    assert_eq!(page.text, "The heap is a tree");
    let page = page_with("<< /Subtype /Highlight /Rect [18 376 80 392] /Contents (tree) >>").await;
    assert_eq!(comments(&page), ["tree"]);
}

/// A page with a form's fields, of which `drawn` has an appearance that says "drawn".
fn form(fields: &[&str], drawn: &str) -> PdfBuilder {
    let fields = fields.concat();
    let mut pdf = pdf_with(&[BODY], &format!("/Annots [{fields} {drawn}]"));
    let look = pdf.stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F 3 0 R >> >>",
        b"BT /F 10 Tf 2 5 Td (drawn) Tj ET",
    );
    assert_eq!(look, 6);
    pdf
}

#[tokio::test]
async fn forms_are_read_as_they_are_filled_in() {
    let widget = |more: &str| format!("<< /Subtype /Widget /Rect [20 200 120 220] {more} >> ");
    let fields = [
        widget("/FT /Tx /V (Ada Lovelace)"),
        widget("/FT /Ch /V (de) /Opt [[(de) (Germany)] [(fr) (France)]]"),
        widget("/FT /Ch /V [(red) (blue)] /Opt [(red) (green) (blue)]"),
        widget("/Parent << /FT /Tx /V (inherited) >>"),
        widget("/FT /Tx /Ff 8192 /V (secret)"),
        widget("/FT /Btn /V /Yes"),
        widget("/FT /Tx /F 2 /V (hidden)"),
        widget("/FT /Tx"),
    ];
    let fields = fields.each_ref().map(String::as_str);
    let drawn = "<< /Subtype /Widget /Rect [20 100 120 120] /FT /Tx /V (drawn) /AP << /N 6 0 R >> >>";
    let page = extract(&form(&fields, drawn).build()).await.pages.remove(0);
    assert_eq!(
        comments(&page),
        ["Ada Lovelace", "Germany", "red", "blue", "inherited"]
    );
    assert_eq!(page.text.matches("drawn").count(), 1, "{}", page.text);
}

#[tokio::test]
async fn a_free_text_is_read_once() {
    let drawn = "<< /Subtype /FreeText /Rect [20 100 120 120] /Contents (drawn) /AP << /N 6 0 R >> >>";
    let plain = "<< /Subtype /FreeText /Rect [20 100 120 120] /Contents (without a look) >>";
    let page = extract(&form(&[plain], drawn).build()).await.pages.remove(0);
    assert_eq!(page.text, "The heap is a tree\ndrawn\nwithout a look");
}

#[tokio::test]
async fn a_scan_with_comments_is_still_to_be_recognised() {
    let picture = "q 200 0 0 400 0 0 cm /X Do Q";
    let note = "/Annots [<< /Subtype /Text /Rect [100 370 118 388] /Contents (a long comment on what is shown here) >>]";
    let mut pdf = pdf_with(&[picture], note);
    let image = pdf.stream(
        "/Type /XObject /Subtype /Image /Width 100 /Height 200 /ColorSpace /DeviceGray /BitsPerComponent 1",
        &[0x55; 2_600],
    );
    let content = 4;
    pdf.set(
        5,
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents {content} 0 R \
             /Resources << /XObject << /X {image} 0 R >> >> {note} >>"
        ),
    );
    let page = extract(&pdf.build()).await.pages.remove(0);
    assert_eq!(comments(&page), ["a long comment on what is shown here"]);
    assert_eq!(page.unread, Unread::Most);
    assert!(page.is_picture());
}

#[tokio::test]
async fn attached_files_are_named() {
    let clip = "/Annots [<< /Subtype /FileAttachment /Rect [20 100 30 110] /Contents (Our measurements) /FS << /Type /Filespec /F (old.csv) /UF (data.csv) >> >>]";
    let mut pdf = pdf_with(&[BODY, BODY], clip);
    pdf.set(
        1,
        "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(key) << /Type /Filespec /UF (model.blend) >> (bare.txt) << >>] >> >> >>",
    );
    let found = extract(&pdf.build()).await;
    assert_eq!(
        comments(&found.pages[0]),
        ["model.blend", "bare.txt", "data.csv", "Our measurements"]
    );
    assert_eq!(comments(&found.pages[1]), ["data.csv", "Our measurements"]);
}

/// Pages of one line each, and a table of contents with these titles and pages.
fn with_contents(titles: &[(&str, usize)]) -> PdfBuilder {
    let mut pdf = pdf_with(&[BODY, BODY], "");
    let first = pdf.objects() + 1;
    for (place, (title, page)) in titles.iter().enumerate() {
        let next = if place + 1 < titles.len() {
            format!("/Next {} 0 R", first + place + 1)
        } else {
            String::new()
        };
        let page = 3 + 2 * page;
        pdf.add(format!("<< /Title ({title}) /Dest [{page} 0 R /Fit] {next} >>"));
    }
    pdf.set(
        1,
        format!("<< /Type /Catalog /Pages 2 0 R /Outlines << /First {first} 0 R >> >>"),
    );
    pdf
}

#[tokio::test]
async fn titles_that_only_the_table_of_contents_says_are_headings_of_their_pages() {
    let titles = [
        ("Priority queues", 1),
        ("The heap", 1),
        ("1: HEAP", 2),
        ("Slide 2", 2),
    ];
    let found = extract(&with_contents(&titles).build()).await;
    assert_eq!(found.outline.len(), 4);
    assert_eq!(found.pages[0].text, "The heap is a tree\nPriority queues");
    assert_eq!(found.pages[0].headings, ["Priority queues"]);
    assert_eq!(found.pages[1].headings, ["1: HEAP"]);
}
