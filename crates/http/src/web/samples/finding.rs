//! Home, lists and search from made-up material.
use super::{Samples, grades, page_link};
use crate::web::context::{Choice, Facet, FacetGroup, FacetOption, Snippet};
use crate::web::pages::home::{Bookmark, HomePage, SubjectCount};
use crate::web::pages::listing::{ListingPage, Order, OrderBy, Scope};
use crate::web::pages::search::{AlsoLink, Corrected, HitRow, SearchOrder, SearchPage};
use homeroom_core::domain::kind::Kind;

impl Samples<'_> {
    pub(super) fn home(&self) -> HomePage {
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

    pub(super) fn home_empty(&self) -> HomePage {
        HomePage {
            chrome: self.visitor("/"),
            unfinished: Vec::new(),
            subjects: Vec::new(),
            grades: grades(),
            newest: Vec::new(),
            newest_url: "/materials".into(),
        }
    }

    pub(super) fn facets(&self) -> Vec<FacetGroup> {
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

    pub(super) fn listing(&self, scope: Scope) -> ListingPage {
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

    pub(super) fn listing_empty(&self) -> ListingPage {
        ListingPage {
            total: 0,
            facets: Vec::new(),
            materials: Vec::new(),
            next_url: None,
            ..self.listing(Scope::Everything)
        }
    }

    pub(super) fn search(&self) -> SearchPage {
        let hit = |index, page, snippet: &str, also: &[u32]| HitRow {
            card: self.card(index),
            page,
            label: None,
            snippet: Snippet::from_index(&self.say(snippet)),
            also: also
                .iter()
                .map(|number| AlsoLink {
                    page: page_link(*number),
                    label: (*number == 17).then(|| "Grades".into()),
                })
                .collect(),
        };
        SearchPage {
            chrome: self.chrome("/search?q=krebs%20cylce"),
            query: self.say("krebs cylce"),
            corrected: Some(Corrected {
                text: self.say("krebs cycle"),
                exact_url: "/search?q=krebs%20cylce&exact=1".into(),
            }),
            suggested: Some((self.say("krebs circle"), "/search?q=krebs%20circle".into())),
            without: vec![self.say("flux")],
            incomplete: true,
            total: 16,
            facets: self.facets(),
            orders: ["relevance", "newest", "best_rated"]
                .map(|name| SearchOrder {
                    name,
                    url: format!("/search?q=krebs&sort={name}"),
                    state: if name == "relevance" {
                        Choice::Chosen
                    } else {
                        Choice::Open
                    },
                })
                .into(),
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

    pub(super) fn search_nothing(&self) -> SearchPage {
        SearchPage {
            query: self.say("flux capacitor"),
            incomplete: false,
            corrected: None,
            suggested: None,
            without: Vec::new(),
            total: 0,
            facets: Vec::new(),
            orders: Vec::new(),
            hits: Vec::new(),
            next_url: None,
            ..self.search()
        }
    }
}
