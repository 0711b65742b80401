//! What Tesseract tells of a page before it reads it: which way it lies and its script.
use super::script::Script;
use super::turn::Turn;

/// What it says of the way with less confidence (in its own units) is tried only where the page cannot be read
/// as it lies: it gives printed pages 7 to 38.
const SURE_OF_THE_WAY: f32 = 5.0;

/// A report of `--psm 0`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sight {
    /// What makes the page upright; `None` where it lies well or nothing is said.
    pub(super) turn: Option<Turn>,
    /// How sure that is.
    confidence: f32,
    /// `None` where none is told, or one that nobody writes.
    pub(super) script: Option<Script>,
}

impl Sight {
    pub(super) fn read(report: &str) -> Self {
        let value = |name: &str| {
            let mut lines = report.lines();
            lines.find_map(|line| line.strip_prefix(name)).map(str::trim)
        };
        Self {
            turn: value("Rotate:").and_then(Turn::of_degrees),
            confidence: value("Orientation confidence:")
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
            // How sure it is of that says little: 0.00 of a page in Chinese, 1.3 of Cyrillic called Latin.
            script: value("Script:").and_then(Script::told),
        }
    }

    /// The turn that is made before anything is read.
    pub(super) fn sure_turn(self) -> Option<Turn> {
        self.turn.filter(|_| self.confidence >= SURE_OF_THE_WAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        let report = "Page number: 0\nOrientation in degrees: 270\nRotate: 90\nOrientation confidence: 20.21\n\
            Script: Hebrew\nScript confidence: 31.11\n";
        let sight = Sight::read(report);
        assert_eq!(sight.turn, Some(Turn::Quarter));
        assert_eq!(sight.sure_turn(), Some(Turn::Quarter));
        assert_eq!(sight.script, Some(Script::Hebrew));
        let unsure = Sight::read(&report.replace("20.21", "0.80"));
        assert_eq!((unsure.turn, unsure.sure_turn()), (Some(Turn::Quarter), None));
        for nothing in [
            "Rotate: 0",
            "Too few characters. Skipping this page",
            "Script: NULL",
        ] {
            assert_eq!(Sight::read(nothing), Sight::default(), "{nothing}");
        }
    }
}
