//! What forms make of values, undone; secrets masked and back.

use serde_json::json;

use super::*;

#[test]
fn what_a_form_made_of_a_value_is_undone() {
    let restored = |given| restored("some-id", given).unwrap();
    let kind = |kind: &str| kind.to_owned();
    for given in [
        json!(["0", "checkbox"]),
        json!(["false", "checkbox"]),
        json!([false, "checkbox"]),
    ] {
        assert_eq!(restored(given), (json!(false), kind("checkbox")));
    }
    assert_eq!(restored(json!(["1", "checkbox"])).0, json!(true));
    assert_eq!(restored(json!(["12", "number"])).0, json!(12));
    assert_eq!(restored(json!(["1.5", "number"])).0, json!(1.5));
    assert_eq!(restored(json!([5, "text"])).0, json!("5"));
    assert_eq!(
        restored(json!([{"a": "b"}, "repeater"])).0,
        json!({"a": "b"})
    );
    let numbered = json!([[{"a": 1, "b": true, "c": null, "d": ["x"]}], "repeater"]);
    assert_eq!(
        restored(numbered).0,
        json!([{"a": "1", "b": "1", "c": "", "d": ["x"]}])
    );
    let nested = json!([{"on": ["1", "checkbox"], "name": ["x", "text"]}, "multi-input"]);
    assert_eq!(
        restored(nested).0,
        json!({"on": [true, "checkbox"], "name": ["x", "text"]})
    );
}

#[test]
fn the_registry_decides_the_type() {
    let given = json!(["1", "text"]);
    let expected = (json!(true), "checkbox".to_owned());
    assert_eq!(restored("webhooks-enabled", given).unwrap(), expected);
    assert_eq!(restored("webhooks-enabled", json!("on")).unwrap(), expected);
    assert!(restored("webhooks-enabled", json!(["maybe", "checkbox"])).is_err());
    assert!(restored("webhooks-url", json!(["nonsense", "text"])).is_err());
    assert!(restored("some-id", json!("bare")).is_err());
}

#[test]
fn a_mask_comes_back_where_the_secret_itself_is_checked() {
    let id = "dialogflow-service-account";
    let back = restored(id, json!([MASK, "password"]));
    assert_eq!(back, Ok((json!(MASK), "password".to_owned())));
    assert!(restored(id, json!(["nonsense", "password"])).is_err());
}

#[test]
fn empty_lists_vanish_from_forms_and_come_back() {
    let empty = || (json!([]), "repeater".to_owned());
    for given in [
        json!([[], "repeater"]),
        json!(["", "repeater"]),
        json!({"1": "repeater"}),
        json!(["repeater"]),
    ] {
        for id in ["some-id", "departments", "saved-replies"] {
            assert_eq!(restored(id, given.clone()).unwrap(), empty(), "{id}");
        }
    }
    assert_eq!(restored("departments", json!([])).unwrap(), empty());
    let nested = json!([{"list": {"1": "repeater"}, "rest": ["multi-input"]}, "multi-input"]);
    assert_eq!(
        restored("some-id", nested).unwrap().0,
        json!({"list": [[], "repeater"], "rest": [{}, "multi-input"]})
    );
    assert_eq!(
        restored("webhooks-url", json!(["text"])).unwrap().0,
        json!("")
    );
    assert!(restored("some-id", json!(["text"])).is_err());
    assert!(restored("some-id", json!(["x", "repeater"])).is_err());
    assert!(restored("some-id", json!({"1": "text"})).is_err());
}

#[test]
fn a_mapping_comes_as_an_object_or_as_text() {
    let links = |given| restored("slack-agents", given).map(|(value, _)| value);
    let expected = json!({"U1": "445", "U2": "2"});
    for given in [
        json!({"U1": "445", "U2": 2}),
        json!([{"U1": 445, "U2": "2"}, "mapping"]),
        json!("{\"U1\": \"445\", \"U2\": 2}"),
    ] {
        assert_eq!(links(given).as_ref(), Ok(&expected));
    }
    for none in [json!(""), json!({}), json!("{}"), json!([[], "mapping"])] {
        assert_eq!(links(none), Ok(json!("")));
    }
    for wrong in [
        json!("U1=2"),
        json!("[1]"),
        json!({"U1": {}}),
        json!({"U1": "x"}),
    ] {
        assert!(links(wrong.clone()).is_err(), "{wrong}");
    }
}
