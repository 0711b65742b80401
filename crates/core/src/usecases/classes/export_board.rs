//! A board or a term as CSV (RFC 4180), safe to open in a spreadsheet.
use super::read_board::{Board, read_board};
use super::read_term::{Term, read_term};
use crate::domain::ids::{ClassId, LessonId};
use crate::domain::policy::Actor;
use crate::domain::roster::Login;
use crate::usecases::{Product, UseCaseError};
use jiff::civil::Date;

/// One row for each member of a lesson.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn export_board(
    product: &Product,
    actor: &Actor,
    id: LessonId,
) -> Result<(Board, String), UseCaseError> {
    let board = read_board(product, actor, id).await?;
    let heading = [
        "name",
        "student_number",
        "login",
        "state",
        "submitted_at",
        "duration_seconds",
        "title",
        "review",
        "comment",
        "reason",
        "receipt",
        "sha256",
    ];
    let rows = board.rows.iter().map(|row| {
        let submission = row.submission.as_ref();
        let review = submission.and_then(|submission| submission.review.as_ref());
        let local = submission.map(|submission| {
            let at = submission.submitted_at.to_zoned(board.class.zone.rules());
            at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        });
        let seconds = submission.and_then(|submission| submission.media.duration_ms);
        let seconds = seconds.map(|ms| format!("{}.{}", ms / 1_000, ms % 1_000 / 100));
        vec![
            row.member.name.clone(),
            row.member.student_number.clone().unwrap_or_default(),
            row.member
                .login
                .as_ref()
                .map(Login::as_str)
                .unwrap_or_default()
                .to_owned(),
            row.state.name().to_owned(),
            local.unwrap_or_default(),
            seconds.unwrap_or_default(),
            submission
                .map(|submission| submission.title.clone())
                .unwrap_or_default(),
            review
                .map(|review| review.verdict.name().to_owned())
                .unwrap_or_default(),
            review.map(|review| review.comment.clone()).unwrap_or_default(),
            row.mark
                .as_ref()
                .map(|mark| mark.reason.clone())
                .unwrap_or_default(),
            submission
                .map(|submission| submission.receipt.to_string())
                .unwrap_or_default(),
            submission
                .map(|submission| submission.sha256.to_hex())
                .unwrap_or_default(),
        ]
    });
    let heading = heading.iter().map(|cell| (*cell).to_owned()).collect();
    let text = csv(std::iter::once(heading).chain(rows))?;
    Ok((board, text))
}

/// One row for each member, one column for each lesson.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`.
pub async fn export_term(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Term, String), UseCaseError> {
    let term = read_term(product, actor, id, from, to).await?;
    let mut heading = vec!["name".to_owned(), "student_number".to_owned()];
    heading.extend(term.lessons.iter().map(|lesson| lesson.date.to_string()));
    let rows = term.rows.iter().map(|row| {
        let mut cells = vec![
            row.member.name.clone(),
            row.member.student_number.clone().unwrap_or_default(),
        ];
        let state = |state: &Option<_>| {
            state.map(|state: crate::domain::attendance::AttendanceState| state.name().to_owned())
        };
        cells.extend(row.states.iter().map(|s| state(s).unwrap_or_default()));
        cells
    });
    let text = csv(std::iter::once(heading).chain(rows))?;
    Ok((term, text))
}

fn csv(rows: impl Iterator<Item = Vec<String>>) -> Result<String, UseCaseError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| UseCaseError::Internal(error.to_string());
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(harmless).collect();
        writer.write_record(&cells).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| UseCaseError::Internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| UseCaseError::Internal(error.to_string()))
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it (OWASP,
/// CSV injection), also behind spaces that spreadsheets leave out.
fn harmless(cell: String) -> String {
    let looks = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '＝' | '＋' | '－' | '＠'
        )
    };
    let first = cell.chars().next();
    let shown = cell.trim_start().chars().next();
    if first.is_some_and(looks) || shown.is_some_and(looks) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_look_like_formulas_are_texts() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"] {
            assert_eq!(harmless(formula.into()), format!("'{formula}"));
        }
        for text in ["Ada", "1+1", "a=b", "שרה", ""] {
            assert_eq!(harmless(text.into()), text);
        }
        let rows = [vec!["a,\"b\"\nc".to_owned(), "=1".to_owned()]];
        assert_eq!(csv(rows.into_iter()).unwrap(), "\"a,\"\"b\"\"\nc\",'=1\r\n");
    }
}
