//! TIFF: scans of many pages, in the ways that scanners and copiers pack them.
use crate::{extract, extractor, file_of, rejection};
use fax::{Color, VecWriter, encoder::Encoder};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, ExtractedPage, Notice, Picture, Rejection};
use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, Luma, Rgb, RgbImage};
use std::io::Write;

/// One picture of a file: what its tags say, beside where its only strip is, and that strip.
struct Frame {
    tags: Vec<(u16, Vec<u32>)>,
    strip: Vec<u8>,
}

const NEW_SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const ORIENTATION: u16 = 274;
const SAMPLES: u16 = 277;
const T4_OPTIONS: u16 = 292;
const COLOR_MAP: u16 = 320;

impl Frame {
    fn new(width: u32, height: u32, tags: &[(u16, &[u32])], strip: Vec<u8>) -> Self {
        let tags = tags.iter().map(|(tag, values)| (*tag, values.to_vec()));
        let size = [(WIDTH, vec![width]), (HEIGHT, vec![height])];
        Self {
            tags: size.into_iter().chain(tags).collect(),
            strip,
        }
    }

    fn with(mut self, tag: u16, value: u32) -> Self {
        self.tags.push((tag, vec![value]));
        self
    }
}

/// A file of these pictures, numbers with their least byte first.
fn tiff(frames: &[Frame]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    let place = |file: &Vec<u8>| u32::try_from(file.len()).unwrap();
    for frame in frames {
        let mut tags = frame.tags.clone();
        // Where the strip is, how many rows and how many bytes it has.
        tags.push((273, vec![place(&file)]));
        let height = tags.iter().find(|(tag, _)| *tag == HEIGHT).unwrap().1.clone();
        tags.push((278, height));
        tags.push((279, vec![u32::try_from(frame.strip.len()).unwrap()]));
        tags.sort();
        file.extend_from_slice(&frame.strip);
        let mut entries = Vec::new();
        for (tag, values) in &tags {
            entries.extend_from_slice(&tag.to_le_bytes());
            entries.extend_from_slice(&4_u16.to_le_bytes());
            entries.extend_from_slice(&u32::try_from(values.len()).unwrap().to_le_bytes());
            match values.as_slice() {
                [value] => entries.extend_from_slice(&value.to_le_bytes()),
                values => {
                    entries.extend_from_slice(&place(&file).to_le_bytes());
                    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                }
            }
        }
        let directory = place(&file);
        file[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        file.extend_from_slice(&u16::try_from(tags.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&entries);
        link = file.len();
        file.extend_from_slice(&[0; 4]);
    }
    file
}

/// Black on the left, white on the right, as facsimile machines pack it.
fn group_4(width: u32, height: u32) -> Frame {
    let picture = GrayImage::from_fn(width, height, |x, _| {
        Luma([if x < width / 2 { 0 } else { u8::MAX }])
    });
    packed_as_group_4(&picture)
}

/// A picture in black and white (CCITT Group 4).
fn packed_as_group_4(picture: &GrayImage) -> Frame {
    let width = u16::try_from(picture.width()).unwrap();
    let mut encoder = Encoder::new(VecWriter::new());
    for row in picture.rows() {
        let row = row.map(|Luma([value])| if *value < 128 { Color::Black } else { Color::White });
        encoder.encode_line(row, width).unwrap();
    }
    let strip = encoder.finish().unwrap().finish();
    let tags: [(u16, &[u32]); 3] = [(BITS, &[1]), (COMPRESSION, &[4]), (PHOTOMETRIC, &[0])];
    Frame::new(picture.width(), picture.height(), &tags, strip)
}

/// A scan of these pages, as copiers make it.
pub(crate) fn in_group_4(pages: &[GrayImage]) -> Vec<u8> {
    tiff(&pages.iter().map(packed_as_group_4).collect::<Vec<_>>())
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Red on the left, blue on the right.
fn two_colors(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    })
}

fn in_colors(width: u32, height: u32) -> Frame {
    let tags: [(u16, &[u32]); 4] = [
        (BITS, &[8, 8, 8]),
        (COMPRESSION, &[8]),
        (PHOTOMETRIC, &[2]),
        (SAMPLES, &[3]),
    ];
    Frame::new(width, height, &tags, deflated(two_colors(width, height).as_raw()))
}

/// A small file of each way of packing, for the files that are broken by the thousand.
pub(crate) fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a.tiff", tiff(&[group_4(40, 20), in_colors(16, 8)])),
        ("b.tiff", tiff(&[in_jpeg(16, 16), with_palette()])),
        (
            "c.tiff",
            tiff(&[in_group_3(false), in_group_3(true), turned(group_4(40, 20))]),
        ),
    ]
}

fn in_jpeg(width: u32, height: u32) -> Frame {
    let mut strip = Vec::new();
    JpegEncoder::new_with_quality(&mut strip, 95)
        .encode_image(&two_colors(width, height))
        .unwrap();
    let tags: [(u16, &[u32]); 4] = [
        (BITS, &[8, 8, 8]),
        (COMPRESSION, &[7]),
        (PHOTOMETRIC, &[6]),
        (SAMPLES, &[3]),
    ];
    Frame::new(width, height, &tags, strip)
}

/// Four pixels across and two down, two bits each, which are numbers of colours.
fn with_palette() -> Frame {
    let tags: [(u16, &[u32]); 4] = [
        (BITS, &[2]),
        (COMPRESSION, &[1]),
        (PHOTOMETRIC, &[3]),
        (COLOR_MAP, &[0xFFFF, 0, 0, 0, 0, 0, 0, 0, 0, 0xFFFF, 0, 0]),
    ];
    Frame::new(4, 2, &tags, vec![0b0000_0101; 2])
}

/// Bits, written as such, with zeros up to a whole byte.
fn bytes_of(bits: &str) -> Vec<u8> {
    let bits: Vec<u8> = bits.bytes().filter(u8::is_ascii_digit).collect();
    let byte = |bits: &[u8]| {
        (0..8).fold(0, |byte, place| {
            byte << 1 | bits.get(place).map_or(0, |bit| bit - b'0')
        })
    };
    bits.chunks(8).map(byte).collect()
}

/// The end of a row, and a row of no white, 20 black and 20 white pixels (T.4, tables 2 and 3).
const END_OF_ROW: &str = "000000000001";
const ROW: &str = "00110101 00001101000 0001000";

/// Black on the left, white on the right, 40 by 20, each second row by what differs from the one before or not.
fn in_group_3(in_two_dimensions: bool) -> Frame {
    let pair = if in_two_dimensions {
        format!("{END_OF_ROW} 1 {ROW} {END_OF_ROW} 0 111")
    } else {
        format!("{END_OF_ROW} {ROW} {END_OF_ROW} {ROW}")
    };
    let tags: [(u16, &[u32]); 3] = [(BITS, &[1]), (COMPRESSION, &[3]), (PHOTOMETRIC, &[0])];
    Frame::new(40, 20, &tags, bytes_of(&pair.repeat(10))).with(T4_OPTIONS, u32::from(in_two_dimensions))
}

/// The same without ends of rows, each of which begins a byte.
fn in_modified_huffman() -> Frame {
    let tags: [(u16, &[u32]); 3] = [(BITS, &[1]), (COMPRESSION, &[2]), (PHOTOMETRIC, &[0])];
    Frame::new(40, 20, &tags, bytes_of(ROW).repeat(20))
}

/// A picture with the last bit of each byte first.
fn turned(mut frame: Frame) -> Frame {
    for byte in &mut frame.strip {
        *byte = byte.reverse_bits();
    }
    frame.with(FILL_ORDER, 2)
}

/// Red on the left, blue on the right, as numbers of two among 256 colours.
fn with_many_colors(predictor: u32) -> Frame {
    let mut map = vec![0; 3 * 256];
    (map[7], map[2 * 256 + 200]) = (0xFFFF, 0xFFFF);
    let row: Vec<u8> = match predictor {
        2 => (0..16)
            .map(|x| [7, 0, 193][usize::from(x > 0) + usize::from(x == 8)])
            .collect(),
        _ => (0..16).map(|x| if x < 8 { 7 } else { 200 }).collect(),
    };
    let tags: [(u16, &[u32]); 5] = [
        (BITS, &[8]),
        (COMPRESSION, &[8]),
        (PHOTOMETRIC, &[3]),
        (317, &[predictor]),
        (COLOR_MAP, &map),
    ];
    Frame::new(16, 8, &tags, deflated(&row.repeat(8)))
}

async fn drawn(bytes: &[u8], page: u32) -> Result<Vec<Picture>, ExtractError> {
    extractor().render(file_of(bytes).path(), page, page, 320).await
}

/// What is on the left and on the right of a page.
async fn sides(bytes: &[u8], page: u32) -> [[u8; 3]; 2] {
    let picture = drawn(bytes, page).await.unwrap().pop().unwrap();
    assert_eq!(picture.page, page);
    let image = image::load_from_memory(&picture.content).unwrap().into_rgb8();
    let (width, height) = image.dimensions();
    [width / 8, width - 1 - width / 8].map(|x| image.get_pixel(x, height / 2).0)
}

fn is_near(found: [[u8; 3]; 2], expected: [[u8; 3]; 2]) -> bool {
    let pairs = found.iter().flatten().zip(expected.iter().flatten());
    pairs.into_iter().all(|(one, other)| one.abs_diff(*other) < 24)
}

const BLACK: [u8; 3] = [0; 3];
const WHITE: [u8; 3] = [255; 3];
const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

#[tokio::test]
async fn each_picture_of_a_scan_is_a_page() {
    let file = tiff(&[group_4(400, 600), in_colors(200, 100), group_4(640, 320)]);
    let found = extract(&file).await;
    assert_eq!((found.kind, found.notice), (Kind::Image, None));
    let sizes: Vec<_> = found.pages.iter().map(|page| (page.width, page.height)).collect();
    assert_eq!(sizes, [(400.0, 600.0), (200.0, 100.0), (640.0, 320.0)]);
    assert!(found.pages.iter().all(ExtractedPage::is_picture));
    let media = found.media.unwrap();
    assert_eq!((media.width, media.height), (400, 600));
    assert!(found.cover.is_some());
    assert_eq!(sides(&file, 1).await, [BLACK, WHITE]);
    assert!(is_near(sides(&file, 2).await, [RED, BLUE]));
    let third = drawn(&file, 3).await.unwrap();
    assert_eq!((third[0].width, third[0].height), (320, 160));
    assert_eq!(drawn(&file, 4).await.unwrap(), []);
}

#[tokio::test]
async fn pictures_are_shown_in_their_colours_however_they_are_packed() {
    let grey = |photometric: u32| {
        let tags: [(u16, &[u32]); 3] = [(BITS, &[4]), (COMPRESSION, &[1]), (PHOTOMETRIC, &[photometric])];
        Frame::new(4, 1, &tags, vec![0x00, 0xFF])
    };
    let inks: [(u16, &[u32]); 4] = [
        (BITS, &[8, 8, 8, 8]),
        (COMPRESSION, &[8]),
        (PHOTOMETRIC, &[5]),
        (SAMPLES, &[4]),
    ];
    let inks = Frame::new(2, 1, &inks, deflated(&[0, 255, 255, 0, 255, 255, 0, 0]));
    for (what, frame, expected) in [
        ("jpeg", in_jpeg(320, 160), [RED, BLUE]),
        ("inks", inks, [RED, BLUE]),
        ("few colours", with_palette(), [RED, BLUE]),
        ("many colours", with_many_colors(1), [RED, BLUE]),
        ("colours by their differences", with_many_colors(2), [RED, BLUE]),
        ("group 3", in_group_3(false), [BLACK, WHITE]),
        ("group 3 in two dimensions", in_group_3(true), [BLACK, WHITE]),
        ("group 3, turned", turned(in_group_3(true)), [BLACK, WHITE]),
        ("group 4, turned", turned(group_4(40, 20)), [BLACK, WHITE]),
        ("modified Huffman", in_modified_huffman(), [BLACK, WHITE]),
        ("black is nought", grey(1), [BLACK, WHITE]),
        ("white is nought", grey(0), [WHITE, BLACK]),
    ] {
        let found = sides(&tiff(&[frame]), 1).await;
        assert!(is_near(found, expected), "{what}: {found:?}");
    }
}

#[tokio::test]
async fn scans_that_lie_are_upright_and_previews_are_no_pages() {
    // Turned by a quarter, and upside down.
    let lying = tiff(&[
        in_colors(80, 40).with(ORIENTATION, 6),
        in_colors(80, 40).with(ORIENTATION, 3),
    ]);
    let found = extract(&lying).await;
    assert_eq!((found.pages[0].width, found.pages[0].height), (40.0, 80.0));
    let first = &drawn(&lying, 1).await.unwrap()[0];
    assert_eq!((first.width, first.height), (40, 80));
    assert!(is_near(sides(&lying, 2).await, [BLUE, RED]));

    let with_preview = tiff(&[
        in_colors(8, 4).with(NEW_SUBFILE_TYPE, 1),
        in_colors(80, 40).with(NEW_SUBFILE_TYPE, 2),
    ]);
    let found = extract(&with_preview).await;
    assert_eq!(found.pages.len(), 1);
    assert_eq!(drawn(&with_preview, 1).await.unwrap()[0].width, 80);
}

#[tokio::test]
async fn what_cannot_be_decoded_here_is_said_and_is_no_page() {
    // JBIG, as some machines for facsimiles pack.
    let unknown = || {
        let tags: [(u16, &[u32]); 3] = [(BITS, &[1]), (COMPRESSION, &[34_661]), (PHOTOMETRIC, &[0])];
        Frame::new(8, 8, &tags, vec![0; 8])
    };
    let found = extract(&tiff(&[unknown()])).await;
    assert_eq!((found.kind, found.pages.len()), (Kind::Image, 0));
    assert_eq!(found.notice, Some(Notice::UnknownType));
    let found = extract(&tiff(&[
        unknown(),
        in_jpeg(40, 20).with(FILL_ORDER, 2),
        group_4(80, 20),
    ]))
    .await;
    assert_eq!((found.pages.len(), found.pages[0].width), (1, 80.0));
    assert_eq!(found.notice, Some(Notice::Incomplete));
}

#[tokio::test]
async fn damaged_and_enormous_scans_are_refused() {
    assert_eq!(rejection(b"II*\0\x08\0\0\0").await, Rejection::Malformed);
    assert_eq!(rejection(b"MM\0*\0\0\0\xFF").await, Rejection::Malformed);
    let whole = tiff(&[group_4(400, 600), group_4(400, 600)]);
    // The list of the second picture is cut off.
    let found = extract(&whole[..whole.len() - 60]).await;
    assert_eq!((found.pages.len(), found.notice), (1, Some(Notice::Incomplete)));
    // Its pages lead back to the first.
    let mut endless = whole.clone();
    let first = endless[4..8].to_vec();
    let end = endless.len() - 4;
    endless[end..].copy_from_slice(&first);
    let found = extract(&endless).await;
    assert_eq!((found.pages.len(), found.notice), (1, Some(Notice::Incomplete)));

    let tags: [(u16, &[u32]); 3] = [(BITS, &[8]), (COMPRESSION, &[8]), (PHOTOMETRIC, &[1])];
    let enormous = tiff(&[Frame::new(60_000, 60_000, &tags, deflated(&[7; 100]))]);
    let refused = drawn(&enormous, 1).await;
    assert!(
        matches!(refused, Err(ExtractError::Rejected(Rejection::TooLarge))),
        "{refused:?}"
    );
    let short = tiff(&[Frame::new(600, 600, &tags, vec![1, 2, 3])]);
    let refused = drawn(&short, 1).await;
    assert!(
        matches!(refused, Err(ExtractError::Rejected(Rejection::Malformed))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_is_left_of_a_damaged_fax_is_shown() {
    let mut torn = in_group_3(false);
    // Twelve rows and some.
    torn.strip.truncate(58);
    let picture = drawn(&tiff(&[torn]), 1).await.unwrap().pop().unwrap();
    let image = image::load_from_memory(&picture.content).unwrap().into_luma8();
    assert_eq!(image.dimensions(), (40, 20));
    let left = |y: u32| image.get_pixel(5, y).0[0];
    assert!(left(2) < 64 && left(8) < 64 && left(18) > 192);

    let mut empty = in_group_3(false);
    empty.strip.clear();
    let refused = drawn(&tiff(&[empty]), 1).await;
    assert!(
        matches!(refused, Err(ExtractError::Rejected(Rejection::Malformed))),
        "{refused:?}"
    );
    // Its strips would be longer than any picture may be.
    let file = tiff(&[in_group_3(false)]);
    let count = 2
        + file
            .windows(2)
            .position(|bytes| bytes == 279_u16.to_le_bytes())
            .unwrap()
        + 6;
    let mut long = file;
    long[count..count + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let refused = drawn(&long, 1).await;
    assert!(
        matches!(refused, Err(ExtractError::Rejected(Rejection::TooLarge))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_picture_without_its_colours_is_refused() {
    let mut frame = with_palette();
    frame.tags.retain(|(tag, _)| *tag != COLOR_MAP);
    let refused = drawn(&tiff(&[frame]), 1).await;
    assert!(
        matches!(refused, Err(ExtractError::Rejected(Rejection::Malformed))),
        "{refused:?}"
    );
}
