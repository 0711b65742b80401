//! Who sees what. Everything that reads matching pages does it through [`Sight::each`] or
//! [`Sight::retain`], so that what a viewer may not see influences nothing.
use crate::materials::{Material, View};
use crate::schema::{CLASSMATES, PUBLIC, SCHOOL};
use homeroom_core::domain::classmates::Classmates;
use homeroom_core::domain::ids::UserId;
use homeroom_core::ports::search_index::Viewer;
use std::ops::ControlFlow;
use tantivy::query::{Scorer, Weight};
use tantivy::{DocId, SegmentOrdinal, TERMINATED};
use uuid::Uuid;

/// What a viewer sees.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    least: u64,
    own: Option<u128>,
    classmates: Classmates,
}

impl Sight {
    /// For a viewer.
    pub(crate) fn new(viewer: &Viewer) -> Self {
        let nobody = Classmates::default;
        let (least, own, classmates) = match viewer {
            Viewer::Anonymous => (PUBLIC, None, nobody()),
            Viewer::User(user) => (SCHOOL, Some(*user), nobody()),
            Viewer::Classmate(user, classmates) => (SCHOOL, Some(*user), classmates.clone()),
            // Moderators see all that is shared; what is private stays its owner's.
            Viewer::Everything(user) => (CLASSMATES, Some(*user), nobody()),
        };
        Self {
            least,
            own: own.map(|user| user.uuid().as_u128()),
            classmates,
        }
    }

    fn may_see(&self, material: &Material) -> bool {
        material.audience >= self.least
            || self.own.is_some() && material.owner == self.own
            || material.audience == CLASSMATES && material.owner.is_some_and(|owner| self.knows(owner))
    }

    fn knows(&self, owner: u128) -> bool {
        self.classmates.includes(UserId::new(Uuid::from_u128(owner)))
    }

    /// Keeps of some entries of a segment, in their order, those that the viewer may see and that
    /// were not removed.
    pub(crate) fn retain(&self, view: &View, ordinal: SegmentOrdinal, docs: &mut Vec<DocId>) {
        let materials = &view.materials[ordinal as usize];
        let alive = view.searcher.segment_reader(ordinal).alive_bitset();
        let (mut end, mut visible) = (0, false);
        docs.retain(|doc| {
            if *doc >= end {
                let material = materials.of(*doc);
                end = materials.end(material);
                visible = self.may_see(materials.row(material));
            }
            visible && alive.is_none_or(|alive| alive.is_alive(*doc))
        });
    }

    /// Calls back for each visible page of a segment that matches, in order, until told to stop.
    pub(crate) fn each(
        &self,
        view: &View,
        ordinal: SegmentOrdinal,
        weight: &dyn Weight,
        mut f: impl FnMut(DocId, &mut dyn Scorer) -> ControlFlow<()>,
    ) -> tantivy::Result<()> {
        let segment = view.searcher.segment_reader(ordinal);
        let materials = &view.materials[ordinal as usize];
        let alive = segment.alive_bitset();
        let mut scorer = weight.scorer(segment, 1.0)?;
        let (mut end, mut visible) = (0, false);
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if doc >= end {
                let material = materials.of(doc);
                end = materials.end(material);
                visible = self.may_see(materials.row(material));
            }
            if visible && alive.is_none_or(|alive| alive.is_alive(doc)) && f(doc, &mut *scorer).is_break() {
                break;
            }
            doc = scorer.advance();
        }
        Ok(())
    }
}
