//! Fields of a text that stand for somebody's name or address.

use crate::functions::User;

/// Writes what the fields stand for in their place: `{user_name}` and `{user_email}` of who is to
/// read the text, `{agent_name}` and `{agent_email}` of who wrote it. Names and addresses are not
/// looked through for fields.
pub fn merged(text: &str, user: &User, agent: &User) -> String {
    let fields: [(&str, String); 4] = [
        ("{user_name}", name(user)),
        ("{user_email}", user.email.clone().unwrap_or_default()),
        ("{agent_name}", name(agent)),
        ("{agent_email}", agent.email.clone().unwrap_or_default()),
    ];
    let mut merged = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        merged.push_str(&rest[..brace]);
        rest = &rest[brace..];
        let field = fields.iter().find(|(field, _)| rest.starts_with(field));
        let (taken, put) = field.map_or((1, "{"), |(field, value)| (field.len(), value));
        merged.push_str(put);
        rest = &rest[taken..];
    }
    merged.push_str(rest);
    merged
}

fn name(user: &User) -> String {
    format!("{} {}", user.first_name, user.last_name).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use events::user::UserType;

    use super::*;

    fn person(first_name: &str, last_name: &str, email: Option<&str>) -> User {
        User {
            user_type: UserType::User,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email: email.map(str::to_owned),
            had_email: email.is_some(),
            profile_image: String::new(),
            password_hash: None,
            token: String::new(),
            department: None,
            newest_conversation: None,
            url: None,
        }
    }

    #[test]
    fn fields_are_replaced_wherever_they_are() {
        let (john, ada) = (person("John", "Doe", Some("john@example.com")), person("Ada", "", None));
        let text = "{user_name}, {{agent_name} <{user_email}>{agent_email}{other} {user_name";
        let expected = "John Doe, {Ada <john@example.com>{other} {user_name";
        assert_eq!(merged(text, &john, &ada), expected);
        assert_eq!(merged("plain {} ü{", &john, &ada), "plain {} ü{");
    }

    #[test]
    fn a_name_is_no_field() {
        let sly = person("{agent_email}", "", None);
        let ada = person("Ada", "", Some("ada@example.com"));
        assert_eq!(merged("Hello {user_name}", &sly, &ada), "Hello {agent_email}");
    }
}
