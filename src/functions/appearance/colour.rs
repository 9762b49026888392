//! Colours as people write them, made into numbers and written in one way: nothing but a colour ever
//! gets into a style sheet.

use std::fmt;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
    /// Hundredths: 100 is opaque.
    opacity: u8,
}

impl Colour {
    /// The colour that a text names: `#rgb`, `#rrggbb` (with one or two digits more for the opacity,
    /// and with or without the `#`), `rgb(1, 2, 3)`, `rgba(1, 2, 3, 0.5)`, or the numbers alone. `None`
    /// for everything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() > 64 {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let hex = lower.strip_prefix('#').unwrap_or(&lower);
        if !hex.contains(',') && !hex.contains('(') {
            return Self::hex(hex);
        }
        let numbers = match lower.strip_prefix("rgb") {
            None => lower.as_str(),
            Some(rest) => rest
                .strip_prefix('a')
                .unwrap_or(rest)
                .trim_start()
                .strip_prefix('(')?
                .strip_suffix(')')?,
        };
        Self::numbers(numbers)
    }

    fn hex(digits: &str) -> Option<Self> {
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let step = match digits.len() {
            3 | 4 => 1,
            6 | 8 => 2,
            _ => return None,
        };
        let part = |number: usize| {
            let part = digits.get(number * step..(number + 1) * step)?;
            let value = u8::from_str_radix(part, 16).ok()?;
            Some(if step == 1 { value * 17 } else { value })
        };
        let opacity = part(3).map_or(100, |value| hundredths(f64::from(value) / 255.0));
        Some(Self {
            red: part(0)?,
            green: part(1)?,
            blue: part(2)?,
            opacity,
        })
    }

    fn numbers(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let (colours, opacity) = match parts[..] {
            [red, green, blue] => ([red, green, blue], 100),
            [red, green, blue, opacity] => ([red, green, blue], self::opacity(opacity)?),
            _ => return None,
        };
        let number = |text: &str| {
            let digits = text.bytes().all(|digit| digit.is_ascii_digit());
            text.parse::<u8>().ok().filter(|_| digits)
        };
        Some(Self {
            red: number(colours[0])?,
            green: number(colours[1])?,
            blue: number(colours[2])?,
            opacity,
        })
    }
}

/// `0.5`, `.5` or `50%`.
fn opacity(text: &str) -> Option<u8> {
    let (number, scale) = match text.strip_suffix('%') {
        Some(number) => (number, 0.01),
        None => (text, 1.0),
    };
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    if number.is_empty() || !number.bytes().all(plain) {
        return None;
    }
    let share = number.parse::<f64>().ok()? * scale;
    (share <= 1.0).then(|| hundredths(share))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100"
)]
fn hundredths(share: f64) -> u8 {
    (share * 100.0).round().clamp(0.0, 100.0) as u8
}

impl fmt::Display for Colour {
    /// `#rrggbb`, or `rgba(…)` where it is not opaque.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            red,
            green,
            blue,
            opacity,
        } = self;
        if *opacity == 100 {
            return write!(f, "#{red:02x}{green:02x}{blue:02x}");
        }
        write!(f, "rgba({red}, {green}, {blue}, 0.{opacity:02})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Colour;

    fn read(text: &str) -> Option<String> {
        Colour::parse(text).map(|colour| colour.to_string())
    }

    #[test]
    fn colours_in_all_their_writings() {
        for (text, colour) in [
            ("#049CFF", "#049cff"),
            ("049cff", "#049cff"),
            ("#fA0", "#ffaa00"),
            ("#ffaa0080", "rgba(255, 170, 0, 0.50)"),
            ("#fa08", "rgba(255, 170, 0, 0.53)"),
            ("#ffaa00ff", "#ffaa00"),
            ("rgb(1,2,3)", "#010203"),
            (" RGB( 255 , 0, 10 ) ", "#ff000a"),
            ("rgba(1, 2, 3, .5)", "rgba(1, 2, 3, 0.50)"),
            ("rgba(1, 2, 3, 5%)", "rgba(1, 2, 3, 0.05)"),
            ("rgba(1, 2, 3, 1)", "#010203"),
            ("1, 2, 3", "#010203"),
        ] {
            assert_eq!(read(text).as_deref(), Some(colour), "{text:?}");
        }
    }

    #[test]
    fn everything_else_is_none() {
        for text in [
            "",
            "#",
            "red",
            "#12345",
            "#gggggg",
            "rgb(256,0,0)",
            "rgb(-1,0,0)",
            "rgb(+1,0,0)",
            "rgb(1,2)",
            "rgb(1,2,3",
            "rgba(1,2,3,2)",
            "rgba(1,2,3,NaN)",
            "rgba(1,2,3,1e0)",
            "#fff;} body{display:none",
            "#fff/*",
            "expression(alert(1))",
            "url(//evil.example)",
            "１２３４５６",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn only_colours_come_out(text in "[#rgba(),.% 0-9a-fx;}]{0,24}") {
            if let Some(colour) = read(&text) {
                let known = |c: char| c.is_ascii_hexdigit() || "#rgba(), .".contains(c);
                prop_assert!(colour.chars().all(known), "{}", colour);
                prop_assert_eq!(read(&colour), Some(colour.clone()));
            }
        }
    }
}
