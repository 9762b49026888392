//! `save-articles`

use std::collections::{BTreeMap, BTreeSet};

use events::article::{Ordered, Removed, Saved};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    given::{Articles, Translations},
    state::{IdAndLanguage, Known, STREAM, hash, order, texts},
};
use crate::{
    functions::{
        Command, Context, Decision, Failure, Refusal,
        decision::{Numbered, next_id},
    },
    secret,
    wire::{Nested, OrFalse},
};

/// Texts at most: articles and translations together.
const TEXTS_MAX: usize = 10_000;
/// Languages beside the default one.
const LANGUAGES_MAX: usize = 100;

/// Saves all articles: those that are not given any more are gone, and their ratings with them.
///
/// `articles` is a list as get-articles answers it with `full` (without, contents are cut, and would
/// be saved so), plainly or as `{"articles": […]}`, as JSON or in brackets. The order is kept. A new
/// article needs no `id`: it gets one of 5 letters and digits. IDs have at most 50 letters, digits,
/// `-` and `_`, and no two articles of a language have the same. Members that are not known here are
/// kept. An article needs a `title` (1,000 characters) or a `content` (1,048,576 characters); a
/// category that does not exist is no mistake. `[]` removes all articles; an empty argument, which is
/// how forms write nothing, removes none and is refused as `missing-argument`.
///
/// `translations` holds such a list a language, and takes the place of all former ones; a translation
/// has the `id` of what it translates. Without `translations`, those of articles that stay are kept;
/// `{}` removes all. At most 10,000 articles, translations among them, and 100 languages are allowed
/// (`too-large`); nothing is saved where something is wrong.
/// # Example
/// `{"articles": {"articles": [{"id": "6P2Oq", "title": "What's new?", "content": "<p>The API V2</p>", "link": "", "categories": ["K92kl"]}]}, "translations": {"es": [{"id": "6P2Oq", "title": "¿Qué hay de nuevo?", "content": "<p>La API V2</p>"}]}}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SaveArticles {
    /// All articles.
    articles: Nested<Articles>,
    /// Their translations, by language code.
    #[serde(default)]
    translations: OrFalse<Nested<Translations>>,
}

impl Command for SaveArticles {
    const NAME: &'static str = "save-articles";
    type Reply = bool;

    /// Makes the IDs of the new ones, which takes chance.
    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        let former = texts(context.service.journal.reader())?;
        let given = |article: &&Saved| !article.id.is_empty();
        let mut taken: BTreeSet<String> = former.into_keys().map(|(id, _)| id).collect();
        taken.extend(self.lists().filter(given).map(|article| article.id.clone()));
        let translations = self.translations.0.iter_mut();
        let translations = translations.flat_map(|given| given.0.values_mut().flatten());
        let lists = self.articles.0.0.iter_mut().chain(translations);
        for new in lists.filter(|article| article.id.is_empty()) {
            while new.id.is_empty() || !taken.insert(new.id.clone()) {
                new.id = secret::new_short_id();
            }
        }
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<bool, Failure> {
        self.check()?;
        let former = texts(decision.state())?;
        let lists = self.lists_then(decision, &former)?;
        remove(decision, &former, &lists)?;
        for (language, list) in lists {
            let numbers = save(decision, &former, list)?;
            if numbers != order(decision.state(), &language)? {
                decision.record(STREAM, Ordered { language, numbers })?;
            }
        }
        Ok(true)
    }
}

/// A text that is to be there after a save.
enum Wanted {
    Given(Saved),
    /// As it is: its ID and number.
    Kept(String, u64),
}

impl Wanted {
    fn id(&self) -> &str {
        match self {
            Self::Given(saved) => &saved.id,
            Self::Kept(id, _) => id,
        }
    }
}

type Texts = BTreeMap<IdAndLanguage, Known>;
/// By language.
type Lists = BTreeMap<String, Vec<Wanted>>;

impl SaveArticles {
    /// Everything that was given.
    fn lists(&self) -> impl Iterator<Item = &Saved> {
        let translations = self.translations.0.iter();
        let translations = translations.flat_map(|given| given.0.values().flatten());
        self.articles.0.0.iter().chain(translations)
    }

    /// What is to be there after the save, with an entry for each language there was.
    fn lists_then(self, decision: &Decision<'_>, former: &Texts) -> Result<Lists, Failure> {
        let given = |list: Vec<Saved>| list.into_iter().map(Wanted::Given).collect();
        let articles = self.articles.0.0;
        let ids: BTreeSet<String> = articles.iter().map(|text| text.id.clone()).collect();
        let is_there = |id: &String| former.contains_key(&(id.clone(), String::new()));
        let mut lists: Lists = former
            .keys()
            .map(|(_, language)| (language.clone(), Vec::new()))
            .collect();
        match self.translations.0 {
            Some(translations) => {
                let texts = translations.0.into_iter();
                lists.extend(texts.map(|(language, list)| (language, given(list))));
            }
            None => {
                let numbered: BTreeMap<u64, &String> = former
                    .iter()
                    .map(|((id, _), known)| (known.number, id))
                    .collect();
                for (language, list) in &mut lists {
                    for number in order(decision.state(), language)? {
                        let id = numbered.get(&number).copied();
                        // A translation goes with what it translates.
                        if let Some(id) = id.filter(|id| ids.contains(*id) || !is_there(id)) {
                            list.push(Wanted::Kept(id.clone(), number));
                        }
                    }
                }
            }
        }
        lists.insert(String::new(), given(articles));
        Ok(lists)
    }

    fn check(&self) -> Result<(), Refusal> {
        let count = self.lists().count();
        if count > TEXTS_MAX {
            let why = format!("{count} articles were given; {TEXTS_MAX} are allowed");
            return Err(Refusal::TooLarge(why));
        }
        let languages = self
            .translations
            .0
            .as_ref()
            .map_or(0, |given| given.0.len());
        if languages > LANGUAGES_MAX {
            let why = format!("{languages} languages were given; {LANGUAGES_MAX} are allowed");
            return Err(Refusal::TooLarge(why));
        }
        let mut seen = BTreeSet::new();
        match self
            .lists()
            .find(|text| !seen.insert((&text.id, &text.language)))
        {
            Some(twice) => {
                let why = format!("articles: the id {:?} is given twice", twice.id);
                Err(Refusal::InvalidArgument(why))
            }
            None => Ok(()),
        }
    }
}

/// Records which texts are gone.
fn remove(decision: &mut Decision<'_>, former: &Texts, lists: &Lists) -> Result<(), Failure> {
    let ids = |list: &Vec<Wanted>| list.iter().map(|text| text.id().to_owned()).collect();
    let ids: BTreeMap<&str, BTreeSet<String>> = lists
        .iter()
        .map(|(language, list)| (language.as_str(), ids(list)))
        .collect();
    let left: BTreeSet<&String> = ids.values().flatten().collect();
    for ((id, language), known) in former {
        if ids
            .get(language.as_str())
            .is_none_or(|ids| !ids.contains(id))
        {
            let removed = Removed {
                number: known.number,
                id: id.clone(),
                language: language.clone(),
                gone: !left.contains(id),
            };
            decision.record(STREAM, removed)?;
        }
    }
    Ok(())
}

/// Records which texts of a language are new or others than before; their numbers, in order.
fn save(
    decision: &mut Decision<'_>,
    former: &Texts,
    list: Vec<Wanted>,
) -> Result<Vec<u64>, Failure> {
    let mut numbers = Vec::with_capacity(list.len());
    for text in list {
        let mut text = match text {
            Wanted::Given(text) => text,
            Wanted::Kept(_, number) => {
                numbers.push(number);
                continue;
            }
        };
        let known = former.get(&(text.id.clone(), text.language.clone()));
        text.number = match known {
            Some(known) => known.number,
            None => next_id(decision.state(), Numbered::Article)?,
        };
        numbers.push(text.number);
        if known.is_none_or(|known| known.hash != hash(&text)) {
            decision.record(STREAM, text)?;
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests;
