//! A line over days or months.

use plotters::{element::Circle, style::Color};

use super::{
    HEIGHT, MARGIN, Says, TOP, WIDTH,
    canvas::{ACCENT, Canvas, GRID, INK, MUTED, Point, scaled},
};

/// Where the line's part ends at the left, right and below.
const LEFT: i32 = MARGIN + 64;
const RIGHT: i32 = WIDTH - MARGIN;
const BOTTOM: i32 = HEIGHT - 48;
/// Labels below the line at most.
const LABELS_MAX: usize = 9;
/// Points up to which each gets a dot.
const DOTS_MAX: usize = 62;
/// Steps of the scale that are aimed at.
const STEPS: u64 = 4;

/// Draws it.
pub fn draw(canvas: &Canvas<'_>, rows: &[(String, Vec<u64>)], says: Says) {
    let values: Vec<u64> = rows
        .iter()
        .map(|(_, numbers)| numbers.first().copied().unwrap_or(0))
        .collect();
    let most = values.iter().copied().max().unwrap_or(0);
    let step = step(most, says.seconds);
    let top = most.div_ceil(step).max(1).saturating_mul(step);
    for mark in (0..=top / step).map(|number| number * step) {
        let y = BOTTOM - scaled(mark, top, BOTTOM - TOP);
        canvas.line(vec![(LEFT, y), (RIGHT, y)], GRID, 1);
        canvas.text_until(&says.number(mark), (LEFT - 10, y - 6), 13, MUTED);
    }
    let last = values.len().saturating_sub(1);
    let place = |index: usize| scaled(index as u64, last as u64, RIGHT - LEFT) + LEFT;
    let points: Vec<Point> = values
        .iter()
        .enumerate()
        .map(|(index, value)| (place(index), BOTTOM - scaled(*value, top, BOTTOM - TOP)))
        .collect();
    label(canvas, rows, place);
    if !says.seconds {
        let total: u128 = values.iter().copied().map(u128::from).sum();
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let text = format!("Total {}", says.number(total));
        canvas.text_until(&text, (RIGHT, 26), 18, INK);
    }
    if let (Some(first), Some(end)) = (points.first(), points.last()) {
        let mut area = points.clone();
        area.extend([(end.0, BOTTOM), (first.0, BOTTOM)]);
        canvas.area(area, ACCENT, 0.12);
    }
    if points.len() <= DOTS_MAX {
        for point in &points {
            canvas.shape(&Circle::new(*point, 3, ACCENT.filled()));
        }
    }
    canvas.line(points, ACCENT, 2);
}

fn label(canvas: &Canvas<'_>, rows: &[(String, Vec<u64>)], place: impl Fn(usize) -> i32) {
    let every = rows.len().div_ceil(LABELS_MAX).max(1);
    for (index, (key, _)) in rows.iter().enumerate().step_by(every) {
        canvas.text_around(key, (place(index), BOTTOM + 14), 13, MUTED);
    }
}

/// The step of a scale that goes up to `most` in about four steps, in numbers people count in.
fn step(most: u64, seconds: bool) -> u64 {
    let least = most.div_ceil(STEPS).max(1);
    if seconds {
        let times = [
            1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 43_200,
        ];
        if let Some(step) = times.into_iter().find(|step| *step >= least) {
            return step;
        }
        return least.div_ceil(86_400).saturating_mul(86_400);
    }
    let mut unit = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            if unit.saturating_mul(factor) >= least {
                return unit.saturating_mul(factor);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn scales_have_round_numbers() {
        let steps = [0, 1, 4, 5, 9, 40, 41, 1_000].map(|most| step(most, false));
        assert_eq!(steps, [1, 1, 1, 2, 5, 10, 20, 500]);
        let times = [0, 30, 200, 3_600, 400_000].map(|most| step(most, true));
        assert_eq!(times, [1, 15, 60, 900, 172_800]);
        assert!(step(u64::MAX, false) > 0 && step(u64::MAX, true) > 0);
    }
}
