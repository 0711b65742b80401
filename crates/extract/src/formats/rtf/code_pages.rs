//! Which encodings the words and numbers of the format stand for.
use crate::formats::encoding::Charset;

/// The encoding that a document says it has as a whole, by the computer that it was written on.
pub(super) fn of_word(name: &str) -> Option<Charset> {
    Charset::of_code_page(match name {
        "mac" => 10000,
        "pc" => 437,
        "pca" => 850,
        _ => return None,
    })
}

/// The code page of a font's character set.
pub(super) fn charset(number: i32) -> Option<Charset> {
    Charset::of_code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        254 => 437,
        _ => return None,
    })
}
