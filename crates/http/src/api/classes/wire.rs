//! Shapes of classes and rosters.
use crate::problem::Problem;
use homeroom_core::domain::class::{Class, Holiday};
use homeroom_core::domain::roster::{Login, Member};
use homeroom_core::domain::user::{Grade, User};
use homeroom_core::usecases::classes::list_classes::ClassView;
use homeroom_core::usecases::classes::update_class::ClassChange;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days on which no lesson takes place.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HolidayBody {
    /// The first day.
    #[schema(value_type = String, format = "date")]
    from: Date,
    /// The last day; the first unless said.
    #[schema(value_type = Option<String>, format = "date")]
    to: Option<Date>,
    /// At most 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

impl HolidayBody {
    pub(crate) fn into_domain(self) -> Holiday {
        Holiday {
            from: self.from,
            to: self.to.unwrap_or(self.from),
            name: self.name,
        }
    }
}

/// Somebody by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonBody {
    /// Their id.
    #[schema(format = "uuid")]
    id: String,
    /// What they sign in with.
    username: String,
    /// What others see.
    name: String,
}

impl From<&User> for PersonBody {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            name: user.display_name().to_owned(),
        }
    }
}

/// A class. Codes and numbers are for its teachers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// At most 100 characters.
    name: String,
    /// At most 2,000 characters.
    description: String,
    /// A subject's slug.
    subject: Option<String>,
    /// 7 to 12.
    grade: Option<u8>,
    /// In which its days and lessons are: an IANA name.
    time_zone: String,
    /// The first day of the term.
    #[schema(format = "date")]
    term_starts: String,
    /// The last day of the term.
    #[schema(format = "date")]
    term_ends: String,
    /// How many days after the term videos are kept.
    retention_days: u16,
    /// The largest video, in bytes.
    max_video_bytes: u64,
    /// The longest video, in seconds.
    max_video_seconds: u32,
    /// When it does not meet.
    holidays: Vec<HolidayBody>,
    /// Whether it is over.
    archived: bool,
    /// `teacher` or `member`: as what the caller sees it.
    role: &'static str,
    /// As whom the caller is on its roster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    member: Option<String>,
    /// Its teachers, the owner first.
    teachers: Vec<PersonBody>,
    /// How many members it has; for teachers.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<u32>,
    /// With which students join; for teachers.
    #[serde(skip_serializing_if = "Option::is_none")]
    join_code: Option<String>,
    /// When its function URL was made, if it has one; for teachers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    function_url_created_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// When something of it was changed.
    #[schema(value_type = String, format = "date-time")]
    updated_at: Timestamp,
}

impl From<ClassView> for ClassBody {
    fn from(view: ClassView) -> Self {
        let Class {
            id,
            name,
            description,
            subject,
            grade,
            zone,
            term,
            retention_days,
            limits,
            holidays,
            archived,
            join_code,
            function_url,
            members,
            created_at,
            updated_at,
            ..
        } = view.class;
        let holidays = holidays.into_iter().map(|holiday| HolidayBody {
            from: holiday.from,
            to: Some(holiday.to),
            name: holiday.name,
        });
        Self {
            id: id.to_string(),
            name,
            description,
            subject: subject.map(|subject| subject.as_str().to_owned()),
            grade: grade.map(Grade::number),
            time_zone: zone.name().to_owned(),
            term_starts: term.starts.to_string(),
            term_ends: term.ends.to_string(),
            retention_days,
            max_video_bytes: limits.max_bytes,
            max_video_seconds: limits.max_seconds,
            holidays: holidays.collect(),
            archived,
            role: if view.teaches { "teacher" } else { "member" },
            member: view.member.map(|member| member.to_string()),
            teachers: view.teachers.iter().map(PersonBody::from).collect(),
            members: view.teaches.then_some(members),
            join_code: join_code.map(|code| code.as_str().to_owned()),
            function_url_created_at: function_url.map(|url| url.created_at),
            created_at,
            updated_at,
        }
    }
}

/// Somebody on a roster.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberBody {
    /// Their id in this class.
    #[schema(format = "uuid")]
    id: String,
    /// As the list says, or the account.
    name: String,
    /// What their account is found by: an address or a user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    /// The school's number for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    student_number: Option<String>,
    /// Their account, once they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    user: Option<String>,
    /// `teacher` when a teacher has put them there, `joined` when they came by themselves.
    source: &'static str,
    /// When they came.
    #[schema(value_type = String, format = "date-time")]
    joined_at: Timestamp,
}

impl From<&Member> for MemberBody {
    fn from(member: &Member) -> Self {
        use homeroom_core::domain::roster::Source;
        Self {
            id: member.id.to_string(),
            name: member.name.clone(),
            login: member.login.as_ref().map(|login| Login::as_str(login).to_owned()),
            student_number: member.student_number.clone(),
            user: member.user.map(|user| user.to_string()),
            source: match member.source {
                Source::Teacher => "teacher",
                Source::Joined => "joined",
            },
            joined_at: member.joined_at,
        }
    }
}

/// What makes or changes a class.
#[derive(Default)]
pub(crate) struct Details {
    pub(crate) change: ClassChange,
    pub(crate) term_starts: Option<String>,
    pub(crate) term_ends: Option<String>,
}

impl Details {
    /// The change with its days read.
    ///
    /// # Errors
    /// 422 naming the field that is no day.
    pub(crate) fn read(mut self) -> Result<ClassChange, Problem> {
        self.change.term_starts = day("term_starts", self.term_starts.as_deref())?;
        self.change.term_ends = day("term_ends", self.term_ends.as_deref())?;
        Ok(self.change)
    }
}

/// A day of the calendar.
///
/// # Errors
/// 422 naming the field.
pub(crate) fn day(field: &'static str, given: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = given else { return Ok(None) };
    text.parse::<Date>()
        .ok()
        .filter(|day| text.len() == 10 && (1970..=2200).contains(&day.year()))
        .map(Some)
        .ok_or_else(|| Problem::invalid_field(field, "must be a day of the calendar such as 2026-09-01"))
}
