//! Who sees what. Everything that reads matching pages does it through [`Sight::each`] or
//! [`Sight::retain`], so that what a viewer may not see influences nothing.
use crate::bits::Bits;
use crate::materials::{Materials, View};
use crate::schema::{CLASSMATES, PUBLIC, SCHOOL};
use homeroom_core::domain::classmates::Classmates;
use homeroom_core::domain::ids::UserId;
use homeroom_core::ports::search_index::Viewer;
use std::ops::ControlFlow;
use tantivy::fastfield::AliveBitSet;
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

    fn knows(&self, owner: u128) -> bool {
        self.classmates.includes(UserId::new(Uuid::from_u128(owner)))
    }

    /// Keeps of some entries of a segment, in their order, those that the viewer may see and that
    /// were not removed.
    pub(crate) fn retain(&self, view: &View, ordinal: SegmentOrdinal, docs: &mut Vec<DocId>) {
        let mut seen = Seen::new(self, view, ordinal);
        docs.retain(|doc| seen.contains(*doc));
    }

    /// The same for a set of entries.
    pub(crate) fn retain_bits(&self, view: &View, ordinal: SegmentOrdinal, bits: &mut Bits) {
        let materials = &view.materials[ordinal as usize];
        let mut seen = Seen::new(self, view, ordinal);
        let shared = materials.shared(self.least);
        if seen.sees_what_is_not_shared() {
            let mut visible = shared.clone();
            for (material, owner) in materials.owners().iter().enumerate() {
                if seen.own == Some(*owner) || seen.is_for_classmates(material) && seen.knows(*owner) {
                    visible.insert_range(materials.span(material));
                }
            }
            bits.keep_shared(&visible);
        } else {
            bits.keep_shared(shared);
        }
        if let Some(alive) = seen.alive {
            bits.retain(|doc| alive.is_alive(doc));
        }
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
        let mut seen = Seen::new(self, view, ordinal);
        let mut scorer = weight.scorer(segment, 1.0)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if seen.contains(doc) && f(doc, &mut *scorer).is_break() {
                break;
            }
            doc = scorer.advance();
        }
        Ok(())
    }
}

/// What a viewer sees of one segment.
struct Seen<'a> {
    sight: &'a Sight,
    materials: &'a Materials,
    alive: Option<&'a AliveBitSet>,
    shared: &'a Bits,
    /// The viewer as an owner in this segment.
    own: Option<u32>,
    /// Owners that were asked about: whether the viewer is in a class with them.
    known: Vec<Option<bool>>,
    /// Where the material ends that was looked at last, and whether it is seen.
    last: (DocId, bool),
}

impl<'a> Seen<'a> {
    fn new(sight: &'a Sight, view: &'a View, ordinal: SegmentOrdinal) -> Self {
        let materials = &*view.materials[ordinal as usize];
        let owners = materials.owner_ids();
        let own = owners
            .iter()
            .position(|owner| owner.is_some() && *owner == sight.own);
        let known = if sight.classmates.is_empty() {
            0
        } else {
            owners.len()
        };
        Self {
            sight,
            materials,
            alive: view.searcher.segment_reader(ordinal).alive_bitset(),
            shared: materials.shared(sight.least),
            own: own.and_then(|own| u32::try_from(own).ok()),
            known: vec![None; known],
            last: (0, false),
        }
    }

    /// Whether an entry is seen; entries are asked about in their order.
    fn contains(&mut self, doc: DocId) -> bool {
        (self.shared.contains(doc) || self.is_meant(doc))
            && self.alive.is_none_or(|alive| alive.is_alive(doc))
    }

    fn sees_what_is_not_shared(&self) -> bool {
        self.own.is_some() || !self.known.is_empty()
    }

    /// Whether the viewer sees what not all see who are like the viewer.
    fn is_meant(&mut self, doc: DocId) -> bool {
        if !self.sees_what_is_not_shared() {
            return false;
        }
        if doc >= self.last.0 {
            let material = self.materials.of(doc);
            let owner = self.materials.owners()[material];
            let meant = self.own == Some(owner) || self.is_for_classmates(material) && self.knows(owner);
            self.last = (self.materials.end(material), meant);
        }
        self.last.1
    }

    fn is_for_classmates(&self, material: usize) -> bool {
        !self.known.is_empty() && self.materials.audience(material) == CLASSMATES
    }

    fn knows(&mut self, owner: u32) -> bool {
        let Some(known) = self.known.get_mut(owner as usize) else {
            return false;
        };
        let id = self.materials.owner_ids()[owner as usize];
        *known.get_or_insert_with(|| id.is_some_and(|id| self.sight.knows(id)))
    }
}
