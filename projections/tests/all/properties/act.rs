//! What somebody may do.

use events::report::Name;
use events::user::UserType;
use proptest::prelude::*;

/// What somebody does next; the numbers choose among what there is.
#[derive(Clone, Debug)]
pub enum Act {
    NewUser(UserType, String),
    Profile(u8, String),
    Email(u8, Option<String>),
    Detail(u8, u8, Option<String>),
    DeleteUser(u8),
    NewConversation(u8, String),
    DeleteConversation(u8),
    Status(u8, u8),
    Assign(u8, Option<u8>),
    Rate(u8, bool, Option<u8>),
    Send(u8, u8, String),
    Edit(u8, String),
    Refile(u8, String),
    Read(u8),
    DeleteMessage(u8),
    Note(u8, u8, String),
    DeleteNote(u8),
    Visit(u8),
    Become(u8, UserType),
    Record(Name, Option<String>, Option<u8>),
    Pass(u16),
}

pub fn act() -> impl Strategy<Value = Act> {
    let text = || "[a-c \u{e4}猫\"'%\\\\\\x00\n]{0,12}";
    let user_type = || {
        prop::sample::select(vec![
            UserType::Visitor,
            UserType::Lead,
            UserType::User,
            UserType::Agent,
            UserType::Admin,
            UserType::Bot,
        ])
    };
    let value = prop::sample::select(vec!["1", "0", "-1", "7", "en-US", "a\0b", ""]);
    prop_oneof![
        3 => (user_type(), text()).prop_map(|(kind, name)| Act::NewUser(kind, name)),
        1 => (any::<u8>(), text()).prop_map(|(user, name)| Act::Profile(user, name)),
        1 => (any::<u8>(), prop::option::of(text())).prop_map(|(user, email)| Act::Email(user, email)),
        2 => (any::<u8>(), 0..6_u8, prop::option::of(text())).prop_map(|(user, slug, value)| Act::Detail(user, slug, value)),
        1 => any::<u8>().prop_map(Act::DeleteUser),
        3 => (any::<u8>(), text()).prop_map(|(user, title)| Act::NewConversation(user, title)),
        1 => any::<u8>().prop_map(Act::DeleteConversation),
        2 => (any::<u8>(), 0..5_u8).prop_map(|(conversation, code)| Act::Status(conversation, code)),
        1 => (any::<u8>(), prop::option::of(any::<u8>())).prop_map(|(conversation, agent)| Act::Assign(conversation, agent)),
        1 => (any::<u8>(), any::<bool>(), prop::option::of(any::<u8>())).prop_map(|(conversation, good, agent)| Act::Rate(conversation, good, agent)),
        8 => (any::<u8>(), any::<u8>(), text()).prop_map(|(conversation, author, text)| Act::Send(conversation, author, text)),
        2 => (any::<u8>(), text()).prop_map(|(message, text)| Act::Edit(message, text)),
        1 => (any::<u8>(), text()).prop_map(|(message, name)| Act::Refile(message, name)),
        1 => any::<u8>().prop_map(Act::Read),
        1 => any::<u8>().prop_map(Act::DeleteMessage),
        2 => (any::<u8>(), any::<u8>(), text()).prop_map(|(conversation, author, text)| Act::Note(conversation, author, text)),
        1 => any::<u8>().prop_map(Act::DeleteNote),
        1 => any::<u8>().prop_map(Act::Visit),
        1 => (any::<u8>(), user_type()).prop_map(|(user, kind)| Act::Become(user, kind)),
        1 => (prop::sample::select(Name::ALL.to_vec()), prop::option::of(value), prop::option::of(any::<u8>()))
            .prop_map(|(name, value, about)| Act::Record(name, value.map(str::to_owned), about)),
        2 => any::<u16>().prop_map(Act::Pass),
    ]
}
