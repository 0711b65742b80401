//! Text of PDFs whose fonts draw their letters otherwise than most: points under letters, letters in a measure of
//! their own.
use crate::extract;
use crate::samples::pdf_with;
use std::fmt::Write as _;

/// A glyph of a font: its box in thousandths of the size, how far it moves on, and what it means.
struct Glyph {
    area: [i32; 4],
    advance: i32,
    meaning: char,
}

const fn glyph(area: [i32; 4], advance: i32, meaning: char) -> Glyph {
    Glyph {
        area,
        advance,
        meaning,
    }
}

/// An index of the Compact Font Format (Adobe Technical Note #5176) with offsets of one byte.
fn index(items: &[Vec<u8>]) -> Vec<u8> {
    if items.is_empty() {
        return vec![0, 0];
    }
    let count = u16::try_from(items.len()).unwrap();
    let mut index = [&count.to_be_bytes()[..], &[1, 1]].concat();
    let mut end = 1;
    for item in items {
        end += u8::try_from(item.len()).unwrap();
        index.push(end);
    }
    index.extend(items.concat());
    index
}

/// A number of a dictionary, always in five bytes.
fn number(value: usize) -> Vec<u8> {
    let value = i32::try_from(value).unwrap();
    [&[29][..], &value.to_be_bytes()].concat()
}

/// A number of a charstring.
fn step(value: i32) -> Vec<u8> {
    let value = i16::try_from(value).unwrap();
    [&[28][..], &value.to_be_bytes()].concat()
}

/// A box.
fn charstring([x0, y0, x1, y1]: [i32; 4]) -> Vec<u8> {
    let (moved, right, up, left) = (
        [step(x0), step(y0)].concat(),
        step(x1 - x0),
        step(y1 - y0),
        step(x0 - x1),
    );
    [moved, vec![21], right, vec![6], up, vec![7], left, vec![6, 14]].concat()
}

/// A font program whose glyphs are called `a`, `b`…
fn program(glyphs: &[Glyph]) -> Vec<u8> {
    const TOP_BYTES: usize = 23;
    let mut outlines = vec![vec![14]];
    outlines.extend(glyphs.iter().map(|glyph| charstring(glyph.area)));
    let outlines = index(&outlines);
    let mut charset = vec![0];
    for name in (66_u16..).take(glyphs.len()) {
        charset.extend(name.to_be_bytes());
    }
    let head = [vec![1, 0, 4, 1], index(&[b"Sample".to_vec()])].concat();
    let between = [index(&[]), index(&[])].concat();
    let charset_at = head.len() + 5 + TOP_BYTES + between.len();
    let outlines_at = charset_at + charset.len();
    let end = outlines_at + outlines.len();
    let top = [
        number(charset_at),
        vec![15],
        number(outlines_at),
        vec![17],
        number(0),
        number(end),
        vec![18],
    ]
    .concat();
    assert_eq!(top.len(), TOP_BYTES);
    [head, index(&[top]), between, charset, outlines].concat()
}

/// The text of a page with `/F`, Helvetica, and `/S`, a font of these glyphs for the codes of `a`, `b`…
async fn read(content: &str, glyphs: &[Glyph]) -> String {
    let mut pdf = pdf_with(&[content], "");
    let program = pdf.stream("/Subtype /Type1C", &program(glyphs));
    let heights = glyphs.iter().flat_map(|glyph| [glyph.area[1], glyph.area[3]]);
    let (low, high) = (heights.clone().min().unwrap(), heights.max().unwrap());
    let descriptor = pdf.add(format!(
        "<< /Type /FontDescriptor /FontName /Sample /Flags 4 /FontBBox [0 {low} 1000 {high}] /FontFile3 {program} 0 R >>"
    ));
    let (mut widths, mut meanings) = (String::new(), String::new());
    for (code, glyph) in (0x61..).zip(glyphs) {
        let _ = write!(widths, "{} ", glyph.advance);
        let _ = writeln!(meanings, "<{code:02X}> <{:04X}>", u32::from(glyph.meaning));
    }
    let map = pdf.stream(
        "",
        format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /S def /CMapType 2 def\n\
             1 begincodespacerange <00> <FF> endcodespacerange\n{} beginbfchar\n{meanings}endbfchar\nendcmap end end",
            glyphs.len()
        )
        .as_bytes(),
    );
    let last = 0x60 + glyphs.len();
    let font = pdf.add(format!(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Sample /FirstChar 97 /LastChar {last} /Widths [{widths}] \
         /FontDescriptor {descriptor} 0 R /ToUnicode {map} 0 R >>"
    ));
    pdf.set(
        5,
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 400] /Contents 4 0 R \
             /Resources << /Font << /F 3 0 R /S {font} 0 R >> >> >>"
        ),
    );
    extract(&pdf.build()).await.pages.remove(0).text
}

#[tokio::test]
async fn points_stay_on_the_letters_that_their_ink_is_under() {
    let glyphs = [
        glyph([20, 0, 480, 500], 500, '\u{5D1}'),
        glyph([20, 0, 480, 500], 500, '\u{5D2}'),
        // Its pen is set down under the letter before.
        glyph([650, -200, 850, -100], 0, '\u{5B7}'),
    ];
    // Drawn from left to right, gimel first; the point stands under bet.
    let marked = "BT /S 10 Tf 20 380 Td [(b) 500 (c) -500 (a)] TJ ET";
    assert_eq!(read(marked, &glyphs).await, "\u{5D1}\u{5B7}\u{5D2}");
    // Under gimel, drawn behind both.
    let behind = "BT /S 10 Tf 20 380 Td [(ba) 1500 (c)] TJ ET";
    assert_eq!(read(behind, &glyphs).await, "\u{5D1}\u{5D2}\u{5B7}");
}

#[tokio::test]
async fn a_font_made_to_a_measure_of_its_own_leaves_lines_apart() {
    let glyphs = [
        glyph([2, 0, 50, 90], 54, '\u{5D1}'),
        glyph([2, -20, 50, 60], 54, '\u{5D2}'),
    ];
    let rows = (0..4).fold(String::new(), |mut rows, row| {
        let _ = write!(
            rows,
            "BT /F 10 Tf 20 {} Td (row {row} says) Tj /S 127 Tf 3 0 Td 50 0 Td (ab) Tj /F 10 Tf 20 0 Td (here) Tj ET ",
            380 - 12 * row
        );
        rows
    });
    let lines: Vec<String> = read(&rows, &glyphs).await.lines().map(str::to_owned).collect();
    let expected: Vec<String> = (0..4)
        .map(|row| format!("row {row} says \u{5D2}\u{5D1} here"))
        .collect();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_font_of_low_signs_is_as_large_as_it_says() {
    let glyphs = [glyph([0, 230, 700, 270], 778, '−')];
    let content = "BT /F 10 Tf 20 380 Td (x) Tj /S 10 Tf 5.3 0 Td (a) Tj /F 10 Tf 8 0 Td (1) Tj ET";
    assert_eq!(read(content, &glyphs).await, "x−1");
}

#[tokio::test]
async fn letters_drawn_as_pictures_in_points_are_parted_as_words() {
    let mut pdf = pdf_with(
        &["BT /F 0.12 Tf 20 380 Td (no) Tj 13 0 Td (on) Tj 0 -12 Td (noon) Tj ET"],
        "",
    );
    let glyph = pdf.stream("", b"42 0 0 0 40 60 d1 0 0 40 60 re f");
    let widths = "42 42";
    pdf.set(
        3,
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 40 60] /FontMatrix [1 0 0 1 0 0] /FirstChar 110 /LastChar 111 \
             /Widths [{widths}] /CharProcs << /a110 {glyph} 0 R /a111 {glyph} 0 R >> \
             /Encoding << /Differences [110 /a110 /a111] >> /Resources << >> >>"
        ),
    );
    assert_eq!(extract(&pdf.build()).await.pages[0].text, "no on\nnoon");
}
