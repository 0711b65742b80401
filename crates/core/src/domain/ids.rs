//! Identifiers as newtypes over UUIDv7 (RFC 9562 §5.7): sortable by creation, unguessable enough
//! to list but never a permission by themselves.
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an id such as 01920b7c-5b5e-7d3a-9c1f-4e2a8b6d0f13")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
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
            type Err = IdError;
            /// Accepts exactly the hyphenated lower-case form that `Display` writes, so that one
            /// thing has one address.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let uuid = Uuid::try_parse(text).map_err(|_| IdError)?;
                if uuid.as_hyphenated().to_string() == text {
                    Ok(Self(uuid))
                } else {
                    Err(IdError)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if !deserializer.is_human_readable() {
                    return Uuid::deserialize(deserializer).map(Self);
                }
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Uuid::try_parse(&text).map(Self).map_err(|_| serde::de::Error::custom(IdError))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_says_what_is_expected() {
        let id = UploadId::new(Uuid::from_u128(7));
        let text = format!("\"{id}\"");
        assert_eq!(serde_json::to_string(&id).unwrap(), text);
        assert_eq!(serde_json::from_str::<UploadId>(&text).unwrap(), id);
        for wrong in ["", "zzz", "00000000-0000-0000-0000-00000000000g"] {
            let error = serde_json::from_str::<UploadId>(&format!("\"{wrong}\"")).unwrap_err();
            assert!(
                error.to_string().starts_with("must be an id such as 0"),
                "{error}"
            );
            assert_eq!(wrong.parse::<UploadId>(), Err(IdError));
        }
        let upper = text.to_uppercase();
        assert_eq!(
            upper.trim_matches('"').parse::<UploadId>(),
            Ok(id),
            "digits alone have no case"
        );
    }
}
