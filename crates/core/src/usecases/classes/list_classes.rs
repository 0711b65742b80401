//! Looking at classes: one's own, and one of them.
use super::{Seat, seat, taught};
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, MemberId, UserId};
use crate::domain::policy::Actor;
use crate::domain::roster::Roster;
use crate::domain::user::User;
use crate::records::Stored;
use crate::records::classes::Belonging;
use crate::usecases::classmates::people_of;
use crate::usecases::{Product, UseCaseError, require_user};

/// A class as one of its teachers or members sees it.
#[derive(Clone, Debug)]
pub struct ClassView {
    /// The class; members are not shown its codes and numbers.
    pub class: Class,
    /// Whether the viewer teaches it.
    pub teaches: bool,
    /// As whom the viewer is on its roster, if they are.
    pub member: Option<MemberId>,
    /// Its teachers, the owner first.
    pub teachers: Vec<User>,
}

/// A class of somebody's, without what is read of it elsewhere.
#[derive(Clone, Debug)]
pub struct OwnClass {
    /// As it is stored.
    pub class: Stored<Class>,
    /// As whom they are on its roster; `None` for its teachers.
    pub member: Option<MemberId>,
}

impl OwnClass {
    /// Whether they teach it.
    pub fn teaches(&self) -> bool {
        self.member.is_none()
    }
}

/// The caller's classes, by name; archived ones last.
///
/// # Errors
/// `Unauthenticated`.
pub async fn list_classes(product: &Product, actor: &Actor) -> Result<Vec<ClassView>, UseCaseError> {
    let own = own_classes(product, require_user(actor)?).await?;
    let mut views = Vec::with_capacity(own.len());
    for OwnClass { class, member } in own {
        let led_by = teachers_of(product, &class.value).await?;
        views.push(shown(class.value, member.is_none(), member, led_by));
    }
    Ok(views)
}

/// The classes that somebody teaches or is in, by name; archived ones last.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn own_classes(product: &Product, user: UserId) -> Result<Vec<OwnClass>, UseCaseError> {
    let enrolments = product.records.enrolments(user).await?;
    let mut classes = Vec::with_capacity(enrolments.len());
    for some in enrolments.chunks(100) {
        let ids: Vec<ClassId> = some.iter().map(|enrolment| enrolment.class).collect();
        let found = product.records.classes(&ids).await?;
        for (enrolment, class) in some.iter().zip(found) {
            let Some(class) = class else { continue };
            // What is noted of somebody may be late; class and roster decide.
            let (holds, member) = match enrolment.belonging {
                Belonging::Teacher => (class.value.is_taught_by(user), None),
                Belonging::Member { member } => {
                    let people = people_of(product, &class).await?;
                    (people.contains(&user), Some(member))
                }
            };
            if holds {
                classes.push(OwnClass { class, member });
            }
        }
    }
    classes.sort_by_cached_key(|own| {
        let class = &own.class.value;
        (class.archived, class.name.to_lowercase(), class.id)
    });
    Ok(classes)
}

/// One class.
///
/// # Errors
/// `NotFound`.
pub async fn read_class(product: &Product, actor: &Actor, id: ClassId) -> Result<ClassView, UseCaseError> {
    let Seat {
        class,
        member,
        teaches,
        ..
    } = seat(product, actor, id).await?;
    let led_by = teachers_of(product, &class.value).await?;
    Ok(shown(class.value, teaches, member, led_by))
}

/// The roster of a class with what is known of its accounts: for its teachers.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn read_roster(
    product: &Product,
    actor: &Actor,
    id: ClassId,
) -> Result<(Class, Roster), UseCaseError> {
    let seat = taught(product, actor, id).await?;
    Ok((seat.class.value, seat.roster))
}

/// The teachers of a class, the owner first; accounts that are gone are left out.
pub(super) async fn teachers_of(product: &Product, class: &Class) -> Result<Vec<User>, UseCaseError> {
    let ids: Vec<_> = class.teachers().collect();
    let found = product.records.users(&ids).await?;
    Ok(found.into_iter().flatten().collect())
}

fn shown(mut class: Class, teaches: bool, member: Option<MemberId>, led_by: Vec<User>) -> ClassView {
    if !teaches {
        class.join_code = None;
        class.function_url = None;
    }
    ClassView {
        class,
        teaches,
        member,
        teachers: led_by,
    }
}
