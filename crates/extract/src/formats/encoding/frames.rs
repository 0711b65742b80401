//! Frames that DOS drew around text with bytes of their own, the same in most of its code pages.

/// Those that go on to the right, and those that do to the left, as bytes.
const GO_RIGHT: &[u8] = b"\xC0\xC1\xC2\xC3\xC4\xC5\xC6\xC7\xC8\xC9\xCA\xCB\xCC\xCD\xCE\xCF\xD0\xD1\xD2\xD3\xD4\xD5\xD6\xD7\xD8\xDA";
const GO_LEFT: &[u8] = b"\xB4\xB5\xB6\xB7\xB8\xB9\xBB\xBC\xBD\xBE\xBF\xC1\xC2\xC4\xC5\xCA\xCB\xCD\xCE\xCF\xD0\xD1\xD2\xD7\xD8\xD9";
/// Lines from left to right, which are most of each frame.
const LINES: &[u8] = b"\xC4\xCD";
/// Fewer joints may stand in any text.
const MIN_JOINTS: usize = 8;
/// At most one in so many leads nowhere.
const LOOSE_SHARE: usize = 20;

/// Whether a text has frames: bytes that go on to each other, most of them in straight lines. As letters, they would
/// be the same again and again.
pub(super) fn are_drawn(bytes: &[u8]) -> bool {
    let (mut joints, mut straight, mut loose) = (0, 0, 0);
    for pair in bytes.windows(2) {
        let [left, right] = [pair[0], pair[1]];
        if left.is_ascii() || right.is_ascii() {
            continue;
        }
        match (GO_RIGHT.contains(&left), GO_LEFT.contains(&right)) {
            (true, true) => {
                joints += 1;
                straight += usize::from(left == right && LINES.contains(&left));
            }
            (false, false) => {}
            _ => loose += 1,
        }
    }
    joints >= MIN_JOINTS && straight * 2 > joints && loose * LOOSE_SHARE <= joints
}

/// Whether it is part of a frame or of what is filled.
pub(super) fn is_part(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{259F}')
}
