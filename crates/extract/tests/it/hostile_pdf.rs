//! HARDENING 18: PDFs made to harm. Each ends with its text, or as a stable rejection within the limits.
use crate::samples::PdfBuilder;
use crate::{extract, extract_named, extractor, file_of, rejection};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Extraction, Notice, Rejection};
use std::fmt::Write as _;
use std::io::Write as _;

const CAPTION: &str = "BT /F 10 Tf 20 380 Td (caption) Tj ET";
const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// A document of one page, to be filled: catalog 1, page tree 2, page 3, font 4.
fn document() -> PdfBuilder {
    let mut pdf = PdfBuilder::default();
    pdf.add("<< /Type /Catalog /Pages 2 0 R >>");
    pdf.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    pdf.reserve();
    pdf.add(FONT);
    pdf
}

/// Ends it with the page's resources (beside the font) and its content.
fn finished(mut pdf: PdfBuilder, resources: &str, content: &str) -> Vec<u8> {
    let content = pdf.stream("", content.as_bytes());
    set_page(&mut pdf, resources, content);
    pdf.build()
}

fn set_page(pdf: &mut PdfBuilder, resources: &str, content: usize) {
    pdf.set(
        3,
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents {content} 0 R \
             /Resources << /Font << /F 4 0 R /G 5 0 R >> {resources} >> >>"
        ),
    );
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Zeros without end, in layers of compression.
fn bomb(layers: usize) -> Vec<u8> {
    (1..layers).fold(deflated(&vec![0; 128 << 20]), |inner, _| deflated(&inner))
}

/// Reading and drawing end by themselves: with a result or a rejection, never with a fault of ours.
async fn is_survived(bytes: &[u8], what: &str) {
    let extracted = extract_named(bytes, "x.pdf").await;
    assert!(
        !matches!(extracted, Err(ExtractError::Unavailable(_))),
        "{what}: {extracted:?}"
    );
    let drawn = extractor().render(file_of(bytes).path(), 1, 1, 200).await;
    assert!(
        !matches!(drawn, Err(ExtractError::Unavailable(_))),
        "{what}: {drawn:?}"
    );
}

/// As `is_survived`, and the text beside the harm is found.
async fn is_read(bytes: &[u8], what: &str) {
    is_survived(bytes, what).await;
    let found = extract_named(bytes, "x.pdf").await;
    let text = found.map(|found| found.pages[0].text.clone());
    assert_eq!(text.ok().as_deref(), Some("caption"), "{what}");
}

#[tokio::test]
async fn of_pages_beyond_the_limit_the_first_are_read() {
    let mut pdf = document();
    let mut kids = String::new();
    for _ in 0..10_000 {
        let page = pdf.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>");
        let _ = write!(kids, "{page} 0 R ");
    }
    pdf.set(2, format!("<< /Type /Pages /Kids [{kids}] /Count 10000 >>"));
    are_as_many_as_allowed(&extract(&pdf.build()).await);
}

/// The first 5,000 pages, and a notice that there are more.
fn are_as_many_as_allowed(found: &Extraction) {
    assert_eq!(
        (found.pages.len(), found.notice),
        (5_000, Some(Notice::Incomplete))
    );
}

#[tokio::test]
async fn one_page_named_900_000_times_is_one_page() {
    let mut pdf = document();
    pdf.set(
        2,
        format!(
            "<< /Type /Pages /Kids [{}] /Count 900000 >>",
            "3 0 R ".repeat(900_000)
        ),
    );
    let found = extract(&finished(pdf, "", CAPTION)).await;
    assert_eq!((found.pages.len(), found.pages[0].text.as_str()), (1, "caption"));
}

#[tokio::test]
async fn a_count_of_900_000_pages_is_not_believed() {
    let mut pdf = document();
    pdf.set(2, "<< /Type /Pages /Kids [3 0 R] /Count 900000 >>");
    assert_eq!(extract(&finished(pdf, "", CAPTION)).await.pages.len(), 1);
}

#[tokio::test]
async fn one_page_900_000_points_wide_is_read_and_drawn_small() {
    let text = String::from_utf8(finished(document(), "", CAPTION)).unwrap();
    let wide = text.replace("[0 0 200 400]", "[0 0 900000 400]");
    is_read(wide.as_bytes(), "wide page").await;
    let huge = text.replace("[0 0 200 400]", "[0 0 1e30 1e30]");
    is_survived(huge.as_bytes(), "endless page").await;
}

#[tokio::test]
async fn pages_within_the_tree_itself_end() {
    let mut pdf = document();
    let kids = "<< /Type /Page /MediaBox [0 0 9 9] >>".repeat(100_000);
    pdf.set(2, format!("<< /Type /Pages /Kids [{kids}] /Count 1 >>"));
    are_as_many_as_allowed(&extract(&finished(pdf, "", CAPTION)).await);
}

#[tokio::test]
async fn deep_nesting_ends_everywhere() {
    for open in ["[", "<</A ", "(", "<</A["] {
        let deep = open.repeat(200_000);
        let mut pdf = document();
        pdf.set(4, deep.clone());
        is_survived(&finished(pdf, "", CAPTION), open).await;
        is_survived(
            &finished(document(), &format!("/ExtGState {deep}"), CAPTION),
            open,
        )
        .await;
        let trailer = String::from_utf8(finished(document(), "", CAPTION)).unwrap();
        is_survived(
            trailer
                .replace("/Root 1", &format!("/X {deep} /Root 1"))
                .as_bytes(),
            open,
        )
        .await;
    }
    for nested in ["q ", "BT ", "/A BMC ", "1 0 0 1 0 0 cm q "] {
        is_read(
            &finished(document(), "", &format!("{} {CAPTION}", nested.repeat(100_000))),
            nested,
        )
        .await;
    }
}

#[tokio::test]
async fn streams_that_refer_to_themselves_end() {
    for entry in [
        "/Length",
        "/Filter",
        "/DecodeParms",
        "/F",
        "/Filter [",
        "/DecodeParms [",
        "/Contents",
    ] {
        let mut pdf = document();
        let own = pdf.reserve();
        let close = if entry.ends_with('[') { "]" } else { "" };
        let length = if entry == "/Length" { "" } else { "/Length 3" };
        pdf.set(
            own,
            format!("<< {entry} {own} 0 R {close} {length} >>\nstream\nq Q\nendstream"),
        );
        set_page(&mut pdf, "", own);
        is_survived(&pdf.build(), entry).await;
    }
}

#[tokio::test]
async fn objects_that_lead_to_each_other_end() {
    let mut pdf = document();
    let (one, other) = (pdf.reserve(), pdf.reserve());
    pdf.set(one, format!("{other} 0 R"));
    pdf.set(other, format!("{one} 0 R"));
    is_survived(
        &finished(pdf, &format!("/XObject {one} 0 R"), CAPTION),
        "references",
    )
    .await;

    for (kind, paint) in [
        ("/XObject", "/X Do"),
        ("/Pattern", "/Pattern cs /X scn 0 0 99 99 re f"),
        ("/ExtGState", "/X gs"),
        ("/ColorSpace", "/X cs 0 0 99 99 re f"),
        ("/Shading", "/X sh"),
    ] {
        let mut pdf = document();
        let own = pdf.reserve();
        let body = match kind {
            "/ExtGState" => format!(
                "<< /SMask << /Type /Mask /S /Luminosity /G {own} 0 R /TR {own} 0 R >> /TR {own} 0 R /Font [{own} 0 R 9] >>"
            ),
            "/ColorSpace" => format!("[/Indexed {own} 0 R 1 {own} 0 R]"),
            "/Shading" => format!(
                "<< /ShadingType 2 /ColorSpace {own} 0 R /Coords [0 0 1 1] /Function << /FunctionType 3 /Functions [{own} 0 R] /Domain [0 1] /Bounds [] /Encode [0 1] >> >>"
            ),
            _ => format!(
                "<< /Type {kind} /Subtype /Form /PatternType 1 /PaintType 1 /TilingType 1 /XStep 0.01 /YStep 0.01 /BBox [0 0 9 9] \
                 /Resources << {kind} << /X {own} 0 R >> /Font << /F 4 0 R >> >> /Length {} >>\nstream\n{paint} {paint}\nendstream",
                2 * paint.len() + 1
            ),
        };
        pdf.set(own, body);
        let resources = format!("{kind} << /X {own} 0 R >>");
        is_survived(
            &finished(pdf, &resources, &format!("{CAPTION} {paint} {paint}")),
            kind,
        )
        .await;
    }
}

#[tokio::test]
async fn cross_reference_tables_in_a_loop_end() {
    let file = String::from_utf8(finished(document(), "", CAPTION)).unwrap();
    let table = file.rfind("xref\n0 ").unwrap();
    for entry in ["/Prev", "/XRefStm"] {
        for place in [table, 0, 9, usize::MAX / 2] {
            let looped = file.replace("/Root 1", &format!("{entry} {place} /Root 1"));
            is_read(looped.as_bytes(), entry).await;
        }
    }
    // Two tables, each of which says that the other came before it.
    let second = file.len();
    let looped = file.replace("/Root 1", &format!("/Prev {second:010} /Root 1"));
    let shift = looped.len() - file.len();
    let again = format!(
        "xref\n0 0\ntrailer << /Size 9 /Root 1 0 R /Prev {table} >>\nstartxref\n{}\n%%EOF\n",
        second + shift
    );
    is_read(format!("{looped}{again}").as_bytes(), "two tables").await;
    // Entries that lead to the table itself, far away, or to the same place.
    for offset in ["0000000000", "9999999999", "0000000009"] {
        let mut lost = file.clone();
        let entries: Vec<(usize, &str)> = file.match_indices(" 00000 n").collect();
        for (place, _) in entries {
            lost.replace_range(place - 10..place, offset);
        }
        is_survived(lost.as_bytes(), offset).await;
    }
}

/// Number and body.
type Object = (usize, String);
/// Type, place, generation.
type Entry = (u8, u32, u16);

/// A file whose cross-reference table is a stream.
fn with_reference_stream(objects: &[Object], entries: &[Entry], extra: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, body) in objects {
        places.push((*number, u32::try_from(file.len()).unwrap()));
        file.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let start = file.len();
    let mut table = Vec::new();
    for (number, (kind, place, generation)) in entries.iter().enumerate() {
        let known = places.iter().find(|(own, _)| *own == number && *kind == 1);
        table.push(*kind);
        table.extend_from_slice(&known.map_or(*place, |(_, place)| *place).to_be_bytes());
        table.extend_from_slice(&generation.to_be_bytes());
    }
    let number = entries.len();
    let head = format!(
        "{number} 0 obj\n<< /Type /XRef /Size {number} /W [1 4 2] /Root 1 0 R /Length {} {} >>\nstream\n",
        table.len(),
        extra.replace("SELF", &start.to_string())
    );
    file.extend_from_slice(head.as_bytes());
    file.extend_from_slice(&table);
    file.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    file
}

#[tokio::test]
async fn object_streams_in_a_loop_end() {
    let catalog = (1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned());
    let container = |number: usize, extra: &str| {
        let content = "2 0 << /Type /Pages /Kids [] /Count 0 >>";
        (
            number,
            format!(
                "<< /Type /ObjStm /N 1 /First 4 /Length {} {extra} >>\nstream\n{content}\nendstream",
                content.len()
            ),
        )
    };
    let cases: [(&str, Vec<Object>, Vec<Entry>); 4] = [
        (
            "in itself",
            vec![catalog.clone(), container(3, "")],
            vec![(0, 0, 0), (1, 0, 0), (2, 3, 0), (2, 3, 0)],
        ),
        (
            "in each other",
            vec![catalog.clone(), container(3, ""), container(4, "")],
            vec![(0, 0, 0), (1, 0, 0), (2, 3, 0), (2, 4, 0), (2, 3, 0)],
        ),
        (
            "extends itself",
            vec![catalog.clone(), container(3, "/Extends 3 0 R")],
            vec![(0, 0, 0), (1, 0, 0), (2, 3, 0), (1, 0, 0)],
        ),
        (
            "endless",
            vec![catalog, container(3, "/N 4000000000 /First 4294967295")],
            vec![(0, 0, 0), (1, 0, 0), (2, 3, 65_535), (1, 0, 0)],
        ),
    ];
    for (what, objects, entries) in cases {
        is_survived(&with_reference_stream(&objects, &entries, ""), what).await;
        is_survived(&with_reference_stream(&objects, &entries, "/Prev SELF"), what).await;
        let wide = "/Index [0 4294967295 0 4294967295] /Prev SELF";
        is_survived(&with_reference_stream(&objects, &entries, wide), what).await;
    }
}

#[tokio::test]
async fn chained_filters_and_compression_bombs_end() {
    for layers in 1..=3 {
        let filters = "/FlateDecode ".repeat(layers);
        let mut pdf = document();
        let content = pdf.stream(&format!("/Filter [{filters}]"), &bomb(layers));
        set_page(&mut pdf, "", content);
        is_survived(&pdf.build(), "content").await;
        let mut pdf = document();
        let map = pdf.stream(&format!("/Filter [{filters}]"), &bomb(layers));
        pdf.set(
            4,
            format!("{} /ToUnicode {map} 0 R >>", FONT.trim_end_matches(" >>")),
        );
        is_survived(&finished(pdf, "", CAPTION), "map").await;
    }
    let all = "/ASCIIHexDecode /ASCII85Decode /RunLengthDecode /LZWDecode /FlateDecode /CCITTFaxDecode /JBIG2Decode /DCTDecode /JPXDecode /Crypt ".repeat(500);
    let mut pdf = document();
    let content = pdf.stream(&format!("/Filter [{all}]"), b"4141>");
    set_page(&mut pdf, "", content);
    is_survived(&pdf.build(), "all filters").await;
    let mut pdf = document();
    let predictor = "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 2147483647 /BitsPerComponent 16 /Columns 2147483647 >>";
    let content = pdf.stream(predictor, &deflated(&[1; 1000]));
    set_page(&mut pdf, "", content);
    is_survived(&pdf.build(), "predictor").await;
}

/// Segments of JBIG2 that ask for a page of 65,000 × 65,000 and as much of it.
fn jbig2_bomb() -> Vec<u8> {
    let side = 65_000_u32.to_be_bytes();
    let mut stream = vec![0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19];
    stream.extend_from_slice(&side);
    stream.extend_from_slice(&side);
    stream.extend_from_slice(&[0; 11]);
    stream.extend_from_slice(&[0, 0, 0, 1, 38, 0, 1, 0, 0, 0, 30]);
    stream.extend_from_slice(&side);
    stream.extend_from_slice(&side);
    stream.extend_from_slice(&[0; 22]);
    stream
}

/// A JPEG 2000 codestream that says it is so large, in tiles of a pixel.
fn jpx_bomb(tile: u32) -> Vec<u8> {
    let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 47, 0, 0];
    for number in [65_000, 65_000, 0, 0, tile, tile, 0, 0_u32] {
        stream.extend_from_slice(&number.to_be_bytes());
    }
    stream.extend_from_slice(&[0, 3, 7, 1, 1, 7, 1, 1, 7, 1, 1]);
    stream.extend_from_slice(&[0xFF, 0x52, 0, 12, 0, 0, 255, 255, 0, 32, 8, 8, 0, 0]);
    stream.extend_from_slice(&[0xFF, 0x5C, 0, 4, 0x40, 0x40]);
    stream.extend_from_slice(&[0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 1, 0xFF, 0x93, 0xFF, 0xD9]);
    stream
}

/// The head of a JPEG of 65,000 × 65,000.
fn jpeg_bomb() -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0xFD, 0xE8, 0xFD, 0xE8, 3];
    file.extend_from_slice(&[
        1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0,
    ]);
    file.extend_from_slice(&[0xAA; 500]);
    file.extend_from_slice(&[0xFF, 0xD9]);
    file
}

#[tokio::test]
async fn images_of_65_000_by_65_000_leave_the_text_readable() {
    let cases: [(&str, Vec<u8>); 9] = [
        ("", b"short".to_vec()),
        ("/Filter /FlateDecode", bomb(1)),
        ("/Filter [/FlateDecode /FlateDecode]", bomb(2)),
        ("/Filter /RunLengthDecode", [129, 0].repeat(1 << 20)),
        (
            "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 65000 /Rows 65000 >>",
            vec![0xFF; 10_000],
        ),
        ("/Filter /JBIG2Decode", jbig2_bomb()),
        ("/Filter /JPXDecode", jpx_bomb(1)),
        ("/Filter /JPXDecode", jpx_bomb(65_000)),
        ("/Filter /DCTDecode", jpeg_bomb()),
    ];
    for (filter, bytes) in cases {
        let mut pdf = document();
        let mask = pdf.stream(
            &format!("/Type /XObject /Subtype /Image /Width 65000 /Height 65000 /ColorSpace /DeviceGray /BitsPerComponent 8 {filter}"),
            &bytes,
        );
        let image = pdf.stream(
            &format!("/Type /XObject /Subtype /Image /Width 65000 /Height 65000 /ColorSpace /DeviceRGB /BitsPerComponent 16 /SMask {mask} 0 R {filter}"),
            &bytes,
        );
        let resources = format!("/XObject << /X {image} 0 R >>");
        let content = format!("q 200 0 0 400 0 0 cm /X Do Q {CAPTION}");
        is_read(&finished(pdf, &resources, &content), filter).await;
    }
    let inline = format!(
        "q BI /W 65000 /H 65000 /CS /RGB /BPC 16 /F /RL ID {} EI Q {CAPTION}",
        "x".repeat(500)
    );
    is_survived(&finished(document(), "", &inline), "inline image").await;
}

#[tokio::test]
async fn fonts_that_claim_too_much_end() {
    let descendant = "/Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >>";
    let widths = [
        "/W [0 4294967295 500]",
        "/W [0 [500] 4294967295 [1 1 1]]",
        "/W2 [0 4294967295 1 1 1] /DW2 [1e38 1e38]",
        "/W [[[[[[]]]]]]",
    ];
    for width in widths {
        let mut pdf = document();
        let own = pdf.reserve();
        pdf.set(own, format!("<< {descendant} {width} >>"));
        pdf.set(4, format!("<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [{own} 0 R] >>"));
        is_survived(&finished(pdf, "", CAPTION), width).await;
    }
    let maps = [
        "1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange",
        "1 begincidrange <00000000> <FFFFFFFF> 0 endcidrange",
        "/Own usecmap 1 beginbfchar <41> <004100420043> endbfchar",
    ];
    for map in maps {
        let mut pdf = document();
        let map = map.repeat(1_000);
        let text =
            format!("/CMapName /Own def 1 begincodespacerange <00> <FFFFFFFF> endcodespacerange {map}");
        let map = pdf.stream("/Type /CMap /CMapName /Own", text.as_bytes());
        pdf.set(
            4,
            format!("{} /ToUnicode {map} 0 R >>", FONT.trim_end_matches(" >>")),
        );
        is_survived(&finished(pdf, "", CAPTION), "map").await;
    }
    for (kind, file) in [
        ("TrueType", "FontFile2"),
        ("Type1", "FontFile"),
        ("Type1", "FontFile3 "),
    ] {
        for program in [
            bomb(1),
            deflated(&[0, 1, 0, 0, 0xFF, 0xFF, 0, 0].repeat(100_000)),
            deflated(&[1, 0, 4, 4].repeat(1 << 20)),
        ] {
            let mut pdf = document();
            let program = pdf.stream("/Filter /FlateDecode /Subtype /Type1C", &program);
            let descriptor = pdf.add(format!(
                "<< /Type /FontDescriptor /FontName /A /Flags 4 /{file} {program} 0 R >>"
            ));
            pdf.set(4, format!("<< /Type /Font /Subtype /{kind} /BaseFont /A /FirstChar 0 /LastChar 4294967295 /Widths [1] /FontDescriptor {descriptor} 0 R >>"));
            is_survived(&finished(pdf, "", CAPTION), file).await;
        }
    }
    let mut pdf = document();
    let own = pdf.reserve();
    let program = pdf.stream("", b"9 0 d0 /F 9 Tf (aa) Tj");
    pdf.set(own, format!("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1e30 0 0 1e-30 0 0] /CharProcs << /a {program} 0 R >> /Encoding << /Differences [97 /a 99999999999 /a] >> /Resources << /Font << /F {own} 0 R >> >> >>"));
    is_survived(
        &finished(pdf, "", "BT /G 9 Tf (aaaa) Tj ET").replace_first(b"/G 5", format!("/G {own}").as_bytes()),
        "glyphs of glyphs",
    )
    .await;
}

trait ReplaceFirst {
    fn replace_first(self, old: &[u8], new: &[u8]) -> Vec<u8>;
}

impl ReplaceFirst for Vec<u8> {
    fn replace_first(self, old: &[u8], new: &[u8]) -> Vec<u8> {
        let place = self.windows(old.len()).position(|part| part == old).unwrap();
        [&self[..place], new, &self[place + old.len()..]].concat()
    }
}

#[tokio::test]
async fn functions_and_colours_that_take_too_much_end() {
    let functions = [
        "<< /FunctionType 0 /Domain [0 1 0 1 0 1 0 1] /Range [0 1] /Size [65000 65000 65000 65000] /BitsPerSample 32 /Length 1 >>\nstream\nx\nendstream".to_owned(),
        format!("<< /FunctionType 4 /Domain [0 1] /Range [0 1] /Length 400000 >>\nstream\n{}\nendstream", "{".repeat(400_000)),
        format!("<< /FunctionType 4 /Domain [0 1] /Range [0 1] /Length 400001 >>\nstream\n{{{}\nendstream", "dup ".repeat(100_000)),
        "<< /FunctionType 3 /Domain [0 1] /Functions [5 0 R 5 0 R 5 0 R] /Bounds [0 0] /Encode [0 1 0 1 0 1] >>".to_owned(),
    ];
    for function in functions {
        let mut pdf = document();
        pdf.add(function.clone());
        let resources = "/ColorSpace << /X [/Separation /A /DeviceRGB 5 0 R] >> \
                         /Shading << /X << /ShadingType 1 /ColorSpace /DeviceGray /Function 5 0 R >> >>";
        let content = format!("/X cs 0.5 scn 0 0 99 99 re f /X sh {CAPTION}");
        is_survived(&finished(pdf, resources, &content), &function[..30]).await;
    }
}

#[tokio::test]
async fn outlines_names_and_labels_in_a_loop_end() {
    let mut pdf = document();
    let (item, tree) = (pdf.reserve(), pdf.reserve());
    pdf.set(
        item,
        format!(
            "<< /Title (Loop) /Dest [3 0 R /Fit] /First {item} 0 R /Next {item} 0 R /Parent {item} 0 R >>"
        ),
    );
    pdf.set(
        tree,
        format!(
            "<< /Kids [{tree} 0 R {tree} 0 R] /Nums [0 {tree} 0 R] /Names [(a) {tree} 0 R] /D {tree} 0 R >>"
        ),
    );
    pdf.set(1, format!("<< /Type /Catalog /Pages 2 0 R /Outlines << /First {item} 0 R >> /PageLabels {tree} 0 R /Names << /Dests {tree} 0 R >> /Dests {tree} 0 R >>"));
    let found = extract(&finished(pdf, "", CAPTION)).await;
    let titles: Vec<_> = found
        .outline
        .iter()
        .map(|entry| (entry.title.as_str(), entry.page))
        .collect();
    assert_eq!(titles, [("Loop", 1)]);
    assert_eq!(found.pages[0].text, "caption\nLoop");

    let mut pdf = document();
    let first = pdf.objects() + 1;
    for place in 0..50_000 {
        let next = first + place + 1;
        pdf.add(format!(
            "<< /Title (Entry {place}) /Dest [3 0 R /Fit] /Next {next} 0 R /First {next} 0 R >>"
        ));
    }
    pdf.set(
        1,
        format!("<< /Type /Catalog /Pages 2 0 R /Outlines << /First {first} 0 R >> >>"),
    );
    let found = extract(&finished(pdf, "", CAPTION)).await;
    assert_eq!(found.outline.len(), 2_000);
    assert!(found.pages[0].headings.len() <= 16);
    assert!(found.outline.iter().all(|entry| entry.level <= 8));
}

#[tokio::test]
async fn floods_of_annotations_are_cut() {
    let mut pdf = document();
    let link =
        "<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://a.example/) >> >>".repeat(100_000);
    let content = pdf.stream("", CAPTION.as_bytes());
    pdf.set(3, format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents {content} 0 R /Annots [{link}] /Resources << /Font << /F 4 0 R >> >> >>"));
    let found = extract(&pdf.build()).await;
    assert_eq!(
        (found.pages[0].links.len(), found.pages[0].text.as_str()),
        (500, "caption")
    );
}

#[tokio::test]
async fn floods_of_text_are_cut() {
    let shown = "BT /F 1 Tf 0 0 Td (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET "
        .repeat(40_000);
    is_survived(&finished(document(), "", &shown), "one line over another").await;
    let mut spread = String::new();
    for place in 0..400_000 {
        let _ = write!(
            spread,
            "BT /F 1 Tf {} {} Td (a b) Tj ET ",
            place % 199,
            place / 1000
        );
    }
    is_survived(&finished(document(), "", &spread), "text all over the page").await;
    let turned = (0..100_000).fold(String::from("BT /F 1 Tf "), |mut text, place| {
        let _ = write!(
            text,
            "1 0.{place} -0.{place} 1 {} {} Tm (ab) Tj ",
            place % 199,
            place % 399
        );
        text
    });
    is_survived(&finished(document(), "", &turned), "text in all directions").await;
}

#[tokio::test]
async fn a_password_is_needed_or_not() {
    let open = crate::samples::encrypted_pdf("");
    let found = extract(&open).await;
    assert_eq!(
        (found.pages[0].text.as_str(), found.title.as_deref()),
        ("secret caption", Some("Locked title"))
    );
    assert_eq!(
        rejection(&crate::samples::encrypted_pdf("hunter2")).await,
        Rejection::Encrypted
    );
    let text = String::from_utf8_lossy(&open).into_owned();
    for (from, to) in [
        ("/V 1", "/V 9"),
        ("/R 2", "/R 77"),
        ("/Standard", "/Adobe.PubSec"),
        ("/O <", "/O <00> /X <"),
        ("/Length 40", "/Length -5"),
    ] {
        is_survived(text.replace(from, to).as_bytes(), to).await;
    }
}
