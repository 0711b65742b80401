//! Who may see what, and the filters: clauses of every query, without influence on scores.
use crate::schema::Fields;
use homeroom_core::ports::search_index::{Filter, Viewer};
use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

/// Everything that a query is narrowed by.
#[derive(Debug)]
pub(crate) struct Narrow {
    clauses: Vec<Box<dyn Query>>,
}

impl Narrow {
    /// For a viewer and a filter.
    pub(crate) fn new(fields: &Fields, viewer: &Viewer, filter: &Filter) -> Self {
        let mut clauses = vec![visible(fields, viewer)];
        let uploader = filter.uploader.map(|uploader| uploader.to_string());
        let material = filter.material.map(|material| material.to_string());
        for (field, value) in [
            (fields.subject, filter.subject.as_deref()),
            (fields.course, filter.course.as_deref()),
            (fields.owner, uploader.as_deref()),
            (fields.material, material.as_deref()),
            (fields.tag, filter.tag.as_deref()),
            (
                fields.kind,
                filter.kind.map(homeroom_core::domain::kind::Kind::name),
            ),
            (fields.language, filter.language.as_deref()),
        ] {
            clauses.extend(value.map(|value| has(field, value)));
        }
        if let Some(grade) = filter.grade {
            let term = Term::from_field_u64(fields.grade, u64::from(grade));
            clauses.push(unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
        }
        Self { clauses }
    }

    /// The query, narrowed.
    pub(crate) fn apply(&self, query: Box<dyn Query>) -> BooleanQuery {
        let narrowed = self
            .clauses
            .iter()
            .map(|clause| (Occur::Must, clause.box_clone()));
        BooleanQuery::new(std::iter::once((Occur::Must, query)).chain(narrowed).collect())
    }
}

fn visible(fields: &Fields, viewer: &Viewer) -> Box<dyn Query> {
    match viewer {
        Viewer::Anonymous => has(fields.visible, "public"),
        // Moderators see all that is shared; what is private stays its owner's.
        Viewer::User(user) | Viewer::Everything(user) => {
            let own = has(fields.visible, &format!("u:{user}"));
            unscored(Box::new(BooleanQuery::union(vec![
                has(fields.visible, "school"),
                own,
            ])))
        }
    }
}

fn has(field: Field, value: &str) -> Box<dyn Query> {
    unscored(Box::new(TermQuery::new(
        Term::from_field_text(field, value),
        IndexRecordOption::Basic,
    )))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
