//! What the formats of sheets share: numbers and dates as a sheet shows them, and rows as lines.
use super::flow::readable;
use crate::child::{MAX_PAGE_TEXT, Sink, Stop};
use homeroom_core::ports::extractor::ExtractedPage;

/// How a number is shown, as far as it changes what one would search for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NumberFormat {
    #[default]
    General,
    /// Rounded, but without marks between thousands: those differ from country to country.
    Decimal(Places),
    Percent(Places),
    Date,
    Time,
    DateTime,
}

/// How many places behind the point are shown: no fewer, and no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    least: u8,
    most: u8,
}

impl Places {
    const fn exactly(count: u8) -> Self {
        Self {
            least: count,
            most: count,
        }
    }

    /// Halves are rounded up, of the number as it would be written and not of its binary form.
    fn show(self, value: f64) -> String {
        if !value.is_finite() || value.abs() >= 1e15 {
            return plain(value);
        }
        let most = usize::from(self.most);
        let mut text = format!("{:.most$}", value * (1.0 + 1e-15));
        if let Some(point) = text.find('.') {
            let least = point + 1 + usize::from(self.least);
            while text.len() > least && text.ends_with('0') {
                text.pop();
            }
            if text.ends_with('.') {
                text.pop();
            }
        }
        let is_nothing = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
        match text.strip_prefix('-') {
            Some(nothing) if is_nothing => nothing.to_owned(),
            _ => text,
        }
    }
}

impl NumberFormat {
    /// The formats that have a number and no text (ECMA-376 part 1, 18.8.30).
    pub(super) const fn built_in(id: u32) -> Option<Self> {
        match id {
            1 | 3 | 37 | 38 | 41 | 42 => Some(Self::Decimal(Places::exactly(0))),
            2 | 4 | 39 | 40 | 43 | 44 => Some(Self::Decimal(Places::exactly(2))),
            9 => Some(Self::Percent(Places::exactly(0))),
            10 => Some(Self::Percent(Places::exactly(2))),
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Some(Self::Date),
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => Some(Self::Time),
            22 => Some(Self::DateTime),
            0..=49 => Some(Self::General),
            _ => None,
        }
    }

    /// What a format's text means; only its first section counts.
    pub(super) fn of_code(code: &str) -> Self {
        let (mut date, mut time, mut percent) = (false, false, false);
        let mut number = Placeholders::default();
        for c in bare(code) {
            match c {
                'y' | 'Y' | 'd' | 'D' => date = true,
                'h' | 'H' | 's' | 'S' => time = true,
                '%' => percent = true,
                _ => number.take(c),
            }
        }
        match (date, time) {
            (true, true) => Self::DateTime,
            (true, false) => Self::Date,
            (false, true) => Self::Time,
            (false, false) => match number.places() {
                Some(places) if percent => Self::Percent(places),
                Some(places) => Self::Decimal(places),
                None if percent => Self::Percent(Places { least: 0, most: 13 }),
                None => Self::General,
            },
        }
    }

    /// A number as text: dates as `2026-11-21`, times as `13:30`.
    pub(super) fn show(self, value: f64, from_1904: bool) -> String {
        let shown = match self {
            Self::General => None,
            Self::Decimal(places) => Some(places.show(value)),
            Self::Percent(places) => Some(format!("{}%", places.show(value * 100.0))),
            Self::Date => date(value, from_1904),
            Self::Time => time(value),
            Self::DateTime => date(value, from_1904)
                .zip(time(value))
                .map(|(date, time)| format!("{date} {time}")),
        };
        shown.unwrap_or_else(|| plain(value))
    }
}

/// The characters of a format's first section that stand for something, without texts and conditions.
fn bare(code: &str) -> impl Iterator<Item = char> {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let section = code.chars().scan((), move |(), c| {
        if std::mem::take(&mut escaped) {
            return Some(None);
        }
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => return None,
            c => return Some(Some(c)),
        }
        Some(None)
    });
    section.flatten()
}

/// The places of a number that a format names.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the format that stands by itself"
)]
struct Placeholders {
    named: bool,
    behind_point: bool,
    places: Places,
    /// A mark between thousands that no place has followed yet, or which divides the number.
    comma: bool,
    /// Powers of ten, fractions, texts and divided numbers are shown as they are.
    special: bool,
}

impl Placeholders {
    fn take(&mut self, c: char) {
        match c {
            '0' | '#' | '?' => {
                self.named = true;
                self.comma = false;
                if self.behind_point {
                    self.places.most = self.places.most.saturating_add(1).min(15);
                    if c == '0' {
                        self.places.least = self.places.most;
                    }
                }
            }
            '.' => {
                self.special |= self.comma;
                self.behind_point = true;
            }
            ',' => self.comma = self.named,
            'E' | 'e' | '/' | '@' => self.special = true,
            _ => {}
        }
    }

    fn places(&self) -> Option<Places> {
        (self.named && !self.special && !self.comma).then_some(self.places)
    }
}

/// A number without the noise of its binary form: 0.1 + 0.2 is 0.3.
pub(super) fn plain(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-9..1e15).contains(&size) {
        return format!("{value:e}");
    }
    let digits_before = if size < 1.0 { 1 } else { whole(size.log10()) + 1 };
    let text = format!(
        "{value:.*}",
        usize::try_from(15_u64.saturating_sub(digits_before)).unwrap_or(0)
    );
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Days since the last day of 1899, with the 29 February 1900 that never was.
fn date(value: f64, from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let days = whole(value).cast_signed() + if from_1904 { 1_462 } else { 0 };
    let days = if days < 60 { days + 1 } else { days };
    // Days since 1 March of the year 0 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let shifted = days - 25_569 + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// The whole part of a number below 2^53; nothing of a negative one.
fn whole(value: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, as is meant"
    )]
    let whole = value as u64;
    whole
}

fn time(value: f64) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let seconds = whole((value.fract() * 86_400.0).round()) % 86_400;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Some(if seconds == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    })
}

/// A sheet that is being filled: its name, then a line for each row.
pub(super) struct SheetPage {
    name: String,
    text: String,
    row: String,
    /// Of the row, as far as it goes.
    columns: usize,
}

/// Wider gaps between the cells of a row are not shown.
const MAX_GAP: usize = 30;

impl SheetPage {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: readable(name).into_owned(),
            row: String::new(),
            columns: 0,
        }
    }

    /// Adds a cell to the row; empty ones are nothing.
    pub(super) fn cell(&mut self, shown: &str) {
        let shown = readable(shown);
        let shown = shown.trim();
        if shown.is_empty() {
            return;
        }
        if self.columns > 0 {
            self.row.push('\t');
        }
        self.row.push_str(shown);
        self.columns += 1;
    }

    /// Adds a cell to the row in its column, from 0; those between are empty.
    pub(super) fn cell_at(&mut self, column: usize, shown: &str) {
        if shown.trim().is_empty() {
            return;
        }
        let gap = column.saturating_sub(self.columns).min(MAX_GAP);
        let tabs = gap.saturating_sub(usize::from(self.columns == 0));
        self.row.extend(std::iter::repeat_n('\t', tabs));
        self.columns += gap;
        self.cell(shown);
        self.columns = self.columns.max(column + 1);
    }

    pub(super) fn end_row(&mut self) {
        self.columns = 0;
        if !self.row.is_empty() {
            self.text.push('\n');
            self.text.push_str(&self.row);
            self.row.clear();
        }
    }

    /// Whether no more fits: a few shared strings can be named without end.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() + self.row.len() > MAX_PAGE_TEXT
    }

    /// Gives the page, named as the sheet is.
    pub(super) fn finish(mut self, sink: &mut Sink) -> Result<(), Stop> {
        self.end_row();
        sink.outline(&self.name, sink.pages() + 1, 1);
        let heading = self.text.lines().next().unwrap_or_default().to_owned();
        sink.page(ExtractedPage {
            label: Some(self.name),
            headings: vec![heading],
            text: self.text,
            ..ExtractedPage::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_sheets_show_them() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(5.0), "5");
        assert_eq!(plain(-1234.5), "-1234.5");
        assert_eq!(plain(123_456_789_012.0), "123456789012");
        let show = |format: NumberFormat, value| format.show(value, false);
        assert_eq!(show(NumberFormat::Date, 46_347.0), "2026-11-21");
        assert_eq!(show(NumberFormat::Date, 1.0), "1900-01-01");
        assert_eq!(show(NumberFormat::Date, 61.0), "1900-03-01");
        assert_eq!(NumberFormat::Date.show(0.0, true), "1904-01-01");
        assert_eq!(show(NumberFormat::DateTime, 46_347.562_5), "2026-11-21 13:30");
    }

    #[test]
    fn numbers_have_the_places_that_their_format_names() {
        for (code, value, shown) in [
            ("0.0%", 1.0 / 3.0, "33.3%"),
            ("0%", 0.125, "13%"),
            ("0.##%", 0.5, "50%"),
            ("0.00", 5.0, "5.00"),
            ("0.00", 1.005, "1.01"),
            ("#,##0", 1234.5, "1235"),
            ("#,##0.0#", 1234.5, "1234.5"),
            ("[$$-409]#,##0.00;[Red]-0", -0.001, "0.00"),
            ("#,##0,", 1_234_500.0, "1234500"),
            ("0.00E+00", 1234.5, "1234.5"),
            ("# ?/?", 0.5, "0.5"),
            ("General", 0.1 + 0.2, "0.3"),
            ("@", 2.5, "2.5"),
        ] {
            assert_eq!(NumberFormat::of_code(code).show(value, false), shown, "{code}");
        }
        let built_in = |id| NumberFormat::built_in(id).unwrap();
        assert_eq!(built_in(10).show(0.5, false), "50.00%");
        assert_eq!(built_in(2).show(0.125, false), "0.13");
        assert_eq!(built_in(0).show(0.125, false), "0.125");
    }

    #[test]
    fn codes_tell_dates_from_numbers() {
        for (code, format) in [
            ("yyyy\\-mm\\-dd", NumberFormat::Date),
            ("[$-409]d/m/yy h:mm", NumberFormat::DateTime),
            ("[h]:mm:ss", NumberFormat::Time),
            ("0.00%", NumberFormat::Percent(Places::exactly(2))),
            ("#,##0.00\" days\"", NumberFormat::Decimal(Places::exactly(2))),
            ("[Red]0;[Blue]-0", NumberFormat::Decimal(Places::exactly(0))),
        ] {
            assert_eq!(NumberFormat::of_code(code), format, "{code}");
        }
    }
}
