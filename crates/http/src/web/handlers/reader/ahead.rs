//! Drawing the page that is about to be shown, while its markup is still being made and fetched: when the
//! browser asks for the picture it is there, or nearly.
use crate::web::handlers::visitor::Visitor;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::{PictureSize, read_picture};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pages drawn ahead at a time. When there are more, browsers wait for what they ask for, as ever.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Begins to draw a page in the size that the reader shows; whoever asks for it meanwhile waits for this.
pub(super) fn draw_ahead(visitor: &Visitor, id: MaterialId, number: u32) {
    let Ok(place) = PLACES.try_acquire() else {
        return;
    };
    let (product, actor) = (Arc::clone(&visitor.app.product), visitor.actor());
    tokio::spawn(async move {
        let _place = place;
        if let Err(error) = read_picture(&product, &actor, id, number, PictureSize::Large).await {
            tracing::debug!(%error, "a page was not drawn ahead");
        }
    });
}
