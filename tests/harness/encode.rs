//! How clients write arguments: PHP's `http_build_query` and jQuery's `$.param`, byte for byte.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Whose way of writing nested values, booleans and nothing.
#[derive(Clone, Copy, Debug)]
pub enum Client {
    /// True and false are 1 and 0, null vanishes, lists are numbered.
    Php,
    /// True and false are words, null is the empty text, lists of plain values have empty brackets.
    Jquery,
}

/// What PHP leaves as it is, but for the blank, which becomes a plus.
const PHP: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b' ');
/// What `encodeURIComponent` leaves as it is, and the blank as above.
const JQUERY: &AsciiSet = &PHP
    .remove(b'~')
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The body of a form with these arguments.
pub fn form(client: Client, arguments: &Value) -> String {
    let set = match client {
        Client::Php => PHP,
        Client::Jquery => JQUERY,
    };
    let escape = |text: &str| utf8_percent_encode(text, set).to_string().replace(' ', "+");
    let fields = pairs(client, arguments);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    fields.join("&")
}

/// The names and values of a form with these arguments, not yet escaped.
pub fn pairs(client: Client, arguments: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, value) in arguments.as_object().expect("arguments are an object") {
        add(&mut fields, client, name.clone(), value);
    }
    fields
}

fn add(fields: &mut Vec<(String, String)>, client: Client, name: String, value: &Value) {
    let text = match (value, client) {
        (Value::Object(members), _) => {
            for (key, member) in members {
                add(fields, client, format!("{name}[{key}]"), member);
            }
            return;
        }
        (Value::Array(items), _) => {
            for (index, item) in items.iter().enumerate() {
                let plain = !(item.is_array() || item.is_object());
                let bracket = match client {
                    Client::Jquery if plain => "[]".to_owned(),
                    _ => format!("[{index}]"),
                };
                add(fields, client, format!("{name}{bracket}"), item);
            }
            return;
        }
        (Value::Null, Client::Php) => return,
        (Value::Null, Client::Jquery) => String::new(),
        (Value::Bool(yes), Client::Php) => u8::from(*yes).to_string(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    };
    fields.push((name, text));
}
