//! Who calls: requests that Slack has signed with the app's signing secret.
//!
//! `X-Slack-Signature` is `v0=` and the HMAC-SHA256, in hex, over `v0:{timestamp}:{body}`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far the timestamp of a request may be from the clock, in seconds.
const TOLERANCE_SECONDS: u64 = 5 * 60;

/// Whether Slack has signed this body with this secret, within the last minutes.
///
/// What is compared is compared in a time that does not depend on where it differs.
#[must_use]
pub fn is_signed(
    secret: &str,
    timestamp: &str,
    body: &[u8],
    signature: &str,
    now_seconds: i64,
) -> bool {
    let is_recent = timestamp
        .parse::<i64>()
        .is_ok_and(|then| now_seconds.abs_diff(then) <= TOLERANCE_SECONDS);
    let given = signature.strip_prefix("v0=").and_then(bytes_of_hex);
    let Some(given) = given.filter(|_| is_recent && !secret.is_empty()) else {
        return false;
    };
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    for part in [b"v0:", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    mac.verify_slice(&given).is_ok()
}

/// The 32 bytes that these hex digits are.
fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    let nibbles: Option<Vec<u8>> = digits
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len() == 64)?;
    Some(
        nibbles
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::is_signed;

    /// What Slack's official client signs.
    #[test]
    fn signatures_are_those_of_slacks_own_client() {
        let sdk: Value = serde_json::from_str(include_str!("sdk.json")).unwrap();
        let text = |name: &str| sdk["signed"][name].as_str().unwrap().to_owned();
        let (secret, timestamp) = (text("secret"), text("timestamp"));
        let (body, signature) = (text("body"), text("signature"));
        let signed = |secret: &str, timestamp: &str, body: &str, signature: &str, now| {
            is_signed(secret, timestamp, body.as_bytes(), signature, now)
        };
        let now = timestamp.parse::<i64>().unwrap();
        for late in [0, 300, -300] {
            let now = now + late;
            assert!(signed(&secret, &timestamp, &body, &signature, now));
        }
        for late in [301, -301] {
            let now = now + late;
            assert!(!signed(&secret, &timestamp, &body, &signature, now));
        }
        assert!(!signed("another", &timestamp, &body, &signature, now));
        assert!(!signed(&secret, "1531420619", &body, &signature, now));
        assert!(!signed(&secret, &timestamp, "{}", &signature, now));
        for odd in ["", "v0=", "v0=zz", &signature[3..], &signature[..66]] {
            assert!(!signed(&secret, &timestamp, &body, odd, now), "{odd}");
        }
        assert!(!signed("", &timestamp, &body, &signature, now));
        assert!(!signed(&secret, "soon", &body, &signature, now));
    }
}
