//! Content streams as operators with their operands (ISO 32000-2, 7.8.2).
//!
//! Only what reading text needs: arrays and dictionaries are flattened into the operands, for of the
//! operators with arrays only `TJ` matters, and it takes nothing else; of inline images there is only that they
//! are.
//! Nothing is an error: what cannot be read is passed over.
use std::borrow::Cow;

/// More operands of one operator are dropped.
const MAX_OPERANDS: usize = 1 << 20;
/// How deep parentheses nest within a string; deeper ones are letters.
const MAX_PARENTHESES: usize = 1 << 16;
/// What must look like text behind the end of an inline image.
const AFTER_IMAGE: usize = 24;
/// Digits that a number's value is read from; the rest do not count.
const MAX_DIGITS: u32 = 17;

/// What stands before an operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand<'a> {
    Number(f64),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    /// `true`, `false` or `null`.
    Word,
}

/// Walks through a content stream.
pub(super) struct Content<'a> {
    bytes: &'a [u8],
    at: usize,
    operands: Vec<Operand<'a>>,
}

impl<'a> Content<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            operands: Vec::new(),
        }
    }

    /// The next operator; its operands are in [`operands`](Self::operands) until the one after it.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        self.operands.clear();
        loop {
            match self.peek()? {
                b'0'..=b'9' | b'.' | b'+' | b'-' => {
                    let number = self.number();
                    self.push(Operand::Number(number));
                }
                b'/' => {
                    let name = self.name();
                    self.push(Operand::Name(name));
                }
                b'(' => {
                    let text = self.text();
                    self.push(Operand::Text(text));
                }
                b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.at += 2,
                b'<' => {
                    let text = self.hexadecimal();
                    self.push(Operand::Text(text.into()));
                }
                b'%' => self.comment(),
                byte if is_regular(byte) => match self.word() {
                    b"true" | b"false" | b"null" => self.push(Operand::Word),
                    image @ b"BI" => {
                        self.inline_image();
                        return Some(image);
                    }
                    word => return Some(word),
                },
                // White space, brackets of arrays and dictionaries, and what stands in the wrong place.
                _ => self.at += 1,
            }
        }
    }

    pub(super) fn operands(&self) -> &[Operand<'a>] {
        &self.operands
    }

    /// The last operands as so many numbers.
    pub(super) fn numbers<const COUNT: usize>(&self) -> Option<[f64; COUNT]> {
        let first = self.operands.len().checked_sub(COUNT)?;
        let mut numbers = [0.0; COUNT];
        for (number, operand) in numbers.iter_mut().zip(&self.operands[first..]) {
            let Operand::Number(value) = operand else {
                return None;
            };
            *number = *value;
        }
        Some(numbers)
    }

    fn push(&mut self, operand: Operand<'a>) {
        if self.operands.len() < MAX_OPERANDS {
            self.operands.push(operand);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self) -> &'a [u8] {
        self.take_while(is_regular)
    }

    fn comment(&mut self) {
        self.take_while(|byte| byte != b'\n' && byte != b'\r');
    }

    /// A number as far as it is one: of `--1`, `1-2` and `1.2.3` the first part that can be read.
    fn number(&mut self) -> f64 {
        let mut negative = false;
        while let Some(sign @ (b'-' | b'+')) = self.peek() {
            negative |= sign == b'-';
            self.at += 1;
        }
        let (mut value, mut digits, mut decimals) = (0_u64, 0, None);
        while let Some(byte) = self.peek() {
            match byte {
                b'0'..=b'9' if digits < MAX_DIGITS => {
                    value = value * 10 + u64::from(byte - b'0');
                    digits += u32::from(value > 0);
                    decimals = decimals.map(|decimals| decimals + 1);
                }
                b'0'..=b'9' if decimals.is_some() => {}
                // Too large for any page.
                b'0'..=b'9' => value = u64::MAX / 16,
                b'.' if decimals.is_none() => decimals = Some(0),
                _ => break,
            }
            self.at += 1;
        }
        self.take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-'));
        #[expect(clippy::cast_precision_loss, reason = "coordinates")]
        let value = value as f64 / power_of_ten(decimals.unwrap_or(0));
        if negative { -value } else { value }
    }

    fn name(&mut self) -> Cow<'a, [u8]> {
        self.at += 1;
        let name = self.word();
        if !name.contains(&b'#') {
            return name.into();
        }
        let mut decoded = Vec::with_capacity(name.len());
        let mut rest = name;
        while let Some((&byte, after)) = rest.split_first() {
            let code = match after {
                [high, low, ..] if byte == b'#' => digit(*high).zip(digit(*low)),
                _ => None,
            };
            if let Some((high, low)) = code {
                decoded.push(high << 4 | low);
                rest = &after[2..];
            } else {
                decoded.push(byte);
                rest = after;
            }
        }
        decoded.into()
    }

    /// A string in parentheses: as it stands where nothing in it is escaped.
    fn text(&mut self) -> Cow<'a, [u8]> {
        self.at += 1;
        let rest = self.rest();
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'(' | b')' | b'\\' | b'\r'))
            .unwrap_or(rest.len());
        if matches!(rest.get(end), None | Some(b')')) {
            self.at += (end + 1).min(rest.len());
            return rest[..end].into();
        }
        self.escaped_text().into()
    }

    fn escaped_text(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' if depth < MAX_PARENTHESES => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => {
                    text.extend(self.escape());
                    continue;
                }
                b'\r' => {
                    self.at += usize::from(self.peek() == Some(b'\n'));
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    /// What stands behind a backslash; nothing where a line goes on.
    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let mut code = byte - b'0';
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    code = code.wrapping_mul(8).wrapping_add(next - b'0');
                    self.at += 1;
                }
                code
            }
            b'\n' => return None,
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return None;
            }
            byte => byte,
        })
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let digits = self.take_while(|byte| byte != b'>');
        self.at += 1;
        let mut text = Vec::with_capacity(digits.len() / 2 + 1);
        let mut high = None;
        for digit in digits.iter().filter_map(|byte| digit(*byte)) {
            match high.take() {
                Some(high) => text.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
        text.extend(high.map(|high| high << 4));
        text
    }

    /// Passes over an inline image: to an `EI` that is followed by what looks like content.
    fn inline_image(&mut self) {
        self.operands.clear();
        loop {
            match find(self.rest(), *b"ID") {
                Some(place) => self.at += place + 2,
                None => return self.at = self.bytes.len(),
            }
            let before = self.at.checked_sub(3).map(|place| self.bytes[place]);
            if before.is_none_or(|byte| !is_regular(byte)) && self.peek().is_none_or(is_white_space) {
                break;
            }
        }
        loop {
            match find(self.rest(), *b"EI") {
                Some(place) => self.at += place + 2,
                None => return self.at = self.bytes.len(),
            }
            let after = self.rest();
            let ended = after.first().is_none_or(|byte| is_white_space(*byte));
            let mut content = after.iter().take(AFTER_IMAGE);
            if ended && content.all(|byte| matches!(byte, b' '..=b'~') || is_white_space(*byte) && *byte != 0)
            {
                return;
            }
        }
    }
}

fn find(bytes: &[u8], pair: [u8; 2]) -> Option<usize> {
    bytes.windows(2).position(|found| found == pair)
}

fn power_of_ten(exponent: u32) -> f64 {
    const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let known = usize::try_from(exponent).ok().and_then(|place| POWERS.get(place));
    known.copied().unwrap_or_else(|| 10_f64.powf(f64::from(exponent)))
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 12 | 0)
}

/// Neither white space nor a delimiter.
fn is_regular(byte: u8) -> bool {
    REGULAR[usize::from(byte)]
}

const REGULAR: [bool; 256] = {
    let others = b" \n\r\t\x0C\0()<>[]{}/%";
    let mut regular = [true; 256];
    let mut place = 0;
    while place < others.len() {
        regular[others[place] as usize] = false;
        place += 1;
    }
    regular
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Operators with their operands, spelled plainly.
    fn read(content: &[u8]) -> Vec<String> {
        let mut content = Content::new(content);
        let mut found = Vec::new();
        while let Some(operator) = content.next() {
            let operands = content.operands().iter().map(|operand| match operand {
                Operand::Number(number) => format!("{number} "),
                Operand::Name(name) => format!("/{} ", String::from_utf8_lossy(name)),
                Operand::Text(text) => format!("({}) ", String::from_utf8_lossy(text)),
                Operand::Word => "word ".to_owned(),
            });
            let operands: String = operands.collect();
            found.push(format!("{operands}{}", String::from_utf8_lossy(operator)));
        }
        found
    }

    #[test]
    fn numbers_are_read_as_far_as_they_are_numbers() {
        let found = read(b"1 -2 .5 -.25 +3. 004 --7 1.2.3 4-5 6Tc 12345678901234567890123 0.0000000005 w");
        assert_eq!(
            found,
            [
                "1 -2 0.5 -0.25 3 4 -7 1.2 4 6 Tc",
                "1152921504606847000 0.0000000005 w"
            ]
        );
    }

    #[test]
    fn strings_lose_their_escapes() {
        assert_eq!(read(b"(a(b)c) Tj"), ["(a(b)c) Tj"]);
        assert_eq!(
            read(b"(\\050\\)\\\\\\q\\7x\\\ny\r\nz) Tj"),
            ["(()\\q\u{7}xy\nz) Tj"]
        );
        assert_eq!(read(b"<48 6 9 2> Tj"), ["(Hi ) Tj"]);
        assert_eq!(read(b"(open"), [""; 0]);
    }

    #[test]
    fn arrays_and_dictionaries_are_flattened() {
        assert_eq!(
            read(b"[(a)-20(b)]TJ /P<</MCID 0/X true/ActualText(x)>>BDC%(no)\n/F#20x 9Tf"),
            [
                "(a) -20 (b) TJ",
                "/P /MCID 0 /X word /ActualText (x) BDC",
                "/F x 9 Tf"
            ]
        );
    }

    #[test]
    fn inline_images_are_passed_over() {
        let mut content = b"q BI /W 2 /IDx 3 ID \x80 EI \x01\xFF (EI \x90 EI\nQ (a) Tj".to_vec();
        assert_eq!(read(&content), ["q", "BI", "Q", "(a) Tj"]);
        content = b"BI /W 2 ID never ends (a) Tj".to_vec();
        assert_eq!(read(&content), ["BI"]);
    }

    #[test]
    fn the_last_operands_are_the_numbers() {
        let mut content = Content::new(b"/x 1 2 3 Td");
        content.next();
        assert_eq!(content.numbers(), Some([2.0, 3.0]));
        assert_eq!(content.numbers::<4>(), None);
    }
}
