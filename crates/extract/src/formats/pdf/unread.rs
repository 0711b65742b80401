//! What a page with little text shows beside it: pictures, and shapes that may be letters.
//!
//! Only such pages are looked at, for they alone may be scans. Nothing is drawn: pictures count by the room
//! that they take up, paths by how much they wind. Clipping and colours make no difference.
use super::content::{Content, Operand};
use super::layers::Layers;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::object::{Dict, Name, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::kurbo::{Affine, Rect};
use homeroom_core::ports::extractor::Unread;

/// Pictures that cover this part of the page are most of it.
const MOST: f64 = 0.5;
/// Pictures that cover less than this part of the page hold no words to speak of.
const PART: f64 = 0.02;
/// A picture of fewer pixels is a colour, a shade or a dot.
const MIN_PIXELS: f64 = 1024.0;
/// A path of fewer lines and curves is a rule, a box or a dot…
const MIN_TURNS: usize = 5;
/// …and fewer than so many are an ornament.
const MIN_SHAPES: usize = 8;
/// Fewer glyphs without a meaning are bullets and spaces.
const MIN_GLYPHS: usize = 4;
/// So many of them are what a page says.
const MANY_GLYPHS: usize = 24;
/// Operators of one page, with its forms; a page with more is a drawing.
const MAX_OPERATORS: usize = 1_000_000;
/// How deep forms are drawn within forms.
const MAX_FORM_DEPTH: usize = 12;
/// How deep graphics states are saved; deeper ones are the last.
const MAX_NESTING: usize = 1_000;

/// What there may be to read in a page of this area on which so many glyphs had no meaning.
pub(super) fn look(page: &Page<'_>, area: Rect, glyphs: usize, layers: &Layers) -> Unread {
    let mut eye = Eye {
        layers,
        area,
        to_page: page.initial_transform(true).to_kurbo(),
        saved: Vec::new(),
        covered: 0.0,
        shapes: 0,
        turns: 0,
        path: 0,
        open_forms: Vec::new(),
        operators_left: MAX_OPERATORS,
    };
    if let Some(content) = page.page_stream() {
        eye.run(content, page.resources());
    }
    eye.judge(glyphs)
}

struct Eye<'l> {
    layers: &'l Layers,
    area: Rect,
    to_page: Affine,
    saved: Vec<Affine>,
    /// The part of the page that pictures cover.
    covered: f64,
    /// Painted paths that wind as letters do.
    shapes: usize,
    /// Lines and curves of the path that is being built, since its pen was last set down.
    turns: usize,
    /// How many of its parts wind as letters do.
    path: usize,
    open_forms: Vec<Option<ObjectIdentifier>>,
    operators_left: usize,
}

impl Eye<'_> {
    fn judge(&self, glyphs: usize) -> Unread {
        if self.covered >= MOST || glyphs >= MANY_GLYPHS {
            Unread::Most
        } else if self.covered >= PART
            || self.shapes >= MIN_SHAPES
            || glyphs >= MIN_GLYPHS
            || self.operators_left == 0
        {
            Unread::Part
        } else {
            Unread::Nothing
        }
    }

    /// Follows a content stream, and leaves the state as it was.
    fn run(&mut self, content: &[u8], resources: &Resources<'_>) {
        let (before, states) = (self.to_page, self.saved.len());
        let mut content = Content::new(content);
        while let Some(operator) = content.next() {
            if self.operators_left == 0 || self.covered >= MOST {
                break;
            }
            self.operators_left -= 1;
            self.obey(operator, &content, resources, states);
        }
        self.saved.truncate(states);
        self.to_page = before;
    }

    fn obey(&mut self, operator: &[u8], content: &Content<'_>, resources: &Resources<'_>, floor: usize) {
        match operator {
            b"q" if self.saved.len() < MAX_NESTING => self.saved.push(self.to_page),
            b"Q" if self.saved.len() > floor => self.to_page = self.saved.pop().unwrap_or(self.to_page),
            b"cm" => {
                if let Some(matrix) = content.numbers() {
                    self.to_page *= Affine::new(matrix);
                }
            }
            b"m" | b"re" | b"h" => self.set_down(),
            b"l" | b"c" | b"v" | b"y" => self.turns += 1,
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                self.set_down();
                self.shapes += std::mem::take(&mut self.path);
            }
            b"n" => (self.turns, self.path) = (0, 0),
            b"scn" | b"SCN" => {
                if let [.., Operand::Name(name)] = content.operands() {
                    self.paint_with(name, resources);
                }
            }
            b"BI" => self.take_in_picture(),
            b"Do" => {
                if let [.., Operand::Name(name)] = content.operands() {
                    self.draw(name, resources);
                }
            }
            _ => {}
        }
    }

    /// Ends a part of the path.
    fn set_down(&mut self) {
        self.path += usize::from(std::mem::take(&mut self.turns) >= MIN_TURNS);
    }

    /// A pattern of tiles may be a picture.
    fn paint_with(&mut self, name: &[u8], resources: &Resources<'_>) {
        let pattern = resources.patterns.get::<Stream<'_>>(name);
        let tiled = pattern.is_some_and(|tile| tile.dict().get::<u32>(b"PatternType".as_slice()) == Some(1));
        if tiled {
            self.covered = self.covered.max(PART);
        }
    }

    fn draw(&mut self, name: &[u8], resources: &Resources<'_>) {
        let Some(drawn) = resources.x_objects.get::<Stream<'_>>(name) else {
            return;
        };
        let dict = drawn.dict();
        if self.layers.hide(dict, b"OC") {
            return;
        }
        match dict.get::<Name<'_>>(b"Subtype".as_slice()).as_deref() {
            Some(b"Image") => {
                let side = |key: &[u8]| dict.get::<f64>(key).unwrap_or(0.0);
                if side(b"Width") * side(b"Height") >= MIN_PIXELS {
                    self.take_in_picture();
                }
            }
            Some(b"Form") => {
                let id = resources.x_objects.get_ref(name).map(ObjectIdentifier::from);
                if self.open_forms.len() < MAX_FORM_DEPTH && !(id.is_some() && self.open_forms.contains(&id))
                {
                    self.follow(&drawn, id, resources);
                }
            }
            _ => {}
        }
    }

    fn follow(&mut self, form: &Stream<'_>, id: Option<ObjectIdentifier>, resources: &Resources<'_>) {
        let Ok(content) = form.decoded_data() else {
            return;
        };
        let dict = form.dict();
        let matrix = dict.get::<[f64; 6]>(b"Matrix".as_slice());
        let own = dict.get::<Dict<'_>>(b"Resources".as_slice()).map(Resources::new);
        let outside = self.to_page;
        self.to_page *= matrix.map_or(Affine::IDENTITY, Affine::new);
        self.open_forms.push(id);
        self.run(&content, own.as_ref().unwrap_or(resources));
        self.open_forms.pop();
        self.to_page = outside;
    }

    /// A picture fills the unit square.
    fn take_in_picture(&mut self) {
        let place = self.to_page.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        let seen = place.intersect(self.area).area() / self.area.area();
        if seen.is_finite() {
            self.covered += seen;
        }
    }
}
