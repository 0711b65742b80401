//! Who is in a class: members with or without an account, and what a new list makes of them.
use super::ids::{MemberId, UserId};
use super::user::{Email, Username};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// How somebody came onto a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A teacher has put them there.
    Teacher,
    /// They came by themselves, with the join code.
    Joined,
}

/// What a member's account is found by.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Login {
    /// An address.
    Email(Email),
    /// A name to sign in with.
    Username(Username),
}

impl Login {
    /// As it is typed.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Username(name) => name.as_str(),
        }
    }

    /// As it is compared; an address and a name are never the same.
    pub fn folded(&self) -> String {
        match self {
            Self::Email(email) => email.folded(),
            Self::Username(name) => name.folded(),
        }
    }
}

/// What the records say elsewhere of a member, which follows the roster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Noted {
    /// Nothing.
    #[default]
    Nothing,
    /// That the class waits for somebody with this login.
    Awaited,
    /// That the account is in the class.
    Enrolled,
}

/// Somebody on the roster of a class.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Member {
    /// Which.
    pub id: MemberId,
    /// As the teacher's list says, or the account; at most 100 characters.
    pub name: String,
    /// What their account is found by; an account that joined has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// The school's number for them; at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student_number: Option<String>,
    /// Their account, once they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// How they came.
    pub source: Source,
    /// When.
    pub joined_at: Timestamp,
    /// When they left, if they did: what they have sent stays with the class until its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// What is noted of them elsewhere.
    #[serde(default)]
    pub noted: Noted,
}

impl Member {
    /// Another login is another account, of which nothing is noted yet. What is noted of the one before leads
    /// nowhere: the roster decides.
    pub fn forget_account(&mut self) {
        self.user = None;
        self.noted = Noted::Nothing;
    }

    /// What should be noted of them elsewhere.
    pub const fn to_note(&self) -> Noted {
        match (self.left_at, self.user, &self.login) {
            (None, Some(_), _) => Noted::Enrolled,
            (None, None, Some(_)) => Noted::Awaited,
            _ => Noted::Nothing,
        }
    }
}

/// A line of a new list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// At most 100 characters.
    pub name: String,
    /// What the account is found by.
    pub login: Login,
    /// At most 40 characters.
    pub student_number: Option<String>,
    /// The account that the login is, where there is one; looked up once the list was read.
    pub user: Option<UserId>,
}

/// Everybody who is or was in a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// In the order in which they came.
    pub members: Vec<Member>,
}

/// What a new list changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterChange {
    /// Who comes.
    pub added: Vec<MemberId>,
    /// Whose name, login or number is another one.
    pub changed: Vec<MemberId>,
    /// How many stay as they are.
    pub kept: u32,
    /// Who is not in the list and leaves.
    pub removed: Vec<MemberId>,
}

impl Roster {
    /// Those who are in the class now.
    pub fn present(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.left_at.is_none())
    }

    /// A member by id, also one who left.
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// As [`Roster::member`], to change them.
    pub fn member_mut(&mut self, id: MemberId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.id == id)
    }

    /// A member by account, also one who left; one who is there now comes before one who left.
    pub fn of_user(&self, user: UserId) -> Option<&Member> {
        let mut theirs = self.members.iter().filter(|member| member.user == Some(user));
        let first = theirs.next();
        let present = first
            .into_iter()
            .chain(theirs)
            .find(|member| member.left_at.is_none());
        present.or(first)
    }

    /// Takes a list's lines as the whole class: who is found by account, by login or by number, in this order,
    /// stays the same member, whatever they are called by now; who came by themselves and is not named stays
    /// too. `new_id` makes ids for those who are new.
    pub fn replace(
        &mut self,
        lines: &[RosterLine],
        now: Timestamp,
        mut new_id: impl FnMut() -> MemberId,
    ) -> RosterChange {
        let mut change = RosterChange::default();
        let (places, mut named) = self.places_of(lines);
        for (line, place) in lines.iter().zip(places) {
            if let Some(place) = place {
                let member = &mut self.members[place];
                if update(member, line) {
                    change.changed.push(member.id);
                } else {
                    change.kept += 1;
                }
            } else {
                let id = new_id();
                change.added.push(id);
                self.members.push(member_of(line, id, now));
                named.insert(self.members.len() - 1);
            }
        }
        for (place, member) in self.members.iter_mut().enumerate() {
            let goes = member.source == Source::Teacher && member.left_at.is_none();
            if goes && !named.contains(&place) {
                member.left_at = Some(now);
                change.removed.push(member.id);
            }
        }
        change
    }

    /// Which member each line names, and where all who are named stand. Whoever has a line's account is that
    /// member, also when an earlier line has their number.
    fn places_of(&self, lines: &[RosterLine]) -> (Vec<Option<usize>>, HashSet<usize>) {
        let by_account = self.places_by(|member| member.user);
        let by_login = self.places_by(|member| member.login.as_ref().map(Login::folded));
        let by_number = self.places_by(|member| member.student_number.clone());
        let mut places = vec![None; lines.len()];
        let mut named = HashSet::new();
        let mut name = |look: &dyn Fn(&RosterLine) -> Option<usize>| {
            for (line, place) in lines.iter().zip(&mut places) {
                *place = place.or_else(|| look(line).filter(|found| named.insert(*found)));
            }
        };
        name(&|line| by_account.get(&line.user?).copied());
        name(&|line| by_login.get(&line.login.folded()).copied());
        name(&|line| by_number.get(line.student_number.as_ref()?).copied());
        (places, named)
    }

    /// Where members are by something of theirs; those who are there now come before those who left.
    fn places_by<K: Eq + Hash>(&self, key: impl Fn(&Member) -> Option<K>) -> HashMap<K, usize> {
        let mut places: Vec<usize> = (0..self.members.len()).collect();
        places.sort_by_key(|place| self.members[*place].left_at.is_none());
        let known = |place: usize| Some((key(&self.members[place])?, place));
        places.into_iter().filter_map(known).collect()
    }
}

/// Makes a member what the line says; whether that is a change. Another login is another account, unless it is
/// known to be the same.
fn update(member: &mut Member, line: &RosterLine) -> bool {
    let before = member.clone();
    let is_same_account = member.user.is_some() && member.user == line.user;
    let is_same_login = member
        .login
        .as_ref()
        .is_some_and(|login| login.folded() == line.login.folded());
    if !is_same_login && !is_same_account {
        member.forget_account();
    }
    member.name.clone_from(&line.name);
    member.login = Some(line.login.clone());
    member.student_number.clone_from(&line.student_number);
    member.left_at = None;
    member.source = Source::Teacher;
    *member != before
}

fn member_of(line: &RosterLine, id: MemberId, now: Timestamp) -> Member {
    Member {
        id,
        name: line.name.clone(),
        login: Some(line.login.clone()),
        student_number: line.student_number.clone(),
        user: None,
        source: Source::Teacher,
        joined_at: now,
        left_at: None,
        noted: Noted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, login: &str, number: Option<&str>) -> RosterLine {
        RosterLine {
            line: 1,
            name: name.into(),
            login: Login::Username(Username::parse(login).unwrap()),
            student_number: number.map(Into::into),
            user: None,
        }
    }

    fn account(number: u128) -> UserId {
        UserId::new(uuid::Uuid::from_u128(number))
    }

    fn ids() -> impl FnMut() -> MemberId {
        let mut next = 0;
        move || {
            next += 1;
            MemberId::new(uuid::Uuid::from_u128(next))
        }
    }

    #[test]
    fn a_new_list_keeps_who_is_known_by_login_or_number() {
        let (now, mut ids) = (Timestamp::UNIX_EPOCH, ids());
        let mut roster = Roster::default();
        let first = [
            line("Ada", "ada", Some("1")),
            line("Bo", "bob", Some("2")),
            line("Cy", "cyd", None),
        ];
        assert_eq!(roster.replace(&first, now, &mut ids).added.len(), 3);
        let user = UserId::new(uuid::Uuid::from_u128(9));
        roster.members[1].user = Some(user);

        let second = [
            line("Ada L.", "ADA", Some("1")),
            line("Bo", "bobby", Some("2")),
            line("Di", "dii", None),
        ];
        let change = roster.replace(&second, now, &mut ids);

        assert_eq!(
            (change.added.len(), change.changed.len(), change.removed.len()),
            (1, 2, 1)
        );
        assert_eq!(roster.members[1].user, None, "another login is another account");
        assert_eq!(
            roster.present().map(|m| m.name.as_str()).collect::<Vec<_>>(),
            ["Ada L.", "Bo", "Di"]
        );
    }

    #[test]
    fn whoever_has_the_account_is_the_same_member_by_whatever_login_and_number() {
        let (now, mut ids) = (Timestamp::UNIX_EPOCH, ids());
        let mut roster = Roster::default();
        roster.replace(
            &[line("Ada", "ada", Some("1")), line("Bo", "bob", Some("2"))],
            now,
            &mut ids,
        );
        roster.members[0].user = Some(account(1));
        roster.members[1].user = Some(account(2));
        let (ada, bo) = (roster.members[0].id, roster.members[1].id);
        let by_address = |name: &str, address: &str, number, user| RosterLine {
            login: Login::Email(Email::parse(address).unwrap()),
            user,
            ..line(name, "unused", Some(number))
        };

        // The numbers have been swapped, too.
        let second = [
            by_address("Bo", "bob@school.example", "1", Some(account(2))),
            by_address("Ada", "ada@school.example", "2", Some(account(1))),
        ];
        let change = roster.replace(&second, now, &mut ids);

        assert_eq!((change.added, change.removed), (vec![], vec![]));
        assert_eq!(change.changed, [bo, ada]);
        assert_eq!(roster.of_user(account(1)).unwrap().id, ada);
        assert_eq!(
            roster.member(ada).unwrap().login.as_ref().unwrap().as_str(),
            "ada@school.example"
        );
        assert_eq!(roster.replace(&second, now, &mut ids).kept, 2);
    }

    #[test]
    fn who_joined_by_code_stays_and_who_returns_is_the_same_member() {
        let (now, mut ids) = (Timestamp::UNIX_EPOCH, ids());
        let mut roster = Roster::default();
        roster.replace(&[line("Ada", "ada", None)], now, &mut ids);
        let mut joined = roster.members[0].clone();
        (joined.id, joined.login, joined.source) = (ids(), None, Source::Joined);
        roster.members.push(joined);
        roster.replace(&[line("Bo", "bob", None)], now, &mut ids);
        assert_eq!(roster.present().count(), 2);
        let change = roster.replace(
            &[line("Ada", "ada", None), line("Bo", "bob", None)],
            now,
            &mut ids,
        );
        assert_eq!((change.added.len(), change.changed.len(), change.kept), (0, 1, 1));
    }
}
