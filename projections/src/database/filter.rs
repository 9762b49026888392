//! The WHERE of a query that is put together from what was asked.

use super::Arg;

/// Conditions that all must hold, with their parameters.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    args: Vec<Arg>,
}

impl Filter {
    /// Adds a condition without a parameter.
    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Adds a condition, written with the name of its parameter: `$3`.
    pub(crate) fn and_with(&mut self, arg: impl Into<Arg>, condition: impl FnOnce(&str) -> String) {
        self.args.push(arg.into());
        self.conditions
            .push(condition(&format!("${}", self.args.len())));
    }

    /// `true AND …`, and the parameters.
    pub(crate) fn finish(self) -> (String, Vec<Arg>) {
        let mut text = String::from("true");
        for condition in self.conditions {
            text.push_str(" AND ");
            text.push_str(&condition);
        }
        (text, self.args)
    }
}
