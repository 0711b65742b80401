//! OpenDocument, EPUB, and what else of Office Open XML a reader sees.
use crate::samples::{docx, docx_with, office, paragraph, relationships, zip};
use crate::{extract, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{Extraction, OutlineEntry, Rejection};

fn texts(found: &Extraction) -> Vec<&str> {
    found.pages.iter().map(|page| page.text.as_str()).collect()
}

fn labels(found: &Extraction) -> Vec<Option<&str>> {
    found.pages.iter().map(|page| page.label.as_deref()).collect()
}

fn open_document(format: &str, body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let mimetype = format!("application/vnd.oasis.opendocument.{format}");
    let content = format!(
        r#"<office:document-content><office:automatic-styles><style:style style:name="P9"><style:paragraph-properties fo:break-before="page"/></style:style></office:automatic-styles><office:body>{body}</office:body></office:document-content>"#
    );
    let mut all = vec![("mimetype", mimetype.as_str()), ("content.xml", content.as_str())];
    all.extend_from_slice(parts);
    zip(&all)
}

#[tokio::test]
async fn an_open_document_text_keeps_pages_headings_notes_and_tables() {
    let body = r#"<office:text>
      <text:tracked-changes><text:deletion><text:p>deleted</text:p></text:deletion></text:tracked-changes>
      <text:h text:outline-level="1">ערימות</text:h>
      <text:p>One<text:s text:c="2"/>two<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note</text:p></text:note-body></text:note> three<office:annotation><text:p>comment</text:p></office:annotation></text:p>
      <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>
      <text:p text:style-name="P9">next<text:soft-page-break/> last</text:p>
      <text:p><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p></office:text>"#;
    let formula = "<math><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>";
    let styles = "<office:master-styles><style:header><text:p>School of Ada</text:p></style:header></office:master-styles>";
    let meta = "<office:meta><dc:title>Heaps of trees</dc:title></office:meta>";
    let found = extract(&open_document(
        "text",
        body,
        &[
            ("Object 1/content.xml", formula),
            ("styles.xml", styles),
            ("meta.xml", meta),
        ],
    ))
    .await;
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Odt, Some("Heaps of trees"))
    );
    assert_eq!(
        texts(&found),
        [
            "School of Ada\nערימות\nOne  two three\nA note\na\tb",
            "School of Ada\nnext",
            "School of Ada\nlast\nx=1/2"
        ]
    );
    assert_eq!(found.pages[0].headings, ["ערימות"]);
    assert_eq!(found.pages[1].repeated, ["School of Ada"]);
    assert_eq!(
        found.outline,
        [OutlineEntry {
            title: "ערימות".into(),
            page: 1,
            level: 1,
            starts_at_ms: None
        }]
    );
}

#[tokio::test]
async fn open_document_slides_have_titles_and_notes() {
    let body = r#"<office:presentation>
      <draw:page draw:name="page1"><draw:frame><draw:text-box><text:p>body first</text:p></draw:text-box></draw:frame>
      <draw:frame presentation:class="title"><draw:text-box><text:p>الكومة</text:p></draw:text-box></draw:frame>
      <presentation:notes><draw:frame><draw:text-box><text:p>say this</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>
      <draw:page draw:name="page2"/></office:presentation>"#;
    let styles = r#"<office:automatic-styles><style:page-layout><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/></style:page-layout><style:page-layout><style:page-layout-properties fo:page-width="10in" fo:page-height="7.5in"/></style:page-layout></office:automatic-styles>"#;
    let found = extract(&open_document("presentation", body, &[("styles.xml", styles)])).await;
    assert_eq!(found.kind, Kind::Odp);
    assert_eq!(texts(&found), ["الكومة\nbody first\nsay this", ""]);
    assert_eq!(labels(&found), [Some("الكومة"), None]);
    assert_eq!(
        (found.pages[0].passages[0].line, found.pages[0].passages[0].lines),
        (2, 1)
    );
    assert_eq!((found.pages[0].width, found.pages[0].height), (720.0, 540.0));
}

#[tokio::test]
async fn open_document_sheets_are_pages_with_names() {
    let body = r#"<office:spreadsheet><table:table table:name="Noten"><table:table-row>
      <table:table-cell office:value-type="date"><text:p>21.11.2026</text:p></table:table-cell>
      <table:table-cell table:number-columns-repeated="16384"/></table:table-row>
      <table:table-row><table:table-cell><text:p>堆</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"#;
    let found = extract(&open_document("spreadsheet", body, &[])).await;
    assert_eq!(
        (found.kind, texts(&found)),
        (Kind::Ods, vec!["Noten\n21.11.2026\n堆"])
    );
    assert_eq!(labels(&found), [Some("Noten")]);
}

#[tokio::test]
async fn encrypted_open_documents_and_books_say_so() {
    let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let file = open_document("text", "", &[("META-INF/manifest.xml", manifest)]);
    assert_eq!(rejection(&file).await, Rejection::Encrypted);
    let encryption = r#"<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>"#;
    let file = book(&[("META-INF/encryption.xml", encryption)]);
    assert_eq!(rejection(&file).await, Rejection::Encrypted);
}

fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut all = vec![
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            r#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#,
        ),
        (
            "OEBPS/book.opf",
            r#"<package><metadata><dc:title>Le livre des tas</dc:title></metadata><manifest>
               <item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
               <item id="b" href="text/b%20two.xhtml" media-type="application/xhtml+xml"/>
               <item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/>
               <item id="c" href="text/none.xhtml" media-type="application/xhtml+xml"/></manifest>
               <spine><itemref idref="b"/><itemref idref="a"/><itemref idref="c"/></spine></package>"#,
        ),
        (
            "OEBPS/nav.xhtml",
            r#"<!DOCTYPE html><html><body><nav epub:type="toc"><ol><li><a href="text/b%20two.xhtml">Chapter B</a>
               <ol><li><a href="text/a.xhtml#x">Chapter <i>A</i></a></li></ol></li></ol></nav>
               <nav epub:type="landmarks"><ol><li><a href="text/a.xhtml">Cover</a></li></ol></nav></body></html>"#,
        ),
        (
            "OEBPS/text/b two.xhtml",
            r#"<?xml version="1.0"?><!DOCTYPE html><html><head><title/><script src="x"/><style>p{}</style></head><body><h1>B</h1><p>caf&#233; e&#64259;cient</p></body></html>"#,
        ),
        (
            "OEBPS/text/a.xhtml",
            "<html><body><p>first <b>wo</b>rd</p><p hidden='hidden'>secret</p></body></html>",
        ),
    ];
    all.retain(|(name, _)| parts.iter().all(|(other, _)| other != name));
    all.extend_from_slice(parts);
    zip(&all)
}

#[tokio::test]
async fn a_table_of_contents_among_the_chapters_is_found_behind_them() {
    let package = r#"<package><manifest><item id="n" href="nav.xhtml" properties="nav"/><item id="a" href="text/a.xhtml"/>
        </manifest><spine><itemref idref="n"/><itemref idref="a"/></spine></package>"#;
    let found = extract(&book(&[("OEBPS/book.opf", package)])).await;
    assert_eq!(found.pages[0].repeated, ["Chapter B", "Chapter A", "Cover"]);
    assert_eq!(found.pages[0].text, "Chapter B\nChapter A\nCover");
    assert!(found.pages[1].repeated.is_empty());
}

#[tokio::test]
async fn chapters_of_a_book_come_in_reading_order_with_their_names() {
    let found = extract(&book(&[])).await;
    assert_eq!(
        (found.kind, found.title.as_deref()),
        (Kind::Epub, Some("Le livre des tas"))
    );
    assert_eq!(texts(&found), ["B\ncafé efficient", "first word", ""]);
    assert_eq!(labels(&found), [Some("Chapter B"), Some("Chapter A"), None]);
    let outline: Vec<_> = found
        .outline
        .iter()
        .map(|line| (line.title.as_str(), line.page, line.level))
        .collect();
    assert_eq!(outline, [("Chapter B", 1, 1), ("Chapter A", 2, 2)]);
}

#[tokio::test]
async fn entities_of_a_book_are_refused() {
    let opf = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><package/>"#;
    let container = r#"<container><rootfile full-path="b.opf"/></container>"#;
    let file = zip(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("b.opf", opf),
    ]);
    assert_eq!(rejection(&file).await, Rejection::Malformed);
}

#[tokio::test]
async fn a_word_document_has_headings_tables_boxes_formulas_notes_and_heads() {
    let body = r#"<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Der Haufen</w:t></w:r></w:p>
      <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
      <w:p><w:r><w:t>before </w:t></w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent><w:r><w:t>after</w:t></w:r></w:p>
      <w:p><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></w:p>"#;
    let links = relationships(&[
        ("s", "styles", "styles.xml"),
        ("f", "footnotes", "footnotes.xml"),
        ("h", "header", "header1.xml"),
        ("c", "comments", "comments.xml"),
    ]);
    let styles =
        r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>"#;
    let note = format!("<w:footnotes>{}</w:footnotes>", paragraph("A footnote"));
    let head = format!("<w:hdr>{}</w:hdr>", paragraph("Class 9b"));
    let comment = format!("<w:comments>{}</w:comments>", paragraph("a comment"));
    let found = extract(&docx_with(
        &format!("<w:document><w:body>{body}</w:body></w:document>"),
        &[
            ("word/_rels/document.xml.rels", &links),
            ("word/styles.xml", styles),
            ("word/footnotes.xml", &note),
            ("word/header1.xml", &head),
            ("word/comments.xml", &comment),
        ],
    ))
    .await;
    assert_eq!(
        texts(&found),
        ["Class 9b\nDer Haufen\na\tb\nboxed\nbefore after\n1/2\nA footnote"]
    );
    assert_eq!(found.pages[0].headings, ["Der Haufen"]);
    assert_eq!(found.pages[0].repeated, ["Class 9b"]);
    assert_eq!(labels(&found), [Some("Der Haufen")]);
    assert_eq!(found.outline[0].title, "Der Haufen");
}

#[tokio::test]
async fn right_to_left_words_stay_in_logical_order() {
    let found = extract(&docx(&paragraph("שלום עולם 123 الكومة"))).await;
    assert_eq!(texts(&found), ["שלום עולם 123 الكومة"]);
}

#[tokio::test]
async fn slides_have_tables_charts_diagrams_and_sizes() {
    let slide = r#"<p:sld show="0"><p:sp><a:p><a:r><a:t>body</a:t></a:r></a:p></p:sp>
      <p:sp><p:nvPr><p:ph type="ctrTitle"/></p:nvPr><a:p><a:r><a:t>堆</a:t></a:r></a:p></p:sp>
      <a:tbl><a:tr><a:tc><a:p><a:t>x</a:t></a:p></a:tc><a:tc><a:p><a:t>y</a:t></a:p></a:tc></a:tr></a:tbl></p:sld>"#;
    let of_slide = relationships(&[
        ("c", "chart", "../charts/chart1.xml"),
        ("d", "diagramData", "../diagrams/data1.xml"),
    ]);
    let chart = "<c:chart><a:p><a:t>Rain</a:t></a:p><c:strCache><c:pt><c:v>May</c:v></c:pt><c:pt><c:v>June</c:v></c:pt></c:strCache></c:chart>";
    let diagram = "<dgm:dataModel><dgm:pt><a:p><a:r><a:t>step one</a:t></a:r></a:p></dgm:pt></dgm:dataModel>";
    let presentation = r#"<p:presentation><p:sldIdLst><p:sldId r:id="r1"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>"#;
    let links = relationships(&[("r1", "slide", "slides/slide1.xml")]);
    let found = extract(&office(
        "ppt/presentation.xml",
        "presentationml.presentation",
        presentation,
        &[
            ("ppt/_rels/presentation.xml.rels", &links),
            ("ppt/slides/slide1.xml", slide),
            ("ppt/slides/_rels/slide1.xml.rels", &of_slide),
            ("ppt/charts/chart1.xml", chart),
            ("ppt/diagrams/data1.xml", diagram),
        ],
    ))
    .await;
    assert_eq!(texts(&found), ["堆\nbody\nx\ty\nRain\nMay\tJune\nstep one"]);
    assert_eq!(labels(&found), [Some("堆")]);
    assert_eq!((found.pages[0].width, found.pages[0].height), (720.0, 540.0));
}

#[tokio::test]
async fn sheets_show_dates_and_names() {
    let workbook = r#"<workbook><sheets><sheet name="Plan" r:id="r1"/><sheet name="Hidden" state="hidden" r:id="r3"/></sheets></workbook>"#;
    let links = relationships(&[
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r2", "styles", "styles.xml"),
        ("r3", "worksheet", "worksheets/sheet2.xml"),
    ]);
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;
    let sheet = r#"<worksheet><row><c s="1"><v>46347</v></c><c t="str"><f>A1</f><v>cached</v></c><c t="b"><v>1</v></c><c><v>0.30000000000000004</v></c></row></worksheet>"#;
    let found = extract(&office(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        workbook,
        &[
            ("xl/_rels/workbook.xml.rels", &links),
            ("xl/styles.xml", styles),
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/worksheets/sheet2.xml", "<worksheet/>"),
        ],
    ))
    .await;
    assert_eq!(texts(&found), ["Plan\n2026-11-21\tcached\tTRUE\t0.3", "Hidden"]);
    assert_eq!(labels(&found), [Some("Plan"), Some("Hidden")]);
}
