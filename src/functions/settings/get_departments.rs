//! `get-departments`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::registry::DEPARTMENTS;
use crate::functions::{Context, Failure, Query};

/// The departments, by ID.
///
/// They are the setting `departments`, which save-settings takes as a list: `[[{"department-id": "1",
/// "department-name": "Sales", "department-color": "red", "department-image": ""}], "repeater"]`. A
/// department has an ID of its own, a number from 1 that agents and conversations are assigned by; it is
/// chosen by whoever saves it, so that none changes when another goes. Without departments the answer is
/// `{}`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetDepartments {}

/// A department.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Department {
    /// Its name.
    name: String,
    /// The name or the code of its colour; empty for none.
    color: String,
    /// URL of its picture; empty for none.
    image: String,
}

impl Query for GetDepartments {
    const NAME: &'static str = "get-departments";
    type Reply = BTreeMap<u64, Department>;

    async fn answer(self, context: &Context) -> Result<Self::Reply, Failure> {
        let settings = context.service.settings()?;
        let items = settings.items(&DEPARTMENTS);
        Ok(items.iter().filter_map(department).collect())
    }
}

/// The ID and what is shown of it; nothing but what the registry has checked is ever stored.
fn department(item: &Value) -> Option<(u64, Department)> {
    let part = |name: &str| {
        let text = item.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let shown = Department {
        name: part("department-name"),
        color: part("department-color"),
        image: part("department-image"),
    };
    Some((part("department-id").parse().ok()?, shown))
}
