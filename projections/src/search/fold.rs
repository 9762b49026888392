//! How texts are made comparable before they are stored and before they are looked for.

use unicode_normalization::UnicodeNormalization;

/// Characters of one text that can be found; what comes after them is not. The trigrams of two
/// such texts fit into PostgreSQL's largest tsvector, a MiB, whatever the characters.
pub(crate) const CHARACTERS_MAX: usize = 32_768;
/// Characters of a search that count.
pub(crate) const SEARCH_CHARACTERS_MAX: usize = 256;

/// Folds a text, so that what reads alike is alike.
///
/// NFKC makes one of all ways to write a character (`é`, `ｅ́`, `ﬁ` and `fi`, full and half
/// width); upper case and then lower case is as good as case folding (`ß` and `SS`, `ς` and `σ`).
/// A run of blanks, line ends and control characters becomes one blank. Accents stay: `é` is not
/// `e`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars()
            .for_each(|character| push_folded(&mut folded, character)); // is NFKC as it is
    } else {
        text.nfkc()
            .for_each(|character| push_folded(&mut folded, character));
    }
    folded
}

fn push_folded(folded: &mut String, character: char) {
    if character.is_whitespace() || character.is_control() {
        if !folded.ends_with(' ') {
            folded.push(' ');
        }
    } else if character.is_ascii() {
        folded.push(character.to_ascii_lowercase());
    } else {
        folded.extend(character.to_uppercase().flat_map(char::to_lowercase));
    }
}

/// A search, folded and without blanks around it; `None` when nothing is left to look for.
pub(crate) fn wanted(text: &str) -> Option<String> {
    let folded: String = fold(text)
        .trim()
        .chars()
        .take(SEARCH_CHARACTERS_MAX)
        .collect();
    (!folded.is_empty()).then_some(folded)
}

/// Folded parts as one text to search in. A line feed, which folding never leaves in a part,
/// stands between them, and two at the end: so each substring of one or two characters begins a
/// trigram, and nothing is found across parts.
pub(crate) fn searchable<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let mut text = String::new();
    for part in parts {
        if !part.as_ref().is_empty() {
            text.push_str(part.as_ref());
            text.push('\n');
        }
    }
    if let Some((end, _)) = text.char_indices().nth(CHARACTERS_MAX) {
        text.truncate(end);
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_alike_is_alike() {
        for (one, other) in [
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("e\u{301}t\u{e9}", "ÉTÉ"),
            ("ｆｕｌｌ ﬁt", "FULL FIT"),
            ("a\r\n\tb", "A b"),
            ("İ", "i\u{307}"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
        assert_ne!(fold("é"), fold("e"));
    }

    #[test]
    fn every_short_substring_begins_a_trigram() {
        let text = searchable(["ab", "猫"]);
        assert_eq!(text, "ab\n猫\n\n");
        let characters: Vec<char> = text.chars().collect();
        let trigrams: Vec<String> = characters
            .windows(3)
            .map(|three| three.iter().collect())
            .collect();
        for part in ["a", "b", "ab", "猫"] {
            assert!(
                trigrams.iter().any(|trigram| trigram.starts_with(part)),
                "{part}"
            );
        }
        assert_eq!(searchable([""]), "");
    }

    #[test]
    fn long_texts_are_cut() {
        let text = searchable(["ü".repeat(CHARACTERS_MAX + 5)]);
        assert_eq!(text.chars().count(), CHARACTERS_MAX + 2);
        assert!(text.ends_with("ü\n\n"));
    }
}
