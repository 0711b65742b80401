//! Who may do what: the one place that decides. Every use case asks here before it acts.
use super::attendance::Submission;
use super::class::Class;
use super::classmates::Classmates;
use super::ids::{SessionId, UserId};
use super::material::{Material, Visibility};
use super::upload::Upload;
use super::user::Role;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Not signed in.
    Anonymous,
    /// Signed in with an active account.
    User {
        /// Who.
        id: UserId,
        /// With which role, as the records say now.
        role: Role,
        /// By which session.
        session: SessionId,
    },
    /// The person at the machine: `homeroom admin …`.
    Operator,
}

impl Actor {
    /// The signed-in user, if any.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Anonymous | Self::Operator => None,
        }
    }

    /// Whether they keep the school's material clean, and so see all that is shared.
    pub const fn is_moderator(&self) -> bool {
        matches!(
            self,
            Self::User {
                role: Role::Moderator | Role::Admin,
                ..
            }
        )
    }

    fn has_role(&self, least: Role) -> bool {
        match self {
            Self::User { role, .. } => *role >= least,
            Self::Operator => true,
            Self::Anonymous => false,
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Begin an upload.
    BeginUpload,
    /// See, complete or give up an upload.
    UseUpload(&'a Upload),
    /// See a material, its pages and pictures, and download it.
    ReadMaterial(&'a Material, &'a Classmates),
    /// Change a material's details or add a version.
    EditMaterial(&'a Material, &'a Classmates),
    /// Delete a material.
    DeleteMaterial(&'a Material, &'a Classmates),
    /// Give stars to a material.
    RateMaterial(&'a Material, &'a Classmates),
    /// Add a subject.
    AddSubject,
    /// Rename or delete a subject.
    ManageSubjects,
    /// See or change one's own account.
    UseAccount,
    /// Search and list.
    Find,
    /// See jobs, users, storage.
    Administer,
    /// Make a class.
    CreateClass,
    /// See a class as one of its teachers or members.
    ReadClass(&'a Class, Standing),
    /// Lead a class: its roster, lessons, boards, receipts.
    TeachClass(&'a Class, Standing),
    /// Delete a class.
    DeleteClass(&'a Class, Standing),
    /// Watch a video of a lesson, and read what is said of it.
    ReadSubmission(&'a Class, &'a Submission),
    /// Change or take back one's own video.
    EditSubmission(&'a Class, &'a Submission),
}

/// How somebody stands to a class, beside teaching it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On its roster.
    Member,
    /// Not at all.
    Stranger,
}

/// What the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Allow,
    /// For this actor the thing does not exist: 404.
    Hide,
    /// The thing is known to them, but they may not: 403.
    Refuse,
    /// They must sign in first: 401.
    SignIn,
}

/// Decides.
pub fn decide(actor: &Actor, action: Action<'_>) -> Decision {
    match action {
        Action::Find => Decision::Allow,
        Action::BeginUpload | Action::UseAccount => match actor {
            Actor::User { .. } => Decision::Allow,
            Actor::Anonymous => Decision::SignIn,
            Actor::Operator => Decision::Refuse,
        },
        Action::UseUpload(upload) => match actor {
            Actor::Anonymous => Decision::SignIn,
            _ if actor.user() == Some(upload.owner) => Decision::Allow,
            _ => Decision::Hide,
        },
        Action::ReadMaterial(material, classmates) => {
            if may_read(actor, material, classmates) {
                Decision::Allow
            } else {
                Decision::Hide
            }
        }
        Action::EditMaterial(material, classmates) | Action::DeleteMaterial(material, classmates) => {
            let may_edit = may_edit(actor, material);
            owned(actor, may_edit, may_edit || may_read(actor, material, classmates))
        }
        Action::RateMaterial(material, classmates) => {
            let may_read = may_read(actor, material, classmates);
            let is_own = actor.user() == Some(material.owner);
            owned(actor, !is_own && actor.user().is_some() && may_read, may_read)
        }
        Action::AddSubject => signed_in(actor, actor.has_role(Role::Teacher)),
        Action::ManageSubjects => signed_in(actor, actor.has_role(Role::Moderator)),
        Action::Administer => signed_in(actor, actor.has_role(Role::Admin)),
        Action::CreateClass => signed_in(actor, actor.user().is_some() && actor.has_role(Role::Teacher)),
        Action::ReadClass(class, standing) => in_class(
            actor,
            class,
            standing,
            teaches(actor, class) || standing == Standing::Member,
        ),
        Action::TeachClass(class, standing) => in_class(actor, class, standing, teaches(actor, class)),
        Action::DeleteClass(class, standing) => {
            let is_owner = teaches(actor, class) && actor.user() == Some(class.owner);
            in_class(actor, class, standing, is_owner)
        }
        Action::ReadSubmission(class, submission) => hidden_unless(
            actor,
            teaches(actor, class) || actor.user() == Some(submission.owner),
        ),
        Action::EditSubmission(class, submission) => {
            let is_own = actor.user() == Some(submission.owner);
            match hidden_unless(actor, is_own) {
                Decision::Hide if teaches(actor, class) => Decision::Refuse,
                decision => decision,
            }
        }
    }
}

/// Who teaches a class is who the class says, for as long as they are a teacher at all. Nobody's role
/// stands above that: not a moderator's, not an administrator's.
fn teaches(actor: &Actor, class: &Class) -> bool {
    actor.has_role(Role::Teacher) && actor.user().is_some_and(|user| class.is_taught_by(user))
}

fn in_class(actor: &Actor, class: &Class, standing: Standing, allowed: bool) -> Decision {
    match (allowed, actor) {
        (true, Actor::User { .. }) => Decision::Allow,
        (_, Actor::Anonymous) => Decision::SignIn,
        _ if teaches(actor, class) || standing == Standing::Member => Decision::Refuse,
        _ => Decision::Hide,
    }
}

fn hidden_unless(actor: &Actor, allowed: bool) -> Decision {
    match (allowed, actor) {
        (true, _) => Decision::Allow,
        (false, Actor::Anonymous) => Decision::SignIn,
        (false, _) => Decision::Hide,
    }
}

fn may_read(actor: &Actor, material: &Material, classmates: &Classmates) -> bool {
    if actor.user() == Some(material.owner) || *actor == Actor::Operator {
        return true;
    }
    if !material.is_published() {
        return false;
    }
    match material.details.visibility {
        Visibility::Public => true,
        Visibility::School => matches!(actor, Actor::User { .. }),
        // Moderators see all that is shared, so that they can act on it.
        Visibility::Class => actor.is_moderator() || classmates.includes(material.owner),
        Visibility::Private => false,
    }
}

/// Whether somebody may change a material: what [`Action::EditMaterial`] allows, for pages that show or hide
/// the way there.
pub fn may_edit(actor: &Actor, material: &Material) -> bool {
    actor.user() == Some(material.owner)
        || (actor.is_moderator() && may_read(actor, material, &Classmates::default()))
        || *actor == Actor::Operator
}

fn owned(actor: &Actor, allowed: bool, known: bool) -> Decision {
    match (allowed, actor) {
        (true, _) => Decision::Allow,
        (false, Actor::Anonymous) => Decision::SignIn,
        (false, _) if known => Decision::Refuse,
        (false, _) => Decision::Hide,
    }
}

fn signed_in(actor: &Actor, allowed: bool) -> Decision {
    match (allowed, actor) {
        (true, _) => Decision::Allow,
        (false, Actor::Anonymous) => Decision::SignIn,
        (false, _) => Decision::Refuse,
    }
}
