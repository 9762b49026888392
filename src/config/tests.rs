//! The default, its overrides, and mistakes in them.

use super::{Config, Patience, Settings, TranscriptType};

fn load(variables: &[(&str, &str)]) -> Result<Config, super::Error> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, variables, toml::Table::new())
}

#[test]
fn the_documented_default_is_the_default() {
    let config = load(&[]).unwrap();
    assert_eq!(config.listen, "127.0.0.1:8080");
    assert_eq!(config.transcript_type, TranscriptType::Csv);
    assert_eq!(config.nats(), Settings::default());
    assert_eq!(config.patience(), Patience::default());
}

#[test]
fn variables_override_with_their_types() {
    let config = load(&[
        ("HAVEFUNNELS_ONLINE_WINDOW_SECONDS", "2"),
        (
            "HAVEFUNNELS_CORS_ALLOWED_ORIGINS",
            "https://a.example, https://b.example",
        ),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!(config.online_window_seconds, 2);
    assert_eq!(
        config.cors_allowed_origins,
        ["https://a.example", "https://b.example"]
    );
}

#[test]
fn mistakes_are_named() {
    let said = |variable, value| load(&[(variable, value)]).unwrap_err().to_string();
    assert!(said("HAVEFUNNELS_ONLINE_WINDOW_SECONDS", "soon").contains("whole number"));
    assert!(said("HAVEFUNNELS_LISTN", "x").contains("no setting listn"));
    assert!(said("HAVEFUNNELS_TRANSCRIPT_TYPE", "pdf").contains("pdf"));
    let range = said(
        "HAVEFUNNELS_ALLOW_PRIVATE_TARGETS",
        "127.0.0.0/8,10.0.0.0/40",
    );
    assert!(range.contains("10.0.0.0/40"), "{range}");
    assert!(range.contains("allow_private_targets"), "{range}");
}

#[test]
fn private_ranges_are_told_as_ranges_or_addresses() {
    assert!(load(&[]).unwrap().allow_private_targets.is_empty());
    let config = load(&[(
        "HAVEFUNNELS_ALLOW_PRIVATE_TARGETS",
        "127.0.0.0/8, ::1/128, 10.1.2.3",
    )])
    .unwrap();
    let told: Vec<String> = config
        .allow_private_targets
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told, ["127.0.0.0/8", "::1/128", "10.1.2.3/32"]);
}
