//! Version numbers of releases.

use std::fmt;

use serde::Deserialize;

/// The version that is running.
pub const OWN: &str = env!("CARGO_PKG_VERSION");

/// Three numbers, compared one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Version([u32; 3]);

impl Version {
    /// The version that is running.
    #[must_use]
    pub fn own() -> Self {
        Self::parsed(OWN).expect("tested: the package's version is three numbers")
    }

    /// The version that is written so: `1.2.3`, and nothing else.
    #[must_use]
    pub fn parsed(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        let version = Self(numbers?.try_into().ok()?);
        (version.to_string() == text).then_some(version)
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parsed(&text).ok_or_else(|| format!("{text:?} is not a version such as 1.2.3"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        let version = |text| Version::parsed(text).unwrap();
        assert_eq!(Version::own().to_string(), OWN);
        assert!(version("1.10.0") > version("1.9.9"));
        assert!(version("2.0.0") > version("1.99.99"));
        for wrong in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.x",
            "01.2.3",
            "+1.2.3",
            "../..",
            "1.2.3-rc1",
        ] {
            assert_eq!(Version::parsed(wrong), None, "{wrong}");
        }
    }
}
