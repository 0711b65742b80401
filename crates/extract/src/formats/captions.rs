//! WebVTT and SubRip: the words of a film as pages of about a minute, each with the time at which
//! it begins.
use super::encoding::decode;
use super::flow::readable;
use crate::child::{Sink, Stop};
use homeroom_core::domain::captions::{pages, read};

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    for mut page in pages(&read(&text)) {
        page.text = readable(&page.text).into_owned();
        sink.page(page)?;
    }
    Ok(())
}
