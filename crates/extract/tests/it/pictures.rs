//! Pictures of pages and images.
use crate::samples::{pdf, pdf_with};
use crate::{config, extract, extractor, file_of, is_missing};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::Picture;
use homeroom_extract::ProcessExtractor;
use homeroom_extract::tools::ToolConfig;
use homeroom_extract::tools::heif::HeifConvert;
use image::{DynamicImage, ImageFormat, RgbImage};
use std::io::Cursor;

async fn render(bytes: &[u8], first: u32, last: u32, width: u32) -> Vec<Picture> {
    extractor()
        .render(file_of(bytes).path(), first, last, width)
        .await
        .unwrap()
}

fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image.clone())
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8])
    })
}

#[tokio::test]
async fn pages_of_a_pdf_are_drawn() {
    let file = pdf(&["0 0 0 rg 0 200 200 200 re f", "", "1 0 0 rg 0 0 200 400 re f"]);
    let pictures = render(&file, 1, 9, 100).await;
    let sizes: Vec<_> = pictures
        .iter()
        .map(|picture| (picture.page, picture.width, picture.height))
        .collect();
    assert_eq!(sizes, [(1, 100, 200), (2, 100, 200), (3, 100, 200)]);
    assert!(
        pictures
            .iter()
            .all(|picture| picture.content_type == "image/webp")
    );
    let first = image::load_from_memory(&pictures[0].content).unwrap().into_rgb8();
    assert_eq!(first.get_pixel(50, 50).0, [0, 0, 0]);
    assert_eq!(first.get_pixel(50, 150).0, [255, 255, 255]);
    assert_eq!(render(&file, 2, 2, 100).await.len(), 1);
    assert_eq!(render(&file, 7, 9, 100).await.len(), 0);
}

#[tokio::test]
async fn huge_and_narrow_pages_stay_within_the_caps() {
    for attributes in [
        "/MediaBox [0 0 1 900000]",
        "/MediaBox [0 0 900000 900000]",
        "/MediaBox [0 0 14400 14400]",
    ] {
        let file = pdf_with(&["0 0 1 1 re f"], attributes).build();
        let pictures = render(&file, 1, 1, 100_000).await;
        assert!(
            pictures.iter().all(
                |picture| u64::from(picture.width) * u64::from(picture.height) <= 16_000_000
                    && picture.width <= 4096
                    && picture.height <= 4096
            ),
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn images_are_measured_and_drawn_smaller() {
    let image = gradient(640, 480);
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
    ] {
        let file = encoded(&image, format);
        let found = extract(&file).await;
        assert_eq!(found.kind, Kind::Image);
        assert_eq!(
            (found.pages.len(), found.pages[0].width, found.pages[0].height),
            (1, 640.0, 480.0)
        );
        let pictures = render(&file, 1, 1, 320).await;
        assert_eq!((pictures[0].width, pictures[0].height), (320, 240), "{format:?}");
    }
    let small = render(&encoded(&gradient(40, 40), ImageFormat::Png), 1, 1, 320).await;
    assert_eq!(small[0].width, 40, "never enlarged");
}

/// A JPEG with an EXIF block: turned by a quarter, and a place that nobody should learn.
fn jpeg_with_exif() -> Vec<u8> {
    let plain = encoded(&gradient(64, 32), ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"GPS 31.778 35.235 SECRETPLACE");
    let mut file = plain[..2].to_vec();
    file.extend_from_slice(&[0xFF, 0xE1]);
    file.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    file.extend_from_slice(&exif);
    file.extend_from_slice(&plain[2..]);
    file
}

#[tokio::test]
async fn pictures_are_upright_and_tell_no_places() {
    let pictures = render(&jpeg_with_exif(), 1, 1, 320).await;
    let picture = &pictures[0];
    assert_eq!((picture.width, picture.height), (32, 64));
    for secret in [&b"SECRETPLACE"[..], b"Exif"] {
        assert!(
            !picture
                .content
                .windows(secret.len())
                .any(|window| window == secret)
        );
    }
}

/// A picture as telephones keep it, made by the program that belongs to the one that is tested.
fn heic(image: &RgbImage) -> Vec<u8> {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("in.png"), encoded(image, ImageFormat::Png)).unwrap();
    let made = std::process::Command::new("heif-enc")
        .args(["-q", "90", "in.png", "-o", "out.heic"])
        .current_dir(room.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(room.path().join("out.heic")).unwrap()
}

#[tokio::test]
async fn a_picture_of_a_telephone_is_decoded_where_a_program_can() {
    if is_missing("heif-convert", "libheif-examples") {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let mut config = config();
    config.tools = Some(ToolConfig::new(room.path().to_owned()));
    config.heif = HeifConvert::find("heif-convert");
    let decoding = ProcessExtractor::new(config);
    let mut photograph = RgbImage::from_pixel(640, 320, image::Rgb([200, 30, 30]));
    for (x, _, pixel) in photograph.enumerate_pixels_mut() {
        if x >= 320 {
            *pixel = image::Rgb([20, 20, 220]);
        }
    }
    let bytes = heic(&photograph);

    let found = decoding
        .extract(file_of(&bytes).path(), "IMG_1.HEIC", &|_| {})
        .await
        .unwrap();
    assert_eq!((found.kind, found.pages.len()), (Kind::Image, 1));
    assert_eq!((found.pages[0].width, found.pages[0].height), (640.0, 320.0));
    let drawn = decoding.render(file_of(&bytes).path(), 1, 1, 320).await.unwrap();
    let drawn = image::load_from_memory(&drawn[0].content).unwrap().into_rgb8();
    assert_eq!(drawn.dimensions(), (320, 160));
    let (left, right) = (drawn.get_pixel(40, 80).0, drawn.get_pixel(280, 80).0);
    assert!(left[0] > 150 && left[2] < 90, "{left:?}");
    assert!(right[2] > 150 && right[0] < 90, "{right:?}");

    let without = extract(&bytes).await;
    let media = without.media.unwrap();
    assert_eq!((without.kind, without.pages.len()), (Kind::Image, 0));
    assert_eq!((media.width, media.height), (640, 320));
    assert_eq!(render(&bytes, 1, 1, 320).await, []);
}

#[tokio::test]
async fn a_picture_that_cannot_be_decoded_is_still_a_picture() {
    if is_missing("heif-convert", "libheif-examples") {
        return;
    }
    let room = tempfile::tempdir().unwrap();
    let mut config = config();
    config.tools = Some(ToolConfig::new(room.path().to_owned()));
    config.heif = HeifConvert::find("heif-convert");
    let decoding = ProcessExtractor::new(config);
    for bytes in [
        &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..],
        b"\0\0\0\x0Cftypmif1\0\0\0\x09meta",
    ] {
        let found = decoding
            .extract(file_of(bytes).path(), "a.heic", &|_| {})
            .await
            .unwrap();
        assert_eq!((found.kind, found.pages.len()), (Kind::Image, 0));
        assert_eq!(
            decoding.render(file_of(bytes).path(), 1, 1, 320).await.unwrap(),
            []
        );
    }
}
