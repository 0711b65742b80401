//! Classes, their rosters, and who is in which class.
//!
//! A roster is a few chunks beside its class, so that five thousand members change in one transaction.
//! Every change of a roster names the version of the class, which is its lock.
use super::{Listing, Records, Stored, decode, encode, index_key, time_sort, users};
use crate::domain::class::{Class, FunctionUrl, Holiday, JoinCode, Term, VideoLimits, Zone};
use crate::domain::ids::{ClassId, MemberId, UserId};
use crate::domain::roster::{Login, Member, Roster};
use crate::domain::subject::SubjectSlug;
use crate::domain::user::Grade;
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Members in one chunk: the longest names, addresses and numbers of so many stay below 350 KB.
const CHUNK: usize = 250;

#[derive(Serialize, Deserialize)]
struct StoredClass {
    v: u8,
    id: ClassId,
    name: String,
    description: String,
    subject: Option<SubjectSlug>,
    grade: Option<Grade>,
    zone: Zone,
    owner: UserId,
    co_teachers: Vec<UserId>,
    join_code: Option<JoinCode>,
    term: Term,
    retention_days: u16,
    limits: VideoLimits,
    holidays: Vec<Holiday>,
    archived: bool,
    function_url: Option<FunctionUrl>,
    members: u32,
    roster_chunks: u32,
    removed_through: Option<Date>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredChunk {
    v: u8,
    members: Vec<Member>,
}

/// In which way somebody belongs to a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "as")]
pub enum Belonging {
    /// They teach it.
    Teacher,
    /// They are on its roster.
    Member {
        /// As whom.
        member: MemberId,
    },
}

/// One class of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Which.
    pub class: ClassId,
    /// In which way.
    pub belonging: Belonging,
}

#[derive(Serialize, Deserialize)]
struct StoredEnrolment {
    v: u8,
    class: ClassId,
    #[serde(flatten)]
    belonging: Belonging,
}

/// The partition of everything that belongs to one class.
pub(super) fn partition(id: ClassId) -> String {
    format!("class#{id}")
}

/// Where a class is.
pub fn key(id: ClassId) -> Key {
    Key::new(partition(id), "about")
}

fn chunk_key(id: ClassId, number: u32) -> Key {
    Key::new(partition(id), format!("roster#{number:03}"))
}

/// The write that stores a class.
pub fn put(class: &Class, condition: Condition) -> Write {
    let stored = StoredClass {
        v: 1,
        id: class.id,
        name: class.name.clone(),
        description: class.description.clone(),
        subject: class.subject.clone(),
        grade: class.grade,
        zone: class.zone.clone(),
        owner: class.owner,
        co_teachers: class.co_teachers.clone(),
        join_code: class.join_code.clone(),
        term: class.term,
        retention_days: class.retention_days,
        limits: class.limits,
        holidays: class.holidays.clone(),
        archived: class.archived,
        function_url: class.function_url.clone(),
        members: class.members,
        roster_chunks: class.roster_chunks,
        removed_through: class.removed_through,
        created_at: class.created_at,
        updated_at: class.updated_at,
    };
    let mut record = Record::new(key(class.id), encode(&stored));
    let due = class.videos_due();
    record.index_keys.extend(due.map(|due| {
        index_key(
            Index::Due,
            "class-videos",
            format!("{}#{}", time_sort(due), class.id),
        )
    }));
    Write::Put(record, condition)
}

/// The write that fails when a class is gone.
pub fn check(id: ClassId) -> Write {
    Write::Check(key(id), Condition::Present)
}

/// The write that removes a class; what else is in its partition has writes of its own.
pub fn delete(class: &Stored<Class>) -> Write {
    Write::Delete(key(class.value.id), Condition::Version(class.version))
}

/// The write that removes any record beside a class.
pub fn delete_beside(key: Key) -> Write {
    Write::Delete(key, Condition::Any)
}

/// The writes that store a class with its roster, as far as that differs from the one before. Chunks that
/// are not needed any more go.
pub fn put_roster(stored: &Stored<Class>, class: &Class, before: &Roster, roster: &Roster) -> Vec<Write> {
    let mut class = class.clone();
    let chunks: Vec<&[Member]> = roster.members.chunks(CHUNK).collect();
    let mut chunks_before = before.members.chunks(CHUNK);
    let before = stored.value.roster_chunks;
    class.roster_chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
    class.members = u32::try_from(roster.present().count()).unwrap_or(u32::MAX);
    let mut writes = vec![put(&class, Condition::Version(stored.version))];
    for (number, members) in (0..).zip(&chunks) {
        if chunks_before.next().is_some_and(|before| before == *members) {
            continue;
        }
        let body = encode(&StoredChunk {
            v: 1,
            members: members.to_vec(),
        });
        writes.push(Write::Put(
            Record::new(chunk_key(class.id, number), body),
            Condition::Any,
        ));
    }
    writes.extend((class.roster_chunks..before).map(|number| delete_beside(chunk_key(class.id, number))));
    writes
}

fn enrolments_partition(user: UserId) -> String {
    format!("classes-of#{user}")
}

fn enrolment_key(user: UserId, class: ClassId) -> Key {
    Key::new(enrolments_partition(user), class.to_string())
}

/// The write that notes that somebody belongs to a class.
pub fn enrol(user: UserId, class: ClassId, belonging: Belonging) -> Write {
    let body = encode(&StoredEnrolment {
        v: 1,
        class,
        belonging,
    });
    Write::Put(Record::new(enrolment_key(user, class), body), Condition::Any)
}

/// The write that notes that they do not any more.
pub fn leave(user: UserId, class: ClassId) -> Write {
    Write::Delete(enrolment_key(user, class), Condition::Any)
}

fn join_key(code: &JoinCode) -> Key {
    Key::new(format!("join#{}", code.as_str()), "class")
}

/// The write that makes a code lead to a class, unless it leads elsewhere already.
pub fn claim_code(code: &JoinCode, class: ClassId) -> Write {
    Write::Put(
        Record::new(join_key(code), class.to_string().into_bytes()),
        Condition::Absent,
    )
}

/// The write that makes a code lead nowhere.
pub fn release_code(code: &JoinCode) -> Write {
    Write::Delete(join_key(code), Condition::Any)
}

fn awaited_partition(login: &Login) -> String {
    let kind = match login {
        Login::Email(_) => "email",
        Login::Username(_) => "username",
    };
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, login.folded().as_bytes());
    format!("awaited#{kind}#{}", hex::encode(digest))
}

/// The write that notes that a class waits for somebody to sign up with this login.
pub fn await_login(login: &Login, class: ClassId) -> Write {
    let record = Record::new(
        Key::new(awaited_partition(login), class.to_string()),
        b"{}".to_vec(),
    );
    Write::Put(record, Condition::Any)
}

/// The write that notes that it does not any more.
pub fn await_no_more(login: &Login, class: ClassId) -> Write {
    Write::Delete(
        Key::new(awaited_partition(login), class.to_string()),
        Condition::Any,
    )
}

fn from_record(record: &Record) -> Result<Stored<Class>, StoreError> {
    let stored: StoredClass = decode(record)?;
    let value = Class {
        id: stored.id,
        name: stored.name,
        description: stored.description,
        subject: stored.subject,
        grade: stored.grade,
        zone: stored.zone,
        owner: stored.owner,
        co_teachers: stored.co_teachers,
        join_code: stored.join_code,
        term: stored.term,
        retention_days: stored.retention_days,
        limits: stored.limits,
        holidays: stored.holidays,
        archived: stored.archived,
        function_url: stored.function_url,
        members: stored.members,
        roster_chunks: stored.roster_chunks,
        removed_through: stored.removed_through,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

fn enrolment_from(record: &Record) -> Result<Enrolment, StoreError> {
    let stored: StoredEnrolment = decode(record)?;
    Ok(Enrolment {
        class: stored.class,
        belonging: stored.belonging,
    })
}

fn class_in(record: &Record) -> Result<ClassId, StoreError> {
    let text = String::from_utf8_lossy(&record.body);
    text.parse().map_err(super::damaged("a class's id"))
}

impl Records {
    /// A class by id.
    pub async fn class(&self, id: ClassId) -> Result<Option<Stored<Class>>, StoreError> {
        self.one(key(id)).await?.as_ref().map(from_record).transpose()
    }

    /// Classes by id, in the ids' order; at most 100.
    pub async fn classes(&self, ids: &[ClassId]) -> Result<Vec<Option<Stored<Class>>>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(|id| key(*id)).collect();
        let records = self.store().get(&keys).await?;
        let class = |record: &Option<Record>| record.as_ref().map(from_record).transpose();
        records.iter().map(class).collect()
    }

    /// A class with somebody's place in it, in one read; no place when they have none.
    pub async fn class_for(
        &self,
        id: ClassId,
        user: UserId,
    ) -> Result<Option<(Stored<Class>, Option<Belonging>)>, StoreError> {
        let mut found = self.store().get(&[key(id), enrolment_key(user, id)]).await?;
        let enrolment = found.pop().flatten();
        let Some(class) = found.pop().flatten() else {
            return Ok(None);
        };
        let belonging = enrolment.as_ref().map(enrolment_from).transpose()?;
        Ok(Some((
            from_record(&class)?,
            belonging.map(|found| found.belonging),
        )))
    }

    /// The roster of a class.
    pub async fn roster(&self, class: &Class) -> Result<Roster, StoreError> {
        self.roster_chunks(class.id, class.roster_chunks).await
    }

    /// What stands in the first chunks of a class's roster, also when the class is gone; at most 100 chunks.
    pub async fn roster_chunks(&self, id: ClassId, chunks: u32) -> Result<Roster, StoreError> {
        let keys: Vec<Key> = (0..chunks).map(|n| chunk_key(id, n)).collect();
        let mut roster = Roster::default();
        for record in self.store().get(&keys).await?.iter().flatten() {
            roster.members.extend(decode::<StoredChunk>(record)?.members);
        }
        Ok(roster)
    }

    /// Everything that somebody teaches or is in, at most 1,000.
    pub async fn enrolments(&self, user: UserId) -> Result<Vec<Enrolment>, StoreError> {
        let page = self
            .page(
                Source::Table,
                enrolments_partition(user),
                SortRange::All,
                Direction::Descending,
                1_000,
                None,
            )
            .await?;
        page.records.iter().map(enrolment_from).collect()
    }

    /// The class that a join code leads to.
    pub async fn class_of_code(&self, code: &JoinCode) -> Result<Option<ClassId>, StoreError> {
        self.one(join_key(code)).await?.as_ref().map(class_in).transpose()
    }

    /// The classes that wait for somebody with this login, at most 1,000.
    pub async fn awaiting(&self, login: &Login) -> Result<Vec<ClassId>, StoreError> {
        let partition = awaited_partition(login);
        let page = self
            .page(
                Source::Table,
                partition,
                SortRange::All,
                Direction::Ascending,
                1_000,
                None,
            )
            .await?;
        let class = |record: &Record| record.key.sort.parse().map_err(super::damaged("a class's id"));
        page.records.iter().map(class).collect()
    }

    /// Classes whose videos have been due for removal before `now`, earliest first.
    pub async fn classes_with_due_videos(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Stored<Class>>, StoreError> {
        let records = self.due("class-videos", now, limit).await?;
        records.iter().map(from_record).collect()
    }

    /// The keys of everything in a class's partition, for its removal.
    pub async fn keys_of_class(
        &self,
        id: ClassId,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Key>, StoreError> {
        self.keys_in(partition(id), cursor).await
    }

    /// A page of the keys of a partition.
    pub(super) async fn keys_in(
        &self,
        partition: String,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Key>, StoreError> {
        let page = self
            .page(
                Source::Table,
                partition,
                SortRange::All,
                Direction::Ascending,
                90,
                cursor,
            )
            .await?;
        page.listing(|record| Ok(record.key.clone()))
    }

    /// Accounts by the logins of a roster, in their order.
    pub async fn users_by_login(&self, logins: &[Login]) -> Result<Vec<Option<UserId>>, StoreError> {
        let mut found = Vec::with_capacity(logins.len());
        for some in logins.chunks(100) {
            let keys: Vec<Key> = some.iter().map(users::claim_of).collect();
            for record in self.store().get(&keys).await? {
                let id = record.as_ref().map(users::claimed_by).transpose()?;
                found.push(id);
            }
        }
        Ok(found)
    }
}
