//! Which optional content a reader sees when the document is opened (ISO 32000-2, 8.11).
use hayro::hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use hayro::hayro_syntax::xref::XRef;
use std::collections::HashSet;

/// More groups are not looked at.
const MAX_GROUPS: usize = 100_000;

/// The groups that are off.
#[derive(Default)]
pub(super) struct Layers {
    hidden: HashSet<ObjectIdentifier>,
}

impl Layers {
    pub(super) fn read(xref: &XRef) -> Self {
        let mut layers = Self::default();
        // None for a document without layers.
        let _ = layers.read_default(xref);
        layers
    }

    fn read_default(&mut self, xref: &XRef) -> Option<()> {
        let catalog = xref.get::<Dict<'_>>(xref.root_id())?;
        let properties = catalog.get::<Dict<'_>>(b"OCProperties".as_slice())?;
        let initial = properties.get::<Dict<'_>>(b"D".as_slice())?;
        let base = initial.get::<Name<'_>>(b"BaseState".as_slice());
        if base.is_some_and(|base| base.as_ref() == b"OFF") {
            self.hidden.extend(groups(&properties, b"OCGs"));
        }
        for group in groups(&initial, b"ON") {
            self.hidden.remove(&group);
        }
        self.hidden.extend(groups(&initial, b"OFF"));
        Some(())
    }

    /// Whether what `holder` says under `key` (a group, or a choice of groups) is not to be seen.
    pub(super) fn hide(&self, holder: &Dict<'_>, key: &[u8]) -> bool {
        if self.hidden.is_empty() {
            return false;
        }
        let group = holder.get::<Dict<'_>>(key);
        let choice = group.filter(|group| {
            let kind = group.get::<Name<'_>>(b"Type".as_slice());
            kind.is_some_and(|kind| kind.as_ref() == b"OCMD")
        });
        match choice {
            Some(choice) => self.hides_choice(&choice),
            None => holder
                .get_ref(key)
                .is_some_and(|group| self.hidden.contains(&group.into())),
        }
    }

    fn hides_choice(&self, choice: &Dict<'_>) -> bool {
        let mut members = groups(choice, b"OCGs");
        if members.is_empty() {
            members.extend(choice.get_ref(b"OCGs".as_slice()).map(ObjectIdentifier::from));
        }
        if members.is_empty() {
            return false;
        }
        let hidden = |group: &ObjectIdentifier| self.hidden.contains(group);
        let policy = choice.get::<Name<'_>>(b"P".as_slice());
        let shown = match policy.as_deref() {
            Some(b"AllOn") => !members.iter().any(hidden),
            Some(b"AnyOff") => members.iter().any(hidden),
            Some(b"AllOff") => members.iter().all(hidden),
            _ => !members.iter().all(hidden),
        };
        !shown
    }
}

fn groups(dict: &Dict<'_>, key: &[u8]) -> Vec<ObjectIdentifier> {
    let Some(array) = dict.get::<Array<'_>>(key) else {
        return Vec::new();
    };
    array
        .raw_iter()
        .take(MAX_GROUPS)
        .filter_map(|group| group.as_obj_ref().map(ObjectIdentifier::from))
        .collect()
}
