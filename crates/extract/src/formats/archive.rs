//! Zip archives of files: a listing, then the documents inside as parts, each read as if it stood
//! alone. Archives inside are listed, not entered; nothing is ever written out.
use super::flow::Flow;
use super::package::{Entry, Package, PackageKind, Source};
use crate::child::{Sink, Stop};
use crate::detect::{Detected, detect};
use crate::wire::TextHint;
use homeroom_core::ports::extractor::{ExtractedPage, Notice, Rejection};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most bytes of one document, and of all that are read.
const MAX_DOCUMENT: u64 = 32 << 20;
const MAX_DOCUMENTS: u64 = 96 << 20;
/// Inflating may add so much, or so many times the packed size: beyond both it is a bomb.
const MAX_ADDED: u64 = 200 << 20;
const MAX_RATIO: u64 = 20;
/// Names that promise no words spare the work of inflating; all other content is looked at.
const WORDLESS: [&str; 22] = [
    "jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff", "mp4", "mov", "webm", "mkv", "avi",
    "mp3", "m4a", "wav", "ogg", "flac", "exe", "dll", "iso",
];

pub(super) fn extract(source: impl Source, sink: &mut Sink) -> Result<(), Stop> {
    let mut package = Package::open_any(source)?;
    let entries = package.entries()?;
    refuse_bombs(&entries)?;
    listing(&entries, sink)?;
    let mut read = 0_u64;
    for (index, entry) in entries.iter().enumerate() {
        if !may_hold_words(entry) {
            continue;
        }
        if entry.bytes > MAX_DOCUMENT || read + entry.bytes > MAX_DOCUMENTS {
            sink.notice(Notice::Incomplete);
            continue;
        }
        read += entry.bytes;
        let bytes = match package.bytes_at(index) {
            Ok(bytes) => bytes,
            Err(Stop::Rejected(Rejection::Malformed | Rejection::Encrypted)) => {
                sink.notice(Notice::Incomplete);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        part(&entry.name, bytes, sink)?;
    }
    Ok(())
}

fn refuse_bombs(entries: &[Entry]) -> Result<(), Stop> {
    let (bytes, packed) = entries.iter().fold((0_u64, 0_u64), |(bytes, packed), entry| {
        (
            bytes.saturating_add(entry.bytes),
            packed.saturating_add(entry.packed_bytes),
        )
    });
    let added = bytes.saturating_sub(packed);
    if added > MAX_ADDED && added / MAX_RATIO > packed {
        return Err(Rejection::ArchiveTooLarge.into());
    }
    Ok(())
}

/// The names, a line for each.
fn listing(entries: &[Entry], sink: &mut Sink) -> Result<(), Stop> {
    let mut flow = Flow::with_own_pages();
    for entry in entries.iter().filter(|entry| !is_litter(&entry.name)) {
        flow.paragraph(&entry.name);
    }
    let listing = flow.into_pages().into_iter().next().unwrap_or_default().0;
    sink.page(ExtractedPage {
        text: listing,
        ..ExtractedPage::default()
    })
}

/// What file systems leave behind.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") || name.ends_with("Thumbs.db")
}

fn may_hold_words(entry: &Entry) -> bool {
    let extension = entry.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    entry.is_file
        && !entry.encrypted
        && entry.bytes > 0
        && !is_litter(&entry.name)
        && !WORDLESS.contains(&extension.to_ascii_lowercase().as_str())
}

/// Reads one document; its faults are not the archive's.
fn part(name: &str, bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
    let Ok(detected) = detect(&mut Cursor::new(bytes.as_slice()), TextHint::of(name)) else {
        sink.notice(Notice::Incomplete);
        return Ok(());
    };
    if matches!(
        detected,
        Detected::Package(PackageKind::Files | PackageKind::Unknown)
    ) {
        return Ok(());
    }
    let before = sink.pages();
    sink.enter_part(name);
    // A parser's crash loses its document only.
    let outcome = catch_unwind(AssertUnwindSafe(|| super::extract_bytes(detected, bytes, sink)));
    sink.leave_part(before);
    match outcome {
        Ok(Err(stop @ (Stop::Io(_) | Stop::Full))) => Err(stop),
        Ok(Ok(())) => Ok(()),
        Ok(Err(Stop::Rejected(_))) | Err(_) => {
            sink.notice(Notice::Incomplete);
            Ok(())
        }
    }
}
