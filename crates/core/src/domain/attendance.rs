//! Who was there: videos, what a teacher says beside them, and the sheet of a lesson.
use super::ids::{ClassId, LessonId, MemberId, SubmissionId, UploadId, UserId};
use crate::ports::extractor::Media;
use crate::ports::object_store::{ObjectKey, Sha256};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a member's attendance at a lesson is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttendanceState {
    /// Their video came in time.
    Present,
    /// Their video came after the lesson's `late_after`.
    Late,
    /// No video, and nobody has said why.
    Missing,
    /// A teacher has excused them.
    Excused,
    /// A teacher says that they were not there, whatever came.
    Absent,
}

impl AttendanceState {
    /// All of them, in the order of the board.
    pub const ALL: [Self; 5] = [
        Self::Present,
        Self::Late,
        Self::Missing,
        Self::Excused,
        Self::Absent,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Excused => "excused",
            Self::Absent => "absent",
        }
    }

    /// Whether it counts as an absence that nobody has excused.
    pub const fn is_absence(self) -> bool {
        matches!(self, Self::Missing | Self::Absent)
    }
}

/// What a teacher says of a member's attendance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkState {
    /// They need not have been there.
    Excused,
    /// They were not there.
    Absent,
}

/// A teacher's word on one member at one lesson. It stands above a video until it is taken back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mark {
    /// Whose attendance.
    pub member: MemberId,
    /// Which.
    pub state: MarkState,
    /// Why: at most 500 characters.
    pub reason: String,
    /// Who says so.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// What a teacher thinks of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is what was asked for.
    Accepted,
    /// The member is asked for another one.
    Again,
}

impl Verdict {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Again => "again",
        }
    }
}

/// A teacher's review of a video.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Review {
    /// What they think.
    pub verdict: Verdict,
    /// For the member: at most 1,000 characters; never empty when they are asked again.
    pub comment: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// One member's video for one lesson. A new video takes the place of the earlier one under the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Which.
    pub id: SubmissionId,
    /// Of which class.
    pub class: ClassId,
    /// For which lesson.
    pub lesson: LessonId,
    /// By which member.
    pub member: MemberId,
    /// The account that has sent it, which the video's bytes count for; nobody's once that is gone.
    pub owner: UserId,
    /// At most 200 characters.
    pub title: String,
    /// At most 2,000 characters.
    pub description: String,
    /// With which the video came.
    pub upload: UploadId,
    /// Where the video is; `None` once its time was over.
    pub object: Option<ObjectKey>,
    /// `video/mp4`, `video/quicktime` or `video/webm`, by content.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// Of the whole video.
    pub sha256: Sha256,
    /// How long and large it is.
    pub media: Media,
    /// When it was received, by the server's clock.
    pub submitted_at: Timestamp,
    /// Whether that was after the lesson's `late_after`.
    pub late: bool,
    /// The number of its receipt in the class's chain.
    pub receipt: u64,
    /// How many earlier ones it has taken the place of.
    pub replaced: u32,
    /// What a teacher thinks of it.
    pub review: Option<Review>,
    /// Whether a still of it was drawn.
    pub has_poster: bool,
}

impl Submission {
    /// What a class keeps of it when its owner's account goes: that and when it came, in nobody's name.
    #[must_use]
    pub fn without_owner(&self) -> Self {
        Self {
            owner: UserId::new(uuid::Uuid::nil()),
            title: String::new(),
            description: String::new(),
            object: None,
            has_poster: false,
            ..self.clone()
        }
    }
}

/// What the sheet says of one member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SheetEntry {
    /// Whether a video came, and whether it was late.
    pub video: Option<Arrival>,
    /// What a teacher says.
    pub mark: Option<MarkState>,
}

/// When a video came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// In time.
    OnTime,
    /// After the lesson's `late_after`.
    Late,
}

impl SheetEntry {
    /// Whether anything is noted: a video, or a teacher's word.
    pub const fn is_said(self) -> bool {
        self.video.is_some() || self.mark.is_some()
    }

    /// What it amounts to.
    pub const fn state(self) -> AttendanceState {
        match (self.mark, self.video) {
            (Some(MarkState::Excused), _) => AttendanceState::Excused,
            (Some(MarkState::Absent), _) => AttendanceState::Absent,
            (None, Some(Arrival::OnTime)) => AttendanceState::Present,
            (None, Some(Arrival::Late)) => AttendanceState::Late,
            (None, None) => AttendanceState::Missing,
        }
    }
}

/// The attendance of all members at one lesson; who is not named is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet(pub BTreeMap<MemberId, SheetEntry>);

impl Sheet {
    /// A member's attendance.
    pub fn state(&self, member: MemberId) -> AttendanceState {
        self.entry(member).state()
    }

    /// What it says of a member.
    pub fn entry(&self, member: MemberId) -> SheetEntry {
        self.0.get(&member).copied().unwrap_or_default()
    }

    /// Notes that a video came, or that there is none any more.
    pub fn set_video(&mut self, member: MemberId, video: Option<Arrival>) {
        let entry = SheetEntry {
            video,
            ..self.entry(member)
        };
        self.set(member, entry);
    }

    /// Notes what a teacher says.
    pub fn set_mark(&mut self, member: MemberId, mark: Option<MarkState>) {
        let entry = SheetEntry {
            mark,
            ..self.entry(member)
        };
        self.set(member, entry);
    }

    fn set(&mut self, member: MemberId, entry: SheetEntry) {
        if entry == SheetEntry::default() {
            self.0.remove(&member);
        } else {
            self.0.insert(member, entry);
        }
    }
}

/// How many lessons a member has missed in a row, from the latest back; excused ones neither count nor
/// end the row.
pub fn absences_in_row(latest_first: impl IntoIterator<Item = AttendanceState>) -> u32 {
    let counted = latest_first
        .into_iter()
        .filter(|state| *state != AttendanceState::Excused);
    let row = counted.take_while(|state| state.is_absence()).count();
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// From this many absences in a row a teacher is alerted.
pub const ALERT_AFTER: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use AttendanceState::{Absent, Excused, Late, Missing, Present};

    #[test]
    fn a_teachers_word_stands_above_a_video_until_it_is_taken_back() {
        let member = MemberId::new(uuid::Uuid::from_u128(1));
        let mut sheet = Sheet::default();
        assert_eq!(sheet.state(member), Missing);
        sheet.set_video(member, Some(Arrival::Late));
        assert_eq!(sheet.state(member), Late);
        sheet.set_mark(member, Some(MarkState::Excused));
        assert_eq!(sheet.state(member), Excused);
        sheet.set_mark(member, None);
        sheet.set_video(member, None);
        assert!(sheet.0.is_empty());
    }

    #[test]
    fn excused_lessons_neither_count_nor_end_a_row_of_absences() {
        assert_eq!(
            absences_in_row([Missing, Excused, Absent, Missing, Present, Missing]),
            3
        );
        assert_eq!(absences_in_row([Late, Missing]), 0);
        assert_eq!(absences_in_row([]), 0);
    }
}
