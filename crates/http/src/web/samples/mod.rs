//! Every page with made-up material: for tests that render all of them, and for looking at them.
//!
//! All texts that people would have typed go through [`Samples::say`], so that a test can put
//! anything in their place.
mod doing;
mod finding;
mod material;
mod reading;
mod teaching;

pub use material::{SHEET, is_heading};

use crate::web::context::{Choice, Chrome, Hue, MaterialCard, Picture, SelectOption, SignedIn, SubjectTag};
use crate::web::localizer::{Lang, Localizer};
use crate::web::pages::errors::Trouble;
use crate::web::pages::home::GradeLink;
use crate::web::pages::listing::Scope;
use crate::web::pages::reader::context::{VersionLine, View};
use crate::web::pages::reader::print;
use crate::web::pages::search::PageLink;
use crate::web::pages::{
    account, board, calendar, classes, edit, entrance, errors, home, keys, lesson, listing, mine, reader,
    search, share,
};
use jiff::civil::{Date, date};
use material::MATERIALS;
use maud::Markup;

const ERRORS: [&str; 6] = [
    "error-404",
    "error-403",
    "error-429",
    "error-400",
    "error-500",
    "error-offline",
];

/// Makes samples.
pub struct Samples<'a> {
    t: &'a Localizer,
    say: &'a dyn Fn(&str) -> String,
}

impl<'a> Samples<'a> {
    /// Samples in a language, with every user text passed through `say`.
    pub fn new(t: &'a Localizer, say: &'a dyn Fn(&str) -> String) -> Self {
        Self { t, say }
    }

    /// Every page with its file name, in all states that look different.
    pub fn all(&self) -> Vec<(&'static str, Markup)> {
        let t = self.t;
        let mut pages = vec![
            ("home", home::page(&self.home(), t)),
            ("home-empty", home::page(&self.home_empty(), t)),
            (
                "subject",
                listing::page(&self.listing(Scope::Subject(self.subject(1))), t),
            ),
            ("grade", listing::page(&self.listing(Scope::Grade(11)), t)),
            ("listing-empty", listing::page(&self.listing_empty(), t)),
            ("search", search::page(&self.search(), t)),
            ("search-fragment", search::results(&self.search(), t)),
            ("search-nothing", search::page(&self.search_nothing(), t)),
            ("reader", reader::page(&self.reader(self.picture_page()), t)),
            ("reader-text", reader::page(&self.reader(self.text_page()), t)),
            ("reader-table", reader::page(&self.reader(self.table_page()), t)),
            ("reader-code", reader::page(&self.reader(self.code_page()), t)),
            ("reader-slide", reader::page(&self.reader(self.slide_page()), t)),
            ("reader-recognizing", reader::page(&self.recognizing(), t)),
            (
                "reader-notebook",
                reader::page(&self.reader(self.notebook_page()), t),
            ),
            ("reader-film", reader::page(&self.reader(self.film()), t)),
            ("reader-sound", reader::page(&self.reader(self.sound()), t)),
            ("reader-print", print::page(&self.print(), t)),
            ("reader-waiting", reader::page(&self.reader(View::Waiting), t)),
            (
                "reader-reading",
                reader::page(&self.reader(View::Reading { done: 12, total: 40 }), t),
            ),
            (
                "reader-failed",
                reader::page(
                    &self.reader(View::Failed {
                        reason: "encrypted".into(),
                    }),
                    t,
                ),
            ),
            ("reader-file", reader::page(&self.reader(View::FileOnly), t)),
            ("share", share::page(&self.share(), t)),
            ("mine", mine::page(&self.mine(), t)),
            ("edit", edit::page(&self.edit(), t)),
            ("login", entrance::log_in(&self.log_in(), t)),
            ("signup", entrance::sign_up(&self.sign_up(), t)),
            ("setup", entrance::set_up(&self.set_up(), t)),
            ("account", account::page(&self.account(), t)),
            ("classes", classes::list::page(&self.classes(), t)),
            ("classes-join", classes::list::join(&self.join(), t)),
            ("class", classes::overview::page(&self.class(), t)),
            ("class-member", classes::member::page(&self.class_member(), t)),
            ("class-settings", classes::form::page(&self.class_settings(), t)),
            ("class-plan", classes::plan::plan(&self.plan(), t)),
            ("class-roster", classes::roster::import(&self.roster(), t)),
            ("class-roster-bad", classes::roster::import(&self.roster_bad(), t)),
            ("class-member-edit", classes::roster::member(&self.member(), t)),
            ("class-term", classes::term::page(&self.term(), t)),
            ("calendar-month", calendar::page(&self.calendar_month(), t)),
            ("calendar-agenda", calendar::page(&self.calendar_agenda(), t)),
            ("lesson-board", board::page(&self.board(), t)),
            ("board-fragment", board::rows(&self.board().board, t)),
            ("lesson-own", lesson::page(&self.lesson(), t)),
            ("lesson-sent", lesson::page(&self.lesson_sent(), t)),
            ("lesson-edit", classes::plan::edit(&self.lesson_edit(), t)),
            ("keys", keys::page(&self.chrome("/keys"), t)),
        ];
        for (name, trouble) in ERRORS.into_iter().zip(Trouble::ALL) {
            pages.push((name, errors::page(&self.error(trouble), t)));
        }
        pages
    }

    fn say(&self, text: &str) -> String {
        (self.say)(text)
    }

    /// A text in the reader's language.
    fn local(&self, english: &str, hebrew: &str) -> String {
        self.say(match self.t.lang() {
            Lang::English => english,
            Lang::Hebrew => hebrew,
        })
    }

    fn chrome(&self, here: &str) -> Chrome {
        Chrome {
            here: here.to_owned(),
            user: Some(SignedIn {
                name: self.local("Noa Levi", "נועה לוי"),
                csrf: "sample-token".into(),
            }),
            notice: None,
            version: "0.1.0".into(),
        }
    }

    fn visitor(&self, here: &str) -> Chrome {
        Chrome {
            user: None,
            ..self.chrome(here)
        }
    }

    fn subject(&self, index: usize) -> SubjectTag {
        let (name, slug, hue) = [
            (self.local("Maths", "מתמטיקה"), "maths", 8),
            (self.local("Biology", "ביולוגיה"), "biology", 4),
            (self.local("History", "היסטוריה"), "history", 1),
            (self.local("English", "אנגלית"), "english", 9),
            (self.local("Literature", "ספרות"), "literature", 11),
            (self.local("Physics", "פיזיקה"), "physics", 7),
            (self.local("Chemistry", "כימיה"), "chemistry", 5),
            (self.local("Bible studies", "תנ״ך"), "bible", 2),
            (self.local("Geography", "גאוגרפיה"), "geography", 3),
            (self.local("Arabic", "ערבית"), "arabic", 0),
            (self.local("Civics", "אזרחות"), "civics", 10),
            (
                self.local("Computer science", "מדעי המחשב"),
                "computer-science",
                6,
            ),
        ][index]
            .clone();
        SubjectTag {
            name,
            url: format!("/subjects/{slug}"),
            hue: Hue::new(hue),
        }
    }

    fn card(&self, index: u32) -> MaterialCard {
        let (english, hebrew, subject, grade, kind, pages, pictured, uploader) =
            MATERIALS[index as usize % MATERIALS.len()];
        MaterialCard {
            title: self.local(english, hebrew),
            url: "/materials/sample".into(),
            cover: pictured.then(|| Picture {
                url: format!("/sample/page-{index}.svg"),
                width: 300,
                height: 424,
            }),
            subject: Some(self.subject(subject)),
            grade: Some(grade),
            kind,
            pages,
            uploader: self.say(uploader),
            shared_on: day(1 + index),
        }
    }

    fn cards(&self, count: u32) -> Vec<MaterialCard> {
        (0..count).map(|index| self.card(index)).collect()
    }

    fn subject_options(&self) -> Vec<SelectOption> {
        let mut options = vec![select_option("", "–".into(), Choice::Open)];
        options.extend((0..12).map(|index| {
            let subject = self.subject(index);
            select_option(
                &subject.url,
                subject.name,
                if index == 1 { Choice::Chosen } else { Choice::Open },
            )
        }));
        options
    }

    fn grade_options(&self) -> Vec<SelectOption> {
        let mut options = vec![select_option("", "–".into(), Choice::Open)];
        options.extend((7..=12_u8).map(|grade| {
            select_option(
                &grade.to_string(),
                self.t.grade(grade),
                if grade == 11 { Choice::Chosen } else { Choice::Open },
            )
        }));
        options
    }

    fn visibility_options(&self) -> Vec<SelectOption> {
        vec![
            select_option(
                "school",
                self.local("Everyone at school", "כל בית הספר"),
                Choice::Chosen,
            ),
            select_option("private", self.local("Only you", "רק אני"), Choice::Open),
            select_option("public", self.local("Anyone", "כולם"), Choice::Open),
        ]
    }
}

fn day(back: u32) -> Date {
    date(2026, 11, 20).saturating_sub(jiff::Span::new().days(i64::from(back) * 3))
}

fn select_option(value: &str, label: String, state: Choice) -> SelectOption {
    SelectOption {
        value: value.to_owned(),
        label,
        state,
    }
}

fn page_link(number: u32) -> PageLink {
    PageLink {
        number,
        url: format!("/materials/sample?page={number}&q=krebs%20cycle"),
    }
}

fn version(number: u32, size: u64) -> VersionLine {
    VersionLine {
        number,
        added_on: day(number),
        size,
        download_url: "/api/v1/materials/sample/download".into(),
    }
}

fn grades() -> Vec<GradeLink> {
    (7..=12_u8)
        .map(|grade| GradeLink {
            grade,
            url: format!("/grades/{grade}"),
            state: if grade == 10 { Choice::Chosen } else { Choice::Open },
        })
        .collect()
}
