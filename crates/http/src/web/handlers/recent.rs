//! Where a reader left off: kept in their own browser, so that the school does not know it.
use super::visitor::Visitor;
use crate::api::caller::cookie;
use homeroom_core::domain::ids::MaterialId;

const COOKIE: &str = "recent";
const KEPT: usize = 3;

/// Materials and pages, latest first.
pub(super) fn read(visitor: &Visitor) -> Vec<(MaterialId, u32)> {
    cookie(&visitor.headers, COOKIE)
        .unwrap_or_default()
        .split('~')
        .filter_map(|entry| {
            let (id, page) = entry.split_once(':')?;
            Some((id.parse().ok()?, page.parse().ok()?))
        })
        .take(KEPT)
        .collect()
}

/// The `Set-Cookie` that puts a place first.
pub(super) fn remember(visitor: &Visitor, id: MaterialId, page: u32) -> String {
    let others = read(visitor).into_iter().filter(|(other, _)| *other != id);
    let places: Vec<String> = std::iter::once((id, page))
        .chain(others)
        .take(KEPT)
        .map(|(id, page)| format!("{id}:{page}"))
        .collect();
    let secure = if visitor.app.https { "; Secure" } else { "" };
    format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000{secure}",
        places.join("~")
    )
}
