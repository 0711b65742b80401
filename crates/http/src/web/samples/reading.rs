//! The reader with a made-up page.
use super::material::{SHEET, is_heading};
use super::{Samples, page_link, version};
use crate::web::context::{Choice, Emphasis, Picture, TextRun};
use crate::web::formula::{Formula, Place};
use crate::web::pages::reader::context::{
    About, Block, Chapter, Cue, CueKind, Found, FoundPage, FoundPlace, HitBox, InkedRun, Inline, Leaf,
    LinkTo, Listing, MediaLines, MediaShape, MediaView, OutlineLine, PageBody, PageView, PlacedLink,
    PlacedWord, PrintPage, ReaderPage, Spoken, Thumb, Track, View,
};
use crate::web::source::Ink;

impl Samples<'_> {
    pub(super) fn reader(&self, view: View) -> ReaderPage {
        let card = self.card(0);
        ReaderPage {
            chrome: self.chrome("/materials/sample?page=12&q=krebs%20cycle"),
            id: "0198c0de-0000-7000-8000-000000000001".into(),
            title: card.title,
            url: "/materials/sample".into(),
            back_url: "/search?q=krebs%20cycle".into(),
            query: self.say("krebs cycle"),
            view,
            notice: Some("incomplete"),
            recognizing: None,
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
                similar: vec![self.card(3), self.card(6)],
            },
            download_url: "/api/v1/materials/sample/download".into(),
            edit_url: Some("/materials/sample/edit".into()),
        }
    }

    pub(super) fn picture_page(&self) -> View {
        self.page_view(self.picture_leaf())
    }

    fn picture_leaf(&self) -> Leaf {
        let words = self.words();
        let text = words
            .iter()
            .flat_map(|(word, emphasis)| [run(&word.text, *emphasis), run(" ", Emphasis::Plain)])
            .map(Inline::Run)
            .collect();
        let boxes = boxes(&words);
        let words = words.into_iter().map(|(word, _)| word).collect();
        let link = |y, to| PlacedLink {
            x: 64.0,
            y,
            w: 200.0,
            h: 14.0,
            to,
        };
        let body = PageBody::Picture {
            picture: Picture {
                url: "/sample/page-0.svg".into(),
                width: 1240,
                height: 1754,
            },
            width: 595.0,
            height: 842.0,
            words,
            boxes,
            links: vec![
                link(326.0, LinkTo::Page(page_link(17))),
                link(
                    760.0,
                    LinkTo::Address(self.say("https://example.org/respiration")),
                ),
            ],
        };
        self.leaf(body, vec![Block::Lines(text)])
    }

    pub(super) fn slide_page(&self) -> View {
        let mut leaf = self.picture_leaf();
        leaf.text.push(Block::Notes(vec![
            run(&self.say("Ask what the "), Emphasis::Plain),
            run(&self.say("Krebs cycle"), Emphasis::Hit),
            run(&self.say(" gives, and wait."), Emphasis::Plain),
        ]));
        self.page_view(leaf)
    }

    pub(super) fn recognizing(&self) -> ReaderPage {
        ReaderPage {
            notice: Some("incomplete"),
            recognizing: Some((3, 12)),
            ..self.reader(self.picture_page())
        }
    }

    fn leaf(&self, body: PageBody, text: Vec<Block>) -> Leaf {
        Leaf {
            number: 12,
            label: Some(self.say("iv")),
            language: Some("en".into()),
            body,
            text,
        }
    }

    pub(super) fn text_page(&self) -> View {
        let run = |text: &str, emphasis| Inline::Run(run(&self.say(text), emphasis));
        let formula = Formula::of_tex("\\Delta G = -RT \\ln \\frac{[B]}{[A]}", Place::Display);
        self.page_view(self.leaf(PageBody::Text, vec![
            Block::Heading(vec![run("What happens inside a cell", Emphasis::Plain)]),
            Block::Lines(vec![
                run(
                    "Each pyruvate is carried into the mitochondrion and becomes acetyl-CoA. The ",
                    Emphasis::Plain,
                ),
                run("Krebs cycle", Emphasis::Hit),
                run(
                    " takes place in the matrix of the mitochondrion.\nFor every turn it gives three NADH, one FADH2 and one ATP, and sets free two molecules of carbon dioxide.\n\nRemember: without oxygen the ",
                    Emphasis::Plain,
                ),
                run("Krebs cycle", Emphasis::Hit),
                run(" stops within seconds.", Emphasis::Plain),
                    formula.map_or_else(|| run("", Emphasis::Plain), Inline::Formula),
            ]),
        ]))
    }

    pub(super) fn table_page(&self) -> View {
        let cells = |cells: [&str; 4]| {
            cells
                .map(|cell| vec![run(&self.say(cell), Emphasis::Plain)])
                .into()
        };
        let mut rows: Vec<Vec<Vec<TextRun>>> = vec![cells(["Step", "NADH", "FADH2", "ATP"])];
        rows.push(cells(["Glycolysis", "2", "0", "2"]));
        rows.push(vec![
            vec![run(&self.say("Krebs cycle"), Emphasis::Hit)],
            vec![run(&self.say("6"), Emphasis::Plain)],
        ]);
        self.page_view(self.leaf(PageBody::Table(rows), Vec::new()))
    }

    pub(super) fn code_page(&self) -> View {
        self.page_view(self.leaf(PageBody::Code(self.program(Some(41), None)), Vec::new()))
    }

    fn program(&self, first: Option<u32>, run: Option<u32>) -> Listing {
        let plain = |text: &str| (self.say(text), None);
        let inked = |text: &str, ink| (self.say(text), Some(ink));
        let piece = |emphasis, pieces: Vec<_>| InkedRun { emphasis, pieces };
        Listing {
            first,
            run,
            lines: vec![
                vec![piece(
                    Emphasis::Plain,
                    vec![inked("# How much NADH", Ink::Comment)],
                )],
                vec![
                    piece(Emphasis::Plain, vec![inked("def", Ink::Keyword), plain(" ")]),
                    piece(Emphasis::Hit, vec![inked("krebs", Ink::Name)]),
                    piece(Emphasis::Plain, vec![plain("(turns):")]),
                ],
                Vec::new(),
                vec![piece(
                    Emphasis::Plain,
                    vec![
                        plain("    "),
                        inked("return", Ink::Keyword),
                        plain(" "),
                        inked("3", Ink::Number),
                        plain(" * turns, "),
                        inked("'NADH'", Ink::Text),
                    ],
                )],
            ],
        }
    }

    pub(super) fn notebook_page(&self) -> View {
        let plain = |text: &str| run(&self.say(text), Emphasis::Plain);
        let cell = |text: &str| vec![Inline::Run(plain(text))];
        let hit = run(&self.say("Krebs cycle"), Emphasis::Hit);
        self.page_view(self.leaf(
            PageBody::Text,
            vec![
                Block::Heading(vec![Inline::Run(plain("What happens inside a cell"))]),
                Block::Paragraphs(vec![
                    cell("Each pyruvate is carried into the mitochondrion."),
                    cell("How much of it is counted here."),
                ]),
                Block::Code(self.program(None, Some(3))),
                Block::Output(vec![plain("(3, 'NADH') of the "), hit.clone()]),
                Block::Picture {
                    picture: Picture {
                        url: "/sample/page-1.svg".into(),
                        width: 320,
                        height: 180,
                    },
                    description: self.say("<Figure size 320x180 with 1 Axes>"),
                },
                Block::Rows(vec![
                    vec![cell("Step"), cell("NADH")],
                    vec![cell("Glycolysis"), cell("2")],
                ]),
                Block::Notes(vec![plain("Ask what the "), hit, plain(" gives.")]),
            ],
        ))
    }

    pub(super) fn film(&self) -> View {
        let cue = |number: u32, starts_at_ms: u64, text: &str, emphasis| Cue {
            kind: CueKind::Said,
            starts_at_ms,
            url: format!("/materials/sample?page={number}&q=krebs%20cycle&at={starts_at_ms}"),
            text: vec![run(&self.say(text), emphasis)],
        };
        let spoken = |number, starts_at_ms, cues| Spoken {
            number,
            starts_at_ms,
            cues,
        };
        View::Media(Box::new(MediaView {
            shape: MediaShape::Film,
            source_url: "/sample/film.webm#t=12.0".into(),
            poster: Some(Picture {
                url: "/sample/page-1.svg".into(),
                width: 480,
                height: 270,
            }),
            track: Some(Track {
                url: "/sample/film.vtt".into(),
                language: Some("en".into()),
                label: self.t.language("en"),
            }),
            chapters: [("The cell", 0), ("The Krebs cycle", 12_000)]
                .map(|(title, starts_at_ms)| Chapter {
                    title: self.say(title),
                    starts_at_ms,
                    url: format!("/materials/sample?page=1&at={starts_at_ms}"),
                })
                .into(),
            spoken: vec![
                spoken(1, 0, {
                    let morning = "Good morning. Today we look inside the cell.";
                    vec![cue(1, 0, morning, Emphasis::Plain)]
                }),
                spoken(
                    2,
                    10_000,
                    vec![
                        Cue {
                            kind: CueKind::Title,
                            ..cue(2, 10_000, "The Krebs cycle", Emphasis::Hit)
                        },
                        cue(2, 12_000, "The Krebs cycle", Emphasis::Hit),
                        cue(2, 15_500, "The Krebs cycle", Emphasis::Hit),
                    ],
                ),
                spoken(
                    3,
                    754_000,
                    vec![cue(
                        3,
                        754_000,
                        "and that is where the oxygen goes.",
                        Emphasis::Plain,
                    )],
                ),
            ],
            lines: MediaLines::Said,
            start_ms: 12_000,
            found: Some(self.found()),
        }))
    }

    /// A recording of which nothing is known but what its file says of itself.
    pub(super) fn sound(&self) -> View {
        let named = Cue {
            kind: CueKind::Said,
            starts_at_ms: 0,
            url: "/materials/sample?page=1&at=0".into(),
            text: vec![run(&self.say("Cell respiration, summary"), Emphasis::Plain)],
        };
        View::Media(Box::new(MediaView {
            shape: MediaShape::Sound,
            source_url: "/sample/film.webm".into(),
            poster: None,
            track: None,
            chapters: Vec::new(),
            spoken: vec![Spoken {
                number: 1,
                starts_at_ms: 0,
                cues: vec![named],
            }],
            lines: MediaLines::Names,
            start_ms: 0,
            found: None,
        }))
    }

    pub(super) fn print(&self) -> PrintPage {
        PrintPage {
            chrome: self.chrome("/materials/sample/print"),
            title: self.say("Cell respiration, summary"),
            back_url: "/materials/sample".into(),
            first: 1,
            count: 60,
            leaves: vec![self.picture_leaf()],
            next_url: Some("/materials/sample/print?from=51".into()),
        }
    }

    fn found(&self) -> Found {
        Found {
            total: 9,
            pages: [(3, 2), (12, 4), (17, 2), (31, 1)]
                .map(|(number, count)| FoundPage {
                    number,
                    label: None,
                    url: page_link(number).url,
                    count,
                    place: if number == 17 {
                        FoundPlace::Notes
                    } else {
                        FoundPlace::Page
                    },
                    excerpt: vec![
                        run(&self.say("acetyl-CoA. The "), Emphasis::Plain),
                        run(&self.say("Krebs cycle"), Emphasis::Hit),
                        run(&self.say(" takes place in the matrix"), Emphasis::Plain),
                    ],
                })
                .into(),
            previous_url: Some(page_link(3).url),
            next_url: Some(page_link(17).url),
        }
    }

    fn page_view(&self, leaf: Leaf) -> View {
        let pictured = matches!(leaf.body, PageBody::Picture { .. });
        View::Page(Box::new(PageView {
            count: 40,
            leaf,
            version: 1,
            direction: "ltr",
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
            outline: [
                ("Glycolysis", 2, 1),
                ("The Krebs cycle", 12, 1),
                ("Where it takes place", 17, 2),
            ]
            .map(|(title, page, level)| OutlineLine {
                title: self.say(title),
                level,
                page: page_link(page),
                label: (page == 2).then(|| self.say("ii")),
            })
            .into(),
            found: Some(self.found()),
        }))
    }

    /// The words of [`SHEET`] where they would stand in an even-width face.
    pub(super) fn words(&self) -> Vec<(PlacedWord, Emphasis)> {
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
                let placed = PlacedWord {
                    text: self.say(word),
                    x,
                    y: y - size * 0.85,
                    w: width,
                    h: size * 1.1,
                };
                words.push((placed, emphasis));
                x += width + advance;
            }
        }
        words
    }
}

/// Hits that follow each other are one.
fn boxes(words: &[(PlacedWord, Emphasis)]) -> Vec<HitBox> {
    let runs = words.chunk_by(|(_, one), (_, next)| one == next);
    let hits = runs.filter(|run| run[0].1 == Emphasis::Hit);
    hits.enumerate()
        .flat_map(|(run, words)| {
            words.iter().map(move |(word, _)| HitBox {
                run,
                x: word.x,
                y: word.y,
                w: word.w,
                h: word.h,
            })
        })
        .collect()
}

fn run(text: &str, emphasis: Emphasis) -> TextRun {
    TextRun {
        text: text.to_owned(),
        emphasis,
    }
}
