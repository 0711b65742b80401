//! Pictures that the code of notebooks drew.
use crate::texts::passages;
use crate::{extract, extractor, file_of};
use base64::Engine;
use homeroom_core::ports::extractor::{Extractor, PassageKind};

/// A picture of this many pixels as notebooks write it.
fn in_base64(width: u32, height: u32, format: image::ImageFormat) -> String {
    let mut content = Vec::new();
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x, y, x ^ y].map(|part| u8::try_from(part % 256).unwrap()))
    })
    .write_to(&mut std::io::Cursor::new(&mut content), format)
    .unwrap();
    base64::engine::general_purpose::STANDARD.encode(content)
}

#[tokio::test]
async fn pictures_that_a_notebooks_code_drew_are_told_and_drawn_anew() {
    use image::ImageFormat::{Gif, Jpeg, Png, WebP};
    let png = in_base64(640, 480, Png);
    let outputs = [
        serde_json::json!({"output_type": "stream", "text": "before"}),
        serde_json::json!({"data": {"image/png": [&png[..76], "\n", &png[76..]], "text/plain": "<Figure>"}}),
        serde_json::json!({"data": {"image/svg+xml": "<svg onload='alert(1)'/>", "text/plain": "drawing"}}),
        serde_json::json!({"data": {"image/png": in_base64(9, 9, Gif), "text/plain": "no PNG"}}),
        serde_json::json!({"data": {"image/png": &png[..40], "text/plain": "torn"}}),
        serde_json::json!({"data": {"image/jpeg": in_base64(30, 20, Jpeg)}}),
        serde_json::json!({"png": in_base64(7, 5, WebP).trim_end_matches('='), "text": "of nbformat 3"}),
    ];
    let cell = |outputs: &[serde_json::Value]| serde_json::json!({"cell_type": "code", "source": "plot()", "outputs": outputs});
    let notebook =
        serde_json::json!({"nbformat": 4, "metadata": {}, "cells": [cell(&outputs), cell(&outputs[5..6])]});
    let notebook = notebook.to_string();
    let found = extract(notebook.as_bytes()).await;
    let picture = |number, width, height| PassageKind::Picture {
        number,
        width,
        height,
    };
    let code = PassageKind::Code {
        language: None,
        run: None,
    };
    let told = passages(&found.pages[0]);
    assert_eq!(
        told,
        [
            (code.clone(), "plot()".to_owned()),
            (PassageKind::Output, "before".to_owned()),
            (picture(1, 640, 480), "<Figure>".to_owned()),
            (PassageKind::Output, "drawing\nno PNG\ntorn".to_owned()),
            (picture(2, 30, 20), String::new()),
            (picture(3, 7, 5), "of nbformat 3".to_owned()),
            (code.clone(), "plot()".to_owned()),
            (picture(4, 30, 20), String::new()),
        ]
    );
    let file = file_of(notebook.as_bytes());
    let drawn = extractor().render(file.path(), 1, 9, 320).await.unwrap();
    let sizes: Vec<_> = drawn
        .iter()
        .map(|picture| (picture.page, picture.width, picture.height))
        .collect();
    assert_eq!(sizes, [(1, 320, 240), (2, 30, 20), (3, 7, 5), (4, 30, 20)]);
    let third = extractor().render(file.path(), 3, 3, 320).await.unwrap();
    assert_eq!(third, drawn[2..3]);
}

#[tokio::test]
async fn a_notebook_of_too_many_or_too_large_pictures_is_read() {
    let small = in_base64(1, 1, image::ImageFormat::Png);
    // A picture that says that it has 65,535 × 65,535 pixels.
    let mut huge = base64::engine::general_purpose::STANDARD.decode(&small).unwrap();
    huge[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    let huge = base64::engine::general_purpose::STANDARD.encode(huge);
    let outputs: Vec<_> = std::iter::once(huge)
        .chain(std::iter::repeat_n(small, 300))
        .map(|picture| serde_json::json!({"data": {"image/png": picture, "text/plain": "drawn"}}))
        .collect();
    let notebook = serde_json::json!({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "plot()", "outputs": outputs}]});
    let found = extract(notebook.to_string().as_bytes()).await;
    let passages = found.pages.iter().flat_map(|page| &page.passages);
    let pictures = passages.filter(|passage| matches!(passage.kind, PassageKind::Picture { .. }));
    assert_eq!(pictures.count(), 200);
}
