//! Builds small files of every format, well-formed unless asked otherwise.
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A PDF from numbered objects; number 1 is the catalog.
#[derive(Default)]
pub(crate) struct PdfBuilder {
    objects: Vec<Vec<u8>>,
    info: Option<usize>,
}

impl PdfBuilder {
    /// Reserves a number.
    pub(crate) fn reserve(&mut self) -> usize {
        self.objects.push(b"null".to_vec());
        self.objects.len()
    }

    pub(crate) fn set(&mut self, number: usize, body: impl Into<Vec<u8>>) {
        self.objects[number - 1] = body.into();
    }

    pub(crate) fn add(&mut self, body: impl Into<Vec<u8>>) -> usize {
        let number = self.reserve();
        self.set(number, body);
        number
    }

    pub(crate) fn stream(&mut self, dictionary: &str, content: &[u8]) -> usize {
        let mut body = format!("<< {dictionary} /Length {} >>\nstream\n", content.len()).into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\nendstream");
        self.add(body)
    }

    /// How many objects there are.
    pub(crate) fn objects(&self) -> usize {
        self.objects.len()
    }

    pub(crate) fn info(&mut self, body: &str) {
        self.info = Some(self.add(body));
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (place, body) in self.objects.iter().enumerate() {
            let _ = writeln!(table, "{:010} 00000 n ", file.len());
            file.extend_from_slice(format!("{} 0 obj\n", place + 1).as_bytes());
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let info = self
            .info
            .map_or(String::new(), |number| format!("/Info {number} 0 R"));
        let size = self.objects.len() + 1;
        file.extend_from_slice(table.as_bytes());
        let trailer = format!("trailer << /Size {size} /Root 1 0 R {info} >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(trailer.as_bytes());
        file
    }
}

/// A PDF with one page for each content stream; `attributes` go to every page.
pub(crate) fn pdf_with(contents: &[&str], attributes: &str) -> PdfBuilder {
    let mut pdf = PdfBuilder::default();
    let (catalog, pages) = (pdf.reserve(), pdf.reserve());
    let font = pdf.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    let mut kids = String::new();
    for content in contents {
        let stream = pdf.stream("", content.as_bytes());
        let page = pdf.add(format!(
            "<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 200 400] /Contents {stream} 0 R \
             /Resources << /Font << /F {font} 0 R >> >> {attributes} >>"
        ));
        let _ = write!(kids, "{page} 0 R ");
    }
    pdf.set(catalog, format!("<< /Type /Catalog /Pages {pages} 0 R >>"));
    let count = contents.len();
    pdf.set(pages, format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>"));
    pdf
}

pub(crate) fn pdf(contents: &[&str]) -> Vec<u8> {
    pdf_with(contents, "").build()
}

/// A PDF of one page and with a title, encrypted with 40 bits of RC4 (ISO 32000-1, 7.6.3) for this
/// user password.
pub(crate) fn encrypted_pdf(password: &str) -> Vec<u8> {
    use md5::{Digest, Md5};
    const PADDING: [u8; 32] = *b"\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A";
    let owner = [0xAB; 32];
    let padded: Vec<u8> = password.bytes().chain(PADDING).take(32).collect();
    let seed = [padded.as_slice(), &owner, &(-4_i32).to_le_bytes(), b"IDID"].concat();
    let key = &Md5::digest(seed)[..5];
    let lock = |number: usize, plain: &[u8]| {
        let number = u32::try_from(number).unwrap().to_le_bytes();
        rc4(&Md5::digest([key, &number[..3], &[0, 0]].concat())[..10], plain)
    };
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"))
    };
    let mut pdf = pdf_with(&[], "");
    let content = pdf.reserve();
    let text = lock(content, b"BT /F 10 Tf 20 380 Td (secret caption) Tj ET");
    let head = format!("<< /Length {} >>\nstream\n", text.len());
    pdf.set(content, [head.as_bytes(), &text, b"\nendstream"].concat());
    let page = pdf.add(format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents {content} 0 R /Resources << /Font << /F 3 0 R >> >> >>"
    ));
    pdf.set(2, format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
    let title = hex(&lock(pdf.objects() + 1, b"Locked title"));
    pdf.info(&format!("<< /Title <{title}> >>"));
    let (owner, user) = (hex(&owner), hex(&rc4(key, &PADDING)));
    let encryption = pdf.add(format!(
        "<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{owner}> /U <{user}> >>"
    ));
    let file = pdf.build();
    let trailer = file.windows(9).rposition(|part| part == b"/Root 1 0").unwrap();
    let entry = format!("/Encrypt {encryption} 0 R /ID [<49444944> <49444944>] ");
    [&file[..trailer], entry.as_bytes(), &file[trailer..]].concat()
}

fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut other = 0_u8;
    for place in 0..256 {
        other = other
            .wrapping_add(state[place])
            .wrapping_add(key[place % key.len()]);
        state.swap(place, usize::from(other));
    }
    let (mut one, mut other) = (0_u8, 0_u8);
    data.iter()
        .map(|byte| {
            one = one.wrapping_add(1);
            other = other.wrapping_add(state[usize::from(one)]);
            state.swap(usize::from(one), usize::from(other));
            byte ^ state[usize::from(state[usize::from(one)].wrapping_add(state[usize::from(other)]))]
        })
        .collect()
}

/// A zip of named texts.
pub(crate) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The relationships of a part.
pub(crate) fn relationships(list: &[(&str, &str, &str)]) -> String {
    let mut text = String::from("<Relationships>");
    for (id, kind, target) in list {
        let _ = write!(
            text,
            r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#
        );
    }
    text + "</Relationships>"
}

/// An Office package with a main part and others.
pub(crate) fn office(main: &str, content_type: &str, text: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let types = format!(
        r#"<Types><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{content_type}.main+xml"/></Types>"#
    );
    let root = relationships(&[("r1", "officeDocument", main)]);
    let mut all = vec![
        ("[Content_Types].xml", types.as_str()),
        ("_rels/.rels", root.as_str()),
        (main, text),
    ];
    all.extend_from_slice(parts);
    zip(&all)
}

/// A DOCX with this in its body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    docx_with(
        &format!(r#"<?xml version="1.0"?><w:document><w:body>{body}</w:body></w:document>"#),
        &[],
    )
}

pub(crate) fn docx_with(document: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    office("word/document.xml", "wordprocessingml.document", document, parts)
}

/// A paragraph of a DOCX.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A zip whose parts are stored as they are.
pub(crate) fn stored_zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        // Two parts of one name, after a mutation: the first stays.
        if writer.start_file(name.as_str(), options).is_ok() {
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// An archive's file name and its parts.
pub(crate) type Archive = (&'static str, Vec<(String, Vec<u8>)>);

/// A small archive of every format that is one.
pub(crate) fn archives() -> Vec<Archive> {
    let mut all = office_archives();
    all.extend(open_archives());
    all
}

fn office_archives() -> Vec<Archive> {
    let types = |main: &str, kind: &str| {
        format!(
            r#"<Types><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>"#
        )
    };
    let office = |main: &str, kind: &str, parts: Vec<(&str, String)>| {
        let mut all = vec![
            ("[Content_Types].xml", types(main, kind)),
            ("_rels/.rels", relationships(&[("r1", "officeDocument", main)])),
        ];
        all.extend(parts);
        owned(&all)
    };
    let heading = r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>One</w:t></w:r></w:p>"#;
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let document = format!(
        r#"<?xml version="1.0"?><w:document><w:body>{heading}{table}{}</w:body></w:document>"#,
        paragraph("text")
    );
    let slide = "<p:sld><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>Slide</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>";
    let slides = r#"<p:presentation><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>"#;
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2.5</v></c></row></sheetData></worksheet>"#;
    let book = r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    vec![
        (
            "a.docx",
            office(
                "word/document.xml",
                "wordprocessingml.document",
                vec![("word/document.xml", document)],
            ),
        ),
        (
            "a.pptx",
            office(
                "ppt/presentation.xml",
                "presentationml.presentation",
                vec![
                    ("ppt/presentation.xml", slides.into()),
                    (
                        "ppt/_rels/presentation.xml.rels",
                        relationships(&[("r1", "slide", "slides/slide1.xml")]),
                    ),
                    ("ppt/slides/slide1.xml", slide.into()),
                ],
            ),
        ),
        (
            "a.xlsx",
            office(
                "xl/workbook.xml",
                "spreadsheetml.sheet",
                vec![
                    ("xl/workbook.xml", book.into()),
                    (
                        "xl/_rels/workbook.xml.rels",
                        relationships(&[
                            ("r1", "worksheet", "worksheets/sheet1.xml"),
                            ("r2", "sharedStrings", "sharedStrings.xml"),
                        ]),
                    ),
                    ("xl/sharedStrings.xml", "<sst><si><t>word</t></si></sst>".into()),
                    ("xl/worksheets/sheet1.xml", sheet.into()),
                ],
            ),
        ),
    ]
}

fn open_archives() -> Vec<Archive> {
    let open_document = |kind: &str, body: &str| {
        let mime = format!("application/vnd.oasis.opendocument.{kind}");
        let content = format!(
            r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>{body}</office:body></office:document-content>"#
        );
        owned(&[
            ("mimetype", mime),
            ("content.xml", content),
            ("meta.xml", "<m/>".into()),
        ])
    };
    let package = r#"<package><metadata><dc:title>Book</dc:title></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>"#;
    let container = r#"<container><rootfiles><rootfile full-path="o.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;
    vec![
        (
            "a.odt",
            open_document(
                "text",
                r#"<office:text><text:h text:outline-level="1">One</text:h><text:p>two<text:s text:c="3"/></text:p></office:text>"#,
            ),
        ),
        (
            "a.odp",
            open_document(
                "presentation",
                r#"<office:presentation><draw:page draw:name="p"><text:p>x</text:p></draw:page></office:presentation>"#,
            ),
        ),
        (
            "a.ods",
            open_document(
                "spreadsheet",
                r#"<office:spreadsheet><table:table table:name="t"><table:table-row table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="9"><text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"#,
            ),
        ),
        (
            "a.epub",
            owned(&[
                ("mimetype", "application/epub+zip".to_owned()),
                ("META-INF/container.xml", container.into()),
                ("o.opf", package.into()),
                (
                    "c.xhtml",
                    "<html><body><h1>One</h1><p>two</p></body></html>".into(),
                ),
            ]),
        ),
        (
            "a.zip",
            owned(&[
                ("a.txt", "text".to_owned()),
                ("b/c.md", "# One".into()),
                ("d.html", "<p>x".into()),
            ]),
        ),
    ]
}

fn owned(parts: &[(&str, String)]) -> Vec<(String, Vec<u8>)> {
    parts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes()))
        .collect()
}
