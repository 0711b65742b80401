//! Office 97 to 2003: compound files of our own making, whole and hostile.
use crate::{extract, extract_named, rejection};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{ExtractError, Rejection};

const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;

/// A compound file of streams, each in sectors of its own: the table is sector 0, the directory
/// begins at sector 1.
fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut table = vec![0xFFFF_FFFD];
    let mut sectors: Vec<u8> = Vec::new();
    let directory_sectors = (streams.len() + 1).div_ceil(4);
    for place in 0..directory_sectors {
        let next = u32::try_from(place + 2).unwrap();
        table.push(if place + 1 == directory_sectors { END } else { next });
    }
    let mut directory = entry("Root Entry", 5, END, 0);
    for (name, bytes) in streams {
        let first = table.len();
        let count = bytes.len().div_ceil(512).max(1);
        for place in 0..count {
            let next = u32::try_from(first + place + 1).unwrap();
            table.push(if place + 1 == count { END } else { next });
        }
        directory.extend(entry(name, 2, u32::try_from(first).unwrap(), bytes.len()));
        sectors.extend_from_slice(bytes);
        sectors.resize(sectors.len().div_ceil(512).max(count) * 512, 0);
        sectors.resize((table.len() - 1 - directory_sectors) * 512, 0);
    }
    directory.resize(directory_sectors * 512, 0);
    assert!(table.len() <= 128, "one sector of table");
    table.resize(128, FREE);
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.resize(512, 0);
    file[0x1A..0x22].copy_from_slice(&[3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    for (at, number) in [
        (0x2C, 1),
        (0x30, 1),
        (0x38, 0),
        (0x3C, END),
        (0x44, END),
        (0x4C, 0),
    ] {
        file[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
    }
    file[0x50..512].fill(0xFF);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(directory);
    file.extend(sectors);
    file
}

fn entry(name: &str, kind: u8, first: u32, length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    let name_length = u16::try_from(bytes.len()).unwrap();
    bytes.resize(128, 0);
    bytes[0x40..0x42].copy_from_slice(&name_length.to_le_bytes());
    bytes[0x42] = kind;
    bytes[0x74..0x78].copy_from_slice(&first.to_le_bytes());
    bytes[0x78..0x7C].copy_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
    bytes
}

/// A document of one piece of bytes and one of UTF-16.
fn document(narrow: &str, wide: &str, flags: u16) -> Vec<u8> {
    styled_document(narrow, wide, flags, &[])
}

/// The same, with these styles for the paragraphs of its first piece.
fn styled_document(narrow: &str, wide: &str, flags: u16, styles: &[u16]) -> Vec<u8> {
    let narrow = encoding_rs::WINDOWS_1252.encode(narrow).0.into_owned();
    let units: Vec<u16> = wide.encode_utf16().collect();
    let mut document = vec![0; 1024];
    document[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
    document[0x0A..0x0C].copy_from_slice(&flags.to_le_bytes());
    let narrow_count = u32::try_from(narrow.len()).unwrap();
    let count = narrow_count + u32::try_from(units.len()).unwrap();
    document[0x4C..0x50].copy_from_slice(&count.to_le_bytes());
    let narrow_at = 1024;
    document.extend_from_slice(&narrow);
    let wide_at = u32::try_from(document.len()).unwrap();
    document.extend(units.into_iter().flat_map(u16::to_le_bytes));
    document.resize(document.len().div_ceil(512) * 512, 0);
    let styles_at = u32::try_from(document.len() / 512).unwrap();
    document.extend(style_page(&narrow, narrow_at, styles));
    let mut pieces: Vec<u8> = [0, narrow_count, count]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    for place in [0x4000_0000_u32 | (narrow_at * 2), wide_at] {
        pieces.extend([0, 0]);
        pieces.extend(place.to_le_bytes());
        pieces.extend([0, 0]);
    }
    let mut table = vec![2];
    table.extend(u32::try_from(pieces.len()).unwrap().to_le_bytes());
    table.extend(pieces);
    document[0x01A6..0x01AA].copy_from_slice(&u32::try_from(table.len()).unwrap().to_le_bytes());
    document[0x0102..0x0106].copy_from_slice(&u32::try_from(table.len()).unwrap().to_le_bytes());
    document[0x0106..0x010A].copy_from_slice(&12_u32.to_le_bytes());
    let all = [narrow_at, wide_at, styles_at];
    table.extend(all.into_iter().flat_map(u32::to_le_bytes));
    compound(&[("WordDocument", document), ("0Table", table)])
}

/// Beside the number of a style: its paragraph begins a page.
const NEW_PAGE: u16 = 0x8000;

/// A page of paragraphs' styles, for the first paragraphs of bytes at a place.
fn style_page(bytes: &[u8], at: u32, styles: &[u16]) -> Vec<u8> {
    let mut ends = vec![at];
    let breaks = bytes.iter().zip(at + 1..).filter(|(byte, _)| **byte == b'\r');
    ends.extend(breaks.map(|(_, end)| end).take(styles.len()));
    assert_eq!(ends.len(), styles.len() + 1);
    let mut page: Vec<u8> = ends.into_iter().flat_map(u32::to_le_bytes).collect();
    for index in 0..styles.len() {
        page.push(u8::try_from(200 + 5 * index).unwrap());
        page.extend([0; 12]);
    }
    page.resize(400, 0);
    for style in styles {
        // Both ways to say how long it is.
        let [low, high] = (style & !NEW_PAGE).to_le_bytes();
        page.extend(if style & NEW_PAGE != 0 {
            // Two properties: keep together, and a page break before.
            [0, 4, low, high, 0x05, 0x24, 1, 0x07, 0x24, 1]
        } else if style % 2 == 0 {
            [0, 1, low, high, 0, 0, 0, 0, 0, 0]
        } else {
            [2, low, high, 0, 0, 0, 0, 0, 0, 0]
        });
    }
    page.resize(511, 0);
    page.push(u8::try_from(styles.len()).unwrap());
    page
}

/// A small file of every old format.
pub(crate) fn old_files() -> [(&'static str, Vec<u8>); 3] {
    let document = styled_document("Cells\rAll \u{13}PAGE\u{14}life\u{15}.\r", "עוד\r", 0, &[1, 0]);
    [
        ("b.doc", document),
        ("b.ppt", show(0xE391_C05F)),
        ("b.xls", workbook(&[])),
    ]
}

#[tokio::test]
async fn headings_of_a_word_file_are_told_by_their_styles() {
    let file = styled_document(
        "Cells\rAll life.\rEnergy\rATP carries it.\r",
        "עוד\r",
        0,
        &[1, 0, 2, 0],
    );
    let found = extract(&file).await;
    let headings: Vec<_> = found.pages.iter().flat_map(|page| &page.headings).collect();
    assert_eq!(headings, ["Cells", "Energy"], "{found:?}");
    let outline: Vec<_> = found
        .outline
        .iter()
        .map(|entry| (entry.title.as_str(), entry.level))
        .collect();
    assert_eq!(outline, [("Cells", 1), ("Energy", 2)]);
}

#[tokio::test]
async fn paragraphs_of_a_word_file_that_begin_a_page_do() {
    let file = styled_document(
        "Cells\rAll life.\rEnergy\rATP carries it.\rMore.\r",
        "עוד\r",
        0,
        &[1 | NEW_PAGE, 0, 2 | NEW_PAGE, 0, NEW_PAGE],
    );
    let found = extract(&file).await;
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Cells\nAll life.", "Energy\nATP carries it.", "More.\nעוד"]
    );
    assert_eq!(found.pages[1].headings, ["Energy"]);
}

#[tokio::test]
async fn a_word_file_is_read_piece_by_piece() {
    let file = document(
        "caf\u{E9} \u{13}PAGEREF x\u{14}seen\u{15}\ra\u{7}b\u{7}\u{7}\u{C}",
        "שלום עולם\rالكومة 堆\r",
        0,
    );
    let found = extract(&file).await;
    assert_eq!(found.kind, Kind::Doc);
    let texts: Vec<_> = found.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["café seen\na\tb", "שלום עולם\nالكومة 堆"]);
    assert_eq!(rejection(&document("x", "y", 0x0100)).await, Rejection::Encrypted);
}

fn record(kind: u16, head: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = [head.to_le_bytes(), kind.to_le_bytes()].concat();
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn text(kind: u32, text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [record(0x0F9F, 0, &kind.to_le_bytes()), record(0x0FA0, 0, &units)].concat()
}

fn persist(reference: u32, id: u32) -> Vec<u8> {
    let body: Vec<u8> = [reference, 0, 0, id, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    record(0x03F3, 0, &body)
}

fn show(token: u32) -> Vec<u8> {
    let list = [persist(2, 256), text(0, "ערימה")].concat();
    let note_list = persist(3, 256);
    let document = [record(0x0FF0, 0x0F, &list), record(0x0FF0, 0x2F, &note_list)].concat();
    let outline = record(0x0F9E, 0, &0_u32.to_le_bytes());
    let shapes = [
        record(0xF00D, 0x0F, &text(1, "in a shape\rtwice")),
        record(0xF00D, 0x0F, &outline),
    ]
    .concat();
    let notes = [record(0x03F1, 0, &256_u32.to_le_bytes()), text(2, "a note")].concat();
    let objects = [
        record(0x03E8, 0x0F, &document),
        record(0x03EE, 0x0F, &shapes),
        record(0x03F0, 0x0F, &notes),
    ];
    let mut stream = Vec::new();
    let mut directory = ((3_u32 << 20) | 1).to_le_bytes().to_vec();
    for object in objects {
        directory.extend(u32::try_from(stream.len()).unwrap().to_le_bytes());
        stream.extend(object);
    }
    let directory_at = u32::try_from(stream.len()).unwrap();
    stream.extend(record(0x1772, 0, &directory));
    let edit_at = u32::try_from(stream.len()).unwrap();
    let edit: Vec<u8> = [0, 0, 0, directory_at, 1, 0, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    stream.extend(record(0x0FF5, 0, &edit));
    let user: Vec<u8> = [0, 0, 20, token, edit_at]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    compound(&[("PowerPoint Document", stream), ("Current User", user)])
}

#[tokio::test]
async fn a_powerpoint_file_gives_slides_with_titles_and_notes() {
    let found = extract(&show(0xE391_C05F)).await;
    assert_eq!(found.kind, Kind::Ppt);
    assert_eq!(found.pages[0].text, "ערימה\nin a shape\ntwice\na note");
    assert_eq!(found.pages[0].label.as_deref(), Some("ערימה"));
    assert_eq!(rejection(&show(0xF3D1_C4DF)).await, Rejection::Encrypted);
}

fn cells(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn workbook(extra: &[u8]) -> Vec<u8> {
    let begin = cells(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    let styles = [cells(0x00E0, &[0; 20]), cells(0x00E0, &[0, 0, 14, 0, 0, 0])].concat();
    // "堆a" goes on in the next record, where its width is said again.
    let shared = [
        cells(0x00FC, &[1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0x06, 0x58]),
        cells(0x003C, &[0, b'a']),
    ]
    .concat();
    let sheet_name = [&[0, 0, 4, 0][..], b"Plan"].concat();
    let globals_length =
        begin.len() + extra.len() + styles.len() + shared.len() + 4 + 4 + sheet_name.len() + 4;
    let mut place = u32::try_from(globals_length).unwrap().to_le_bytes().to_vec();
    place.extend(&sheet_name);
    let mut stream = [
        begin.clone(),
        extra.to_vec(),
        styles,
        cells(0x0085, &place),
        shared,
        cells(0x000A, &[]),
    ]
    .concat();
    assert_eq!(stream.len(), globals_length);
    stream.extend(begin);
    stream.extend(cells(0x00FD, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    let number = [&[0, 0, 1, 0, 1, 0][..], &46_347_f64.to_le_bytes()].concat();
    stream.extend(cells(0x0203, &number));
    let formula = [&[1, 0, 0, 0, 0, 0][..], &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF]].concat();
    stream.extend(cells(0x0006, &formula));
    stream.extend(cells(0x0207, &[3, 0, 0, b's', b'u', b'm']));
    stream.extend(cells(
        0x027E,
        &[&[1, 0, 1, 0, 0, 0][..], &((550_u32 << 2) | 3).to_le_bytes()].concat(),
    ));
    // A comment: how long it is, its text, and how that is formatted.
    stream.extend(cells(
        0x01B6,
        &[&[0; 10][..], &[5, 0, 16, 0, 0, 0, 0, 0]].concat(),
    ));
    stream.extend(cells(0x003C, &[&[0][..], b"Why?!"].concat()));
    stream.extend(cells(0x003C, &[0; 16]));
    stream.extend(cells(0x000A, &[]));
    compound(&[("Workbook", stream)])
}

#[tokio::test]
async fn an_excel_file_gives_sheets() {
    let found = extract(&workbook(&[])).await;
    assert_eq!(found.kind, Kind::Xls);
    assert_eq!(found.pages[0].text, "Plan\n堆a\t2026-11-21\nsum\t5.5\nWhy?!");
    assert_eq!(found.pages[0].label.as_deref(), Some("Plan"));
    let encrypted = workbook(&cells(0x002F, &[1, 0]));
    assert_eq!(rejection(&encrypted).await, Rejection::Encrypted);
}

#[tokio::test]
async fn an_encrypted_package_says_so() {
    let file = compound(&[("EncryptedPackage", vec![7; 600])]);
    assert_eq!(rejection(&file).await, Rejection::Encrypted);
    let other = compound(&[("__properties", vec![7; 600])]);
    assert_eq!(extract(&other).await.kind, Kind::Other);
}

#[tokio::test]
async fn loops_in_chains_end() {
    let whole = document("words", "more", 0);
    for sector in 1..8_u32 {
        for to in [0, 1, 2, 3] {
            let mut file = whole.clone();
            let at = 512 + 4 * sector as usize;
            file[at..at + 4].copy_from_slice(&u32::to_le_bytes(to));
            is_stable(&file).await;
        }
    }
    let mut endless_list = whole.clone();
    endless_list[0x44..0x48].copy_from_slice(&[0; 4]);
    is_stable(&endless_list).await;
}

#[tokio::test]
async fn torn_and_lying_compound_files_are_survived() {
    for whole in [document("words", "more", 0), show(0), workbook(&[])] {
        for length in [8, 80, 512, 600, 1024, 1500, whole.len() - 600] {
            is_stable(&whole[..length.min(whole.len())]).await;
        }
        // Every length and place says the most.
        for at in (512 + 512 + 128..whole.len()).step_by(97) {
            let mut file = whole.clone();
            let end = (at + 4).min(file.len());
            file[at..end].fill(0xFF);
            is_stable(&file).await;
        }
    }
}

async fn is_stable(file: &[u8]) {
    let outcome = extract_named(file, "file").await;
    let is_stable = matches!(
        outcome,
        Ok(_)
            | Err(ExtractError::Rejected(
                Rejection::Malformed | Rejection::Encrypted | Rejection::TooLarge
            ))
    );
    assert!(is_stable, "{outcome:?}");
}
