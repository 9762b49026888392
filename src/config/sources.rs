//! Where settings come from, and how each is written there.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::{Table, Value};

use super::Error;

const DEFAULT: &str = include_str!("../../deploy/havefunnels.toml");

/// Ranges such as `10.0.0.0/8`; an address alone is a range of one.
pub(super) fn ranges<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let range = |text: String| {
        let alone = || text.parse().map(|address: IpAddr| IpNet::from(address));
        text.parse::<IpNet>().or_else(|_| alone()).map_err(|_| {
            D::Error::custom(format!(
                "allow_private_targets must be ranges such as 10.0.0.0/8 or ::1/128, not {text:?}"
            ))
        })
    };
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.into_iter().map(range).collect()
}

/// The documented default.
pub(super) fn default_settings() -> Table {
    DEFAULT
        .parse()
        .expect("deploy/havefunnels.toml is tested to be TOML")
}

/// What a variable says, as a value of the default's type.
pub(super) fn typed_like(default: &Value, text: &str, variable: &str) -> Result<Value, Error> {
    let text = text.trim();
    match default {
        Value::Integer(_) => text.parse().map(Value::Integer).map_err(|_| {
            Error::Setting(format!("{variable} must be a whole number, not {text:?}"))
        }),
        Value::Boolean(_) => text
            .parse()
            .map(Value::Boolean)
            .map_err(|_| Error::Setting(format!("{variable} must be true or false, not {text:?}"))),
        Value::Array(items) => text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| match items.first() {
                Some(first) => typed_like(first, item, variable),
                None => Ok(item.into()),
            })
            .collect::<Result<_, _>>()
            .map(Value::Array),
        _ => Ok(Value::String(text.to_owned())),
    }
}
