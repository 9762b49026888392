//! How the chat looks.

use serde_json::Value;

use super::{Kind, Setting};
use crate::functions::appearance::colour::Colour;

/// All of them.
pub(super) const APPEARANCE: &[Setting] = &[COLOR_1, COLOR_2, COLOR_3];

/// The first colour of the chat.
pub const COLOR_1: Setting = Setting::new(
    Kind::Color,
    "color-1",
    "The chat's first colour, in hex or RGB: buttons, header, what the user writes.",
)
.text("#2b6cf6")
.checked(colour_or_nothing);
/// The second colour of the chat.
pub const COLOR_2: Setting = Setting::new(
    Kind::Color,
    "color-2",
    "The chat's second colour, in hex or RGB: buttons and links while they are pointed at.",
)
.text("#1f4fb8")
.checked(colour_or_nothing);
/// The third colour of the chat.
pub const COLOR_3: Setting = Setting::new(
    Kind::Color,
    "color-3",
    "The chat's third colour, in hex or RGB: behind what agents write.",
)
.text("#f2f5fa")
.checked(colour_or_nothing);

fn colour_or_nothing(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || Colour::parse(text).is_some() {
        return Ok(());
    }
    Err(format!("{text:?} is not a colour in hex or RGB"))
}

#[cfg(test)]
mod tests {
    use super::{APPEARANCE, Colour};

    #[test]
    fn every_default_is_a_colour() {
        for setting in APPEARANCE {
            assert!(
                Colour::parse(setting.default_text).is_some(),
                "{}",
                setting.id
            );
        }
    }
}
