//! Follows a page's content as far as its text: where each glyph is drawn and what it means.
//!
//! Colours, pictures and clipping make no difference: text that is invisible (a scan's recognised text) or cut
//! off is text. Only what an optional layer hides when the document is opened is left out. Of paths only rules
//! are noted.
use super::comments::{Annotations, is_hidden};
use super::content::{Content, Operand};
use super::fonts::Fonts;
use super::glyphs::{Glyphs, PlacedGlyph};
use super::layers::Layers;
use super::marked::{MarkedContent, Speech};
use super::rules::{Rule, Rules};
use super::state::State;
use super::unread;
use foldhash::fast::RandomState;
use hayro::hayro_interpret::util::{RectExt, TransformExt};
use hayro::hayro_syntax::object::{self, Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::{Page, Resources};
use hayro::hayro_syntax::xref::XRef;
use hayro::kurbo::{Affine, Point, Rect, Shape, Vec2};
use homeroom_core::ports::extractor::{ExtractedPage, Unread};
use std::collections::HashSet;

/// Operators of one page, with its forms.
const MAX_OPERATORS: usize = 20_000_000;
/// How deep forms are drawn within forms.
const MAX_FORM_DEPTH: usize = 24;
/// How deep graphics states are saved; deeper ones are only counted.
const MAX_NESTING: usize = 10_000;
/// Forms without text that are remembered.
const MAX_TEXTLESS: usize = 100_000;
/// The line of text that is written downwards lies this part of the size left of its middle, as any line
/// lies above its lower edge.
const DOWNWARDS_LINE: f64 = 0.3;

/// What is kept from page to page of a document.
pub(super) struct Document<'a> {
    fonts: Fonts<'a>,
    layers: Layers,
    /// Forms and pictures in which nothing is written.
    textless: HashSet<ObjectIdentifier, RandomState>,
    /// Glyphs of the page that was read last of which nobody can tell what they mean.
    meaningless: usize,
}

/// What is drawn on a page.
#[derive(Default)]
pub(super) struct Drawn {
    /// In drawing order, those of annotations last.
    pub(super) glyphs: Vec<PlacedGlyph>,
    pub(super) rules: Vec<Rule>,
    /// Of each annotation, whether its appearance says something.
    pub(super) spoken: Vec<bool>,
}

impl<'a> Document<'a> {
    pub(super) fn new(xref: &'a XRef) -> Self {
        Self {
            fonts: Fonts::new(),
            layers: Layers::read(xref),
            textless: HashSet::default(),
            meaningless: 0,
        }
    }

    /// What is drawn on a page of this area.
    pub(super) fn read(&mut self, page: &Page<'a>, annotations: &[Dict<'a>], area: Rect) -> Drawn {
        self.meaningless = 0;
        let mut interpreter = Interpreter {
            document: self,
            glyphs: Glyphs::on(area),
            rules: Rules::default(),
            state: State::new(page.initial_transform(true).to_kurbo()),
            saved: Vec::new(),
            uncounted_states: 0,
            marked: MarkedContent::default(),
            open_forms: Vec::new(),
            operators_left: MAX_OPERATORS,
            written: false,
        };
        if let Some(content) = page.page_stream() {
            interpreter.run(content, page.resources());
        }
        let spoken = interpreter.annotations(annotations, page.resources());
        Drawn {
            glyphs: interpreter.glyphs.into_placed(),
            rules: interpreter.rules.into_found(),
            spoken,
        }
    }

    /// Puts behind a page's text what people have added to it.
    pub(super) fn add_comments(
        &self,
        extracted: &mut ExtractedPage,
        page: &Page<'a>,
        annotations: &Annotations<'_, 'a>,
        attached: &[String],
    ) {
        annotations.add_to(extracted, page, attached, &self.layers);
    }

    /// What the page that was read last, of which there is little text, shows beside it.
    pub(super) fn unread(&self, page: &Page<'a>, area: Rect) -> Unread {
        unread::look(page, area, self.meaningless, &self.layers)
    }
}

struct Interpreter<'d, 'a> {
    document: &'d mut Document<'a>,
    glyphs: Glyphs,
    rules: Rules,
    state: State,
    saved: Vec<State>,
    /// How many states beyond the limit were saved.
    uncounted_states: usize,
    marked: MarkedContent,
    open_forms: Vec<ObjectIdentifier>,
    operators_left: usize,
    /// Whether anything was written since this was last unset.
    written: bool,
}

impl<'a> Interpreter<'_, 'a> {
    /// Follows a content stream, and leaves the state as it was.
    fn run(&mut self, content: &[u8], resources: &Resources<'a>) {
        let (before, states) = (self.state.clone(), self.saved.len());
        let (uncounted, around) = (std::mem::take(&mut self.uncounted_states), self.marked.enter());
        let mut content = Content::new(content);
        while let Some(operator) = content.next() {
            let Some(left) = self.operators_left.checked_sub(1) else {
                break;
            };
            self.operators_left = left;
            match operator {
                b"q" => self.save(),
                b"Q" => self.restore(states),
                b"EMC" => self.marked.end(),
                _ => {
                    // An operator without its operands does nothing.
                    let _ = self.obey(operator, &content, resources);
                }
            }
        }
        self.saved.truncate(states);
        self.marked.leave(around);
        (self.state, self.uncounted_states) = (before, uncounted);
    }

    fn save(&mut self) {
        if self.saved.len() < MAX_NESTING {
            self.saved.push(self.state.clone());
        } else {
            self.uncounted_states += 1;
        }
    }

    fn restore(&mut self, floor: usize) {
        if self.uncounted_states > 0 {
            self.uncounted_states -= 1;
        } else if self.saved.len() > floor
            && let Some(state) = self.saved.pop()
        {
            self.state = state;
        }
    }

    fn obey(&mut self, operator: &[u8], content: &Content<'_>, resources: &Resources<'a>) -> Option<()> {
        let state = &mut self.state;
        match operator {
            b"cm" => state.to_page *= Affine::new(content.numbers()?),
            b"BT" => (state.text, state.line) = (Affine::IDENTITY, Affine::IDENTITY),
            b"Tm" => {
                state.line = Affine::new(content.numbers()?);
                state.text = state.line;
            }
            b"Td" => state.next_line(content.numbers()?),
            b"TD" => {
                let [x, y] = content.numbers()?;
                state.leading = -y;
                state.next_line([x, y]);
            }
            b"T*" => state.next_text_line(),
            b"Tc" => [state.letter_space] = content.numbers()?,
            b"Tw" => [state.word_space] = content.numbers()?,
            b"TL" => [state.leading] = content.numbers()?,
            b"w" => [state.line_width] = content.numbers()?,
            b"Ts" => [state.rise] = content.numbers()?,
            b"Tz" => state.stretch = content.numbers::<1>()?[0] / 100.0,
            b"Tf" => {
                let [.., Operand::Name(name), Operand::Number(size)] = content.operands() else {
                    return None;
                };
                state.size = *size;
                state.font = Some(self.document.fonts.named(name, resources));
            }
            b"Tj" | b"TJ" => self.show(content.operands()),
            b"'" => {
                state.next_text_line();
                self.show(content.operands());
            }
            b"\"" => {
                let [
                    ..,
                    Operand::Number(word),
                    Operand::Number(letter),
                    text @ Operand::Text(_),
                ] = content.operands()
                else {
                    return None;
                };
                (state.word_space, state.letter_space) = (*word, *letter);
                state.next_text_line();
                self.show(std::slice::from_ref(text));
            }
            b"gs" => {
                let [.., Operand::Name(name)] = content.operands() else {
                    return None;
                };
                self.set_font_of(&resources.ext_g_states.get::<Dict<'a>>(name)?)?;
            }
            b"Do" => {
                let [.., Operand::Name(name)] = content.operands() else {
                    return None;
                };
                self.draw(name, resources)?;
            }
            b"BMC" => self.marked.begin(false, None),
            b"BDC" => self.begin_marked_with(content.operands(), resources),
            _ => {
                let pen = (state.to_page, state.line_width);
                let hidden = self.marked.is_hidden();
                self.rules.obey(operator, content, pen, hidden)?;
            }
        }
        Some(())
    }

    /// A graphics state dictionary may set a font too.
    fn set_font_of(&mut self, dict: &Dict<'a>) -> Option<()> {
        let setting = dict.get::<Array<'a>>(b"Font".as_slice())?;
        let mut setting = setting.iter::<Object<'a>>();
        let font = setting.next()?.into_dict()?;
        let size = setting.next()?.into_number()?.as_f64();
        self.state.size = size;
        self.state.font = Some(self.document.fonts.described(&font));
        Some(())
    }

    /// Draws strings and moves on between them.
    fn show(&mut self, operands: &[Operand<'_>]) {
        self.written = true;
        let font = match self.state.font {
            Some(font) => font,
            None => self.document.fonts.fallback(),
        };
        self.state.font = Some(font);
        let vertical = self.document.fonts.is_vertical(font);
        let State {
            size,
            letter_space,
            word_space,
            stretch,
            rise,
            ..
        } = self.state;
        let to_page = self.state.to_page * self.state.text;
        let [xx, xy, yx, yy, x, y] = to_page.as_coeffs();
        // Of one unit of text space along and across a horizontal line.
        let (along, across) = (Vec2::new(xx, xy), Vec2::new(yx, yy));
        let (onwards, scale) = if vertical { (across, 1.0) } else { (along, stretch) };
        let start = Point::new(x, y) + across * rise;
        let height = (across * size).hypot() * self.document.fonts.scale(font);
        let mut moved = 0.0;
        let hidden = self.marked.is_hidden();
        let run = self.glyphs.begin_run();
        let (glyphs, marked) = (&mut self.glyphs, &mut self.marked);
        let mut meaningless = 0;
        for operand in operands {
            match operand {
                Operand::Number(back) => moved -= back / 1000.0 * size * scale,
                Operand::Text(text) => self.document.fonts.read(font, text, &mut |code, value, length| {
                    let space = if value == 32 && length == 1 {
                        word_space
                    } else {
                        0.0
                    };
                    let speech = if hidden {
                        Speech::Silent
                    } else {
                        marked.speak(code.letters.as_ref())
                    };
                    if speech != Speech::Silent {
                        let mut start = start + onwards * moved;
                        let end = if vertical {
                            start -= along * (DOWNWARDS_LINE * size * stretch);
                            start + across * (code.advance * size)
                        } else {
                            let pen = start;
                            start = pen + along * (code.extent.0 * size * stretch);
                            pen + along * (code.extent.1 * size * stretch)
                        };
                        say(speech, (start, end), height, glyphs, marked);
                    } else if code.letters.is_none() && !hidden {
                        meaningless += 1;
                    }
                    moved += (code.advance * size + letter_space + space) * scale;
                }),
                Operand::Name(_) | Operand::Word => {}
            }
        }
        self.document.meaningless += meaningless;
        self.glyphs.end_run(run);
        let moved = if vertical { (0.0, moved) } else { (moved, 0.0) };
        self.state.text *= Affine::translate(moved);
    }

    /// Draws a form; pictures hold no text.
    fn draw(&mut self, name: &[u8], resources: &Resources<'a>) -> Option<()> {
        let id = resources.x_objects.get_ref(name).map(ObjectIdentifier::from);
        let hidden = self.marked.is_hidden();
        if hidden || id.is_some_and(|id| self.document.textless.contains(&id)) {
            return None;
        }
        let form = resources.x_objects.get::<Stream<'a>>(name)?;
        let written = std::mem::take(&mut self.written);
        let complete = self.draw_form(&form, id, resources);
        if complete
            && !self.written
            && let Some(id) = id
            && self.document.textless.len() < MAX_TEXTLESS
        {
            self.document.textless.insert(id);
        }
        self.written |= written;
        Some(())
    }

    /// Whether all of it was looked at.
    fn draw_form(
        &mut self,
        form: &Stream<'a>,
        id: Option<ObjectIdentifier>,
        resources: &Resources<'a>,
    ) -> bool {
        let dict = form.dict();
        let kind = dict.get::<Name<'_>>(b"Subtype".as_slice());
        if kind.is_none_or(|kind| kind.as_ref() != b"Form") {
            return true;
        }
        let again = id.is_some_and(|id| self.open_forms.contains(&id));
        if again || self.open_forms.len() >= MAX_FORM_DEPTH || self.document.layers.hide(dict, b"OC") {
            return false;
        }
        let Ok(content) = form.decoded_data() else {
            return true;
        };
        let matrix = dict.get::<[f64; 6]>(b"Matrix".as_slice());
        let own = dict.get::<Dict<'a>>(b"Resources".as_slice()).map(Resources::new);
        let outside = self.state.clone();
        self.state.to_page *= matrix.map_or(Affine::IDENTITY, Affine::new);
        self.open_forms.push(id.unwrap_or(ObjectIdentifier::new(0, 0)));
        self.run(&content, own.as_ref().unwrap_or(resources));
        self.open_forms.pop();
        self.state = outside;
        self.operators_left > 0
    }

    /// The appearances of annotations: filled forms, stamps, notes. Of each, whether it says something.
    fn annotations(&mut self, annotations: &[Dict<'a>], resources: &Resources<'a>) -> Vec<bool> {
        let says_something = |annotation: &Dict<'a>| {
            let outside = self.state.clone();
            let before = self.glyphs.begin_run();
            // Nothing for one without an appearance.
            let _ = self.annotation(annotation, resources);
            self.state = outside;
            self.glyphs.begin_run() > before
        };
        annotations.iter().map(says_something).collect()
    }

    fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) -> Option<()> {
        if is_hidden(annotation) || self.document.layers.hide(annotation, b"OC") {
            return None;
        }
        let form = appearance(annotation)?;
        let place = annotation.get::<object::Rect>(b"Rect".as_slice())?.to_kurbo();
        let dict = form.dict();
        let matrix = dict.get::<[f64; 6]>(b"Matrix".as_slice());
        let [x0, y0, x1, y1] = dict.get::<[f64; 4]>(b"BBox".as_slice())?;
        let shape = Rect::new(x0, y0, x1, y1).to_path(0.1);
        let shape = (matrix.map_or(Affine::IDENTITY, Affine::new) * shape).bounding_box();
        let (wide, high) = (place.width() / shape.width(), place.height() / shape.height());
        self.state.to_page *= Affine::new([
            wide,
            0.0,
            0.0,
            high,
            place.x0 - wide * shape.x0,
            place.y0 - high * shape.y0,
        ]);
        self.draw_form(&form, None, resources);
        Some(())
    }

    /// Properties stand there themselves, flattened, or have a name in the resources.
    fn begin_marked_with(&mut self, operands: &[Operand<'_>], resources: &Resources<'a>) {
        let (hidden, text) = if let [_, Operand::Name(name)] = operands {
            let hidden = self.document.layers.hide(&resources.properties, name);
            let properties = resources.properties.get::<Dict<'a>>(name);
            let text = properties.and_then(|properties| {
                let text = properties.get::<object::String<'_>>(b"ActualText".as_slice())?;
                MarkedContent::replacement(text.as_bytes())
            });
            (hidden, text)
        } else {
            let text = operands.windows(2).find_map(|pair| match pair {
                [Operand::Name(key), Operand::Text(text)] if key.as_ref() == b"ActualText" => {
                    MarkedContent::replacement(text)
                }
                _ => None,
            });
            (false, text)
        };
        self.marked.begin(hidden, text);
    }
}

/// Keeps a glyph that says something, or widens the one that speaks for it.
fn say(
    speech: Speech,
    (start, end): (Point, Point),
    size: f64,
    glyphs: &mut Glyphs,
    marked: &mut MarkedContent,
) {
    let placed = |text| PlacedGlyph {
        text,
        start,
        end,
        size,
    };
    match speech {
        Speech::Says(text) => {
            glyphs.place(placed(text));
        }
        Speech::SpeaksFor(text) => {
            if let Some(place) = glyphs.place(placed(text)) {
                marked.taken_by(place);
            }
        }
        Speech::SpokenForBy(place) => glyphs.widen(place, start, end),
        Speech::Silent => {}
    }
}

/// How an annotation looks in its present state.
fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    let looks = annotation.get::<Dict<'a>>(b"AP".as_slice())?;
    match looks.get::<Object<'a>>(b"N".as_slice())? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => annotation
            .get::<Name<'_>>(b"AS".as_slice())
            .and_then(|state| states.get::<Stream<'a>>(state.as_ref()))
            .or_else(|| states.get::<Stream<'a>>(b"Off".as_slice())),
        _ => None,
    }
}
