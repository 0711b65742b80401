//! Identifiers as newtypes over UUIDv7 (RFC 9562 §5.7): sortable by creation, unguessable enough
//! to list but never a permission by themselves.
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID made by the [`Ids`](crate::ports::Ids) port or read from storage.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            /// Accepts exactly the hyphenated lower-case form that `Display` writes, so that one
            /// thing has one address.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let uuid = Uuid::try_parse(text)?;
                if uuid.as_hyphenated().to_string() == text {
                    Ok(Self(uuid))
                } else {
                    Uuid::try_parse("not canonical").map(Self)
                }
            }
        }
    };
}

id!(
    /// A [`User`](crate::domain::user::User).
    UserId
);
id!(
    /// One signed-in session of a user: a family of refresh tokens, or a browser's cookie.
    SessionId
);
id!(
    /// An upload.
    UploadId
);
id!(
    /// A material.
    MaterialId
);
id!(
    /// One version of a material.
    VersionId
);
id!(
    /// A queued job.
    JobId
);
id!(
    /// An entry of the log of events.
    EventId
);
id!(
    /// A [`Class`](crate::domain::class::Class).
    ClassId
);
id!(
    /// Somebody on a class's roster, with an account or not yet.
    MemberId
);
id!(
    /// A [`Lesson`](crate::domain::lesson::Lesson).
    LessonId
);
id!(
    /// A [`Submission`](crate::domain::attendance::Submission).
    SubmissionId
);
