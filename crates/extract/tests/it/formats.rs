//! What is read from well-formed files.
use crate::samples::{docx, docx_with, office, paragraph, pdf, pdf_with, relationships};
use crate::{extract, extract_named, extractor, file_of, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{Passage, PassageKind, Progress, Rejection};
use std::sync::Mutex;

#[tokio::test]
async fn a_pdf_gives_text_and_boxes_by_page() {
    let file = pdf(&[
        "BT /F 10 Tf 20 380 Td (Hello wide world) Tj 0 -14 Td (second line) Tj ET",
        "BT /F 10 Tf 20 380 Td (page two) Tj ET",
    ]);
    let found = extract(&file).await;
    assert_eq!(found.kind, Kind::Pdf);
    let texts: Vec<_> = found
        .pages
        .iter()
        .map(|page| (page.number, page.text.as_str()))
        .collect();
    assert_eq!(texts, [(1, "Hello wide world\nsecond line"), (2, "page two")]);
    let page = &found.pages[0];
    assert_eq!((page.width, page.height), (200.0, 400.0));
    let words: Vec<_> = page.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["Hello", "wide", "world", "second", "line"]);
    let hello = &page.words[0];
    // 380 points from below are 20 from above; "Hello" in Helvetica is 2.278 em wide.
    assert!(
        (hello.x - 20.0).abs() < 0.1 && (hello.y - 12.0).abs() < 0.1,
        "{hello:?}"
    );
    assert!(
        (hello.w - 22.78).abs() < 0.2 && (hello.h - 10.0).abs() < 0.1,
        "{hello:?}"
    );
}

#[tokio::test]
async fn word_gaps_come_from_movement_as_well_as_from_spaces() {
    let file = pdf(&["BT /F 10 Tf 20 380 Td [(kern) -20 (ed) -300 (apart)] TJ 80 0 Td (here) Tj ET"]);
    assert_eq!(extract(&file).await.pages[0].text, "kerned apart here");
}

#[tokio::test]
async fn a_turned_page_is_read_upright() {
    let file = pdf_with(&["BT /F 10 Tf 0 1 -1 0 30 50 Tm (turned) Tj ET"], "/Rotate 90").build();
    let page = &extract(&file).await.pages[0];
    assert_eq!((page.width, page.height), (400.0, 200.0));
    assert_eq!(page.text, "turned");
    let word = &page.words[0];
    assert!(word.w > word.h && word.x > 40.0 && word.x < 60.0, "{word:?}");
}

#[tokio::test]
async fn bold_by_drawing_twice_is_read_once() {
    let file = pdf(&["BT /F 10 Tf 20 380 Td (bold) Tj 0.3 0 Td (bold) Tj ET"]);
    assert_eq!(extract(&file).await.pages[0].text, "bold");
}

#[tokio::test]
async fn hebrew_is_read_in_the_order_of_its_letters() {
    // Letters as drawn from left to right; a ToUnicode map names them.
    let mut pdf = pdf_with(&["BT /H 10 Tf 20 380 Td (DCBA) Tj ET"], "");
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
               4 beginbfchar <41> <05E9> <42> <05DC> <43> <05D5> <44> <05DD> endbfchar endcmap";
    let map = pdf.stream("", map.as_bytes());
    pdf.set(
        3,
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode {map} 0 R >>"),
    );
    let file = String::from_utf8(pdf.build())
        .unwrap()
        .replace("/F 3 0 R", "/H 3 0 R");
    assert_eq!(extract(file.as_bytes()).await.pages[0].text, "שלום");
}

#[tokio::test]
async fn titles_are_taken_and_junk_is_not() {
    let mut good = pdf_with(&[""], "");
    good.info(r"<< /Title (\376\377\005\351\005\334) >>");
    assert_eq!(extract(&good.build()).await.title.as_deref(), Some("של"));
    let mut junk = pdf_with(&[""], "");
    junk.info("<< /Title (Microsoft Word - essay.doc) >>");
    assert_eq!(extract(&junk.build()).await.title, None);
}

#[tokio::test]
async fn a_word_document_keeps_its_pages() {
    let body = [
        paragraph("One &amp; only"),
        r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned(),
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Two</w:t><w:tab/><w:t>tabs</w:t></w:r></w:p>".to_owned(),
        "<w:p><w:del><w:r><w:t>deleted</w:t></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>".to_owned(),
    ]
    .concat();
    let found = extract(&docx(&body)).await;
    assert_eq!(found.kind, Kind::Docx);
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["One & only", "Two\ttabs\nkept"]);
}

#[tokio::test]
async fn a_word_document_without_pages_is_cut_at_paragraphs_and_names_itself() {
    let body: String = (0..60)
        .map(|number| {
            paragraph(&format!(
                "Absatz {number} über Bäume und Häuser. {}",
                "Wort ".repeat(30)
            ))
        })
        .collect();
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let core = "<cp:coreProperties><dc:title>Bäume</dc:title></cp:coreProperties>";
    let found = extract(&docx_with(&document, &[("docProps/core.xml", core)])).await;
    assert!(found.pages.len() > 2, "{}", found.pages.len());
    assert_eq!(found.title.as_deref(), Some("Bäume"));
    assert_eq!(found.language.as_deref(), Some("de"));
}

#[tokio::test]
async fn slides_come_in_the_order_of_the_show_with_their_notes() {
    let slide = |text: &str| {
        format!(
            r#"<p:sld><p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>
               <p:sp><a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:sp></p:sld>"#
        )
    };
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rB"/><p:sldId id="257" r:id="rA"/></p:sldIdLst></p:presentation>"#;
    let parts = [
        (
            "ppt/_rels/presentation.xml.rels",
            relationships(&[
                ("rA", "slide", "slides/slide1.xml"),
                ("rB", "slide", "slides/slide2.xml"),
            ]),
        ),
        ("ppt/slides/slide1.xml", slide("Later")),
        ("ppt/slides/slide2.xml", slide("Earlier")),
        (
            "ppt/slides/_rels/slide1.xml.rels",
            relationships(&[("n", "notesSlide", "../notesSlides/n1.xml")]),
        ),
        (
            "ppt/notesSlides/n1.xml",
            "<p:notes><a:p><a:t>Say it slowly</a:t></a:p></p:notes>".to_owned(),
        ),
    ];
    let parts: Vec<_> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let found = extract(&office(
        "ppt/presentation.xml",
        "presentationml.presentation",
        presentation,
        &parts,
    ))
    .await;
    assert_eq!(found.kind, Kind::Pptx);
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["Earlier", "Later\nSay it slowly"]);
    let notes = Passage {
        line: 1,
        lines: 1,
        kind: PassageKind::Notes,
    };
    assert_eq!(
        (&found.pages[0].passages, &found.pages[1].passages),
        (&vec![], &vec![notes])
    );
    assert_eq!(found.title.as_deref(), Some("Earlier"));
}

#[tokio::test]
async fn each_sheet_is_a_page() {
    let workbook = r#"<workbook><sheets><sheet name="Marks" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let links = relationships(&[
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r2", "sharedStrings", "sharedStrings.xml"),
    ]);
    let parts = [
        ("xl/_rels/workbook.xml.rels", links.as_str()),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>Name</t></si><si><r><t>Ma</t></r><r><t>rk</t></r></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="inlineStr"><is><t>Ada</t></is></c><c><v>5.5</v></c></row><row><c r="A3"/><c r="B3"><v>1</v></c><c r="E3"><v>2</v></c><c r="XFD3"><v>3</v></c></row></sheetData></worksheet>"#,
        ),
    ];
    let found = extract(&office(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        workbook,
        &parts,
    ))
    .await;
    assert_eq!(found.kind, Kind::Xlsx);
    let far = "\t".repeat(31);
    assert_eq!(
        found.pages[0].text,
        format!("Marks\nName\tMark\nAda\t5.5\n\t1\t\t\t2{far}3")
    );
}

#[tokio::test]
async fn what_is_noted_of_cells_stands_below_its_sheet() {
    let workbook = r#"<workbook><sheets><sheet name="Marks" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let links = relationships(&[("r1", "worksheet", "worksheets/sheet1.xml")]);
    let of_sheet = relationships(&[
        ("r1", "comments", "../comments1.xml"),
        (
            "r2",
            "threadedComment",
            "../threadedComments/threadedComment1.xml",
        ),
    ]);
    let parts = [
        ("xl/_rels/workbook.xml.rels", links.as_str()),
        ("xl/worksheets/_rels/sheet1.xml.rels", of_sheet.as_str()),
        (
            "xl/worksheets/sheet1.xml",
            r"<worksheet><sheetData><row><c><v>5.5</v></c></row></sheetData></worksheet>",
        ),
        (
            "xl/comments1.xml",
            r#"<comments><authors><author>Ada</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>Ada:</t></r><r><t xml:space="preserve">
again, please</t></r></text></comment><comment ref="B2" authorId="0"><text><t>[Threaded comment] for others</t></text></comment><comment ref="C3"><text/></comment></commentList></comments>"#,
        ),
        (
            "xl/threadedComments/threadedComment1.xml",
            r#"<ThreadedComments><threadedComment ref="B2" id="1"><text>Is it right?</text></threadedComment><threadedComment ref="B2" id="2" parentId="1"><text>It is</text></threadedComment></ThreadedComments>"#,
        ),
    ];
    let file = office("xl/workbook.xml", "spreadsheetml.sheet", workbook, &parts);
    let found = extract(&file).await;
    assert_eq!(
        found.pages[0].text,
        "Marks\n5.5\nA1\tAda: again, please\nB2\tIs it right?\nB2\tIt is"
    );
}

#[tokio::test]
async fn texts_are_told_apart_by_content_and_then_by_name() {
    let markdown = b"# Heaps\n\nA *heap* is a [tree](http://x).\n\n- one\n- two\n";
    let found = extract_named(markdown, "heaps.md").await.unwrap();
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Markdown, Some("Heaps"))
    );
    assert_eq!(found.pages[0].text, "Heaps\nA heap is a tree.\none\ntwo");
    assert_eq!(extract(markdown).await.kind, Kind::Text);

    let html = b"<!DOCTYPE html><title>T &amp; U</title><style>p{}</style><script>alert('<p>no</p>')</script><p>Yes,<b> in</b>deed</p><p>second<br>line</p>";
    let found = extract_named(html, "essay.pdf").await.unwrap();
    assert_eq!((found.kind, found.title.as_deref()), (Kind::Html, Some("T & U")));
    assert_eq!(found.pages[0].text, "Yes, indeed\nsecond\nline");

    let found = extract(b"first\x0Csecond\x0C").await;
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["first", "second"]);
    assert_eq!(extract(b"caf\xE9").await.pages[0].text, "café");
    assert_eq!(extract(b"\xFF\xFE\xE9\x05\xDC\x05").await.pages[0].text, "של");
}

#[tokio::test]
async fn what_cannot_be_read_has_no_pages() {
    for (bytes, kind) in [
        (&b"\0\0\0\x20ftypisom\0\0\0\0"[..], Kind::Video),
        (b"ID3\x04\0\0", Kind::Audio),
        (b"MZ\x90\0\0\0", Kind::Other),
    ] {
        let found = extract(bytes).await;
        assert_eq!((found.kind, found.pages.len()), (kind, 0));
    }
    assert_eq!(rejection(b"").await, Rejection::EmptyFile);
}

#[tokio::test]
async fn progress_is_reported() {
    let contents = vec!["BT /F 10 Tf 20 380 Td (x) Tj ET"; 40];
    let seen = Mutex::new(Vec::new());
    let file = file_of(&pdf(&contents));
    let note = |progress: Progress| seen.lock().unwrap().push(progress);
    extractor().extract(file.path(), "x.pdf", &note).await.unwrap();
    let seen = seen.into_inner().unwrap();
    let progress = |done, total| Progress {
        done,
        total,
        kind: Kind::Pdf,
    };
    assert_eq!(seen.first(), Some(&progress(0, 0)));
    assert_eq!(seen.get(1), Some(&progress(0, 40)));
    assert_eq!(seen.last(), Some(&progress(32, 40)));
}
