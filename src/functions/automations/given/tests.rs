use serde_json::json;

use super::*;
use crate::wire::form;

fn sent(body: &str) -> Value {
    form(body.as_bytes())
        .unwrap()
        .0
        .shift_remove("a")
        .unwrap_or_default()
}

#[test]
fn one_automation_in_every_writing() {
    let expected = json!({"messages": [{
        "id": "aB3", "conditions": [["user_type", "is-user"], ["countries", ["fr", "es"]]],
        "message": "Hi", "subject": "S",
    }]});
    let brackets = "a[messages][0][id]=aB3&a[messages][0][conditions][0][]=user_type\
        &a[messages][0][conditions][0][]=is-user&a[messages][0][conditions][2][0]=countries\
        &a[messages][0][conditions][2][1][]=fr&a[messages][0][conditions][2][1][]=es\
        &a[messages][0][message]=Hi&a[messages][0][subject]=S";
    for value in [
        expected.clone(),
        json!(expected.to_string()),
        sent(brackets),
    ] {
        let read = Automations::read(value).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), expected);
    }
    assert_eq!(Automations::read(json!([])), Ok(ByKind::new()));
}

#[test]
fn one_by_its_id_or_whole() {
    assert!(matches!(One::read(json!("aB3")), Ok(One::Id(id)) if id == "aB3"));
    let whole = json!({"id": "aB3", "type": "sms"});
    for value in [whole.clone(), json!(whole.to_string())] {
        let read = One::read(value);
        assert!(
            matches!(&read, Ok(One::Whole(one, Some(Kind::Sms))) if one.id == "aB3"),
            "{read:?}"
        );
    }
}

#[test]
fn refusals() {
    for value in [
        json!({"letters": []}),
        json!({"messages": ["x"]}),
        json!({"messages": [{"id": "a b"}]}),
        json!({"messages": [{"conditions": [[]]}]}),
        json!({"messages": [{"conditions": [["datetime", "is-exactly", "soon"]]}]}),
        json!({"messages": [{"conditions": [["repeat", "now and then"]]}]}),
        json!({"messages": [{"message": {"a": 1}}]}),
        json!("nonsense"),
    ] {
        assert!(Automations::read(value.clone()).is_err(), "{value}");
    }
    assert!(Translations::read(json!({"fr": {"messages": [{"name": "x"}]}})).is_err());
    assert!(Translations::read(json!({"f r": {}})).is_err());
    assert!(One::read(json!({"type": "letters"})).is_err());
    assert!(One::read(json!(" ")).is_err());
}
