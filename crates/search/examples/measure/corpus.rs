//! The documents of the corpus whose text is known, as materials.
use super::Outcome;
use homeroom_core::domain::ids::{MaterialId, UserId};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::search_index::{
    Audience, FieldClauses, Filter, FindRequest, FindSort, IndexedMaterial, IndexedPage, RatingSummary,
    Viewer,
};
use std::path::Path;
use uuid::Uuid;

/// A document.
pub struct Document {
    /// Its path in the corpus.
    pub path: String,
    /// Its pages.
    pub pages: Vec<String>,
}

/// Reads all that have a text of truth.
pub fn read(root: &Path) -> Outcome<Vec<Document>> {
    let mut documents = Vec::new();
    for line in std::fs::read_to_string(root.join("truth/index.csv"))?
        .lines()
        .skip(1)
    {
        let columns = columns(line);
        let text = std::fs::read_to_string(root.join(format!("truth/{}.txt", columns[0])))?;
        documents.push(Document {
            path: columns[1].clone(),
            pages: text.split('\u{c}').map(str::to_owned).collect(),
        });
    }
    Ok(documents)
}

/// The columns of a line, with quotes taken off.
pub fn columns(line: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(String::new()),
            other => columns
                .last_mut()
                .into_iter()
                .for_each(|column| column.push(other)),
        }
    }
    columns
}

/// A material with pages 1, 2, ….
pub fn material(n: usize, audience: Audience, pages: Vec<String>) -> IndexedMaterial {
    let id = (n as u128 + 1) << 64 | (n as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    IndexedMaterial {
        id: MaterialId::new(Uuid::from_u128(id)),
        owner: UserId::new(Uuid::from_u128(n as u128 % 50)),
        audience,
        title: format!("Document {n}"),
        description: String::new(),
        uploader_name: "Somebody".to_owned(),
        subject: Some(format!("subject{}", n % 12)),
        grade: u8::try_from(7 + n % 6).ok(),
        course: None,
        tags: Vec::new(),
        language: None,
        kind: Kind::Pdf,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        rating: RatingSummary::default(),
        fingerprint: 0,
        pages: (1..)
            .zip(pages)
            .map(|(number, text)| IndexedPage::plain(number, text))
            .collect(),
    }
}

/// Asks for the first twenty.
pub fn request(text: &str, viewer: Viewer) -> FindRequest {
    FindRequest {
        text: text.to_owned(),
        fields: FieldClauses::default(),
        viewer,
        filter: Filter::default(),
        sort: FindSort::Relevance,
        limit: 20,
        offset: 0,
    }
}
