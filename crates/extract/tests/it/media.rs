//! Films and recordings: their headers in a child, their captions and pictures by FFmpeg.
use crate::{config, extract, extract_named, extractor, file_of, is_missing};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{Media, Notice};
use homeroom_extract::ProcessExtractor;
use homeroom_extract::tools::ToolConfig;
use homeroom_extract::tools::ffmpeg::Ffmpeg;
use std::path::Path;
use std::process::Command;

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes(), kind.as_slice(), content].concat()
}

/// A film of 12.5 s whose picture of 640 × 360 is turned by a quarter.
fn film() -> Vec<u8> {
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&1_000_u32.to_be_bytes());
    header[16..20].copy_from_slice(&12_500_u32.to_be_bytes());
    let mut track = vec![0; 84];
    track[44..48].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    track[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    track[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
    let tracks = boxed(*b"trak", &boxed(*b"tkhd", &track));
    let moov = boxed(*b"moov", &[boxed(*b"mvhd", &header), tracks].concat());
    [
        boxed(*b"ftyp", b"isom\0\0\0\0isom"),
        boxed(*b"mdat", &[7; 999]),
        moov,
    ]
    .concat()
}

/// A film in two fragments: three samples of 500 units each by default, then two of 600 and 1,400, at
/// 1,000 units a second from second 10 on.
pub(crate) fn fragmented(with_times: bool) -> Vec<u8> {
    let words = |list: &[u32]| {
        list.iter()
            .flat_map(|word| word.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    let header = [words(&[0, 0, 0, 1_000, 0]), vec![0; 80]].concat();
    let mut track = vec![0; 84];
    track[12..16].copy_from_slice(&7_u32.to_be_bytes());
    track[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    track[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
    let media = boxed(*b"mdia", &boxed(*b"mdhd", &words(&[0, 0, 0, 1_000, 0, 0])));
    let tracks = boxed(*b"trak", &[boxed(*b"tkhd", &track), media].concat());
    let defaults = boxed(*b"mvex", &boxed(*b"trex", &words(&[0, 7, 1, 500, 0, 0])));
    let moov = boxed(*b"moov", &[boxed(*b"mvhd", &header), tracks, defaults].concat());
    let fragment = |time: u32, run: &[u32]| {
        let mut parts = boxed(*b"tfhd", &words(&[0x2_0000, 7]));
        if with_times {
            parts.extend(boxed(*b"tfdt", &words(&[0, time])));
        }
        parts.extend(boxed(*b"trun", &words(run)));
        boxed(*b"moof", &boxed(*b"traf", &parts))
    };
    [
        boxed(*b"ftyp", b"iso5\0\0\0\0iso5"),
        moov,
        fragment(10_000, &[0x1, 3, 0]),
        boxed(*b"mdat", &[7; 99]),
        fragment(11_500, &[0x301, 2, 0, 600, 1, 1_400, 1]),
        boxed(*b"mdat", &[7; 99]),
    ]
    .concat()
}

#[tokio::test]
async fn a_film_without_its_end_says_so() {
    let whole = film();
    assert_eq!(extract(&whole).await.notice, None);
    let found = extract(&whole[..400]).await;
    assert_eq!(
        (found.kind, found.notice),
        (Kind::Video, Some(Notice::Incomplete))
    );
}

#[tokio::test]
async fn a_film_in_fragments_is_as_long_as_they_are() {
    for (with_times, duration) in [(true, 13_500), (false, 3_500)] {
        let media = extract(&fragmented(with_times)).await.media.unwrap();
        assert_eq!(
            (media.duration_ms, media.width, media.height),
            (Some(duration), 640, 360)
        );
    }
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    assert!(length < 127);
    [id, &[0x80 | length], content].concat()
}

fn matroska() -> Vec<u8> {
    let info = [
        element(b"\x2A\xD7\xB1", &1_000_000_u32.to_be_bytes()),
        element(b"\x44\x89", &61_000_f32.to_be_bytes()),
    ]
    .concat();
    let video = [
        element(b"\xB0", &1_920_u16.to_be_bytes()),
        element(b"\xBA", &1_080_u16.to_be_bytes()),
    ]
    .concat();
    let tracks = element(b"\xAE", &element(b"\xE0", &video));
    let content = [
        element(b"\x15\x49\xA9\x66", &info),
        element(b"\x16\x54\xAE\x6B", &tracks),
        element(b"\x1F\x43\xB6\x75", &[1; 20]),
    ]
    .concat();
    let head = element(b"\x1A\x45\xDF\xA3", &element(b"\x42\x82", b"webm"));
    [head, element(b"\x18\x53\x80\x67", &content)].concat()
}

/// 100 frames of 128 kbit/s at 44.1 kHz behind a tag, which is 2.6 s.
fn mp3() -> Vec<u8> {
    let mut file = b"ID3\x04\0\0\0\0\x01\x00".to_vec();
    file.extend([0; 128]);
    for _ in 0..100 {
        file.extend([0xFF, 0xFB, 0x90, 0x00]);
        file.extend([0; 413]);
    }
    file
}

fn ogg() -> Vec<u8> {
    let mut first = b"OggS\0\x02".to_vec();
    first.extend([0; 21]);
    first.push(19);
    first.extend(b"OpusHead\x01\x02\x38\x01\x80\xBB\0\0\0\0\0");
    let mut last = b"OggS\0\x04".to_vec();
    last.extend((48_000_u64 * 3 + 312).to_le_bytes());
    last.extend([0; 40]);
    [first, last].concat()
}

#[tokio::test]
async fn headers_tell_duration_and_dimensions() {
    let media = |duration_ms, width, height| {
        Some(Media {
            duration_ms: Some(duration_ms),
            width,
            height,
        })
    };
    for (name, bytes, kind, expected) in [
        ("mp4", film(), Kind::Video, media(12_500, 360, 640)),
        ("webm", matroska(), Kind::Video, media(61_000, 1_920, 1_080)),
        ("mp3", mp3(), Kind::Audio, media(2_606, 0, 0)),
        ("ogg", ogg(), Kind::Audio, media(3_000, 0, 0)),
    ] {
        let extraction = extract(&bytes).await;
        assert_eq!((extraction.kind, extraction.media), (kind, expected), "{name}");
        assert!(extraction.pages.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn damaged_headers_end_well() {
    for whole in [film(), matroska(), mp3(), ogg()] {
        for length in (1..whole.len()).step_by(whole.len() / 12 + 1) {
            let _ = extract_named(&whole[..length], "cut").await;
        }
        for place in (0..whole.len().min(200)).step_by(17) {
            let mut wrong = whole.clone();
            wrong[place] = 0xFF;
            let _ = extract_named(&wrong, "wrong").await;
        }
    }
    // Boxes without end, one in the other.
    let nested = (0..50).fold(Vec::new(), |inner, _| boxed(*b"moov", &inner));
    let deep = [boxed(*b"ftyp", b"isom"), nested].concat();
    assert_eq!(extract(&deep).await.media.unwrap().duration_ms, None);
    let many = [boxed(*b"ftyp", b"isom"), boxed(*b"free", b"").repeat(100_000)].concat();
    assert_eq!(extract(&many).await.media, None);
}

/// An extractor with FFmpeg, and a directory for films.
fn projector() -> Option<(ProcessExtractor, tempfile::TempDir)> {
    if is_missing("ffmpeg", "ffmpeg") {
        return None;
    }
    let room = tempfile::tempdir().unwrap();
    let mut config = config();
    config.tools = Some(ToolConfig::new(room.path().to_owned()));
    config.ffmpeg = Ffmpeg::find("ffmpeg");
    Some((ProcessExtractor::new(config), room))
}

fn ffmpeg(room: &Path, arguments: &str) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments.split(' '))
        .current_dir(room)
        .status();
    assert!(status.unwrap().success(), "{arguments}");
}

#[tokio::test]
async fn chapters_become_pages_and_a_frame_the_picture() {
    let Some((projector, room)) = projector() else {
        return;
    };
    let chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=Cells\n\
                    [CHAPTER]\nTIMEBASE=1/1000\nSTART=3000\nEND=6000\ntitle=Energy\n";
    std::fs::write(room.path().join("chapters"), chapters).unwrap();
    ffmpeg(
        room.path(),
        "-f lavfi -i testsrc=d=6:s=320x240:r=5 -i chapters -map_metadata 1 -c:v mpeg4 film.mp4",
    );
    let film = room.path().join("film.mp4");
    let extraction = projector.extract(&film, "film.mp4", &|_| {}).await.unwrap();
    let media = extraction.media.unwrap();
    assert_eq!(
        (media.duration_ms, media.width, media.height),
        (Some(6_000), 320, 240)
    );
    let pages: Vec<_> = extraction
        .pages
        .iter()
        .map(|page| (page.text.as_str(), page.label.as_deref(), page.starts_at_ms))
        .collect();
    assert_eq!(
        pages,
        [
            ("Cells", Some("0:00"), Some(0)),
            ("Energy", Some("0:03"), Some(3_000))
        ]
    );
    let pictures = projector.render(&film, 1, 1, 160).await.unwrap();
    assert_eq!((pictures[0].width, pictures[0].height), (160, 120));
    assert_eq!(extractor().render(&film, 1, 1, 160).await.unwrap(), []);
}

#[tokio::test]
async fn captions_inside_a_film_are_pages_that_begin_when_they_are_said() {
    let Some((projector, room)) = projector() else {
        return;
    };
    let captions = "1\n00:00:05,000 --> 00:00:08,000\nA cell divides\n\n2\n00:01:10,500 --> 00:01:14,000\nand again\n\n\
                    3\n00:02:15,250 --> 00:02:18,000\nuntil it stops\n";
    std::fs::write(room.path().join("said.srt"), captions).unwrap();
    for (format, name) in [("srt", "film.mkv"), ("mov_text", "film.mp4")] {
        ffmpeg(
            room.path(),
            &format!(
                "-f lavfi -i testsrc=d=140:s=64x48:r=1 -i said.srt -map 0:v -map 1:s -c:v mpeg4 -c:s {format} {name}"
            ),
        );
        let film = room.path().join(name);
        let found = projector.extract(&film, name, &|_| {}).await.unwrap();
        let pages: Vec<_> = found
            .pages
            .iter()
            .map(|page| (page.text.as_str(), page.starts_at_ms))
            .collect();
        assert_eq!(
            pages,
            [
                ("A cell divides", Some(5_000)),
                ("and again", Some(70_500)),
                ("until it stops", Some(135_250))
            ],
            "{name}"
        );
    }
}

/// HARDENING 19.
#[tokio::test]
async fn a_film_that_refers_to_files_reads_none_of_them() {
    let Some((projector, room)) = projector() else {
        return;
    };
    ffmpeg(
        room.path(),
        "-f lavfi -i testsrc=d=1:s=320x240:r=5 -c:v mpeg4 secret.mp4",
    );
    let secret = room.path().join("secret.mp4");
    let list = format!(
        "#EXTM3U\n#EXTINF:1,\nfile://{0}\n#EXT-X-ENDLIST\n",
        secret.display()
    );
    let script = format!("ffconcat version 1.0\nfile 'file://{}'\n", secret.display());
    // Each also under the mark of a film, so that it reaches FFmpeg.
    for content in [list, script] {
        for mark in ["", "\0\0\0\x0Cftypisom", "FLV\x01"] {
            let file = file_of(format!("{mark}{content}").as_bytes());
            let extraction = projector.extract(file.path(), "film.mp4", &|_| {}).await.unwrap();
            let said = extraction.media.unwrap_or_default();
            assert_eq!((said.duration_ms, said.width), (None, 0), "{content}");
            let pictures = projector.render(file.path(), 1, 1, 160).await.unwrap();
            assert_eq!(pictures, [], "{content}");
        }
    }
}
