//! Materials and facets as lists show them.
use super::visitor::Visitor;
use crate::api::wire::status;
use crate::web::context::{Choice, Facet, FacetGroup, FacetOption, Hue, MaterialCard, Picture, SubjectTag};
use crate::web::parts::query_value;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::Material;
use homeroom_core::domain::user::Grade;
use homeroom_core::ports::search_index::{FacetCount, Facets};
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::read_material::MaterialView;
use homeroom_core::usecases::subjects::{SubjectView, list_subjects};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// All subjects by slug, to name and colour what lists show.
pub(super) struct Subjects(HashMap<String, SubjectView>);

impl Subjects {
    /// Reads the first few hundred; a school has dozens.
    pub async fn read(visitor: &Visitor) -> Result<Self, UseCaseError> {
        let mut subjects = HashMap::new();
        let mut cursor = None;
        for _ in 0..5 {
            let listing = list_subjects(&visitor.app.product, &visitor.actor(), 100, cursor).await?;
            subjects.extend(
                listing
                    .items
                    .into_iter()
                    .map(|view| (view.subject.slug.as_str().to_owned(), view)),
            );
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Self(subjects))
    }

    /// By how much there is of each, then by name.
    pub fn by_size(&self, visitor: &Visitor) -> Vec<(SubjectTag, u64)> {
        let mut all: Vec<_> = self
            .0
            .values()
            .map(|view| (tag(view, visitor), view.materials))
            .collect();
        all.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.name.cmp(&right.0.name)));
        all
    }

    /// The subject of this slug; one that is gone keeps its slug as a name.
    pub fn tag(&self, slug: &str, visitor: &Visitor) -> SubjectTag {
        self.0.get(slug).map_or_else(
            || SubjectTag {
                name: slug.to_owned(),
                url: subject_url(slug),
                hue: Hue::of_slug(slug),
            },
            |view| tag(view, visitor),
        )
    }

    /// Slugs and names by name, for choosing.
    pub fn names(&self, visitor: &Visitor) -> Vec<(String, String)> {
        let mut names: Vec<_> = self
            .0
            .iter()
            .map(|(slug, view)| (slug.clone(), name(view, visitor)))
            .collect();
        names.sort_by(|left, right| left.1.cmp(&right.1));
        names
    }
}

/// The name that a user gave it; the ones that a school begins with are translated.
fn name(view: &SubjectView, visitor: &Visitor) -> String {
    use homeroom_core::domain::subject::INITIAL_SUBJECTS;
    let slug = view.subject.slug.as_str();
    let key = format!("subject-{slug}");
    let initial = INITIAL_SUBJECTS
        .iter()
        .any(|(known, name, _)| *known == slug && *name == view.subject.name);
    if initial && visitor.t.knows(&key) {
        visitor.t.text(&key)
    } else {
        view.subject.name.clone()
    }
}

fn tag(view: &SubjectView, visitor: &Visitor) -> SubjectTag {
    let slug = view.subject.slug.as_str();
    SubjectTag {
        name: name(view, visitor),
        url: subject_url(slug),
        hue: Hue::new(view.subject.hue),
    }
}

fn subject_url(slug: &str) -> String {
    format!("/subjects/{}", query_value(slug))
}

/// The day of an instant; a school's own time zone is not known yet.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Who can see a material, in words.
pub(super) fn visibility(material: &Material, visitor: &Visitor) -> String {
    visitor
        .t
        .text(&format!("visibility-{}", material.details.visibility.name()))
}

/// A card that leads to `url`.
pub(super) fn card(view: &MaterialView, url: String, subjects: &Subjects, visitor: &Visitor) -> MaterialCard {
    let material = &view.material;
    let (_, _, _, pages) = status(&material.current.processing);
    MaterialCard {
        title: material.details.title.clone(),
        url,
        cover: material.current.has_cover.then(|| Picture {
            url: format!(
                "/api/v1/materials/{}/cover?v={}",
                material.id, material.current.number
            ),
            width: 300,
            height: 424,
        }),
        subject: material
            .details
            .subject
            .as_ref()
            .map(|slug| subjects.tag(slug.as_str(), visitor)),
        grade: material.details.grade.map(Grade::number),
        kind: material.current.kind,
        pages: (pages > 0).then_some(pages),
        uploader: view.uploader_name.clone(),
        shared_on: day(material.created_at),
    }
}

/// Where a material opens.
pub(super) fn material_url(view: &MaterialView) -> String {
    format!("/materials/{}", view.material.id)
}

/// A list's address with one parameter set or taken away, back on its first page.
pub(super) fn with_parameter(here: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key != name && key != "cursor" && key != "fragment" && key != "lang")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let query: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={}", query_value(value)))
        .collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// The address of a list's next page.
pub(super) fn going_on(visitor: &Visitor, cursor: &str) -> String {
    let here = with_parameter(&visitor.here, "cursor", None);
    let separator = if here.contains('?') { '&' } else { '?' };
    format!("{here}{separator}cursor={cursor}")
}

/// What a list can be narrowed by. `fixed` is what the page itself is about.
pub(super) fn facets(
    facets: &Facets,
    fixed: Option<Facet>,
    subjects: &Subjects,
    visitor: &Visitor,
) -> Vec<FacetGroup> {
    let t = visitor.t;
    let grade = |value: &str| {
        value
            .parse()
            .map_or_else(|_| value.to_owned(), |grade| t.grade(grade))
    };
    let kind = |value: &str| {
        let kinds = Kind::called(value);
        kinds
            .first()
            .map_or_else(|| value.to_owned(), |kind| t.kind(*kind))
    };
    let groups = [
        (
            Facet::Subject,
            "subject",
            options(&facets.subject, "subject", visitor, |value| {
                let tag = subjects.tag(value, visitor);
                (tag.name, Some(tag.hue))
            }),
        ),
        (
            Facet::Grade,
            "grade",
            options(&facets.grade, "grade", visitor, |value| (grade(value), None)),
        ),
        (
            Facet::Kind,
            "kind",
            options(&by_group(&facets.kind), "kind", visitor, |value| {
                (kind(value), None)
            }),
        ),
        (
            Facet::Language,
            "language",
            options(&facets.language, "language", visitor, |value| {
                (t.language(value), None)
            }),
        ),
    ];
    groups
        .into_iter()
        .filter(|(facet, name, options)| {
            let chosen = super::visitor::parameter(&visitor.here, name).is_some();
            Some(*facet) != fixed && (options.len() > 1 || chosen) && !options.is_empty()
        })
        .map(|(facet, _, options)| FacetGroup { facet, options })
        .collect()
}

/// Kinds that people call by one name as one.
fn by_group(counts: &[FacetCount]) -> Vec<FacetCount> {
    let mut groups: Vec<FacetCount> = Vec::new();
    for entry in counts {
        let group = group_of(&entry.value);
        match groups.iter_mut().find(|known| known.value == group) {
            Some(known) => known.count += entry.count,
            None => groups.push(FacetCount {
                value: group,
                count: entry.count,
            }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

fn group_of(kind: &str) -> String {
    let kinds = Kind::called(kind);
    kinds
        .first()
        .map_or_else(|| kind.to_owned(), |kind| kind.group().to_owned())
}

fn options(
    counts: &[FacetCount],
    name: &str,
    visitor: &Visitor,
    describe: impl Fn(&str) -> (String, Option<Hue>),
) -> Vec<FacetOption> {
    let chosen = super::visitor::parameter(&visitor.here, name);
    let chosen = chosen.map(|value| if name == "kind" { group_of(&value) } else { value });
    counts
        .iter()
        .take(12)
        .map(|entry| {
            let is_chosen = chosen.as_deref() == Some(entry.value.as_str());
            let (label, hue) = describe(&entry.value);
            FacetOption {
                label,
                count: entry.count,
                url: with_parameter(&visitor.here, name, (!is_chosen).then_some(entry.value.as_str())),
                state: if is_chosen { Choice::Chosen } else { Choice::Open },
                hue,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_people_call_by_one_name_are_counted_as_one() {
        let count = |value: &str, count| FacetCount {
            value: value.to_owned(),
            count,
        };
        let kinds = ["docx", "pptx", "pdf", "doc", "ppt", "odp"].map(|kind| count(kind, 2));
        assert_eq!(
            by_group(&kinds),
            [count("slides", 6), count("word", 4), count("pdf", 2)]
        );
        assert_eq!(group_of("pptx"), "slides");
    }
}
