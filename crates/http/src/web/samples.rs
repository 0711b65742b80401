//! Every page with made-up material: for tests that render all of them, and for looking at them.
//!
//! All texts that people would have typed go through [`Samples::say`], so that a test can put
//! anything in their place.
use crate::web::context::{
    Choice, Chrome, Emphasis, Facet, FacetGroup, FacetOption, Field, Hue, MaterialCard, Notice, Picture,
    SelectOption, SignedIn, Snippet, SubjectTag, TextRun, Tone,
};
use crate::web::localizer::{Lang, Localizer};
use crate::web::pages::account::{self, AccountPage, PasswordFields, SessionLine, SessionPlace};
use crate::web::pages::edit::{self, EditPage};
use crate::web::pages::entrance::{self, LogInPage, SetUpPage, SignUpPage};
use crate::web::pages::errors::{self, ErrorPage, Trouble};
use crate::web::pages::home::{self, Bookmark, GradeLink, HomePage, SubjectCount};
use crate::web::pages::keys;
use crate::web::pages::listing::{self, ListingPage, Order, OrderBy, Scope};
use crate::web::pages::mine::{self, FileState, MinePage, MyFile};
use crate::web::pages::reader::{
    self, About, PageBody, PageView, PlacedWord, ReaderPage, Thumb, VersionLine, View,
};
use crate::web::pages::search::{self, Corrected, HitRow, PageLink, SearchPage};
use crate::web::pages::share::{self, SharePage, UnfinishedUpload};
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::user::Role;
use jiff::civil::{Date, date};
use maud::Markup;

/// The lines on the sample page, each with its place from the top in points.
pub const SHEET: [(&str, f32); 14] = [
    ("Cellular respiration", 74.0),
    (
        "Glycolysis splits one glucose into two pyruvate and yields a net",
        128.0,
    ),
    (
        "gain of two ATP. It takes place in the cytosol and needs no oxygen.",
        148.0,
    ),
    ("The Krebs cycle", 196.0),
    (
        "Each pyruvate is carried into the mitochondrion and becomes acetyl-CoA.",
        228.0,
    ),
    (
        "The Krebs cycle takes place in the matrix of the mitochondrion. For every",
        248.0,
    ),
    (
        "turn it gives three NADH, one FADH2 and one ATP, and sets free two",
        268.0,
    ),
    ("molecules of carbon dioxide.", 288.0),
    ("The electron transport chain", 336.0),
    (
        "NADH and FADH2 hand their electrons to a row of proteins in the inner",
        368.0,
    ),
    (
        "membrane. Protons are pumped out; as they flow back through ATP",
        388.0,
    ),
    (
        "synthase, about 28 ATP are made. Oxygen takes up the electrons at the end.",
        408.0,
    ),
    (
        "Remember: without oxygen the Krebs cycle stops within seconds, because",
        456.0,
    ),
    ("NAD+ is not renewed.", 476.0),
];

/// Whether a line of [`SHEET`] is a heading.
pub fn is_heading(line: &str) -> bool {
    !line.contains('.') && line.len() < 40
}

const ERRORS: [&str; 6] = [
    "error-404",
    "error-403",
    "error-429",
    "error-400",
    "error-500",
    "error-offline",
];

/// Title in English and Hebrew, subject, grade, kind, pages, whether it has a picture, uploader.
type Row = (
    &'static str,
    &'static str,
    usize,
    u8,
    Kind,
    Option<u32>,
    bool,
    &'static str,
);

const MATERIALS: [Row; 9] = [
    (
        "Cell respiration, summary",
        "נשימה תאית, סיכום",
        1,
        11,
        Kind::Pdf,
        Some(40),
        true,
        "Noa Levi",
    ),
    (
        "Trigonometry worksheet",
        "דף עבודה בטריגונומטריה",
        0,
        10,
        Kind::Pdf,
        Some(4),
        true,
        "Mr. Cohen",
    ),
    (
        "The causes of 1789",
        "הגורמים ל־1789",
        2,
        10,
        Kind::Pptx,
        Some(32),
        false,
        "Dana",
    ),
    (
        "Enzymes: how temperature changes everything in the lab and why we measured it three times",
        "אנזימים וטמפרטורה: מעבדה",
        1,
        11,
        Kind::Docx,
        Some(9),
        false,
        "איתמר בן דוד",
    ),
    (
        "Photo of the board, 12 March",
        "צילום הלוח, 12 במרץ",
        5,
        12,
        Kind::Image,
        Some(1),
        true,
        "Yael",
    ),
    (
        "Macbeth, act 2 – notes",
        "מקבת, מערכה 2 – הערות",
        3,
        9,
        Kind::Markdown,
        Some(2),
        false,
        "Omar",
    ),
    (
        "The periodic table, explained",
        "הטבלה המחזורית, הסבר",
        6,
        9,
        Kind::Pdf,
        Some(12),
        true,
        "Ms. Adler",
    ),
    (
        "Map exercise: rivers",
        "תרגיל מפה: נהרות",
        8,
        7,
        Kind::Pdf,
        Some(3),
        true,
        "Lior",
    ),
    (
        "Debate recording",
        "הקלטת הדיון",
        10,
        8,
        Kind::Audio,
        None,
        false,
        "Tal",
    ),
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

    fn home(&self) -> HomePage {
        const COUNTS: [u64; 12] = [1_214, 96, 80, 77, 61, 54, 40, 38, 21, 12, 9, 3];
        HomePage {
            chrome: self.chrome("/"),
            unfinished: [(0, 12), (1, 3), (2, 14)]
                .map(|(index, page)| Bookmark {
                    card: self.card(index),
                    page,
                })
                .into(),
            subjects: (0..12)
                .map(|index| SubjectCount {
                    subject: self.subject(index),
                    count: COUNTS[index],
                })
                .collect(),
            grades: grades(),
            newest: self.cards(9),
            newest_url: "/materials".into(),
        }
    }

    fn home_empty(&self) -> HomePage {
        HomePage {
            chrome: self.visitor("/"),
            unfinished: Vec::new(),
            subjects: Vec::new(),
            grades: grades(),
            newest: Vec::new(),
            newest_url: "/materials".into(),
        }
    }

    fn facets(&self) -> Vec<FacetGroup> {
        let option = |label: String, count, state, hue| FacetOption {
            label,
            count,
            url: "/search?q=krebs&x=1".into(),
            state,
            hue,
        };
        let subject = |index: usize, count, state| {
            let subject = self.subject(index);
            option(subject.name, count, state, Some(subject.hue))
        };
        let plain = |label: String, count| option(label, count, Choice::Open, None);
        vec![
            FacetGroup {
                facet: Facet::Subject,
                options: vec![
                    subject(1, 12, Choice::Chosen),
                    subject(6, 3, Choice::Open),
                    subject(5, 1, Choice::Open),
                ],
            },
            FacetGroup {
                facet: Facet::Grade,
                options: vec![
                    plain(self.t.grade(11), 9),
                    plain(self.t.grade(12), 6),
                    plain(self.t.grade(10), 1),
                ],
            },
            FacetGroup {
                facet: Facet::Kind,
                options: vec![
                    plain(self.t.kind(Kind::Pdf), 10),
                    plain(self.t.kind(Kind::Pptx), 4),
                    plain(self.t.kind(Kind::Docx), 2),
                ],
            },
            FacetGroup {
                facet: Facet::Language,
                options: vec![plain(self.t.language("en"), 11), plain(self.t.language("he"), 5)],
            },
        ]
    }

    fn listing(&self, scope: Scope) -> ListingPage {
        ListingPage {
            chrome: self.chrome("/subjects/biology"),
            scope,
            total: 96,
            facets: self.facets(),
            orders: vec![
                Order {
                    by: OrderBy::Newest,
                    url: "?sort=newest".into(),
                    state: Choice::Chosen,
                },
                Order {
                    by: OrderBy::Title,
                    url: "?sort=title".into(),
                    state: Choice::Open,
                },
            ],
            materials: self.cards(9),
            next_url: Some("?cursor=abc".into()),
        }
    }

    fn listing_empty(&self) -> ListingPage {
        ListingPage {
            total: 0,
            facets: Vec::new(),
            materials: Vec::new(),
            next_url: None,
            ..self.listing(Scope::Everything)
        }
    }

    fn search(&self) -> SearchPage {
        let hit = |index, page, snippet: &str, also: &[u32]| HitRow {
            card: self.card(index),
            page,
            snippet: Snippet::from_index(&self.say(snippet)),
            also: also.iter().map(|number| page_link(*number)).collect(),
        };
        SearchPage {
            chrome: self.chrome("/search?q=krebs%20cylce"),
            query: self.say("krebs cylce"),
            corrected: Some(Corrected {
                text: self.say("krebs cycle"),
                exact_url: "/search?q=krebs%20cylce&exact=1".into(),
            }),
            total: 16,
            facets: self.facets(),
            hits: vec![
                hit(
                    0,
                    Some(12),
                    "… becomes acetyl-CoA. The <mark>Krebs</mark> <mark>cycle</mark> takes place in the matrix of the mitochondrion. For every turn it gives three NADH, one FADH2 …",
                    &[3, 17, 31],
                ),
                hit(
                    3,
                    Some(2),
                    "… why the <mark>Krebs</mark> <mark>cycle</mark> slows down below 10 °C: enzymes &amp; temperature …",
                    &[],
                ),
                hit(
                    2,
                    Some(9),
                    "… <mark>מעגל קרבס</mark> מתרחש במטריקס של המיטוכונדריון, ובכל סיבוב …",
                    &[10],
                ),
                hit(
                    8,
                    None,
                    "<mark>Krebs</mark> debate: who discovered the <mark>cycle</mark>?",
                    &[],
                ),
            ],
            next_url: Some("/search?q=krebs&cursor=abc".into()),
        }
    }

    fn search_nothing(&self) -> SearchPage {
        SearchPage {
            query: self.say("flux capacitor"),
            corrected: None,
            total: 0,
            facets: Vec::new(),
            hits: Vec::new(),
            next_url: None,
            ..self.search()
        }
    }

    fn reader(&self, view: View) -> ReaderPage {
        let card = self.card(0);
        ReaderPage {
            chrome: self.chrome("/materials/sample?page=12&q=krebs%20cycle"),
            id: "0198c0de-0000-7000-8000-000000000001".into(),
            title: card.title,
            url: "/materials/sample".into(),
            back_url: "/search?q=krebs%20cycle".into(),
            query: self.say("krebs cycle"),
            view,
            about: About {
                description: self.say("For the test in June.\nPages 12–17 are the important ones.\n\nSee https://example.org for the film."),
                uploader: card.uploader,
                subject: card.subject,
                grade: card.grade,
                kind: card.kind,
                filename: self.say("cell_respiration-summary.pdf"),
                size: 6_420_000,
                language: Some("en".into()),
                tags: vec![self.say("exam"), self.say("ATP"), self.say("תאים")],
                shared_on: card.shared_on,
                visibility: self.local("Everyone at school", "כל בית הספר"),
                versions: vec![version(2, 6_420_000), version(1, 5_100_000)],
            },
            download_url: "/api/v1/materials/sample/download".into(),
            edit_url: Some("/materials/sample/edit".into()),
        }
    }

    fn picture_page(&self) -> View {
        let words = self.words();
        let text = words
            .iter()
            .flat_map(|word| {
                [
                    TextRun {
                        text: word.text.clone(),
                        emphasis: word.emphasis,
                    },
                    TextRun {
                        text: " ".into(),
                        emphasis: Emphasis::Plain,
                    },
                ]
            })
            .collect();
        Self::page_view(
            PageBody::Picture {
                picture: Picture {
                    url: "/sample/page-0.svg".into(),
                    width: 1240,
                    height: 1754,
                },
                width: 595.0,
                height: 842.0,
                words,
            },
            text,
        )
    }

    fn text_page(&self) -> View {
        let run = |text: &str, emphasis| TextRun {
            text: self.say(text),
            emphasis,
        };
        Self::page_view(
            PageBody::Text,
            vec![
                run(
                    "What happens inside a cell\n\nEach pyruvate is carried into the mitochondrion and becomes acetyl-CoA. The ",
                    Emphasis::Plain,
                ),
                run("Krebs cycle", Emphasis::Hit),
                run(
                    " takes place in the matrix of the mitochondrion.\nFor every turn it gives three NADH, one FADH2 and one ATP, and sets free two molecules of carbon dioxide.\n\nRemember: without oxygen the ",
                    Emphasis::Plain,
                ),
                run("Krebs cycle", Emphasis::Hit),
                run(" stops within seconds.", Emphasis::Plain),
            ],
        )
    }

    fn page_view(body: PageBody, text: Vec<TextRun>) -> View {
        let pictured = matches!(body, PageBody::Picture { .. });
        View::Page(Box::new(PageView {
            number: 12,
            count: 40,
            body,
            text,
            previous_url: Some("/materials/sample?page=11".into()),
            next_url: Some("/materials/sample?page=13".into()),
            thumbs: (8..=20)
                .map(|number| Thumb {
                    number,
                    url: format!("/materials/sample?page={number}"),
                    picture: pictured.then(|| Picture {
                        url: format!("/sample/page-{}.svg", number % 9),
                        width: 96,
                        height: 136,
                    }),
                    state: if number == 12 {
                        Choice::Chosen
                    } else {
                        Choice::Open
                    },
                })
                .collect(),
            hit_pages: [3, 12, 17, 31].map(page_link).into(),
            previous_hit_url: Some("/materials/sample?page=3&q=krebs".into()),
            next_hit_url: Some("/materials/sample?page=17&q=krebs".into()),
        }))
    }

    /// The words of [`SHEET`] where they would stand in an even-width face.
    fn words(&self) -> Vec<PlacedWord> {
        let mut words = Vec::new();
        for (line, y) in SHEET {
            let (size, advance) = if is_heading(line) {
                (18.0, 10.8)
            } else {
                (11.0, 6.6)
            };
            let mut x = 64.0;
            for word in line.split(' ') {
                #[expect(clippy::cast_precision_loss, reason = "words are short")]
                let width = word.len() as f32 * advance;
                let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
                let emphasis = if ["krebs", "cycle"].contains(&bare.as_str()) {
                    Emphasis::Hit
                } else {
                    Emphasis::Plain
                };
                words.push(PlacedWord {
                    text: self.say(word),
                    x,
                    y: y - size * 0.85,
                    w: width,
                    h: size * 1.1,
                    emphasis,
                });
                x += width + advance;
            }
        }
        words
    }

    fn share(&self) -> SharePage {
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

    fn mine(&self) -> MinePage {
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

    fn edit(&self) -> EditPage {
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
        }
    }

    fn log_in(&self) -> LogInPage {
        LogInPage {
            chrome: self.visitor("/login"),
            next: self.say("/materials/sample"),
            login: Field::holding(self.say("noa")),
            error: Some(self.t.problem("wrong_credentials")),
        }
    }

    fn sign_up(&self) -> SignUpPage {
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

    fn set_up(&self) -> SetUpPage {
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

    fn account(&self) -> AccountPage {
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

    fn error(&self, trouble: Trouble) -> ErrorPage {
        ErrorPage {
            chrome: self.visitor(&format!("/{}", self.say("nowhere"))),
            trouble,
            request_id: (trouble == Trouble::Broken).then(|| "0198c0de-7f3a".into()),
        }
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
