//! What a content stream has set so far and `q` saves.
use super::fonts::FontId;
use hayro::kurbo::Affine;

/// The part of the graphics state that places text.
#[derive(Clone)]
pub(super) struct State {
    pub(super) to_page: Affine,
    pub(super) font: Option<FontId>,
    pub(super) size: f64,
    pub(super) letter_space: f64,
    pub(super) word_space: f64,
    /// Horizontal scaling; 1 is none.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    /// Of lines that are drawn.
    pub(super) line_width: f64,
    /// From text to user space, and the same at the beginning of the line.
    pub(super) text: Affine,
    pub(super) line: Affine,
}

impl State {
    pub(super) fn new(to_page: Affine) -> Self {
        Self {
            to_page,
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            line_width: 1.0,
            text: Affine::IDENTITY,
            line: Affine::IDENTITY,
        }
    }

    pub(super) fn next_line(&mut self, [x, y]: [f64; 2]) {
        self.line *= Affine::translate((x, y));
        self.text = self.line;
    }

    pub(super) fn next_text_line(&mut self) {
        self.next_line([0.0, -self.leading]);
    }
}
