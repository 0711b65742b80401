//! The reader with a made-up page.
use super::material::{SHEET, is_heading};
use super::{Samples, page_link, version};
use crate::web::context::{Choice, Emphasis, Picture, TextRun};
use crate::web::pages::reader::{About, PageBody, PageView, PlacedWord, ReaderPage, Thumb, View};

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

    pub(super) fn picture_page(&self) -> View {
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

    pub(super) fn text_page(&self) -> View {
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

    pub(super) fn page_view(body: PageBody, text: Vec<TextRun>) -> View {
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
    pub(super) fn words(&self) -> Vec<PlacedWord> {
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
}
