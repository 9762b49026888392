//! Drawing a picture of somebody's initials. It knows names and pixels, no users and no files.
//!
//! The font is `DejaVu` Sans Bold (Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian and
//! more). Where it has neither initial, the picture is a silhouette.

use std::{io::Cursor, sync::LazyLock};

use ab_glyph::{Font, FontRef, OutlinedGlyph, PxScale, Rect, ScaleFont, point};
use image::{ImageFormat, Rgb, RgbImage};
use unicode_normalization::UnicodeNormalization;

/// Width and height of the picture, in pixels.
pub const SIDE: u32 = 256;

/// The height of the font's lines, and the most that the letters may fill, in pixels.
const LETTERS_PX: f32 = 128.0;
const LETTERS_WIDTH_MAX: f32 = 184.0;
const LETTERS_HEIGHT_MAX: f32 = 132.0;

/// Colours on which white letters are easy to read.
const BACKGROUNDS: [[u8; 3]; 12] = [
    [0xb3, 0x3a, 0x3a],
    [0xa8, 0x4e, 0x1d],
    [0x86, 0x64, 0x0e],
    [0x5a, 0x72, 0x18],
    [0x2c, 0x7a, 0x3f],
    [0x14, 0x78, 0x6a],
    [0x16, 0x72, 0x8f],
    [0x2a, 0x66, 0xb0],
    [0x4d, 0x56, 0xb8],
    [0x75, 0x48, 0xb0],
    [0x98, 0x3c, 0x94],
    [0xa8, 0x38, 0x68],
];

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(dejavu::sans::bold()).expect("the font that is built in can be read")
});

/// The PNG of a name: one or two initials on a colour that is the same for the same name.
///
/// Takes milliseconds of a core.
#[must_use]
pub fn draw(first_name: &str, last_name: &str) -> Vec<u8> {
    let hash = blake3::hash(format!("{first_name}\n{last_name}").as_bytes());
    let background = BACKGROUNDS[usize::from(hash.as_bytes()[0]) % BACKGROUNDS.len()];
    let mut picture = RgbImage::from_pixel(SIDE, SIDE, Rgb(background));
    let mut initials: Vec<char> = [first_name, last_name]
        .into_iter()
        .filter_map(initial)
        .collect();
    if initials.iter().copied().all(is_right_to_left) {
        initials.reverse();
    }
    let letters = outlines(&initials);
    if letters.is_empty() {
        draw_silhouette(&mut picture);
    } else {
        draw_letters(&mut picture, &letters);
    }
    let mut png = Cursor::new(Vec::new());
    picture
        .write_to(&mut png, ImageFormat::Png)
        .expect("a small picture fits into memory");
    png.into_inner()
}

/// The first letter or digit of a name, as a capital where the font has that; `None` where the
/// font has neither.
fn initial(name: &str) -> Option<char> {
    let letter = name.nfc().find(|letter| letter.is_alphanumeric())?;
    let mut capitals = letter.to_uppercase();
    let capital = capitals.next().filter(|_| capitals.next().is_none());
    let is_there = |letter: &char| FONT.glyph_id(*letter).0 != 0;
    capital.filter(is_there).or(Some(letter).filter(is_there))
}

/// Hebrew, Arabic, Syriac, Thaana and N'Ko, of which the first initial stands to the right.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// The letters beside each other, as large as fits.
fn outlines(letters: &[char]) -> Vec<OutlinedGlyph> {
    let outlines = outlines_at(letters, LETTERS_PX);
    let Some(bounds) = bounds(&outlines) else {
        return outlines;
    };
    let fit = (LETTERS_WIDTH_MAX / bounds.width()).min(LETTERS_HEIGHT_MAX / bounds.height());
    if fit < 1.0 {
        outlines_at(letters, LETTERS_PX * fit)
    } else {
        outlines
    }
}

fn outlines_at(letters: &[char], px: f32) -> Vec<OutlinedGlyph> {
    let scale = PxScale::from(px);
    let font = FONT.as_scaled(scale);
    let mut x = 0.0;
    let mut outlines = Vec::new();
    for letter in letters {
        let id = font.glyph_id(*letter);
        outlines.extend(font.outline_glyph(id.with_scale_and_position(scale, point(x, 0.0))));
        x += font.h_advance(id);
    }
    outlines
}

fn bounds(outlines: &[OutlinedGlyph]) -> Option<Rect> {
    let rectangles = outlines.iter().map(OutlinedGlyph::px_bounds);
    rectangles.reduce(|one, other| Rect {
        min: point(one.min.x.min(other.min.x), one.min.y.min(other.min.y)),
        max: point(one.max.x.max(other.max.x), one.max.y.max(other.max.y)),
    })
}

/// Puts the letters into the middle of the picture.
fn draw_letters(picture: &mut RgbImage, letters: &[OutlinedGlyph]) {
    let Some(bounds) = bounds(letters) else {
        return;
    };
    let middle = |from: f32, to: f32| (f64::from(SIDE) - f64::from(from + to)) / 2.0;
    let left = middle(bounds.min.x, bounds.max.x);
    let top = middle(bounds.min.y, bounds.max.y);
    for letter in letters {
        let corner = letter.px_bounds().min;
        let (left, top) = (left + f64::from(corner.x), top + f64::from(corner.y));
        letter.draw(|x, y, coverage| {
            whiten(
                picture,
                left.round() + f64::from(x),
                top.round() + f64::from(y),
                coverage,
            );
        });
    }
}

/// Head and shoulders: two discs, their edges smoothed over a pixel.
fn draw_silhouette(picture: &mut RgbImage) {
    const HEAD: (f32, f32, f32) = (128.0, 100.0, 46.0);
    const SHOULDERS: (f32, f32, f32) = (128.0, 250.0, 88.0);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let inside = [HEAD, SHOULDERS].map(|(centre_x, centre_y, radius)| {
            radius - (coordinate(x) - centre_x).hypot(coordinate(y) - centre_y)
        });
        blend(pixel, inside[0].max(inside[1]) + 0.5);
    }
}

/// The middle of a pixel.
#[allow(
    clippy::cast_precision_loss,
    reason = "the picture has 256 pixels a side"
)]
fn coordinate(pixel: u32) -> f32 {
    pixel as f32 + 0.5
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of floats saturate, and what is beyond the picture is not drawn"
)]
fn whiten(picture: &mut RgbImage, x: f64, y: f64, coverage: f32) {
    if x >= 0.0
        && y >= 0.0
        && let Some(pixel) = picture.get_pixel_mut_checked(x as u32, y as u32)
    {
        blend(pixel, coverage);
    }
}

/// Moves a pixel towards white.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the sum of a part and the rest of 255 is within a byte"
)]
fn blend(pixel: &mut Rgb<u8>, coverage: f32) {
    let coverage = coverage.clamp(0.0, 1.0);
    for channel in &mut pixel.0 {
        let below = f32::from(*channel);
        *channel = (below + (255.0 - below) * coverage).round() as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(first_name: &str, last_name: &str) -> RgbImage {
        image::load_from_memory(&draw(first_name, last_name))
            .unwrap()
            .into_rgb8()
    }

    /// The box around all that is not background, as left, top, right and bottom.
    fn drawn(picture: &RgbImage) -> [u32; 4] {
        let background = *picture.get_pixel(0, 0);
        let mut found = [SIDE, SIDE, 0, 0];
        for (x, y, _) in picture
            .enumerate_pixels()
            .filter(|(_, _, pixel)| **pixel != background)
        {
            let [left, top, right, bottom] = found;
            found = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
        }
        found
    }

    #[test]
    fn initials_are_capitals_of_letters() {
        assert_eq!(initial("john"), Some('J'));
        assert_eq!(initial("  élodie"), Some('É'));
        assert_eq!(initial("e\u{301}lodie"), Some('É'));
        assert_eq!(initial("#29938"), Some('2'));
        assert_eq!(initial("ßaul"), Some('ß'));
        assert_eq!(initial("ивановна"), Some('И'));
        assert_eq!(initial("გიორგი"), Some('გ'));
        assert_eq!(initial("日本"), None);
        assert_eq!(initial("🎉"), None);
        assert_eq!(initial(""), None);
    }

    #[test]
    fn letters_stand_in_the_middle() {
        let names = [
            ("John", "Doe"),
            ("Wanda", "Wu"),
            ("i", ""),
            ("Åsa", "Qvist"),
            ("محمد", "علي"),
        ];
        for (first_name, last_name) in names {
            let picture = picture(first_name, last_name);
            assert_eq!((picture.width(), picture.height()), (SIDE, SIDE));
            let [left, top, right, bottom] = drawn(&picture);
            assert!(
                (left + right).abs_diff(SIDE) <= 4,
                "{first_name}: {left} to {right}"
            );
            assert!(
                (top + bottom).abs_diff(SIDE) <= 4,
                "{first_name}: {top} to {bottom}"
            );
            assert!(left >= 32 && top >= 32, "{first_name}: there is a margin");
            let whites = picture.pixels().filter(|pixel| pixel.0 == [255; 3]).count();
            assert!(whites > 300, "{first_name}: {whites} white pixels");
        }
    }

    #[test]
    fn who_has_no_initials_is_a_silhouette() {
        let somebody = picture("日本", "語");
        assert_eq!(somebody.get_pixel(128, 100).0, [255; 3]);
        assert_eq!(somebody.get_pixel(128, 255).0, [255; 3]);
        assert_ne!(somebody.get_pixel(10, 128).0, [255; 3]);
        assert_eq!(
            drawn(&picture("", ""))[3],
            SIDE - 1,
            "down to the lower edge"
        );
        assert!(
            drawn(&picture("John", "語"))[3] < SIDE - 32,
            "one initial is enough"
        );
    }

    #[test]
    fn the_same_name_is_the_same_picture() {
        assert_eq!(draw("John", "Doe"), draw("John", "Doe"));
        let colours: std::collections::HashSet<_> = ('a'..='z')
            .map(|name| picture(&name.to_string(), "").get_pixel(0, 0).0)
            .collect();
        assert!(colours.len() > 4, "{} colours for 26 names", colours.len());
    }
}
