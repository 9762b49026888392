//! What charts are drawn on.

use plotters::{
    coord::Shift,
    element::{Drawable, PointCollection},
    prelude::{
        DrawingArea, IntoDrawingArea, IntoFont, PathElement, Polygon, RGBColor, Rectangle,
        SVGBackend, Text, WHITE,
    },
    style::{
        Color, FontStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

/// Titles and numbers.
pub const INK: RGBColor = RGBColor(31, 41, 55);
/// Descriptions and labels.
pub const MUTED: RGBColor = RGBColor(107, 114, 128);
/// Lines behind the data.
pub const GRID: RGBColor = RGBColor(229, 231, 235);
/// The data.
pub const ACCENT: RGBColor = RGBColor(37, 99, 235);
/// Good ratings.
pub const GOOD: RGBColor = RGBColor(22, 163, 74);
/// Bad ratings.
pub const BAD: RGBColor = RGBColor(220, 38, 38);

/// A place on the canvas, from its upper left corner.
pub type Point = (i32, i32);

const INTO_A_TEXT: &str = "drawing into a text cannot fail";

/// A canvas that becomes a text.
pub struct Canvas<'a>(DrawingArea<SVGBackend<'a>, Shift>);

impl<'a> Canvas<'a> {
    /// A white canvas.
    pub fn on(svg: &'a mut String, (width, height): Point) -> Self {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let area = SVGBackend::with_string(svg, size).into_drawing_area();
        area.fill(&WHITE).expect(INTO_A_TEXT);
        Self(area)
    }

    /// Draws a shape of plotters.
    pub fn shape<'s, E>(&self, shape: &'s E)
    where
        &'s E: PointCollection<'s, Point>,
        E: Drawable<SVGBackend<'a>>,
    {
        self.0.draw(shape).expect(INTO_A_TEXT);
    }

    /// Writes a line that begins at its upper left corner.
    pub fn text(&self, text: &str, at: Point, size: u32, color: RGBColor) {
        self.write(text, at, size, color, HPos::Left);
    }

    /// Writes a line that ends at its upper right corner.
    pub fn text_until(&self, text: &str, at: Point, size: u32, color: RGBColor) {
        self.write(text, at, size, color, HPos::Right);
    }

    /// Writes a line around the middle of its upper edge.
    pub fn text_around(&self, text: &str, at: Point, size: u32, color: RGBColor) {
        self.write(text, at, size, color, HPos::Center);
    }

    fn write(&self, text: &str, at: Point, size: u32, color: RGBColor, side: HPos) {
        let font = ("sans-serif", size, FontStyle::Normal).into_font();
        let style = TextStyle::from(font)
            .color(&color)
            .pos(Pos::new(side, VPos::Top));
        self.shape(&Text::new(printable(text), at, style));
    }

    /// Draws a line through these points.
    pub fn line(&self, points: Vec<Point>, color: RGBColor, width: u32) {
        self.shape(&PathElement::new(points, color.stroke_width(width)));
    }

    /// Fills what is between these points.
    pub fn area(&self, points: Vec<Point>, color: RGBColor, opacity: f64) {
        self.shape(&Polygon::new(points, color.mix(opacity)));
    }

    /// Fills a rectangle.
    pub fn rectangle(&self, from: Point, to: Point, color: RGBColor) {
        self.shape(&Rectangle::new([from, to], color.filled()));
    }

    /// Ends the drawing.
    pub fn finish(self) {
        self.0.present().expect(INTO_A_TEXT);
    }
}

/// A text without what XML does not allow.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// A text of so many characters at most.
pub fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().nth(chars_max).is_none() {
        return text.to_owned();
    }
    let start: String = text.chars().take(chars_max - 1).collect();
    start.trim_end().to_owned() + "…"
}

/// `number` of `whole`, on a length.
pub fn scaled(number: u64, whole: u64, length: i32) -> i32 {
    let (number, whole) = (u128::from(number), u128::from(whole.max(1)));
    let on = number.min(whole) * u128::from(length.unsigned_abs()) / whole;
    i32::try_from(on).unwrap_or(length)
}
