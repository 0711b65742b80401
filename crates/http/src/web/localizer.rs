//! Words in the reader's language, through Fluent; numbers, sizes and dates as the language writes them.
//!
//! Nothing here knows a page. Values placed into a sentence are isolated (U+2068…U+2069), so that a
//! Hebrew title inside an English sentence, or a number inside a Hebrew one, does not reorder it.
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use homeroom_core::domain::attendance::AttendanceState;
use homeroom_core::domain::kind::Kind;
use jiff::civil::{Date, Weekday};
use std::sync::OnceLock;

/// The keys of the weekdays' names, Monday first.
pub const WEEKDAYS: [&str; 7] = [
    "weekday-monday",
    "weekday-tuesday",
    "weekday-wednesday",
    "weekday-thursday",
    "weekday-friday",
    "weekday-saturday",
    "weekday-sunday",
];

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English, left to right.
    English,
    /// Hebrew, right to left.
    Hebrew,
}

impl Lang {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::English, Self::Hebrew];

    /// The BCP 47 tag, for `lang` attributes, the `?lang=` parameter and the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hebrew => "he",
        }
    }

    /// The base direction, for `dir` attributes.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Hebrew => "rtl",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Hebrew => "עברית",
        }
    }

    /// With which day weeks begin.
    pub const fn first_weekday(self) -> Weekday {
        match self {
            Self::English => Weekday::Monday,
            Self::Hebrew => Weekday::Sunday,
        }
    }

    /// The language named by exactly this tag.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The best match for an `Accept-Language` header (RFC 9110 §12.5.4); English when none fits.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (Self::English, 0.0);
        for range in accept_language.split(',').take(32) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.parse::<f32>().unwrap_or(0.0));
            // `iw` is what some systems still call Hebrew.
            let primary = match tag.split('-').next() {
                Some("iw") => "he",
                Some(primary) => primary,
                None => continue,
            };
            if let Some(lang) = Self::from_code(primary)
                && quality > best.1
            {
                best = (lang, quality);
            }
        }
        best.0
    }

    const fn sources(self) -> [&'static str; 6] {
        match self {
            Self::English => [
                include_str!("../../locales/en/chrome.ftl"),
                include_str!("../../locales/en/materials.ftl"),
                include_str!("../../locales/en/share.ftl"),
                include_str!("../../locales/en/classes.ftl"),
                include_str!("../../locales/en/account.ftl"),
                include_str!("../../locales/en/problems.ftl"),
            ],
            Self::Hebrew => [
                include_str!("../../locales/he/chrome.ftl"),
                include_str!("../../locales/he/materials.ftl"),
                include_str!("../../locales/he/share.ftl"),
                include_str!("../../locales/he/classes.ftl"),
                include_str!("../../locales/he/account.ftl"),
                include_str!("../../locales/he/problems.ftl"),
            ],
        }
    }
}

/// Speaks one language. Made once for each language and shared by all requests.
pub struct Localizer {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Localizer {
    /// The localizer of a language.
    pub fn of(lang: Lang) -> &'static Self {
        static ENGLISH: OnceLock<Localizer> = OnceLock::new();
        static HEBREW: OnceLock<Localizer> = OnceLock::new();
        match lang {
            Lang::English => ENGLISH.get_or_init(|| Self::load(lang)),
            Lang::Hebrew => HEBREW.get_or_init(|| Self::load(lang)),
        }
    }

    fn load(lang: Lang) -> Self {
        let tag = lang
            .code()
            .parse()
            .expect("our own language codes are well formed");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(number.value)),
            _ => None,
        }));
        for source in lang.sources() {
            // What parsed is used; a test proves that everything parses and no key comes twice.
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { lang, bundle }
    }

    /// Which language this is.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The text of a key without values.
    pub fn text(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text of a key, with values placed into it.
    pub fn with(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.format(key, Some(&args))
    }

    /// Whether a key exists.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(fluent.key = key, "a page asks for a text that does not exist");
            return key.to_owned();
        };
        self.bundle
            .format_pattern(pattern, args, &mut Vec::new())
            .into_owned()
    }

    /// A whole number, grouped by thousands.
    pub fn number(&self, number: u64) -> String {
        #[expect(
            clippy::cast_precision_loss,
            reason = "shown to people; 2^53 is far above any count here"
        )]
        grouped(number as f64)
    }

    /// A size in bytes: decimal units, one decimal place below ten.
    pub fn size(&self, bytes: u64) -> String {
        const UNITS: [&str; 4] = [
            "size-kilobytes",
            "size-megabytes",
            "size-gigabytes",
            "size-terabytes",
        ];
        if bytes < 1_000 {
            return self.with("size-bytes", &[("n", bytes.into())]);
        }
        #[expect(clippy::cast_precision_loss, reason = "rounded to two digits anyway")]
        let mut amount = bytes as f64 / 1_000.0;
        let mut unit = 0;
        while amount >= 999.5 && unit + 1 < UNITS.len() {
            amount /= 1_000.0;
            unit += 1;
        }
        let shown = if amount < 9.95 {
            format!("{amount:.1}").trim_end_matches(".0").to_owned()
        } else {
            grouped(amount.round())
        };
        self.with(UNITS[unit], &[("n", shown.into())])
    }

    /// A day, written out: `20 November 2026`.
    pub fn day(&self, date: Date) -> String {
        const MONTHS: [&str; 12] = [
            "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
            "month-9", "month-10", "month-11", "month-12",
        ];
        let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
        self.with(
            "day-long",
            &[
                ("day", date.day().into()),
                ("month", self.text(month).into()),
                ("year", date.year().to_string().into()),
            ],
        )
    }

    /// A month: `November 2026`.
    pub fn month(&self, date: Date) -> String {
        let name = self.text(&format!("month-{}", date.month()));
        self.with(
            "month-year",
            &[("month", name.into()), ("year", date.year().to_string().into())],
        )
    }

    /// The weekdays in the order of a week here, from 1 for Monday to 7, with their names.
    pub fn weekdays(&self) -> impl Iterator<Item = (u8, String)> {
        let first = self.lang.first_weekday().to_monday_zero_offset().unsigned_abs();
        (first..first + 7).map(|day| {
            let place = day % 7;
            (place + 1, self.text(WEEKDAYS[usize::from(place)]))
        })
    }

    /// A day with its weekday: `Friday, 20 November 2026`.
    pub fn weekday(&self, date: Date) -> String {
        let name = self.text(WEEKDAYS[date.weekday().to_monday_zero_offset().unsigned_abs() as usize]);
        self.with(
            "weekday-day",
            &[("weekday", name.into()), ("day", self.day(date).into())],
        )
    }

    /// A weekday where there is little room: `Fri`.
    pub fn short_weekday(&self, date: Date) -> String {
        let name = WEEKDAYS[date.weekday().to_monday_zero_offset().unsigned_abs() as usize];
        self.text(&format!("short-{}", name.trim_start_matches("weekday-")))
    }

    /// A length of time as clocks show it: `0:42`, `1:02:03`.
    pub fn clock(&self, milliseconds: u64) -> String {
        let seconds = milliseconds.div_ceil(1_000);
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    }

    /// What a member's attendance is, in a word.
    pub fn attendance(&self, state: AttendanceState) -> String {
        self.text(&format!("attendance-{}", state.name()))
    }

    /// A grade: `Grade 10`, `כיתה י׳`.
    pub fn grade(&self, grade: u8) -> String {
        self.with("grade-name", &[("n", grade.into())])
    }

    /// The name of a kind of file.
    pub fn kind(&self, kind: Kind) -> String {
        self.text(match kind {
            Kind::Pdf => "kind-pdf",
            Kind::Docx => "kind-docx",
            Kind::Pptx => "kind-pptx",
            Kind::Xlsx => "kind-xlsx",
            Kind::Odt => "kind-odt",
            Kind::Odp => "kind-odp",
            Kind::Ods => "kind-ods",
            Kind::Epub => "kind-epub",
            Kind::Rtf => "kind-rtf",
            Kind::Doc => "kind-doc",
            Kind::Ppt => "kind-ppt",
            Kind::Xls => "kind-xls",
            Kind::Latex => "kind-latex",
            Kind::Notebook => "kind-notebook",
            Kind::Code => "kind-code",
            Kind::Captions => "kind-captions",
            Kind::Archive => "kind-archive",
            Kind::Text => "kind-text",
            Kind::Markdown => "kind-markdown",
            Kind::Html => "kind-html",
            Kind::Image => "kind-image",
            Kind::Video => "kind-video",
            Kind::Audio => "kind-audio",
            Kind::Other => "kind-other",
        })
    }

    /// The name of a language that material is in; its code when it has no name here.
    pub fn language(&self, code: &str) -> String {
        self.named("language-", code)
    }

    /// What a problem's `code` means, in plain words; a general sentence for codes unknown here.
    pub fn problem(&self, code: &str) -> String {
        let key = format!("problem-{}", code.replace('_', "-"));
        if self.knows(&key) {
            self.text(&key)
        } else {
            self.text("problem-unknown")
        }
    }

    /// Why a file has no pages, in plain words, by the stable code of the rejection.
    pub fn rejection(&self, code: &str) -> String {
        let key = format!("rejection-{}", code.replace('_', "-"));
        if self.knows(&key) {
            self.text(&key)
        } else {
            self.text("rejection-crashed")
        }
    }

    /// What is wrong with a field, in plain words, by the core's own message about it. The numbers that the message
    /// names first, such as another line's, are kept.
    pub fn field_error(&self, message: &str) -> String {
        const MEANINGS: [(&str, &str); 34] = [
            ("must not be empty", "invalid-empty"),
            ("must have at most", "invalid-long"),
            ("must have at least", "invalid-short"),
            ("must not contain control", "invalid-control"),
            ("guessed first", "invalid-breached"),
            ("must be an e-mail address", "invalid-email"),
            ("may hold letters, digits", "invalid-username"),
            ("time zone such as", "invalid-zone"),
            ("before the term starts", "invalid-term"),
            ("day of the calendar", "invalid-date"),
            ("time of day such as", "invalid-time"),
            ("must be after it opens", "invalid-closes"),
            ("must be at most seven days", "invalid-lasts"),
            ("between opening and closing", "invalid-late"),
            ("is a holiday", "invalid-holiday"),
            ("must not be before the first lesson", "invalid-until"),
            ("must not be before from", "invalid-range"),
            ("ends before it begins", "invalid-range"),
            ("is another member's", "invalid-taken"),
            ("is nobody's here", "invalid-nobody"),
            ("is not a teacher's", "invalid-no-teacher"),
            ("code of eight letters", "invalid-code"),
            ("or a user name is needed", "invalid-no-login"),
            ("is the same account as in line", "invalid-same-account"),
            ("is in line", "invalid-in-line"),
            ("teaches this class", "invalid-teaches"),
            ("more from this line on", "invalid-more"),
            ("the file is not text", "invalid-list-no-text"),
            ("opened here and never closed", "invalid-list-quote"),
            ("cannot be read as CSV", "invalid-list-csv"),
            ("a class has at most", "invalid-list-long"),
            ("the file names nobody", "invalid-list-nobody"),
            ("not on this class's roster", "invalid-no-member"),
            ("is not a subject here", "invalid-no-subject"),
        ];
        let known = MEANINGS.iter().find(|(beginning, _)| message.contains(beginning));
        let number = message
            .split(|sign: char| !sign.is_ascii_digit())
            .find_map(|digits| digits.parse::<u32>().ok())
            .unwrap_or_default();
        let key = known.map_or("invalid-form", |(_, key)| key);
        self.with(key, &[("number", number.into())])
    }

    fn named(&self, prefix: &str, code: &str) -> String {
        let key = format!("{prefix}{code}");
        if self.knows(&key) {
            self.text(&key)
        } else {
            code.to_owned()
        }
    }
}

/// Digits grouped by commas, as both languages write them; at most two decimal places.
fn grouped(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}
