//! What belongs to one lesson: its sheet, its videos and what teachers say beside them, in one partition
//! that is read whole for the board.
use super::{Listing, Records, Stored, damaged, decode, encode, lessons, unchanged};
use crate::domain::attendance::{Arrival, Mark, MarkState, Review, Sheet, SheetEntry, Submission};
use crate::domain::ids::{ClassId, LessonId, MemberId, SubmissionId, UploadId, UserId};
use crate::ports::extractor::Media;
use crate::ports::object_store::{ObjectKey, Sha256};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
struct StoredSubmission {
    v: u8,
    id: SubmissionId,
    class: ClassId,
    lesson: LessonId,
    member: MemberId,
    owner: UserId,
    title: String,
    description: String,
    upload: UploadId,
    object: Option<ObjectKey>,
    content_type: String,
    size: u64,
    sha256: String,
    media: Media,
    submitted_at: Timestamp,
    late: bool,
    receipt: u64,
    replaced: u32,
    review: Option<Review>,
    has_poster: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredMark {
    v: u8,
    #[serde(flatten)]
    mark: Mark,
}

/// One letter for a video, one for a mark: `p` on time, `l` late, `e` excused, `a` absent.
#[derive(Serialize, Deserialize)]
struct StoredSheet {
    v: u8,
    entries: BTreeMap<MemberId, String>,
}

#[derive(Serialize, Deserialize)]
struct StoredPlace {
    v: u8,
    lesson: LessonId,
    member: MemberId,
}

/// Everything of a lesson that is not in the timetable.
#[derive(Clone, Debug, Default)]
pub struct Attendance {
    /// The sheet; version 0 where there is none yet.
    pub sheet: Sheet,
    /// Its version, which every change of the board moves on.
    pub revision: u64,
    /// By member.
    pub submissions: BTreeMap<MemberId, Submission>,
    /// By member.
    pub marks: BTreeMap<MemberId, Mark>,
}

fn sheet_key(lesson: LessonId) -> Key {
    Key::new(lessons::partition(lesson), "sheet")
}

fn key(lesson: LessonId, member: MemberId) -> Key {
    Key::new(lessons::partition(lesson), format!("submission#{member}"))
}

fn mark_key(lesson: LessonId, member: MemberId) -> Key {
    Key::new(lessons::partition(lesson), format!("mark#{member}"))
}

fn place_key(id: SubmissionId) -> Key {
    Key::new(format!("submission#{id}"), "place")
}

fn owner_partition(user: UserId) -> String {
    format!("submissions-of#{user}")
}

fn owned_key(user: UserId, id: SubmissionId) -> Key {
    Key::new(owner_partition(user), id.to_string())
}

/// The writes that store a new submission: it, the way to it by id, and its place among its owner's.
pub fn create(submission: &Submission) -> Vec<Write> {
    store(submission, Condition::Absent)
}

/// The writes that store a submission in place of the member's earlier one. Of whose account that was it is
/// not any more: the member may have been given another.
pub fn replace(before: &Stored<Submission>, submission: &Submission) -> Vec<Write> {
    let mut writes = store(submission, Condition::Version(before.version));
    if before.value.owner != submission.owner {
        writes.push(disown(before.value.owner, before.value.id));
    }
    writes
}

/// The write that takes a submission out of somebody's.
pub fn disown(user: UserId, id: SubmissionId) -> Write {
    Write::Delete(owned_key(user, id), Condition::Any)
}

fn store(submission: &Submission, condition: Condition) -> Vec<Write> {
    let place = encode(&StoredPlace {
        v: 1,
        lesson: submission.lesson,
        member: submission.member,
    });
    vec![
        put(submission, condition),
        Write::Put(
            Record::new(place_key(submission.id), place.clone()),
            Condition::Any,
        ),
        Write::Put(
            Record::new(owned_key(submission.owner, submission.id), place),
            Condition::Any,
        ),
    ]
}

/// The write that stores a submission that is there already.
pub fn put(submission: &Submission, condition: Condition) -> Write {
    let stored = StoredSubmission {
        v: 1,
        id: submission.id,
        class: submission.class,
        lesson: submission.lesson,
        member: submission.member,
        owner: submission.owner,
        title: submission.title.clone(),
        description: submission.description.clone(),
        upload: submission.upload,
        object: submission.object.clone(),
        content_type: submission.content_type.clone(),
        size: submission.size,
        sha256: submission.sha256.to_hex(),
        media: submission.media,
        submitted_at: submission.submitted_at,
        late: submission.late,
        receipt: submission.receipt,
        replaced: submission.replaced,
        review: submission.review.clone(),
        has_poster: submission.has_poster,
    };
    let record = Record::new(key(submission.lesson, submission.member), encode(&stored));
    Write::Put(record, condition)
}

/// The writes that leave of a submission what a class keeps when its owner's account goes. No id leads there any more.
pub fn release(stored: &Stored<Submission>) -> Vec<Write> {
    let submission = &stored.value;
    vec![
        put(&submission.without_owner(), Condition::Version(stored.version)),
        Write::Delete(place_key(submission.id), Condition::Any),
        disown(submission.owner, submission.id),
    ]
}

/// The writes that remove a submission.
pub fn delete(stored: &Stored<Submission>) -> Vec<Write> {
    let submission = &stored.value;
    vec![
        Write::Delete(
            key(submission.lesson, submission.member),
            Condition::Version(stored.version),
        ),
        Write::Delete(place_key(submission.id), Condition::Any),
        disown(submission.owner, submission.id),
    ]
}

/// The write that stores a lesson's sheet in place of the one that was read.
pub fn put_sheet(lesson: LessonId, sheet: &Sheet, before: u64) -> Write {
    let letters = |entry: &SheetEntry| {
        let video = match entry.video {
            Some(Arrival::OnTime) => "p",
            Some(Arrival::Late) => "l",
            None => "",
        };
        let mark = match entry.mark {
            Some(MarkState::Excused) => "e",
            Some(MarkState::Absent) => "a",
            None => "",
        };
        format!("{video}{mark}")
    };
    let entries = sheet.0.iter().map(|(member, entry)| (*member, letters(entry)));
    let body = encode(&StoredSheet {
        v: 1,
        entries: entries.collect(),
    });
    Write::Put(Record::new(sheet_key(lesson), body), unchanged(before))
}

/// The write that removes a lesson's sheet, if it is still the one that was read.
pub fn delete_sheet(lesson: LessonId, before: u64) -> Write {
    Write::Delete(sheet_key(lesson), unchanged(before))
}

/// The write that stores what a teacher says.
pub fn put_mark(lesson: LessonId, mark: &Mark) -> Write {
    let body = encode(&StoredMark {
        v: 1,
        mark: mark.clone(),
    });
    Write::Put(Record::new(mark_key(lesson, mark.member), body), Condition::Any)
}

/// The write that takes back what a teacher has said.
pub fn delete_mark(lesson: LessonId, member: MemberId) -> Write {
    Write::Delete(mark_key(lesson, member), Condition::Any)
}

fn from_record(record: &Record) -> Result<Stored<Submission>, StoreError> {
    let stored: StoredSubmission = decode(record)?;
    let sha256 = Sha256::from_hex(&stored.sha256)
        .ok_or("not a digest")
        .map_err(damaged("a submission's sha256"))?;
    let value = Submission {
        id: stored.id,
        class: stored.class,
        lesson: stored.lesson,
        member: stored.member,
        owner: stored.owner,
        title: stored.title,
        description: stored.description,
        upload: stored.upload,
        object: stored.object,
        content_type: stored.content_type,
        size: stored.size,
        sha256,
        media: stored.media,
        submitted_at: stored.submitted_at,
        late: stored.late,
        receipt: stored.receipt,
        replaced: stored.replaced,
        review: stored.review,
        has_poster: stored.has_poster,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

fn sheet_from(record: &Record) -> Result<Sheet, StoreError> {
    let stored: StoredSheet = decode(record)?;
    let entry = |(member, letters): (MemberId, String)| {
        let mut entry = SheetEntry::default();
        for letter in letters.chars() {
            match letter {
                'p' => entry.video = Some(Arrival::OnTime),
                'l' => entry.video = Some(Arrival::Late),
                'e' => entry.mark = Some(MarkState::Excused),
                'a' => entry.mark = Some(MarkState::Absent),
                _ => return Err(StoreError::Damaged(format!("a sheet's entry {letters:?}"))),
            }
        }
        Ok((member, entry))
    };
    stored
        .entries
        .into_iter()
        .map(entry)
        .collect::<Result<_, _>>()
        .map(Sheet)
}

impl Records {
    /// Everything of a lesson.
    pub async fn attendance(&self, lesson: LessonId) -> Result<Attendance, StoreError> {
        let mut attendance = Attendance::default();
        let mut cursor = None;
        loop {
            let page = self
                .page(
                    Source::Table,
                    lessons::partition(lesson),
                    SortRange::All,
                    Direction::Ascending,
                    1_000,
                    cursor,
                )
                .await?;
            for record in &page.records {
                attendance.take(record)?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(attendance);
            }
        }
    }

    /// The sheets of lessons with their versions, in the lessons' order; empty ones of version 0 where there
    /// are none.
    pub async fn sheets(&self, of: &[LessonId]) -> Result<Vec<(Sheet, u64)>, StoreError> {
        let mut sheets = Vec::with_capacity(of.len());
        for some in of.chunks(100) {
            let keys: Vec<Key> = some.iter().map(|lesson| sheet_key(*lesson)).collect();
            for record in self.store().get(&keys).await? {
                let sheet = record.as_ref().map(sheet_from).transpose()?;
                sheets.push((
                    sheet.unwrap_or_default(),
                    record.map_or(0, |record| record.version),
                ));
            }
        }
        Ok(sheets)
    }

    /// A member's submission for a lesson.
    pub async fn submission_of(
        &self,
        lesson: LessonId,
        member: MemberId,
    ) -> Result<Option<Stored<Submission>>, StoreError> {
        self.one(key(lesson, member))
            .await?
            .as_ref()
            .map(from_record)
            .transpose()
    }

    /// A submission by id.
    pub async fn submission(&self, id: SubmissionId) -> Result<Option<Stored<Submission>>, StoreError> {
        let Some(record) = self.one(place_key(id)).await? else {
            return Ok(None);
        };
        let place: StoredPlace = decode(&record)?;
        let found = self.submission_of(place.lesson, place.member).await?;
        Ok(found.filter(|stored| stored.value.id == id))
    }

    /// Somebody's submissions, latest first.
    pub async fn submissions_by(
        &self,
        user: UserId,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<SubmissionId>, StoreError> {
        let page = self
            .page(
                Source::Table,
                owner_partition(user),
                SortRange::All,
                Direction::Descending,
                limit,
                cursor,
            )
            .await?;
        page.listing(|record| record.key.sort.parse().map_err(damaged("a submission's id")))
    }

    /// What a teacher says of a member at a lesson.
    pub async fn mark(&self, lesson: LessonId, member: MemberId) -> Result<Option<Mark>, StoreError> {
        let record = self.one(mark_key(lesson, member)).await?;
        let mark = record.as_ref().map(decode::<StoredMark>).transpose()?;
        Ok(mark.map(|stored| stored.mark))
    }

    /// The keys of everything of a lesson, for its removal.
    pub async fn keys_of_lesson(
        &self,
        id: LessonId,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Key>, StoreError> {
        self.keys_in(lessons::partition(id), cursor).await
    }
}

impl Attendance {
    fn take(&mut self, record: &Record) -> Result<(), StoreError> {
        match record.key.sort.split('#').next() {
            Some("sheet") => {
                self.sheet = sheet_from(record)?;
                self.revision = record.version;
            }
            Some("submission") => {
                let submission = from_record(record)?.value;
                self.submissions.insert(submission.member, submission);
            }
            Some("mark") => {
                let mark = decode::<StoredMark>(record)?.mark;
                self.marks.insert(mark.member, mark);
            }
            _ => {}
        }
        Ok(())
    }
}
