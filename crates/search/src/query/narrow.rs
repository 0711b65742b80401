//! Filters and fields of a query: clauses without influence on scores.
use super::build::Builder;
use crate::analysis::scan;
use homeroom_core::ports::search_index::{FieldClause, FieldClauses, Filter};
use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

/// Clauses of one kind.
type Alternatives = (std::mem::Discriminant<FieldClause>, Vec<Box<dyn Query>>);

/// Everything that a query is narrowed by.
#[derive(Debug, Default)]
pub(crate) struct Narrow {
    clauses: Vec<(Occur, Box<dyn Query>)>,
}

impl Narrow {
    /// For a filter and the fields of a query.
    pub(crate) fn new(builder: &Builder, filter: &Filter, typed: &FieldClauses) -> tantivy::Result<Self> {
        let fields = builder.fields;
        let mut clauses = Vec::new();
        let uploader = filter.uploader.map(|uploader| uploader.to_string());
        let material = filter.material.map(|material| material.to_string());
        for (field, value) in [
            (fields.subject, filter.subject.as_deref()),
            (fields.course, filter.course.as_deref()),
            (fields.owner, uploader.as_deref()),
            (fields.material, material.as_deref()),
            (fields.tag, filter.tag.as_deref()),
            (fields.language, filter.language.as_deref()),
        ] {
            clauses.extend(value.map(|value| (Occur::Must, unscored(has(field, value)))));
        }
        if !filter.kinds.is_empty() {
            let kinds = FieldClause::Kind(filter.kinds.clone());
            clauses.push((Occur::Must, unscored(field_clause(builder, &kinds)?)));
        }
        if let Some(grade) = filter.grade {
            clauses.push((Occur::Must, unscored(has_grade(fields.grade, grade))));
        }
        // Clauses of one kind are alternatives.
        let mut kinds: Vec<Alternatives> = Vec::new();
        for clause in &typed.wanted {
            let kind = std::mem::discriminant(clause);
            let alternative = field_clause(builder, clause)?;
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, alternatives)) => alternatives.push(alternative),
                None => kinds.push((kind, vec![alternative])),
            }
        }
        for (_, alternatives) in kinds {
            clauses.push((Occur::Must, unscored(Box::new(BooleanQuery::union(alternatives)))));
        }
        for clause in &typed.excluded {
            clauses.push((Occur::MustNot, field_clause(builder, clause)?));
        }
        Ok(Self { clauses })
    }

    /// What must fit, and what must not.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = (bool, &dyn Query)> {
        let clauses = self.clauses.iter();
        clauses.map(|(occur, clause)| (*occur == Occur::Must, &**clause))
    }

    /// The query, narrowed.
    pub(crate) fn apply(&self, query: Box<dyn Query>) -> Box<dyn Query> {
        if self.clauses.is_empty() {
            return query;
        }
        let narrowed = self
            .clauses
            .iter()
            .map(|(occur, clause)| (*occur, clause.box_clone()));
        Box::new(BooleanQuery::new(
            std::iter::once((Occur::Must, query)).chain(narrowed).collect(),
        ))
    }
}

/// Materials that fit one clause; none when its values name nothing.
fn field_clause(builder: &Builder, clause: &FieldClause) -> tantivy::Result<Box<dyn Query>> {
    let fields = builder.fields;
    let any: Vec<Box<dyn Query>> = match clause {
        FieldClause::Subject(slugs) => slugs.iter().map(|slug| has(fields.subject, slug)).collect(),
        FieldClause::Kind(kinds) => kinds.iter().map(|kind| has(fields.kind, kind.name())).collect(),
        FieldClause::Grade(grades) => grades
            .iter()
            .map(|grade| has_grade(fields.grade, *grade))
            .collect(),
        FieldClause::Language(tags) => tags.iter().map(|tag| has(fields.language, tag)).collect(),
        FieldClause::Person(owners, name) => {
            let mut any: Vec<_> = owners
                .iter()
                .map(|owner| has(fields.owner, &owner.to_string()))
                .collect();
            let mut words: Vec<Box<dyn Query>> = Vec::new();
            for word in scan(name).iter().filter(|word| !word.swallowed) {
                let term = word.also.as_ref().unwrap_or(&word.exact);
                let mut forms = vec![has(fields.person, term)];
                let completions = builder.completions(fields.person, term)?;
                forms.extend(completions.iter().map(|word| has(fields.person, word)));
                words.push(Box::new(BooleanQuery::union(forms)));
            }
            if !words.is_empty() {
                any.push(Box::new(BooleanQuery::intersection(words)));
            }
            any
        }
    };
    Ok(Box::new(BooleanQuery::union(any)))
}

/// Entries with a value in a field.
pub(crate) fn has(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, value),
        IndexRecordOption::Basic,
    ))
}

fn has_grade(field: Field, grade: u8) -> Box<dyn Query> {
    let term = Term::from_field_u64(field, u64::from(grade));
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
