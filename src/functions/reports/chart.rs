//! A report as an SVG image.
//!
//! Every text goes through [`Canvas::text`], which drops what XML has no place for; plotters
//! escapes the rest.

mod bars;
mod canvas;
mod line;
mod pie;

use canvas::{Canvas, INK, MUTED};

use super::reports::Report;
use crate::functions::{Failure, Fault};

/// Width of every chart.
const WIDTH: i32 = 960;
/// Height of a chart whose rows do not ask for more.
const HEIGHT: i32 = 420;
/// Where a chart's own part begins, below title and description.
const TOP: i32 = 104;
/// Space at the left and at the right.
const MARGIN: i32 = 32;

/// Draws an answer of `reports`.
///
/// # Errors
/// When it is not one.
pub fn chart(answer: &[u8]) -> Result<String, Failure> {
    serde_json::from_slice(answer)
        .map(|report| draw(&report))
        .map_err(|source| Fault::Answer("reports", source).into())
}

fn draw(report: &Report) -> String {
    let rows = &report.data.0;
    let is_bars = report.chart_type == "bar";
    let height = if is_bars { bars::height(rows) } else { HEIGHT };
    let mut svg = String::new();
    let canvas = Canvas::on(&mut svg, (WIDTH, height));
    canvas.text(&report.title, (MARGIN, 24), 24, INK);
    canvas.text(&report.description, (MARGIN, 58), 15, MUTED);
    let says = Says {
        seconds: report.label_type == 2,
    };
    let something = rows
        .iter()
        .any(|(_, numbers)| numbers.iter().any(|number| *number > 0));
    match report.chart_type.as_str() {
        "line" => line::draw(&canvas, rows, says),
        _ if !something => canvas.text(
            "Nothing was counted in this period.",
            (MARGIN, TOP + 24),
            16,
            MUTED,
        ),
        "pie" => pie::draw(&canvas, rows),
        _ => bars::draw(&canvas, rows, says),
    }
    canvas.finish();
    svg
}

/// How a number is said.
#[derive(Clone, Copy)]
struct Says {
    seconds: bool,
}

impl Says {
    fn number(self, number: u64) -> String {
        if self.seconds {
            duration(number)
        } else {
            grouped(number)
        }
    }
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`
fn duration(seconds: u64) -> String {
    let two = |many: u64, unit: &str, rest: u64, part: &str| match rest {
        0 => format!("{many} {unit}"),
        _ => format!("{many} {unit} {rest} {part}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reports::Rows;
    use super::*;

    fn report(chart_type: &str, label_type: u8, rows: &[(&str, &[u64])]) -> Report {
        let rows = rows.iter();
        Report {
            title: "A <b>title</b> & more".to_owned(),
            description: "What \"it\" shows.".to_owned(),
            data: Rows(
                rows.map(|(key, numbers)| ((*key).to_owned(), numbers.to_vec()))
                    .collect(),
            ),
            table: vec!["Date".to_owned(), "Count".to_owned()],
            table_inverse: true,
            label_type,
            chart_type: chart_type.to_owned(),
        }
    }

    #[test]
    fn numbers_as_people_say_them() {
        let numbers = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
        let times = [0, 59, 60, 90, 3_600, 12_000, 86_400, 187_200].map(duration);
        assert_eq!(
            times,
            [
                "0 s",
                "59 s",
                "1 min",
                "1 min 30 s",
                "1 h",
                "3 h 20 min",
                "1 d",
                "2 d 4 h"
            ]
        );
    }

    #[test]
    fn no_text_becomes_a_tag() {
        let evil = "<script>alert('x')</script>\u{1}\u{0}&\u{ffff}";
        for kind in ["line", "bar", "pie"] {
            let svg = draw(&report(kind, 1, &[(evil, &[3, 1]), ("b", &[2, 0])]));
            assert!(
                svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
                "{svg}"
            );
            assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
            assert!(svg.contains("&lt;script&gt;"), "{svg}");
            assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{svg}");
        }
    }

    #[test]
    fn anything_can_be_drawn() {
        let many: Vec<(String, Vec<u64>)> = (0..1_000)
            .map(|number| (format!("Name {number}"), vec![u64::MAX / 2_000, number]))
            .collect();
        let many: Vec<(&str, &[u64])> = many
            .iter()
            .map(|(key, numbers)| (key.as_str(), numbers.as_slice()))
            .collect();
        for kind in ["line", "bar", "pie"] {
            for label_type in [1, 2, 3] {
                for rows in [&[][..], &[("x", &[0][..])], &[("x", &[])], &many] {
                    assert!(draw(&report(kind, label_type, rows)).contains("</svg>"));
                }
            }
        }
        assert!(draw(&report("pie", 1, &[("x", &[0])])).contains("Nothing was counted"));
    }

    #[test]
    fn an_answer_is_drawn_and_nothing_else() {
        let answer = serde_json::to_vec(&report("line", 1, &[("01/01/2021", &[4])])).unwrap();
        assert!(chart(&answer).unwrap().contains("01/01/2021"));
        assert!(chart(b"{}").is_err());
    }
}
