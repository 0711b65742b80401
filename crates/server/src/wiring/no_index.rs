//! What a process that only runs jobs has in place of a search index: changes reach those that keep
//! one by the log of events.
use async_trait::async_trait;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::SearchIndex;
use homeroom_core::ports::search_index::{
    Change, FindRequest, Found, ListRequest, Listed, SearchError, SuggestRequest, Suggestion, Viewer,
};
use jiff::Timestamp;

/// Takes changes for naught, and finds nothing.
pub struct NoIndex;

fn unavailable<T>() -> Result<T, SearchError> {
    Err(SearchError::Unavailable(
        "this process keeps no search index".into(),
    ))
}

#[async_trait]
impl SearchIndex for NoIndex {
    async fn apply(&self, _: Vec<Change>) -> Result<(), SearchError> {
        Ok(())
    }
    async fn find(&self, _: &FindRequest) -> Result<Found, SearchError> {
        unavailable()
    }
    async fn list(&self, _: &ListRequest) -> Result<Listed, SearchError> {
        unavailable()
    }
    async fn held(&self) -> Result<Vec<(MaterialId, u64)>, SearchError> {
        unavailable()
    }
    async fn suggest(&self, _: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        unavailable()
    }
    async fn similar(&self, _: MaterialId, _: &Viewer, _: u32) -> Result<Vec<MaterialId>, SearchError> {
        unavailable()
    }
    fn needs_rebuild(&self) -> bool {
        false
    }
    async fn clear(&self) -> Result<(), SearchError> {
        Ok(())
    }
    async fn rebuilt(&self) -> Result<(), SearchError> {
        Ok(())
    }
    fn followed(&self) -> Option<Timestamp> {
        None
    }
    async fn note_followed(&self, _: Timestamp) -> Result<(), SearchError> {
        Ok(())
    }
    fn is_kept(&self) -> bool {
        false
    }
}
