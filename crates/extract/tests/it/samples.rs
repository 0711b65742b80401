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
