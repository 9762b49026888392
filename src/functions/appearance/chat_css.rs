//! `chat-css`

use schemars::JsonSchema;
use serde::Deserialize;

use super::colour::Colour;
use crate::{
    functions::{
        Context, Failure, Query, Refusal,
        settings::{
            registry::{COLOR_1, COLOR_2, COLOR_3, Setting},
            state::Settings,
        },
    },
    wire::{Maybe, Text},
};

/// Returns a style sheet with the chat's colours.
///
/// A colour that is not given is that of the settings `color-1`, `color-2` and `color-3`. It is written
/// in hex (`#049cff`, `#09f`, with or without the `#`) or as RGB (`rgb(4, 156, 255)`,
/// `rgba(4, 156, 255, 0.5)`, `4, 156, 255`); anything else is refused as `invalid-argument`.
///
/// The sheet sets the custom properties `--chat-color-1` to `--chat-color-3` for the whole page, and
/// uses them for the classes of a chat: the first colour for the button, the header, links and what the
/// user writes, the second for these while they are pointed at, the third behind what agents write.
/// # Example
/// `{"color_1": "#049cff", "color_2": "rgb(2, 108, 180)"}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ChatCss {
    /// The first colour.
    #[serde(default)]
    color_1: Maybe<Text<64>>,
    /// The second colour.
    #[serde(default)]
    color_2: Maybe<Text<64>>,
    /// The third colour.
    #[serde(default)]
    color_3: Maybe<Text<64>>,
}

impl Query for ChatCss {
    const NAME: &'static str = "chat-css";
    type Reply = String;

    async fn answer(self, context: &Context) -> Result<String, Failure> {
        let settings = context.service.settings()?;
        let colours = [
            colour("color_1", self.color_1.0, &settings, &COLOR_1)?,
            colour("color_2", self.color_2.0, &settings, &COLOR_2)?,
            colour("color_3", self.color_3.0, &settings, &COLOR_3)?,
        ];
        Ok(sheet(colours))
    }
}

fn colour(
    argument: &str,
    given: Option<String>,
    settings: &Settings,
    setting: &Setting,
) -> Result<Colour, Refusal> {
    if let Some(text) = given {
        return Colour::parse(&text).ok_or_else(|| {
            let why = format!("{argument}: {text:?} is not a colour in hex or RGB");
            Refusal::InvalidArgument(why)
        });
    }
    // Saved colours are checked; one that was saved empty is the default.
    let saved = Colour::parse(settings.text(setting));
    let colour = saved.or_else(|| Colour::parse(setting.default_text));
    Ok(colour.expect("the registry's defaults are colours, as a test says"))
}

fn sheet([first, second, third]: [Colour; 3]) -> String {
    format!(
        ":root {{ --chat-color-1: {first}; --chat-color-2: {second}; --chat-color-3: {third}; }}\n\
         .chat-button, .chat-header, .chat-send, .chat-message-user {{ background-color: var(--chat-color-1); }}\n\
         .chat-button:hover, .chat-send:hover {{ background-color: var(--chat-color-2); }}\n\
         .chat-message-agent {{ background-color: var(--chat-color-3); }}\n\
         .chat a {{ color: var(--chat-color-1); }}\n\
         .chat a:hover {{ color: var(--chat-color-2); }}\n\
         .chat input:focus, .chat textarea:focus {{ border-color: var(--chat-color-1); }}\n"
    )
}
