//! Pictures of pages and images.
use crate::samples::{pdf, pdf_with};
use crate::{extract, extractor, file_of};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::Picture;
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
