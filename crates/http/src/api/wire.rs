//! Shapes that several routes answer with.
use homeroom_core::domain::material::{Material, Processing, RatingSummary, Version};
use homeroom_core::domain::upload::{Upload, UploadState};
use homeroom_core::domain::user::{Grade, User};
use homeroom_core::ports::extractor::{Media, Notice};
use homeroom_core::ports::object_store::{Presigned, Sha256};
use homeroom_core::ports::search_index;
use homeroom_core::usecases::begin_upload::{PartView, UploadView};
use homeroom_core::usecases::read_material::MaterialView;
use homeroom_core::usecases::refresh::TokenPair;
use homeroom_core::usecases::subjects::SubjectView;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A field of a change that may be absent (keep), null (clear) or given.
pub fn double_option<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// An account as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserBody {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// For signing in and for others to see.
    pub username: String,
    /// Seen by its owner and administrators only.
    pub email: String,
    /// At most 100 characters.
    pub full_name: Option<String>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// `student`, `teacher`, `moderator` or `admin`.
    pub role: String,
    /// When the account was made.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            full_name: user.full_name,
            grade: user.grade.map(Grade::number),
            role: user.role.name().to_owned(),
            created_at: user.created_at,
        }
    }
}

/// What a program holds to act for a user.
#[derive(Serialize, ToSchema)]
pub struct TokensBody {
    /// For the `Authorization: Bearer` header.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// How long the access token holds, in seconds.
    pub expires_in: i64,
    /// Good once, for `POST /api/v1/auth/refresh`.
    pub refresh_token: String,
}

impl TokensBody {
    /// The answer at `now`.
    pub fn new(tokens: TokenPair, now: Timestamp) -> Self {
        Self {
            expires_in: tokens.expires_at.duration_since(now).as_secs(),
            access_token: tokens.access_token,
            token_type: "Bearer",
            refresh_token: tokens.refresh_token,
        }
    }
}

/// An upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadBody {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// `open`, `completed` or `aborted`.
    pub state: &'static str,
    /// Its last path component as it was given, cleaned.
    pub filename: String,
    /// In bytes.
    pub size: u64,
    /// Bytes of the parts that have arrived.
    pub received: u64,
    /// Of every part but the last, in bytes.
    pub part_size: u64,
    /// An open upload that nobody asks for is removed after this.
    #[schema(value_type = String, format = "date-time")]
    pub expires_at: Timestamp,
    /// The material that it has become.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub material: Option<String>,
    /// All parts of an open upload, by number.
    pub parts: Vec<PartBody>,
}

/// One part of an upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartBody {
    /// From 1.
    pub number: u32,
    /// In the file, in bytes.
    pub offset: u64,
    /// In bytes.
    pub size: u64,
    /// `missing` or `received`.
    pub state: &'static str,
    /// Where to send a missing part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How to send it.
    pub method: &'static str,
    /// Headers that must be sent exactly so.
    pub headers: BTreeMap<String, String>,
}

impl From<UploadView> for UploadBody {
    fn from(view: UploadView) -> Self {
        let parts = view.parts.into_iter().map(PartBody::from).collect();
        Self {
            received: view.received,
            parts,
            ..Self::from(view.upload)
        }
    }
}

impl From<Upload> for UploadBody {
    fn from(upload: Upload) -> Self {
        let (state, material) = match upload.state {
            UploadState::Open => ("open", None),
            UploadState::Completed { material, .. } => ("completed", Some(material.to_string())),
            UploadState::Submitted { .. } => ("completed", None),
            UploadState::Aborted => ("aborted", None),
        };
        Self {
            id: upload.id.to_string(),
            state,
            filename: upload.filename.as_str().to_owned(),
            size: upload.size,
            received: 0,
            part_size: upload.part_size,
            expires_at: upload.expires_at,
            material,
            parts: Vec::new(),
        }
    }
}

impl From<PartView> for PartBody {
    fn from(part: PartView) -> Self {
        let state = if part.request.is_some() {
            "missing"
        } else {
            "received"
        };
        let Presigned { url, headers, .. } = part.request.unwrap_or_else(|| Presigned {
            method: "PUT",
            url: String::new(),
            headers: Vec::new(),
            expires_at: Timestamp::UNIX_EPOCH,
        });
        Self {
            number: part.number,
            offset: part.offset,
            size: part.size,
            state,
            url: (state == "missing").then_some(url),
            method: "PUT",
            headers: headers.into_iter().collect(),
        }
    }
}

/// How far the reading of a version is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressBody {
    /// Pages read.
    pub done: u32,
    /// Pages in all; 0 while that is unknown.
    pub total: u32,
}

/// Length and size of a film, a recording or a picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaBody {
    /// In milliseconds, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// In pixels, as shown; 0 for sound.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl From<Media> for MediaBody {
    fn from(media: Media) -> Self {
        Self {
            duration_ms: media.duration_ms,
            width: media.width,
            height: media.height,
        }
    }
}

/// Who shared a material.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploaderBody {
    /// The user's id.
    #[schema(format = "uuid")]
    pub id: String,
    /// What they are called.
    pub name: String,
}

/// A material.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialBody {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// At most 200 characters.
    pub title: String,
    /// At most 5,000 characters.
    pub description: String,
    /// A subject's slug.
    pub subject: Option<String>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// A course's id.
    pub course: Option<String>,
    /// In lower case.
    pub tags: Vec<String>,
    /// A BCP 47 primary subtag.
    pub language: Option<String>,
    /// Such as `CC BY 4.0`.
    pub licence: Option<String>,
    /// `private`, `class` (for everybody who is in an active class with its owner), `school` or `public`.
    pub visibility: &'static str,
    /// Who shared it.
    pub uploader: UploaderBody,
    /// `processing`, `ready` or `failed`.
    pub status: &'static str,
    /// Why it failed: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// While it is being read, and while the text of its pictures is being recognised after it is `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ProgressBody>,
    /// Its true type, such as `pdf`; known once it was read.
    pub kind: &'static str,
    /// As it was uploaded.
    pub filename: String,
    /// In bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal, where it was announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How many pages can be read.
    pub pages: u32,
    /// What people think of it.
    pub rating: RatingBody,
    /// Length and size of films, recordings and pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaBody>,
    /// What is missing of what was read: `no_text_recognition`, `incomplete`, `no_text`, `not_its_type` or `unknown_type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<&'static str>,
    /// Of the version that is shown, from 1.
    pub version: u32,
    /// When it was first shared.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = "date-time")]
    pub updated_at: Timestamp,
}

/// All ratings of a material together.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingBody {
    /// 1 to 5; null before the first.
    pub average: Option<f64>,
    /// How many people rated it.
    pub count: u32,
}

impl From<RatingSummary> for RatingBody {
    fn from(rating: RatingSummary) -> Self {
        Self {
            average: rating.average(),
            count: rating.count,
        }
    }
}

/// What became of a version: status, reason, progress, pages.
pub fn status(processing: &Processing) -> (&'static str, Option<&'static str>, Option<ProgressBody>, u32) {
    match processing {
        Processing::Running { done, total } => (
            "processing",
            None,
            Some(ProgressBody {
                done: *done,
                total: *total,
            }),
            0,
        ),
        Processing::Ready { pages } => ("ready", None, None, *pages),
        Processing::Failed(reason) => ("failed", Some(reason.code()), None, 0),
    }
}

impl From<MaterialView> for MaterialBody {
    fn from(view: MaterialView) -> Self {
        let MaterialView {
            material,
            uploader_name,
        } = view;
        Self::new(material, uploader_name)
    }
}

impl MaterialBody {
    /// The answer for a material whose uploader is called so.
    pub fn new(material: Material, uploader_name: String) -> Self {
        let (status, reason, progress, pages) = status(&material.current.processing);
        let recognition = material.current.recognition.map(|recognition| ProgressBody {
            done: recognition.done,
            total: recognition.total,
        });
        let details = material.details;
        Self {
            id: material.id.to_string(),
            title: details.title,
            description: details.description,
            subject: details.subject.map(|slug| slug.as_str().to_owned()),
            grade: details.grade.map(Grade::number),
            course: details.course,
            tags: details.tags,
            language: details.language.map(|language| language.as_str().to_owned()),
            licence: details.licence,
            visibility: details.visibility.name(),
            uploader: UploaderBody {
                id: material.owner.to_string(),
                name: uploader_name,
            },
            status,
            reason,
            progress: progress.or(recognition),
            kind: material.current.kind.name(),
            filename: material.current.filename.as_str().to_owned(),
            size: material.current.size,
            sha256: material.current.sha256.map(Sha256::to_hex),
            pages,
            rating: material.rating.into(),
            media: material.current.media.map(MediaBody::from),
            notice: material.current.notice.map(Notice::code),
            version: material.current.number,
            created_at: material.created_at,
            updated_at: material.updated_at,
        }
    }
}

/// A version of a material.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionBody {
    /// From 1.
    pub number: u32,
    /// `processing`, `ready` or `failed`.
    pub status: &'static str,
    /// Why it failed: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Its true type.
    pub kind: &'static str,
    /// As it was uploaded.
    pub filename: String,
    /// In bytes.
    pub size: u64,
    /// How many pages can be read.
    pub pages: u32,
    /// When it was shared.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Timestamp,
}

impl From<Version> for VersionBody {
    fn from(version: Version) -> Self {
        let (status, reason, _, pages) = status(&version.processing);
        Self {
            number: version.number,
            status,
            reason,
            kind: version.kind.name(),
            filename: version.filename.as_str().to_owned(),
            size: version.size,
            pages,
            created_at: version.created_at,
        }
    }
}

/// A subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectBody {
    /// Its stable name in addresses.
    pub slug: String,
    /// As people see it.
    pub name: String,
    /// Which of the twelve subject colours, 0 to 11.
    pub hue: u8,
    /// Materials that the caller may see.
    pub materials: u64,
}

impl From<SubjectView> for SubjectBody {
    fn from(view: SubjectView) -> Self {
        Self {
            slug: view.subject.slug.as_str().to_owned(),
            name: view.subject.name,
            hue: view.subject.hue,
            materials: view.materials,
        }
    }
}

/// How many materials have one value.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetBody {
    /// As the filter of the same name takes it.
    pub value: String,
    /// Materials.
    pub count: u64,
}

/// Counts over all that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetsBody {
    /// By subject.
    pub subject: Vec<FacetBody>,
    /// By grade.
    pub grade: Vec<FacetBody>,
    /// By type.
    pub kind: Vec<FacetBody>,
    /// By language.
    pub language: Vec<FacetBody>,
}

impl From<search_index::Facets> for FacetsBody {
    fn from(facets: search_index::Facets) -> Self {
        let list = |counts: Vec<search_index::FacetCount>| {
            counts
                .into_iter()
                .map(|entry| FacetBody {
                    value: entry.value,
                    count: entry.count,
                })
                .collect()
        };
        Self {
            subject: list(facets.subject),
            grade: list(facets.grade),
            kind: list(facets.kind),
            language: list(facets.language),
        }
    }
}
