//! What the tests are told by whoever runs them: `make test` sets it all.

use std::path::PathBuf;

/// The URL of a PostgreSQL server on which databases may be made.
pub fn postgres() -> String {
    required("HAVEFUNNELS_TEST_POSTGRES")
}

/// A program of the tools that `make tools` installs.
pub fn tool(name: &str) -> PathBuf {
    PathBuf::from(required("HAVEFUNNELS_TEST_TOOLS"))
        .join("bin")
        .join(name)
}

/// Fails, rather than lets a test be skipped unseen.
fn required(name: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests' own settings, read in this one place"
    )]
    let value = std::env::var(name);
    value.unwrap_or_else(|_| panic!("{name} is not set: run `make test`, or see tests/services"))
}
