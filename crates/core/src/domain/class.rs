//! A class: who teaches it, when its term is, what its videos may be, and how long they are kept.
use super::ids::{ClassId, UserId};
use super::name::{self, TextError};
use super::subject::SubjectSlug;
use super::user::Grade;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use std::sync::LazyLock;

/// The most teachers beside the one who owns a class.
pub const MAX_CO_TEACHERS: usize = 20;
/// The most holidays of a class.
pub const MAX_HOLIDAYS: usize = 100;
/// The most members of a class.
pub const MAX_MEMBERS: usize = 5_000;
/// The most classes that one person leads or is in.
pub const MAX_CLASSES: usize = 200;
/// The largest video unless a class says otherwise: 1 GiB.
pub const DEFAULT_VIDEO_BYTES: u64 = 1 << 30;
/// The longest video unless a class says otherwise.
pub const DEFAULT_VIDEO_SECONDS: u32 = 15 * 60;
/// How many days after the end of the term videos are kept unless a class says otherwise.
pub const DEFAULT_RETENTION_DAYS: u16 = 30;

/// A time zone by its name in the IANA database (RFC 6557), from the copy that the program carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

/// Every machine has the same rules, whatever its own database says.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Zone {
    /// # Errors
    /// When there is no zone of this name.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let known = ZONES.get(text).ok();
        known
            .and_then(|zone| zone.iana_name().map(|name| Self(name.to_owned())))
            .ok_or(TextError::Form("must be a time zone such as Europe/Berlin"))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The zone's rules.
    pub fn rules(&self) -> TimeZone {
        ZONES.get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// The date there at an instant.
    pub fn date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.rules()).date()
    }

    /// The instant at which a day there is over; `None` beyond the calendar.
    pub fn midnight_after(&self, day: Date) -> Option<Timestamp> {
        let midnight = day.checked_add(1.day()).ok()?.to_zoned(self.rules());
        Some(midnight.ok()?.timestamp())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

/// The days between which a class meets, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// The first day.
    pub starts: Date,
    /// The last day; not before the first.
    pub ends: Date,
}

impl Term {
    /// From today until the end of January or of July, whichever comes first and is a month away.
    pub fn around(today: Date) -> Self {
        let year = today.year();
        let after = today.saturating_add(30.days());
        let ends = [(year, 1), (year, 7), (year + 1, 1), (year + 1, 7)]
            .into_iter()
            .filter_map(|(year, month)| Date::new(year, month, 31).ok())
            .find(|end| *end >= after)
            .unwrap_or(after);
        Self { starts: today, ends }
    }
}

/// Days on which no lesson takes place.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holiday {
    /// The first day.
    pub from: Date,
    /// The last day; not before the first.
    pub to: Date,
    /// At most 100 characters.
    pub name: String,
}

/// What the videos of a class may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VideoLimits {
    /// In bytes.
    pub max_bytes: u64,
    /// In seconds.
    pub max_seconds: u32,
}

impl Default for VideoLimits {
    fn default() -> Self {
        Self {
            max_bytes: DEFAULT_VIDEO_BYTES,
            max_seconds: DEFAULT_VIDEO_SECONDS,
        }
    }
}

/// What is known of a class's function URL; its token is known to those who were given it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FunctionUrl {
    /// The SHA-256 of the token in hexadecimal.
    pub digest: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Which.
    pub id: ClassId,
    /// At most 100 characters.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
    /// What is taught.
    pub subject: Option<SubjectSlug>,
    /// Whom.
    pub grade: Option<Grade>,
    /// In which its days and lessons are.
    pub zone: Zone,
    /// The teacher who may delete it.
    pub owner: UserId,
    /// The other teachers.
    pub co_teachers: Vec<UserId>,
    /// With which students join by themselves, if they may.
    pub join_code: Option<JoinCode>,
    /// When it meets.
    pub term: Term,
    /// How many days videos are kept after the later of the term's last day and their own, 0 to 1,095.
    pub retention_days: u16,
    /// What its videos may be.
    pub limits: VideoLimits,
    /// When it does not meet.
    pub holidays: Vec<Holiday>,
    /// Whether it is over: everything can be seen, nothing can be added.
    pub archived: bool,
    /// For clients that only know actions.
    pub function_url: Option<FunctionUrl>,
    /// How many people are on its roster.
    pub members: u32,
    /// In how many records its roster is.
    pub roster_chunks: u32,
    /// Videos of up to this day were removed.
    pub removed_through: Option<Date>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something here was changed.
    pub updated_at: Timestamp,
}

impl Class {
    /// Whether somebody teaches it.
    pub fn is_taught_by(&self, user: UserId) -> bool {
        self.owner == user || self.co_teachers.contains(&user)
    }

    /// Its teachers, the owner first.
    pub fn teachers(&self) -> impl Iterator<Item = UserId> {
        std::iter::once(self.owner).chain(self.co_teachers.iter().copied())
    }

    /// The holiday on a day, if it is one.
    pub fn holiday(&self, date: Date) -> Option<&Holiday> {
        self.holidays
            .iter()
            .find(|holiday| (holiday.from..=holiday.to).contains(&date))
    }

    /// When videos are removed next: those of the term when its time is over, and from then on, day by day, those of
    /// the days after it. `None` beyond the calendar.
    pub fn videos_due(&self) -> Option<Timestamp> {
        let next = self.removed_through.map(|day| day.saturating_add(1.day()));
        let day = next.map_or(self.term.ends, |next| next.max(self.term.ends));
        let last = day.checked_add(i64::from(self.retention_days).days()).ok()?;
        self.zone.midnight_after(last)
    }

    /// The last day of whose videos the time is over at an instant; none is before the time of the term is.
    pub fn videos_over_through(&self, now: Timestamp) -> Option<Date> {
        let kept = i64::from(self.retention_days) + 1;
        let day = self.zone.date(now).saturating_sub(kept.days());
        (day >= self.term.ends).then_some(day)
    }
}

/// What students type to join a class: eight letters and digits that are not mistaken for others.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct JoinCode(String);

impl JoinCode {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// A code from random bytes: 40 bits.
    pub fn random(secret: [u8; 32]) -> Self {
        let letters = secret[..8].iter();
        Self(
            letters
                .map(|byte| char::from(Self::LETTERS[usize::from(byte % 32)]))
                .collect(),
        )
    }

    /// Case, spaces and hyphens do not matter.
    ///
    /// # Errors
    /// When it is no such code.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let code: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| c.to_ascii_uppercase())
            .take(9)
            .collect();
        let is_known = |c: char| c.is_ascii() && Self::LETTERS.contains(&(c as u8));
        if code.len() == 8 && code.chars().all(is_known) {
            Ok(Self(code))
        } else {
            Err(TextError::Form("must be a code of eight letters and digits"))
        }
    }

    /// The eight characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a class: one line of at most 100 characters.
///
/// # Errors
/// [`TextError`] naming what is wrong.
pub fn class_name(text: &str) -> Result<String, TextError> {
    name::line(text, 100)
}

impl Class {
    /// A class with nobody in it, in the half of the school year in which it is made.
    pub fn new(id: ClassId, owner: UserId, name: String, zone: Zone, now: Timestamp) -> Self {
        Self {
            id,
            name,
            description: String::new(),
            subject: None,
            grade: None,
            term: Term::around(zone.date(now)),
            zone,
            owner,
            co_teachers: Vec::new(),
            join_code: None,
            retention_days: DEFAULT_RETENTION_DAYS,
            limits: VideoLimits::default(),
            holidays: Vec::new(),
            archived: false,
            function_url: None,
            members: 0,
            roster_chunks: 0,
            removed_through: None,
            created_at: now,
            updated_at: now,
        }
    }
}

#[cfg(test)]
impl Class {
    /// A class for tests, of the first half of a school year.
    pub(crate) fn sample(owner: UserId) -> Self {
        let id = ClassId::new(uuid::Uuid::nil());
        let begun = "2026-09-01T00:00:00Z".parse().unwrap();
        Self::new(id, owner, "Biology 10b".to_owned(), Zone::default(), begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn videos_are_due_after_the_term_and_then_day_by_day() {
        let mut class = Class::sample(UserId::new(uuid::Uuid::nil()));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(class.videos_due(), Some(at("2027-03-03T00:00:00Z")));
        assert_eq!(class.videos_over_through(at("2027-03-02T23:59:59Z")), None);
        let through = class.videos_over_through(at("2027-03-03T00:00:00Z"));
        assert_eq!(through, Some(class.term.ends));
        class.removed_through = through;
        assert_eq!(class.videos_due(), Some(at("2027-03-04T00:00:00Z")));
        // The term is made longer: nothing goes before its end, and then all of it.
        class.term.ends = date(2027, 7, 31);
        assert_eq!(class.videos_due(), Some(at("2027-08-31T00:00:00Z")));
        class.term.ends = date(9999, 12, 31);
        assert_eq!(class.videos_due(), None);
    }

    #[test]
    fn a_term_without_dates_ends_with_the_half_year() {
        let ends = |day| Term::around(day).ends;
        assert_eq!(ends(date(2026, 9, 1)), date(2027, 1, 31));
        assert_eq!(ends(date(2027, 1, 15)), date(2027, 7, 31));
        assert_eq!(ends(date(2027, 2, 1)), date(2027, 7, 31));
        assert_eq!(ends(date(2027, 12, 31)), date(2028, 1, 31));
    }

    #[test]
    fn zones_are_known_by_their_names() {
        assert_eq!(Zone::parse("europe/berlin").unwrap().name(), "Europe/Berlin");
        for wrong in ["", "Europe", "Mars/Olympus", "+02:00", "../etc/passwd"] {
            assert!(Zone::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn join_codes_forgive_how_they_are_typed() {
        let code = JoinCode::random([7; 32]);
        let typed = format!(" {}-{} ", &code.as_str()[..4].to_lowercase(), &code.as_str()[4..]);
        assert_eq!(JoinCode::parse(&typed).unwrap(), code);
        for wrong in ["", "ABCD", "ABCDEFGHJ", "ABCDEFG0", "ÄBCDEFGH"] {
            assert!(JoinCode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
