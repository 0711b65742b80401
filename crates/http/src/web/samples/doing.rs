//! Sharing, my files, forms and trouble from made-up material.
use super::{Samples, day, select_option};
use crate::web::context::{Choice, Chrome, Field, Notice, Tone};
use crate::web::pages::account::{AccountPage, PasswordFields, SessionLine, SessionPlace};
use crate::web::pages::edit::{CaptionsForm, EditPage};
use crate::web::pages::entrance::{LogInPage, SetUpPage, SignUpPage};
use crate::web::pages::errors::{ErrorPage, Trouble};
use crate::web::pages::mine::{FileState, MinePage, MyFile};
use crate::web::pages::share::{SharePage, UnfinishedUpload};
use homeroom_core::domain::user::Role;

impl Samples<'_> {
    pub(super) fn share(&self) -> SharePage {
        SharePage {
            chrome: self.chrome("/share"),
            subjects: self.subject_options(),
            grades: self.grade_options(),
            visibilities: self.visibility_options(),
            unfinished: vec![UnfinishedUpload {
                id: "0198c0de-0000-7000-8000-00000000000a".into(),
                filename: self.say("school-trip-film.mp4"),
                size: 1_840_000_000,
                received: 1_210_000_000,
            }],
            max_bytes: 5_000_000_000_000,
        }
    }

    pub(super) fn mine(&self) -> MinePage {
        let states = [
            FileState::Reading { done: 12, total: 40 },
            FileState::Waiting,
            FileState::Ready,
            FileState::Failed {
                reason: "encrypted".into(),
            },
            FileState::Ready,
        ];
        let files = states.into_iter().zip(0_u32..).map(|(state, index)| MyFile {
            id: format!("0198c0de-0000-7000-8000-00000000010{index}"),
            card: self.card(index),
            state,
            visibility: self.local("School", "בית הספר"),
            size: 6_420_000,
            edit_url: "/materials/sample/edit".into(),
            delete_url: "/materials/sample/delete".into(),
        });
        MinePage {
            chrome: Chrome {
                notice: Some(Notice {
                    text: self
                        .t
                        .with("deleted", &[("title", self.say("Map exercise: rivers").into())]),
                    tone: Tone::Good,
                    undo: Some("/materials/sample/restore".into()),
                }),
                ..self.chrome("/mine")
            },
            files: files.collect(),
            total: 5,
            used_bytes: 2_300_000_000,
            quota_bytes: 20_000_000_000,
            unfinished: 1,
            next_url: None,
        }
    }

    pub(super) fn edit(&self) -> EditPage {
        EditPage {
            chrome: self.chrome("/materials/sample/edit"),
            save_url: "/materials/sample/edit".into(),
            material_url: "/materials/sample".into(),
            delete_url: "/materials/sample/delete".into(),
            title: Field {
                value: self.local("Cell respiration, summary", "נשימה תאית, סיכום"),
                error: Some(self.t.problem("invalid_fields")),
            },
            description: Field::holding(
                self.say("For the test in June.\nPages 12–17 are the important ones."),
            ),
            subjects: self.subject_options(),
            grades: self.grade_options(),
            languages: vec![
                select_option("en", self.t.language("en"), Choice::Chosen),
                select_option("he", self.t.language("he"), Choice::Open),
            ],
            licences: vec![
                select_option("", "–".into(), Choice::Open),
                select_option("cc-by", "CC BY 4.0".into(), Choice::Chosen),
            ],
            visibilities: self.visibility_options(),
            tags: Field::holding(self.say("exam, ATP")),
            captions: Some(CaptionsForm {
                save_url: "/materials/sample/captions".into(),
                remove_url: Some("/materials/sample/captions/delete".into()),
                languages: vec![
                    select_option("en", self.t.language("en"), Choice::Chosen),
                    select_option("he", self.t.language("he"), Choice::Open),
                ],
                file: Field {
                    value: String::new(),
                    error: Some(self.t.problem("malformed_captions")),
                },
            }),
        }
    }

    pub(super) fn log_in(&self) -> LogInPage {
        LogInPage {
            chrome: self.visitor("/login"),
            next: self.say("/materials/sample"),
            login: Field::holding(self.say("noa")),
            error: Some(self.t.problem("wrong_credentials")),
        }
    }

    pub(super) fn sign_up(&self) -> SignUpPage {
        SignUpPage {
            chrome: self.visitor("/signup"),
            next: self.say("/share"),
            username: Field {
                value: self.say("noa"),
                error: Some(self.t.problem("account_exists")),
            },
            email: Field::holding(self.say("noa@example.org")),
            full_name: Field::default(),
            password: Field::default(),
            grades: self.grade_options(),
            error: None,
        }
    }

    pub(super) fn set_up(&self) -> SetUpPage {
        SetUpPage {
            chrome: self.visitor("/setup/token"),
            action: "/setup/token".into(),
            username: Field::holding(self.say("head")),
            email: Field::default(),
            full_name: Field::holding(self.say("Head teacher")),
            password: Field::default(),
            error: None,
        }
    }

    pub(super) fn account(&self) -> AccountPage {
        AccountPage {
            chrome: self.chrome("/account"),
            username: self.say("noa"),
            email: self.say("noa@example.org"),
            full_name: Field::holding(self.local("Noa Levi", "נועה לוי")),
            grades: self.grade_options(),
            role: Role::Student,
            member_since: day(3),
            password: PasswordFields::default(),
            sessions: vec![
                SessionLine {
                    agent: self.say("Firefox on Android"),
                    since: day(3),
                    place: SessionPlace::Here,
                },
                SessionLine {
                    agent: self.say("Chromium on Linux"),
                    since: day(1),
                    place: SessionPlace::Elsewhere {
                        end_url: "/account/sessions/x/end".into(),
                    },
                },
            ],
            delete_error: None,
        }
    }

    pub(super) fn error(&self, trouble: Trouble) -> ErrorPage {
        ErrorPage {
            chrome: self.visitor(&format!("/{}", self.say("nowhere"))),
            trouble,
            request_id: (trouble == Trouble::Broken).then(|| "0198c0de-7f3a".into()),
        }
    }
}
