//! A bar for each agent or article; of ratings, good ones and bad ones behind each other.

use super::{
    MARGIN, Says, TOP, WIDTH,
    canvas::{ACCENT, BAD, Canvas, GOOD, GRID, INK, MUTED, scaled, shortened},
};

/// Bars at most; there are too many to compare beyond.
const BARS_MAX: usize = 30;
/// From one bar to the next.
const BAR: i32 = 34;
/// Where bars begin and end.
const LEFT: i32 = MARGIN + 210;
const RIGHT: i32 = WIDTH - MARGIN - 130;
/// The least height: of an image without bars.
const HEIGHT_MIN: i32 = 200;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 26;

/// How high a chart with these rows is.
pub fn height(rows: &[(String, Vec<u64>)]) -> i32 {
    let bars = i32::try_from(rows.len().min(BARS_MAX) + 2).unwrap_or(0);
    HEIGHT_MIN.max(TOP + bars * BAR)
}

/// Draws them.
pub fn draw(canvas: &Canvas<'_>, rows: &[(String, Vec<u64>)], says: Says) {
    let sum = |numbers: &[u64]| numbers.iter().copied().fold(0, u64::saturating_add);
    let most = rows
        .iter()
        .map(|(_, numbers)| sum(numbers))
        .max()
        .unwrap_or(0);
    let mut y = TOP;
    for (name, numbers) in rows.iter().take(BARS_MAX) {
        let name = shortened(name, NAME_CHARS_MAX);
        canvas.text_until(&name, (LEFT - 14, y + 5), 15, INK);
        canvas.rectangle((LEFT, y), (RIGHT, y + BAR - 12), GRID);
        let end = |number| LEFT + scaled(number, most, RIGHT - LEFT);
        let said = if let [good, bad] = numbers.as_slice() {
            let (good_end, bad_end) = (end(*good), end(sum(numbers)));
            canvas.rectangle((LEFT, y), (good_end, y + BAR - 12), GOOD);
            canvas.rectangle((good_end, y), (bad_end, y + BAR - 12), BAD);
            format!("{} good, {} bad", says.number(*good), says.number(*bad))
        } else {
            canvas.rectangle((LEFT, y), (end(sum(numbers)), y + BAR - 12), ACCENT);
            says.number(sum(numbers))
        };
        canvas.text(&said, (RIGHT + 12, y + 5), 14, INK);
        y += BAR;
    }
    if let Some(more) = rows.len().checked_sub(BARS_MAX).filter(|more| *more > 0) {
        canvas.text(&format!("and {more} more"), (LEFT, y + 5), 14, MUTED);
    }
}
