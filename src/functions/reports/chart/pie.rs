//! A ring of shares, with a list of what they are of.

use plotters::{element::Pie, style::RGBColor};

use super::{
    TOP, WIDTH,
    canvas::{Canvas, INK, MUTED, Point, shortened},
    grouped,
};

/// Where the ring is.
const CENTER: Point = (220, 256);
const RADIUS: f64 = 138.0;
const HOLE: f64 = 84.0;
/// Where the list is.
const LIST: i32 = 430;
/// From one line of the list to the next.
const LINE: i32 = 29;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 34;
/// A share that is the whole.
const WHOLE: u128 = 100_000;

/// A colour for each share; the last is for all others together.
const COLORS: [RGBColor; 10] = [
    RGBColor(37, 99, 235),
    RGBColor(16, 185, 129),
    RGBColor(245, 158, 11),
    RGBColor(239, 68, 68),
    RGBColor(139, 92, 246),
    RGBColor(14, 165, 233),
    RGBColor(236, 72, 153),
    RGBColor(132, 204, 22),
    RGBColor(249, 115, 22),
    RGBColor(156, 163, 175),
];

/// Draws them.
pub fn draw(canvas: &Canvas<'_>, rows: &[(String, Vec<u64>)]) {
    let shares = shares(rows);
    let total: u128 = shares.iter().map(|(_, count)| u128::from(*count)).sum();
    let share = |count: u64| {
        let share = u128::from(count) * WHOLE / total.max(1);
        f64::from(u32::try_from(share).unwrap_or(0))
    };
    let sizes: Vec<f64> = shares.iter().map(|(_, count)| share(*count)).collect();
    let unlabelled = vec![""; sizes.len()];
    let mut pie = Pie::new(&CENTER, &RADIUS, &sizes, &COLORS, &unlabelled);
    pie.donut_hole(HOLE);
    pie.start_angle(-90.0);
    canvas.shape(&pie);
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    canvas.text_around(&grouped(total), (CENTER.0, CENTER.1 - 22), 30, INK);
    canvas.text_around("in total", (CENTER.0, CENTER.1 + 12), 14, MUTED);
    let mut y = TOP;
    for ((name, count), color) in shares.iter().zip(COLORS) {
        canvas.rectangle((LIST, y - 1), (LIST + 14, y + 13), color);
        canvas.text(&shortened(name, NAME_CHARS_MAX), (LIST + 26, y), 16, INK);
        canvas.text_until(&grouped(*count), (WIDTH - 120, y), 16, INK);
        let percent = format!("{:.1} %", share(*count) / 1_000.0);
        canvas.text_until(&percent, (WIDTH - 32, y), 16, MUTED);
        y += LINE;
    }
}

/// The largest ones, and all others as one.
fn shares(rows: &[(String, Vec<u64>)]) -> Vec<(String, u64)> {
    let all = rows
        .iter()
        .map(|(name, numbers)| (name.clone(), numbers.first().copied().unwrap_or(0)));
    let mut shares: Vec<_> = all.collect();
    if shares.len() > COLORS.len() {
        let others = shares.split_off(COLORS.len() - 1);
        let count = others
            .iter()
            .fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        shares.push(("Other".to_owned(), count));
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn ten_shares_at_most() {
        let rows: Vec<_> = (0..30)
            .map(|number| (number.to_string(), vec![2]))
            .collect();
        assert_eq!(shares(&rows[..10]).len(), 10);
        let many = shares(&rows);
        assert_eq!(
            (many.len(), many[9].clone()),
            (10, ("Other".to_owned(), 42))
        );
    }
}
