//! Small videos, made of nothing but their frames of boxes and elements.

/// A box of an MP4 (ISO/IEC 14496-12 §4.2).
fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes()[..], &kind, content].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A track's header: whole pixels in 16.16 numbers behind the matrix that turns nothing.
fn track(width: u32, height: u32) -> Vec<u8> {
    let matrix = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
    let head = numbers(&[7, 0, 0, 1, 0, 3_000, 0, 0, 0, 0]);
    let header = [head, numbers(&matrix), numbers(&[width << 16, height << 16])].concat();
    boxed(*b"trak", &boxed(*b"tkhd", &header))
}

fn film(brand: [u8; 4], milliseconds: u32, tracks: &[Vec<u8>], content: &[u8]) -> Vec<u8> {
    let clock = boxed(*b"mvhd", &numbers(&[0, 0, 0, 1_000, milliseconds]));
    [
        boxed(*b"ftyp", &[&brand[..], &[0, 0, 2, 0], b"isommp42"].concat()),
        boxed(*b"mdat", content),
        boxed(*b"moov", &[clock, tracks.concat()].concat()),
    ]
    .concat()
}

/// An MP4 of 3 seconds, 640 by 360. Another `word` is another file.
pub fn mp4(word: &str) -> Vec<u8> {
    mp4_of(3_000, word)
}

/// An MP4 of this length.
pub fn mp4_of(milliseconds: u32, word: &str) -> Vec<u8> {
    film(*b"isom", milliseconds, &[track(640, 360)], word.as_bytes())
}

/// A MOV as telephones write it.
pub fn mov(word: &str) -> Vec<u8> {
    film(*b"qt  ", 2_500, &[track(360, 640)], word.as_bytes())
}

/// An MP4 with nothing to see.
pub fn sound_only() -> Vec<u8> {
    film(*b"isom", 3_000, &[track(0, 0)], b"sound")
}

/// What is left when the end, with the film's header, never came.
pub fn cut_off() -> Vec<u8> {
    let whole = mp4("cut off");
    whole[..whole.len() - 40].to_vec()
}

/// An element of WebM (RFC 9559) with its size.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap() | 0x1000_0000;
    [id, &size.to_be_bytes(), content].concat()
}

/// An element whose end nobody knew while it was written.
fn endless(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], content].concat()
}

/// WebM as a browser records it: sizes and length are written nowhere. Its last picture is at 2,040 ms.
pub fn recorded_webm(word: &str) -> Vec<u8> {
    let head = element(&[0x1A, 0x45, 0xDF, 0xA3], &element(&[0x42, 0x82], b"webm"));
    let information = element(
        &[0x15, 0x49, 0xA9, 0x66],
        &element(&[0x2A, 0xD7, 0xB1], &[0x0F, 0x42, 0x40]),
    );
    let picture = [element(&[0xB0], &[0x02, 0x80]), element(&[0xBA], &[0x01, 0xE0])].concat();
    let track = element(&[0xAE], &element(&[0xE0], &picture));
    let tracks = element(&[0x16, 0x54, 0xAE, 0x6B], &track);
    let block = |at: u16| {
        let [high, low] = at.to_be_bytes();
        element(&[0xA3], &[&[0x81, high, low, 0x80], word.as_bytes()].concat())
    };
    let cluster = |at: u16, blocks: &[u16]| {
        let time = element(&[0xE7], &at.to_be_bytes());
        let blocks: Vec<u8> = blocks.iter().flat_map(|at| block(*at)).collect();
        endless(&[0x1F, 0x43, 0xB6, 0x75], &[time, blocks].concat())
    };
    let clusters = [cluster(0, &[0, 40, 960]), cluster(1_000, &[0, 1_040])].concat();
    let segment = [information, tracks, clusters].concat();
    [head, endless(&[0x18, 0x53, 0x80, 0x67], &segment)].concat()
}
