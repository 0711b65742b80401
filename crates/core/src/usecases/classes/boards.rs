//! Telling those who watch a lesson's board, in this process, that something on it has changed.
use crate::domain::ids::LessonId;
use tokio::sync::broadcast;

/// Who changes a board says so here; who shows one listens, and looks by itself now and then for what
/// other processes have changed.
#[derive(Debug)]
pub struct Boards(broadcast::Sender<LessonId>);

impl Default for Boards {
    fn default() -> Self {
        Self(broadcast::Sender::new(256))
    }
}

impl Boards {
    /// Something on a lesson's board has changed.
    pub fn changed(&self, lesson: LessonId) {
        // Nobody may be watching.
        let _ = self.0.send(lesson);
    }

    /// Changes from now on. Whoever is too slow is told that they missed some.
    pub fn watch(&self) -> broadcast::Receiver<LessonId> {
        self.0.subscribe()
    }
}
