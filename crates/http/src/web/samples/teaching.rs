//! Classes, lessons and boards from made-up material.
use super::{Samples, day};
use crate::web::context::{Choice, Field};
use crate::web::pages::beside_board::EntryBeside;
use crate::web::pages::board::{BoardPage, BoardRows, Filter, Order, Row, Video};
use crate::web::pages::calendar::{CalendarLayout, CalendarPage, Day, ViewLink};
use crate::web::pages::classes::form::{ClassFields, HolidayLine, SettingsPage};
use crate::web::pages::classes::list::{ClassLine, ClassesPage, JoinPage};
use crate::web::pages::classes::member::MemberPage;
use crate::web::pages::classes::overview::{
    Alert, Claim, FunctionUrl, JoinLink, OverviewPage, RosterRow, TeacherLine,
};
use crate::web::pages::classes::parts::{LessonLine, LessonTimes, Standing};
use crate::web::pages::classes::plan::{EditLessonPage, PlanPage, TimeFields};
use crate::web::pages::classes::roster::{BadLine, MemberFormPage, Preview, RosterPage};
use crate::web::pages::classes::term::{Column, TermPage, TermRow};
use crate::web::pages::lesson::{LessonPage, OwnVideo, Sending};
use homeroom_core::domain::attendance::{AttendanceState, Verdict};
use jiff::civil::{Date, date};

const NAMES: [(&str, &str); 8] = [
    ("Adam Cohen", "אדם כהן"),
    ("Dana Mizrahi", "דנה מזרחי"),
    ("Emil Haddad", "אמיל חדאד"),
    ("Maya Friedman", "מאיה פרידמן"),
    ("Noam Bar", "נועם בר"),
    ("Omer Shalev", "עומר שלו"),
    ("Tamar Azulay", "תמר אזולאי"),
    ("Yael Ben-David", "יעל בן־דוד"),
];

fn lesson_times(on: Date) -> LessonTimes {
    LessonTimes {
        opens: on.at(8, 0, 0, 0),
        late: on.at(8, 10, 0, 0),
        closes: on.at(8, 15, 0, 0),
        zone: "Asia/Jerusalem".into(),
    }
}

impl Samples<'_> {
    fn person(&self, index: usize) -> String {
        let (english, hebrew) = NAMES[index % NAMES.len()];
        self.local(english, hebrew)
    }

    fn class_name(&self) -> String {
        self.local("10B · Homeroom", "י׳2 · חינוך")
    }

    pub(super) fn classes(&self) -> ClassesPage {
        let line = |name, archived: bool, teaches: bool| ClassLine {
            url: "/classes/sample".into(),
            name,
            subject: (!archived).then(|| self.subject(1)),
            grade: Some(10),
            teacher: (!teaches).then(|| self.local("Ruth Amir", "רות אמיר")),
            members: teaches.then_some(32),
            archived,
        };
        ClassesPage {
            chrome: self.chrome("/classes"),
            classes: vec![
                line(self.class_name(), false, true),
                line(self.local("Biology 11", "ביולוגיה י״א"), false, false),
                line(self.local("9A, last year", "ט׳1, אשתקד"), true, true),
            ],
            new: Some(self.class_fields()),
            code: Field::default(),
        }
    }

    fn class_fields(&self) -> ClassFields {
        ClassFields {
            name: Field::holding(self.class_name()),
            description: Field::holding(self.say("Attendance every school day.")),
            subjects: self.subject_options(),
            grades: self.grade_options(),
            zone: Field {
                value: self.say("Asia/Jerusalem"),
                error: Some(self.t.text("invalid-zone")),
            },
            term_starts: Field::holding("2026-09-01"),
            term_ends: Field::holding("2027-01-31"),
        }
    }

    pub(super) fn join(&self) -> JoinPage {
        JoinPage {
            chrome: self.chrome("/join/ABCD2345"),
            code: Field {
                value: self.say("ABCD2345"),
                error: Some(self.t.text("class-code-unknown")),
            },
        }
    }

    fn lesson_line(&self, on: Date, standing: Standing, teaches: bool) -> LessonLine {
        let is_begun = standing != Standing::Upcoming;
        let counts = [
            (AttendanceState::Present, 24),
            (AttendanceState::Late, 3),
            (AttendanceState::Missing, 5),
        ];
        LessonLine {
            url: "/lessons/sample".into(),
            edit_url: teaches.then(|| "/lessons/sample/edit".into()),
            title: is_begun.then(|| self.local("Morning greeting", "ברכת בוקר")),
            class: None,
            times: lesson_times(on),
            zone: None,
            own: (!teaches && standing == Standing::Closed).then_some(AttendanceState::Late),
            counts: if teaches && is_begun {
                counts.to_vec()
            } else {
                Vec::new()
            },
            standing,
        }
    }

    fn lesson_lines(&self, teaches: bool) -> Vec<LessonLine> {
        vec![
            self.lesson_line(date(2026, 11, 18), Standing::Closed, teaches),
            self.lesson_line(
                date(2026, 11, 19),
                Standing::Cancelled(self.local("School trip", "טיול שנתי")),
                teaches,
            ),
            self.lesson_line(date(2026, 11, 20), Standing::Open, teaches),
            self.lesson_line(date(2026, 11, 21), Standing::Upcoming, teaches),
        ]
    }

    pub(super) fn class(&self) -> OverviewPage {
        let roster = (0..NAMES.len()).map(|index| RosterRow {
            name: self.person(index),
            initials: self.say("AC"),
            login: (index != 3).then(|| self.say("student@school.example")),
            number: (index % 2 == 0).then(|| self.say("2026-0417")),
            claim: if index % 3 == 2 {
                Claim::Awaited
            } else {
                Claim::Claimed
            },
            url: "/classes/sample/members/sample".into(),
        });
        OverviewPage {
            chrome: self.chrome("/classes/sample"),
            url: "/classes/sample".into(),
            name: self.class_name(),
            description: self.say("Attendance every school day."),
            archived: false,
            lessons: self.lesson_lines(true),
            alerts: vec![Alert {
                name: self.person(4),
                lessons: 3,
            }],
            roster: roster.collect(),
            join: Some(JoinLink {
                code: "ABCD2345".into(),
                url: "https://homeroom.example/join/ABCD2345".into(),
            }),
            teachers: vec![
                TeacherLine {
                    name: self.local("Noa Levi", "נועה לוי"),
                    removable: None,
                },
                TeacherLine {
                    name: self.local("Ruth Amir", "רות אמיר"),
                    removable: Some(self.say("ruth")),
                },
            ],
            new_teacher: Field {
                value: self.say("dan"),
                error: Some(self.t.text("invalid-nobody")),
            },
            function_url: FunctionUrl::New("https://homeroom.example/f/sample-token".into()),
        }
    }

    pub(super) fn class_member(&self) -> MemberPage {
        let (past, next) = self
            .lesson_lines(false)
            .into_iter()
            .partition(|line| line.standing == Standing::Closed);
        MemberPage {
            chrome: self.chrome("/classes/sample"),
            url: "/classes/sample".into(),
            name: self.class_name(),
            description: self.say("Attendance every school day."),
            teachers: vec![self.local("Ruth Amir", "רות אמיר")],
            archived: false,
            next,
            past,
            retention_days: 30,
        }
    }

    pub(super) fn class_settings(&self) -> SettingsPage {
        SettingsPage {
            chrome: self.chrome("/classes/sample/settings"),
            class_url: "/classes/sample".into(),
            fields: self.class_fields(),
            retention_days: Field::holding("30"),
            max_minutes: Field::holding("15"),
            max_megabytes: Field::holding("1000"),
            holidays: vec![HolidayLine {
                from: day(2),
                to: day(1),
                name: self.local("Autumn break", "חופשת סתיו"),
            }],
            holiday_error: None,
            archived: false,
            is_owner: true,
        }
    }

    fn time_fields(&self) -> TimeFields {
        TimeFields {
            date: Field::holding("2026-11-20"),
            opens_at: Field::holding("08:00"),
            late_after: Field {
                value: "08:20".into(),
                error: Some(self.t.text("invalid-late")),
            },
            closes_at: Field::holding("08:15"),
            title: Field::holding(self.say("Morning greeting")),
        }
    }

    pub(super) fn plan(&self) -> PlanPage {
        let mut weekdays = [Choice::Open; 7];
        weekdays[0] = Choice::Chosen;
        PlanPage {
            chrome: self.chrome("/classes/sample/plan"),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            zone: "Asia/Jerusalem".into(),
            fields: self.time_fields(),
            weekdays,
            until: Field::holding("2027-01-31"),
            error: Some(self.t.problem("lesson_overlaps")),
        }
    }

    pub(super) fn lesson_edit(&self) -> EditLessonPage {
        EditLessonPage {
            chrome: self.chrome("/lessons/sample/edit"),
            lesson_url: "/lessons/sample".into(),
            class: self.class_name(),
            zone: "Asia/Jerusalem".into(),
            fields: self.time_fields(),
            standing: Standing::Upcoming,
            error: None,
        }
    }

    pub(super) fn roster(&self) -> RosterPage {
        RosterPage {
            chrome: self.chrome("/classes/sample/roster"),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            preview: Some(Preview {
                lines: 32,
                bad: Vec::new(),
                added: vec![self.person(0), self.person(1)],
                changed: vec![self.person(2)],
                removed: vec![self.person(3)],
                kept: 29,
                content: "bmFtZSxlbWFpbA".into(),
            }),
            error: None,
        }
    }

    pub(super) fn roster_bad(&self) -> RosterPage {
        let bad = |line, column| BadLine {
            line,
            column: self.t.text(column),
            why: self.t.text("invalid-taken"),
        };
        RosterPage {
            preview: Some(Preview {
                lines: 30,
                bad: vec![bad(4, "member-name"), bad(17, "field-login")],
                added: Vec::new(),
                changed: Vec::new(),
                removed: Vec::new(),
                kept: 0,
                content: String::new(),
            }),
            error: Some(self.t.problem("roster_too_large")),
            ..self.roster()
        }
    }

    pub(super) fn member(&self) -> MemberFormPage {
        MemberFormPage {
            chrome: self.chrome("/classes/sample/members/sample"),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            save_url: "/classes/sample/members/sample".into(),
            remove_url: Some("/classes/sample/members/sample/remove".into()),
            name: Field::holding(self.person(0)),
            login: Field {
                value: self.say("adam@school.example"),
                error: Some(self.t.text("invalid-taken")),
            },
            number: Field::holding(self.say("2026-0417")),
            error: None,
        }
    }

    pub(super) fn board(&self) -> BoardPage {
        use AttendanceState::{Absent, Excused, Late, Missing, Present};
        let states = [Present, Present, Late, Missing, Missing, Excused, Present, Absent];
        let filters = [
            None,
            Some(Present),
            Some(Late),
            Some(Missing),
            Some(Excused),
            Some(Absent),
        ];
        let rows = states.into_iter().enumerate().map(|(index, state)| Row {
            member: format!("0198c0de-0000-7000-8000-00000000020{index}"),
            name: self.person(index),
            initials: self.say("AC"),
            state,
            reason: matches!(state, Excused | Absent).then(|| self.local("At the doctor's", "אצל הרופא")),
            marked: matches!(state, Excused | Absent),
            alert: (index == 4).then_some(3),
            video: matches!(state, Present | Late).then(|| self.board_video(index, state)),
        });
        BoardPage {
            chrome: self.chrome("/lessons/sample"),
            url: "/lessons/sample".into(),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            title: Some(self.local("Morning greeting", "ברכת בוקר")),
            times: lesson_times(date(2026, 11, 20)),
            standing: Standing::Late,
            previous: Some("/lessons/sample".into()),
            next: Some("/lessons/sample".into()),
            events_url: "/api/v1/lessons/sample/board/events".into(),
            csv_url: "/api/v1/lessons/sample/export.csv?bom=true".into(),
            beside: vec![EntryBeside {
                user_id: self.say("student-17"),
                timestamp: "2026-11-20T08:05:00".into(),
                title: self.local("My day", "היום שלי"),
                description: self.local("In the lab", "במעבדה"),
                size: 4_800_000,
                src: Some("/videos/sample".into()),
            }],
            board: BoardRows {
                revision: 7,
                rows_url: "/lessons/sample/rows".into(),
                marks_url: "/lessons/sample/marks".into(),
                csrf: "sample-token".into(),
                total: 8,
                filters: filters
                    .into_iter()
                    .map(|state| Filter {
                        state,
                        count: 3,
                        url: "/lessons/sample?state=late".into(),
                        choice: if state.is_none() {
                            Choice::Chosen
                        } else {
                            Choice::Open
                        },
                    })
                    .collect(),
                orders: ["name", "state", "time"]
                    .into_iter()
                    .map(|name| Order {
                        name,
                        url: format!("/lessons/sample?sort={name}"),
                        choice: if name == "name" {
                            Choice::Chosen
                        } else {
                            Choice::Open
                        },
                    })
                    .collect(),
                rows: rows.collect(),
            },
        }
    }

    fn board_video(&self, index: usize, state: AttendanceState) -> Video {
        Video {
            url: "/submissions/sample".into(),
            src: (index != 6).then(|| "/sample/video.mp4".into()),
            poster: (index == 1).then(|| "/sample/page-1.svg".into()),
            title: self.say("Good morning from the bus"),
            description: self.say("I am on my way.\nSee you."),
            received: date(2026, 11, 20).at(8, 4, 20, 0),
            minutes_late: (state == AttendanceState::Late).then_some(1),
            duration_ms: Some(42_000),
            size: 18_400_000,
            review: (index == 1).then(|| (Verdict::Again, self.say("Your face cannot be seen."))),
        }
    }

    pub(super) fn term(&self) -> TermPage {
        let days = (0..20).map(|n| date(2026, 11, 1 + n)).collect::<Vec<_>>();
        let state = |member: usize, lesson: usize| match (member * 7 + lesson * 3) % 11 {
            0 => Some(AttendanceState::Late),
            1 if member == 4 => None,
            2 => Some(AttendanceState::Missing),
            3 => Some(AttendanceState::Excused),
            4 if member == 2 => Some(AttendanceState::Absent),
            _ => Some(AttendanceState::Present),
        };
        let row = |member| TermRow {
            name: self.person(member),
            states: (0..days.len()).map(|lesson| state(member, lesson)).collect(),
        };
        TermPage {
            chrome: self.chrome("/classes/sample/term"),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            from: Field::holding("2026-09-01"),
            to: Field::holding("2027-01-31"),
            csv_url: "/api/v1/classes/sample/term.csv?bom=true".into(),
            alerts: vec![Alert {
                name: self.person(4),
                lessons: 3,
            }],
            rows: (0..NAMES.len()).map(row).collect(),
            lessons: days
                .into_iter()
                .map(|date| Column {
                    url: "/lessons/sample".into(),
                    date,
                    cancelled: date.day() == 4,
                })
                .collect(),
        }
    }

    fn calendar(&self, layout: CalendarLayout, days: Vec<Day>) -> CalendarPage {
        let views = ["month", "week", "agenda"].into_iter().map(|name| ViewLink {
            name,
            url: format!("/calendar?view={name}"),
            choice: if name == "month" {
                Choice::Chosen
            } else {
                Choice::Open
            },
        });
        CalendarPage {
            chrome: self.chrome("/calendar"),
            layout,
            title: self.t.month(date(2026, 11, 20)),
            previous_url: "/calendar?date=2026-10-20".into(),
            next_url: "/calendar?date=2026-12-20".into(),
            today_url: "/calendar".into(),
            views: views.collect(),
            days,
            has_feed: true,
            new_feed: Some("https://homeroom.example/calendar/sample-token.ics".into()),
        }
    }

    fn calendar_day(&self, on: Date, count: usize) -> Day {
        let mut lessons = self.lesson_lines(on.day() < 20);
        lessons.truncate(count);
        for line in &mut lessons {
            line.class = Some(self.class_name());
        }
        Day {
            date: on,
            today: on.day() == 20,
            inside: on.month() == 11,
            lessons,
        }
    }

    pub(super) fn calendar_month(&self) -> CalendarPage {
        let first = date(2026, 10, 26);
        let days = (0..35_usize).map(|n| {
            let on = first.saturating_add(jiff::Span::new().days(i64::try_from(n).unwrap_or(0)));
            self.calendar_day(on, n % 4)
        });
        self.calendar(CalendarLayout::Month, days.collect())
    }

    pub(super) fn calendar_agenda(&self) -> CalendarPage {
        let days = (18..22).map(|n| self.calendar_day(date(2026, 11, n), if n == 19 { 0 } else { 3 }));
        self.calendar(CalendarLayout::Days, days.collect())
    }

    pub(super) fn lesson(&self) -> LessonPage {
        LessonPage {
            chrome: self.chrome("/lessons/sample"),
            class_url: "/classes/sample".into(),
            class: self.class_name(),
            title: Some(self.local("Morning greeting", "ברכת בוקר")),
            times: lesson_times(date(2026, 11, 20)),
            standing: Standing::Open,
            state: None,
            reason: None,
            video: None,
            sending: Some(Sending {
                submit_url: "/api/v1/lessons/sample/submissions".into(),
                max_bytes: 1_000_000_000,
                max_seconds: 900,
                person: "sample".into(),
            }),
            retention_days: 30,
        }
    }

    pub(super) fn lesson_sent(&self) -> LessonPage {
        LessonPage {
            standing: Standing::Late,
            state: Some(AttendanceState::Late),
            reason: Some(self.say("Bus was late")),
            video: Some(OwnVideo {
                url: "/submissions/sample".into(),
                src: Some("/sample/video.mp4".into()),
                poster: Some("/sample/page-1.svg".into()),
                title: self.say("Good morning from the bus"),
                description: self.say("I am on my way."),
                received: date(2026, 11, 20).at(8, 11, 20, 0),
                duration_ms: Some(42_000),
                size: 18_400_000,
                receipt_url: "/api/v1/submissions/sample/receipt".into(),
                review: Some((Verdict::Again, self.say("Your face cannot be seen."))),
            }),
            ..self.lesson()
        }
    }
}
