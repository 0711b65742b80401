//! Who is in a class with the caller, and so sees with them what is shared with classes: the one place that
//! finds it out, for pages, lists, downloads and searches alike.
//!
//! Asked of the records on each request, so that whoever comes, leaves or sees their class archived or deleted
//! sees accordingly from the next request on. Who stands on a roster is remembered for as long as the
//! class stays the same, which its version tells.
use super::classes::list_classes::own_classes;
use super::{Product, UseCaseError};
use crate::domain::class::Class;
use crate::domain::classmates::{Classmates, People};
use crate::domain::ids::ClassId;
use crate::domain::material::Material;
use crate::domain::policy::{Action, Actor, Decision, decide};
use crate::ports::search_index::Viewer;
use crate::records::Stored;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// People who are remembered in all classes together: a few dozen bytes each.
const MOST_REMEMBERED: usize = 200_000;

/// Who is in which class, by the version of the class.
#[derive(Default)]
pub struct KnownRosters(Mutex<HashMap<ClassId, (u64, Arc<People>)>>);

impl KnownRosters {
    fn at(&self, id: ClassId, version: u64) -> Option<Arc<People>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, people) = known.get(&id)?;
        (*of == version).then(|| Arc::clone(people))
    }

    fn remember(&self, id: ClassId, version: u64, people: &Arc<People>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&id);
        let remembered: usize = known.values().map(|(_, people)| people.len()).sum();
        // Reading them again costs less than telling which are asked for most.
        if remembered + people.len() > MOST_REMEMBERED {
            known.clear();
        }
        known.insert(id, (version, Arc::clone(people)));
    }
}

/// With whom the actor is in an active class; nobody for those who are not signed in.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn classmates(product: &Product, actor: &Actor) -> Result<Classmates, UseCaseError> {
    let Some(user) = actor.user() else {
        return Ok(Classmates::default());
    };
    let mut classes = Vec::new();
    for own in own_classes(product, user).await? {
        if !own.class.value.archived {
            classes.push(people_of(product, &own.class).await?);
        }
    }
    Ok(Classmates::of(classes))
}

/// Everybody in a class who has an account, as its roster and the class itself say.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn people_of(product: &Product, class: &Stored<Class>) -> Result<Arc<People>, UseCaseError> {
    let Stored { value, version } = class;
    if let Some(known) = product.known_rosters.at(value.id, *version) {
        return Ok(known);
    }
    let roster = product.records.roster(value).await?;
    let members = roster.present().filter_map(|member| member.user);
    let people: Arc<People> = Arc::new(members.chain(value.teachers()).collect());
    product.known_rosters.remember(value.id, *version, &people);
    Ok(people)
}

/// As [`classmates`], when one of these materials is the actor's to see only if they have any; the others
/// are not looked up for nothing.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn classmates_for<'m>(
    product: &Product,
    actor: &Actor,
    materials: impl IntoIterator<Item = &'m Material>,
) -> Result<Classmates, UseCaseError> {
    let nobody = Classmates::default();
    let depends = |material: &Material| {
        material.is_for_classes() && decide(actor, Action::ReadMaterial(material, &nobody)) != Decision::Allow
    };
    if materials.into_iter().any(depends) {
        classmates(product, actor).await
    } else {
        Ok(nobody)
    }
}

/// Those of some materials that the actor may see, in their order.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn visible(
    product: &Product,
    actor: &Actor,
    mut materials: Vec<Material>,
) -> Result<Vec<Material>, UseCaseError> {
    let classmates = classmates_for(product, actor, &materials).await?;
    materials
        .retain(|material| decide(actor, Action::ReadMaterial(material, &classmates)) == Decision::Allow);
    Ok(materials)
}

/// Who is looking, as the index knows it.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn viewer(product: &Product, actor: &Actor) -> Result<Viewer, UseCaseError> {
    let Some(user) = actor.user() else {
        return Ok(Viewer::Anonymous);
    };
    if actor.is_moderator() {
        return Ok(Viewer::Everything(user));
    }
    let classmates = classmates(product, actor).await?;
    Ok(if classmates.is_empty() {
        Viewer::User(user)
    } else {
        Viewer::Classmate(user, classmates)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use uuid::Uuid;

    #[test]
    fn a_roster_is_remembered_until_its_class_changes_and_not_without_end() {
        let known = KnownRosters::default();
        let class = |n| ClassId::new(Uuid::from_u128(n));
        let people =
            |n: u128| -> Arc<People> { Arc::new((0..n).map(|n| UserId::new(Uuid::from_u128(n))).collect()) };
        known.remember(class(1), 7, &people(3));
        assert_eq!(known.at(class(1), 7).unwrap().len(), 3);
        assert!(known.at(class(1), 8).is_none() && known.at(class(2), 7).is_none());
        let most = u128::try_from(MOST_REMEMBERED).unwrap();
        known.remember(class(2), 1, &people(most - 3));
        assert!(known.at(class(1), 7).is_some());
        known.remember(class(3), 1, &people(1));
        assert!(known.at(class(1), 7).is_none() && known.at(class(3), 1).is_some());
    }
}
