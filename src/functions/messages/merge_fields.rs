//! Fields of a text that stand for somebody's name or address.

use crate::functions::User;

/// The text with what the fields stand for in their place: `{user_name}` and `{user_email}` of
/// who is to read it, `{agent_name}` and `{agent_email}` of who wrote it.
pub fn merged(text: &str, user: &User, agent: &User) -> String {
    let email = |of: &User| of.email.clone().unwrap_or_default();
    let fields = [
        ("{user_name}", user.full_name()),
        ("{user_email}", email(user)),
        ("{agent_name}", agent.full_name()),
        ("{agent_email}", email(agent)),
    ];
    filled(text, &fields)
}

/// Puts values in the place of fields, in one go: a value is not looked through for fields.
pub fn filled(text: &str, fields: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        filled.push_str(&rest[..brace]);
        rest = &rest[brace..];
        let field = fields.iter().find(|(field, _)| rest.starts_with(field));
        let (taken, put) = field.map_or((1, "{"), |(field, value)| (field.len(), value));
        filled.push_str(put);
        rest = &rest[taken..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn fields_are_filled_in_wherever_they_are() {
        let fields = [("{name}", "Jöhn".to_owned()), ("{email}", String::new())];
        let text = "{name}, {{name} <{email}>{name}{other} ü{} {name";
        assert_eq!(filled(text, &fields), "Jöhn, {Jöhn <>Jöhn{other} ü{} {name");
        assert_eq!(filled("", &fields), "");
    }

    #[test]
    fn a_value_is_no_field() {
        let fields = [
            ("{name}", "{email}".to_owned()),
            ("{email}", "secret".to_owned()),
        ];
        assert_eq!(filled("Hello {name}", &fields), "Hello {email}");
    }
}
