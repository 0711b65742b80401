//! Rosters as schools export them: CSV (RFC 4180) in whatever encoding, with whatever separator.
//!
//! Reads everything before it judges, so that all bad lines are named at once.
use super::class::MAX_MEMBERS;
use super::ids::UserId;
use super::name;
use super::roster::{Login, RosterLine};
use super::user::{Email, Username, full_name};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::collections::HashMap;

/// The largest list, in bytes.
pub const MAX_CSV_BYTES: usize = 2 << 20;
/// The most problems that are named one by one; how many more there are is said in one more.
pub const MAX_ERRORS: usize = 200;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// `name`, `login`, `student_number`, or `line` for all of it.
    pub column: &'static str,
    /// In a few words.
    pub message: String,
}

/// What a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedRoster {
    /// The good lines.
    pub lines: Vec<RosterLine>,
    /// What is wrong with the others, by line: at most [`MAX_ERRORS`], and one that says how many more.
    pub errors: Vec<LineError>,
    /// What is wrong beside those that are named.
    unnamed: usize,
}

/// Which cell is what.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    email: Option<usize>,
    username: Option<usize>,
    student_number: Option<usize>,
}

/// Without a heading: name, address or user name, number.
const BY_PLACE: Columns = Columns {
    name: 0,
    email: Some(1),
    username: None,
    student_number: Some(2),
};

const NAME: &[&str] = &[
    "name",
    "full name",
    "student",
    "student name",
    "display name",
    "nom",
    "nombre",
    "שם",
    "שם מלא",
    "الاسم",
    "имя",
    "фио",
];
const EMAIL: &[&str] = &[
    "email",
    "e mail",
    "mail",
    "email address",
    "e mail address",
    "adresse e mail",
    "correo",
    "דואל",
    "אימייל",
    "email or username",
    "e mail or username",
    "login",
];
const USERNAME: &[&str] = &[
    "username",
    "user name",
    "user",
    "account",
    "benutzername",
    "שם משתמש",
];
const NUMBER: &[&str] = &[
    "student number",
    "student no",
    "student id",
    "number",
    "no",
    "id",
    "schülernummer",
    "matrikelnummer",
    "numéro",
    "número",
    "מספר תלמיד",
    "מס תלמיד",
    "מספר",
];

/// Reads a list. Nothing is looked up.
pub fn parse(bytes: &[u8]) -> ParsedRoster {
    let mut parsed = ParsedRoster::default();
    let text = decode(bytes);
    if text.contains('\0') {
        parsed.refuse(1, "line", "the file is not text");
        return parsed;
    }
    if let Some(line) = open_quote(&text) {
        parsed.refuse(line, "line", "a quotation mark is opened here and never closed");
        return parsed;
    }
    let declared = declared_separator(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(declared.unwrap_or_else(|| separator(&text)))
        .from_reader(text.as_bytes());
    let mut columns = None;
    let mut seen = Seen::default();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                parsed.refuse(line, "line", "cannot be read as CSV");
                continue;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        let is_declaration = line == 1 && declared.is_some();
        if is_declaration || record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(columns) = columns else {
            let heading = heading(&record);
            columns = Some(heading.unwrap_or(BY_PLACE));
            if heading.is_none() {
                parsed.take(&record, BY_PLACE, line, &mut seen);
            }
            continue;
        };
        parsed.take(&record, columns, line, &mut seen);
        if parsed.lines.len() > MAX_MEMBERS {
            parsed.refuse(
                line,
                "line",
                &format!("a class has at most {MAX_MEMBERS} members"),
            );
            break;
        }
    }
    if parsed.lines.is_empty() && parsed.errors.is_empty() {
        parsed.refuse(1, "line", "the file names nobody");
    }
    parsed
}

/// Where logins and numbers were first named.
#[derive(Default)]
struct Seen {
    logins: HashMap<String, u64>,
    numbers: HashMap<String, u64>,
}

impl ParsedRoster {
    /// Notes the accounts of the lines, and refuses lines that name an account which an earlier one names too, one
    /// by address and one by user name, or that of somebody who teaches the class. `users` are the accounts of
    /// [`ParsedRoster::lines`], in their order.
    pub fn take_accounts(&mut self, users: &[Option<UserId>], teaches: impl Fn(UserId) -> bool) {
        let mut first_lines = HashMap::new();
        let mut good = Vec::with_capacity(self.lines.len());
        let accounts = users.iter().copied().chain(std::iter::repeat(None));
        for (line, user) in std::mem::take(&mut self.lines).into_iter().zip(accounts) {
            if user.is_some_and(&teaches) {
                self.refuse(line.line, "login", "teaches this class");
                continue;
            }
            let first = user.map(|user| *first_lines.entry(user).or_insert(line.line));
            match first.filter(|first| *first != line.line) {
                Some(first) => {
                    let message = format!("is the same account as in line {first}");
                    self.refuse(line.line, "login", &message);
                }
                None => good.push(RosterLine { user, ..line }),
            }
        }
        self.lines = good;
        let named = self.errors.len().min(MAX_ERRORS);
        self.errors[..named].sort_by_key(|error| error.line);
    }

    fn refuse(&mut self, line: u64, column: &'static str, message: &str) {
        let mut error = LineError {
            line,
            column,
            message: message.to_owned(),
        };
        if self.errors.len() >= MAX_ERRORS {
            self.unnamed += 1;
            // The line is that of the first that is not named.
            let first = self.errors.drain(MAX_ERRORS..).next();
            error.line = first.map_or(line, |first| first.line);
            error.column = "line";
            error.message = format!("and {} more from this line on", self.unnamed);
        }
        self.errors.push(error);
    }

    /// How much is wrong, named or not.
    fn problems(&self) -> usize {
        self.errors.len().min(MAX_ERRORS) + self.unnamed
    }

    fn take(&mut self, record: &csv::StringRecord, columns: Columns, line: u64, seen: &mut Seen) {
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).map_or("", str::trim);
        let before = self.problems();
        let name = full_name(&one_line(cell(Some(columns.name))));
        if let Err(error) = &name {
            self.refuse(line, "name", &error.to_string());
        }
        let login = login(cell(columns.email), cell(columns.username));
        match &login {
            Err(why) => self.refuse(line, "login", why),
            Ok(login) => {
                if let Some(first) = seen.logins.insert(login.folded(), line) {
                    self.refuse(line, "login", &format!("is in line {first} already"));
                }
            }
        }
        let number = one_line(cell(columns.student_number));
        let number = (!number.is_empty()).then(|| name::line(&number, 40)).transpose();
        match &number {
            Err(error) => self.refuse(line, "student_number", &error.to_string()),
            Ok(Some(number)) => {
                if let Some(first) = seen.numbers.insert(number.clone(), line) {
                    self.refuse(line, "student_number", &format!("is in line {first} already"));
                }
            }
            Ok(None) => {}
        }
        if let (Ok(name), Ok(login), Ok(student_number)) = (name, login, number)
            && self.problems() == before
        {
            self.lines.push(RosterLine {
                line,
                name,
                login,
                student_number,
                user: None,
            });
        }
    }
}

/// A cell that a spreadsheet has broken into lines, as one.
fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address, or else the user name.
fn login(first: &str, second: &str) -> Result<Login, String> {
    let text = if first.is_empty() { second } else { first };
    if text.is_empty() {
        return Err("an e-mail address or a user name is needed".to_owned());
    }
    if text.contains('@') {
        Email::parse(text).map(Login::Email).map_err(|e| e.to_string())
    } else {
        Username::parse(text)
            .map(Login::Username)
            .map_err(|e| e.to_string())
    }
}

/// What the cells of a heading stand for; `None` when the line is no heading.
fn heading(record: &csv::StringRecord) -> Option<Columns> {
    let words: Vec<String> = record.iter().map(heading_words).collect();
    let place = |known: &[&str]| words.iter().position(|word| known.contains(&word.as_str()));
    let name = place(NAME);
    let (email, username) = (place(EMAIL), place(USERNAME));
    let is_heading = name.is_some() && (email.is_some() || username.is_some());
    is_heading.then(|| Columns {
        name: name.unwrap_or(0),
        email,
        username,
        student_number: place(NUMBER),
    })
}

fn heading_words(cell: &str) -> String {
    let open: String = cell
        .to_lowercase()
        .chars()
        // The mark of a Hebrew abbreviation belongs to its word, however it was typed.
        .filter(|c| !matches!(c, '״' | '"' | '”' | '“' | '\''))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    open.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mark decides, then zeros, which only UTF-16 has, then valid UTF-8; anything else is Windows-1252.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(text) = unmarked_utf_16(bytes) {
        return text;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// UTF-16 without a mark. Whatever its script, separators and ends of lines have a zero byte, in little-endian the
/// second one; what is no text has other control characters, too.
fn unmarked_utf_16(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let zeros = |odd: usize| {
        bytes
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if even == odd {
        return None;
    }
    let encoding = if odd > even { UTF_16LE } else { UTF_16BE };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    text.chars().all(is_text).then_some(text)
}

/// The separator that Excel was told by a first line such as `sep=;`.
fn declared_separator(text: &str) -> Option<u8> {
    let first = text.lines().next()?.trim_matches('"');
    let (word, separator) = (first.get(..4)?, &first[4..]);
    let is_one = separator.len() == 1 && matches!(separator, "," | ";" | "\t" | "|");
    (word.eq_ignore_ascii_case("sep=") && is_one).then(|| separator.as_bytes()[0])
}

/// Which of comma, semicolon and tab stands most often outside quotes in the first lines.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quotes = Quotes::default();
    for byte in text.bytes().take(16 << 10) {
        quotes.pass(byte);
        for (separator, count) in &mut counts {
            *count += u32::from(!quotes.is_open && byte == *separator);
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(separator, _)| *separator)
}

/// Whether a place is within quotation marks (RFC 4180 §2): they open a cell at its beginning only; elsewhere, as in
/// a Hebrew abbreviation, they are letters.
#[derive(Default)]
struct Quotes {
    is_open: bool,
    is_within_cell: bool,
    has_closed: bool,
}

impl Quotes {
    /// Goes past a byte; whether it opens a cell's quotation marks.
    fn pass(&mut self, byte: u8) -> bool {
        let is_mark = byte == b'"';
        let opens = is_mark && !self.is_open && !self.is_within_cell;
        // Doubled, it is a mark within the cell.
        let reopens = is_mark && self.has_closed;
        self.has_closed = is_mark && self.is_open;
        self.is_open = opens || reopens || self.is_open && !is_mark;
        self.is_within_cell = self.is_open || !matches!(byte, b',' | b';' | b'\t' | b'|' | b'\r' | b'\n');
        opens
    }
}

/// The line of a quotation mark that opens a cell and is never closed.
fn open_quote(text: &str) -> Option<u64> {
    let (mut line, mut opened, mut quotes) = (1, 1, Quotes::default());
    for byte in text.bytes() {
        if quotes.pass(byte) {
            opened = line;
        }
        line += u64::from(byte == b'\n');
    }
    quotes.is_open.then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8]) -> Vec<String> {
        let parsed = parse(bytes);
        assert_eq!(parsed.errors, [], "{}", String::from_utf8_lossy(bytes));
        parsed.lines.into_iter().map(|line| line.name).collect()
    }

    #[test]
    fn an_account_is_named_once_by_address_or_by_name() {
        let mut parsed =
            parse(b"Ada,ada@school.example\nBo,bob\nAda L.,ada\nCy,nobody at all\nDi,dii\nEm,emm\n");
        let user = |n| Some(UserId::new(uuid::Uuid::from_u128(n)));
        parsed.take_accounts(&[user(1), user(2), user(1), None, user(4)], |teacher| {
            Some(teacher) == user(4)
        });
        let kept: Vec<&str> = parsed.lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(kept, ["Ada", "Bo", "Di"]);
        let users: Vec<_> = parsed.lines.iter().map(|line| line.user).collect();
        assert_eq!(users, [user(1), user(2), None]);
        let errors: Vec<_> = parsed
            .errors
            .iter()
            .map(|error| (error.line, error.column))
            .collect();
        assert_eq!(errors, [(3, "login"), (4, "login"), (6, "login")]);
        assert_eq!(parsed.errors[0].message, "is the same account as in line 1");
        assert_eq!(parsed.errors[2].message, "teaches this class");
    }

    #[test]
    fn every_encoding_and_separator_that_schools_export() {
        let text = "Name;E-Mail;Schülernummer\r\nJürgen Groß;juergen@school.example;17\r\n\r\n\"Núñez; Ana\";ana@school.example;18\r\n";
        let expected = ["Jürgen Groß", "Núñez; Ana"];
        let utf_16 = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
            let mark = mark.then_some(0xFEFF);
            mark.into_iter()
                .chain(text.encode_utf16())
                .flat_map(order)
                .collect()
        };
        let latin: Vec<u8> = text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            utf_16(u16::to_le_bytes, true),
            utf_16(u16::to_be_bytes, true),
            utf_16(u16::to_le_bytes, false),
            utf_16(u16::to_be_bytes, false),
            latin,
            text.replace(';', "\t").replace("Núñez\t", "Núñez;").into_bytes(),
        ] {
            assert_eq!(names(&bytes), expected);
        }
    }

    #[test]
    fn lists_as_hebrew_schools_export_them() {
        let quoted =
            "שם,\"דוא\"\"ל\",מספר תלמיד\r\nנועה לוי,noa@school.example,7\r\nאבי כהן,avi@school.example,8\r\n";
        let bare = quoted.replace("\"דוא\"\"ל\"", "דוא\"ל");
        let expected = ["נועה לוי", "אבי כהן"];
        for text in [quoted, &bare] {
            let parsed = parse(text.as_bytes());
            assert_eq!(parsed.lines[1].student_number.as_deref(), Some("8"), "{parsed:?}");
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
                assert_eq!(names(&bytes), expected);
            }
        }
        // Hardly a letter of which has a zero byte.
        let text = "שם\tשם משתמש\nנועה לוי בת שבע ישראלי המכונה נונה\tnoa\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(names(&bytes).len(), 1);
    }

    #[test]
    fn the_line_that_tells_excel_the_separator_is_no_heading() {
        for text in [
            "sep=;\r\nName;E-Mail\r\nLevi, Ada;ada@school.example\r\n",
            "\"sep=;\"\nName;E-Mail\nLevi, Ada;ada@school.example\n",
            "\u{FEFF}SEP=;\nLevi, Ada;ada@school.example\n",
        ] {
            assert_eq!(names(text.as_bytes()), ["Levi, Ada"]);
        }
        let parsed = parse(b"sep=,\nname,email\nAda,\n");
        assert_eq!(parsed.errors[0].line, 3, "{parsed:?}");
    }

    #[test]
    fn how_many_more_lines_are_bad_is_said() {
        let lines: Vec<String> = (0..250).map(|n| format!("Name {n},user{n}@\n")).collect();
        let lines = lines.concat();
        let mut parsed = parse(format!("name,email\n{lines}Ada,ada\n").as_bytes());
        parsed.take_accounts(&[], |_| false);
        assert_eq!((parsed.lines.len(), parsed.errors.len()), (1, MAX_ERRORS + 1));
        let last = parsed.errors.last().unwrap();
        assert_eq!((last.line, last.column), (202, "line"));
        assert_eq!(last.message, "and 50 more from this line on");
    }

    #[test]
    fn lines_without_a_heading_are_name_login_number() {
        let parsed = parse(b"Ada,ada@school.example,1\nBo,bob-the-2nd,\n");
        assert_eq!(parsed.errors, []);
        assert!(matches!(parsed.lines[0].login, Login::Email(_)));
        assert!(matches!(parsed.lines[1].login, Login::Username(_)));
        assert_eq!(parsed.lines[1].student_number, None);
    }

    #[test]
    fn newlines_within_quotes_belong_to_the_cell_and_lines_are_counted_in_the_file() {
        let parsed = parse(b"name,email\n\"Ada\nLovelace\",ada@school.example\nBo,\n");
        let places: Vec<_> = parsed
            .errors
            .iter()
            .map(|error| (error.line, error.column))
            .collect();
        assert_eq!(places, [(4, "login")], "{parsed:?}");
        assert_eq!(parsed.lines[0].name, "Ada Lovelace");
    }

    #[test]
    fn every_bad_line_is_named_and_why() {
        let parsed = parse(
            "name,email,number\nAda,ada@school.example,1\n,no@school.example,2\nBo,bo@,3\nCy,ADA@school.example,4\nDi,di@school.example,1\n\u{202E}x,x@school.example,\n"
                .as_bytes(),
        );
        let found: Vec<_> = parsed
            .errors
            .iter()
            .map(|e| (e.line, e.column, e.message.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (3, "name", "must not be empty"),
                (4, "login", "must be an e-mail address"),
                (5, "login", "is in line 2 already"),
                (6, "student_number", "is in line 2 already"),
                (7, "name", "must not contain control characters"),
            ]
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (bytes, line) in [
            (&b""[..], 1),
            (b"\n\n", 1),
            (b"name,email\n", 1),
            (b"name,email\nAda,\"ada@school.example\nBo,bo@school.example\n", 2),
            (
                b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0",
                1,
            ),
        ] {
            let parsed = parse(bytes);
            assert_eq!(
                parsed.errors.first().map(|error| error.line),
                Some(line),
                "{parsed:?}"
            );
        }
    }

    #[test]
    fn the_most_members_and_one_more() {
        let list = |count: usize| -> Vec<u8> {
            {
                let lines: Vec<String> = (0..count).map(|n| format!("Name {n},user{n}\n")).collect();
                lines.concat().into_bytes()
            }
        };
        assert_eq!(parse(&list(MAX_MEMBERS)).errors, []);
        assert_eq!(parse(&list(MAX_MEMBERS + 1)).errors.len(), 1);
    }
}
