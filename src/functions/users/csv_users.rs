//! `csv-users`

use std::{collections::HashMap, io};

use events::{
    UserId,
    file::{Created, Purpose},
};
use projections::UserRow;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    clock::wire_time,
    functions::{
        Command, Context, Decision, Failure, Fault,
        files::{self, table::Table},
    },
    uploads::{Unfinished, Uploads},
};

/// Users that are read at a time.
const PAGE: u32 = 1_000;
/// The first columns; those of the additional details follow.
const HEADINGS: [&str; 9] = [
    "User ID",
    "First name",
    "Last name",
    "Email",
    "User type",
    "Department",
    "Profile image",
    "Creation time (UTC)",
    "Last activity (UTC)",
];

/// Writes all users to a CSV file and returns the file's URL.
///
/// The file has a row for each user of any type but the bot, by ID, agents and admins included, and
/// a column for each additional detail that somebody has, under its name (at most 500 of them, by
/// slug). Passwords and tokens are not in it. It is in UTF-8 with a byte order mark, as spreadsheets
/// expect; a cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a
/// tab or a line break) has an apostrophe before it. Who comes, changes or goes while it is written
/// is there or is not.
///
/// The file's name (`users-….csv`) cannot be guessed, and the file is deleted after
/// `csv_users_keep_hours`.
/// # Example
/// `{}`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CsvUsers {
    #[serde(skip)]
    written: Option<Written>,
}

/// A file that is there already.
#[derive(Debug)]
struct Written {
    path: String,
    bytes: u64,
}

impl Command for CsvUsers {
    const NAME: &'static str = "csv-users";
    type Reply = String;

    async fn prepare(&mut self, context: &Context) -> Result<(), Failure> {
        context.settled().await?;
        let path = format!("users-{}.csv", Uploads::unguessable());
        let bytes = write(context, &path).await?;
        self.written = Some(Written { path, bytes });
        Ok(())
    }

    fn decide(self, decision: &mut Decision<'_>) -> Result<String, Failure> {
        let Some(Written { path, bytes }) = self.written else {
            return Err(Fault::Task("writing the users").into());
        };
        let url = format!("{}/uploads/{path}", decision.facts().public_url);
        let created = Created {
            purpose: Purpose::Users,
            path,
            bytes,
            conversation: None,
            user: None,
        };
        files::record(decision, created)?;
        Ok(url)
    }
}

/// Writes the file, page by page, and says how long it is.
async fn write(context: &Context, path: &str) -> Result<u64, Failure> {
    let reads = &context.service.reads;
    let columns = reads.detail_names().await?;
    let headings = columns.iter().map(|(slug, name)| match name.trim() {
        "" => slug.as_str(),
        name => name,
    });
    let head = Table::headed(HEADINGS.into_iter().chain(headings)).into_bytes();
    let service = context.service.clone();
    let begin = at(path, move |path| {
        let mut file = service.uploads.begin(path)?;
        file.add(&head)?;
        Ok(file)
    });
    let mut file: Unfinished = begin.await?;
    let mut after = UserId(0);
    loop {
        let users = reads.users_page(after, PAGE).await?;
        let Some(last) = users.last() else {
            return at(path, move |_| file.finish()).await;
        };
        after = last.id;
        let rows = rows(context, &users, &columns).await?;
        let add = at(path, move |_| {
            file.add(&rows)?;
            Ok(file)
        });
        file = add.await?;
    }
}

/// Works on a file on a thread that may wait for the disk.
async fn at<T: Send + 'static>(
    path: &str,
    work: impl FnOnce(&str) -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let path = path.to_owned();
    let work = move || work(&path).map_err(|source| Fault::File(path, source));
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| Fault::Task("writing the users"))??)
}

async fn rows(
    context: &Context,
    users: &[UserRow],
    columns: &[(String, String)],
) -> Result<Vec<u8>, Failure> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let details = context.service.reads.details(&ids, None).await?;
    let details: HashMap<(UserId, &str), &str> = details
        .iter()
        .map(|detail| ((detail.user_id, &detail.slug[..]), &detail.value[..]))
        .collect();
    let mut table = Table::continued();
    for user in users {
        let seen = context.service.presence.seen(user.id).unwrap_or(0);
        let department = user.department.map(|department| department.to_string());
        let (id, created) = (user.id.to_string(), wire_time(user.creation_time));
        let last_activity = wire_time(seen.max(user.last_activity));
        let cells = [
            &id[..],
            &user.first_name,
            &user.last_name,
            user.email.as_deref().unwrap_or_default(),
            user.user_type.name(),
            department.as_deref().unwrap_or_default(),
            &user.profile_image,
            &created,
            &last_activity,
        ];
        let details = columns.iter().map(|(slug, _)| {
            let value = details.get(&(user.id, &slug[..]));
            value.copied().unwrap_or_default()
        });
        table.add(cells.into_iter().chain(details));
    }
    Ok(table.into_bytes())
}

#[cfg(test)]
mod tests {
    use events::{Stream, StreamKind};
    use serde_json::json;

    use super::*;
    use crate::functions::{
        scenario::{given, happened},
        users::people::founders,
    };

    #[test]
    fn a_file_is_recorded_and_its_url_answered() {
        let path = "users-x.csv".to_owned();
        let written = Written {
            path: path.clone(),
            bytes: 5,
        };
        let file = Stream {
            kind: StreamKind::File,
            id: 1,
        };
        let created = Created {
            purpose: Purpose::Users,
            path,
            bytes: 5,
            conversation: None,
            user: None,
        };
        given(founders())
            .when(CsvUsers {
                written: Some(written),
            })
            .then([happened(file, created)])
            .answering(json!("http://chat.test/uploads/users-x.csv"));
    }
}
