//! `save-articles-categories`

use std::collections::BTreeSet;

use events::article::CategoriesSaved;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    given::Categories,
    state::{STREAM, categories},
};
use crate::{
    functions::{Command, Context, Decision, Failure, Refusal},
    secret,
    wire::Nested,
};

/// Categories at most.
const CATEGORIES_MAX: usize = 1_000;

/// Saves all categories of articles: those that are not given any more are gone.
///
/// `categories` is a list as get-articles-categories answers it, plainly or as `{"categories": […]}`,
/// as JSON or in brackets. The order is kept. A new category needs no `id`: it gets one of 5 letters and
/// digits. IDs have at most 50 letters, digits, `-` and `_`, and no two categories the same. Members that
/// are not known here are kept. Articles are left as they are: they keep the IDs of categories that are
/// gone, so one that comes back has its articles. `[]` removes all categories; an empty argument,
/// which is how forms write nothing, removes none and is refused as `missing-argument`. More than
/// 1,000 are `too-large`.
/// # Example
/// `{"categories": [{"id": "K92kl", "title": "Business"}, {"title": "Finance"}]}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveArticlesCategories {
    /// All categories.
    categories: Nested<Categories>,
}

impl Command for SaveArticlesCategories {
    const NAME: &'static str = "save-articles-categories";
    type Reply = bool;

    /// Makes the IDs of the new ones, which takes chance.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let former = categories(context.service.journal.reader())?;
        let given = &mut self.categories.0.0;
        let all = former.iter().chain(given.iter());
        let mut taken: BTreeSet<String> = all.map(|category| category.id.clone()).collect();
        taken.insert(String::new());
        for new in given.iter_mut().filter(|category| category.id.is_empty()) {
            while !taken.insert(new.id.clone()) {
                new.id = secret::new_short_id();
            }
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        let given = self.categories.0.0;
        let count = given.len();
        if count > CATEGORIES_MAX {
            let why = format!("{count} categories were given; {CATEGORIES_MAX} are allowed");
            return Err(Refusal::TooLarge(why).into());
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = given.iter().find(|one| !seen.insert(&one.id)) {
            let why = format!("categories: the id {:?} is given twice", twice.id);
            return Err(Refusal::InvalidArgument(why).into());
        }
        if given != categories(decision.state())? {
            decision.record(STREAM, CategoriesSaved { categories: given })?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use events::{Event, Stream};
    use serde_json::{Value, json};

    use super::*;
    use crate::functions::{
        conversations::histories::{arguments, problem},
        scenario::{given, happened},
    };

    fn save(categories: &Value) -> SaveArticlesCategories {
        arguments(json!({ "categories": categories }))
    }

    fn saved(categories: &Value) -> (Stream, Event) {
        let saved = json!({ "categories": categories });
        happened(
            STREAM,
            serde_json::from_value::<CategoriesSaved>(saved).unwrap(),
        )
    }

    #[test]
    fn all_are_replaced_and_only_a_change_is_recorded() {
        let two = json!([{"id": "b", "title": "B", "own": 1}, {"id": "a", "title": "A"}]);
        for written in [
            two.clone(),
            json!({ "categories": two }),
            json!(two.to_string()),
        ] {
            given([])
                .when(save(&written))
                .then([saved(&two)])
                .answering(json!(true));
        }
        given([saved(&two)]).when(save(&two)).then([]);
        given([saved(&two)])
            .when(save(&json!("[]")))
            .then([saved(&json!([]))]);
    }

    #[test]
    fn refusals() {
        let twice = json!([{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]);
        given([])
            .when(save(&twice))
            .then_refused_with("invalid-argument");
        let many: Vec<Value> = (0..=CATEGORIES_MAX)
            .map(|number| json!({"id": format!("c{number}"), "title": "t"}))
            .collect();
        given([])
            .when(save(&json!(many)))
            .then_refused_with("too-large");
        let code = |categories: Value| {
            problem::<SaveArticlesCategories>(json!({ "categories": categories }))
        };
        assert_eq!(code(json!("")), "missing-argument");
        assert_eq!(code(json!("false")), "invalid-argument");
        assert_eq!(code(json!([{"id": "a"}])), "invalid-argument");
    }
}
