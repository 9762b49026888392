//! Links in chat texts: URLs with `http`, `https` or `mailto`, as people write them.

/// What a link begins with.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Bytes of an address that mail can be sent to, at most.
const MAIL_BYTES_MAX: usize = 400;

/// Where the link that begins at `at` ends; `None` where none does. A link begins a word, and ends
/// before a blank, a quotation mark, an angle bracket or a backtick, without the punctuation that
/// stands at its end but belongs to the sentence.
///
/// What is no link is known after a bounded number of bytes, so that looking for links in a text
/// takes time linear in its length.
pub(super) fn link(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let scheme = SCHEMES.iter().find(|scheme| {
        rest.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let before = text[..at].chars().next_back();
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let rest = &rest[scheme.len()..];
    let address = match *scheme {
        "mailto:" => mail_address(rest)?,
        _ => {
            let first = rest.chars().next()?;
            if !first.is_alphanumeric() && first != '[' {
                return None;
            }
            trimmed(&rest[..rest.find(is_end).unwrap_or(rest.len())])
        }
    };
    Some(at + scheme.len() + address.len())
}

fn is_end(character: char) -> bool {
    character.is_whitespace() || character.is_control() || "<>\"'`".contains(character)
}

fn mail_address(rest: &str) -> Option<&str> {
    let mut places = rest
        .char_indices()
        .take_while(|(place, _)| *place <= MAIL_BYTES_MAX);
    let length = match places.find(|(_, character)| is_end(*character)) {
        Some((place, _)) => place,
        None if rest.len() <= MAIL_BYTES_MAX => rest.len(),
        None => return None,
    };
    let address = trimmed(&rest[..length]);
    let (user, host) = address.split_once('@')?;
    (!user.is_empty() && !host.is_empty()).then_some(address)
}

/// Without punctuation at its end; a closing parenthesis stays where one was opened.
fn trimmed(mut address: &str) -> &str {
    let count = |parenthesis| address.matches(parenthesis).count();
    let (opened, mut closed) = (count('('), count(')'));
    loop {
        match address.as_bytes().last() {
            Some(b')') if closed > opened => closed -= 1,
            Some(b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' | b'~' | b'_' | b']' | b'}') => {}
            _ => return address,
        }
        address = &address[..address.len() - 1];
    }
}
