//! Materials and requests of the tests.
use homeroom_core::domain::classmates::Classmates;
use homeroom_core::domain::ids::{MaterialId, UserId};
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::RatingSummary;
use homeroom_core::ports::search_index::{
    Audience, Change, FieldClauses, Filter, FindRequest, FindSort, Found, IndexedMaterial, IndexedPage,
    ListRequest, SearchIndex, Sort, Viewer,
};
use homeroom_search::TantivyIndex;
use jiff::Timestamp;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

pub fn user(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(0xAAAA_0000_0000 + n))
}

/// A viewer who is in classes with these people.
pub fn classmate(n: u128, classes: &[&[u128]]) -> Viewer {
    let people = |class: &&[u128]| Arc::new(class.iter().map(|n| user(*n)).collect());
    Viewer::Classmate(user(n), Classmates::of(classes.iter().map(people)))
}

pub fn id(n: u128) -> MaterialId {
    MaterialId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n))
}

/// A school's material number `n` with pages 1, 2, …
pub fn material(n: u128, title: &str, pages: &[&str]) -> IndexedMaterial {
    IndexedMaterial {
        id: id(n),
        owner: user(1),
        audience: Audience::School,
        title: title.to_owned(),
        description: String::new(),
        uploader_name: "Noa Levi".to_owned(),
        subject: Some("math".to_owned()),
        grade: Some(9),
        course: None,
        tags: Vec::new(),
        language: Some("en".to_owned()),
        kind: Kind::Pdf,
        created_at: Timestamp::from_second(1_700_000_000 + i64::try_from(n).unwrap()).unwrap(),
        pages: (1..)
            .zip(pages)
            .map(|(number, text)| IndexedPage::plain(number, (*text).to_owned()))
            .collect(),
        rating: RatingSummary::default(),
        fingerprint: u64::try_from(n).unwrap(),
    }
}

pub fn in_language(language: &str, material: IndexedMaterial) -> IndexedMaterial {
    IndexedMaterial {
        language: Some(language.to_owned()),
        ..material
    }
}

pub struct Sample {
    pub index: TantivyIndex,
    pub dir: TempDir,
}

/// An index that holds these.
pub async fn index_of(materials: Vec<IndexedMaterial>) -> Sample {
    let dir = TempDir::new().unwrap();
    let index = TantivyIndex::open(dir.path()).unwrap();
    feed(&index, materials).await;
    index.rebuilt().await.unwrap();
    Sample { index, dir }
}

pub async fn feed(index: &TantivyIndex, materials: Vec<IndexedMaterial>) {
    index
        .apply(
            materials
                .into_iter()
                .map(|material| Change::Replace(Box::new(material)))
                .collect(),
        )
        .await
        .unwrap();
}

pub fn request(text: &str) -> FindRequest {
    FindRequest {
        text: text.to_owned(),
        viewer: Viewer::User(user(9)),
        filter: Filter::default(),
        fields: FieldClauses::default(),
        sort: FindSort::Relevance,
        limit: 20,
        offset: 0,
    }
}

pub fn listing(sort: Sort) -> ListRequest {
    ListRequest {
        viewer: Viewer::User(user(9)),
        filter: Filter::default(),
        sort,
        limit: 20,
        offset: 0,
    }
}

impl Sample {
    pub async fn find(&self, text: &str) -> Found {
        self.index.find(&request(text)).await.unwrap()
    }

    /// Material numbers with their best pages, best first.
    pub async fn pages(&self, text: &str) -> Vec<(u128, u32)> {
        let found = self.find(text).await;
        found
            .hits
            .iter()
            .map(|hit| (hit.material.uuid().as_u128() & 0xFFFF_FFFF, hit.page))
            .collect()
    }
}
