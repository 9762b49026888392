//! Whole-program tests: the built `havefunnels` program, spoken to over HTTP as its clients speak.
//!
//! Every test starts a program of its own on a free port and an empty data directory, so all of
//! them may run at once. What touches the read models runs on SQLite and on PostgreSQL. Nothing
//! here knows the service's inside: what is asked and expected is the documented Web API.

mod appearance;
mod articles;
mod assistants;
mod automations;
mod bad_input;
mod bootstrap;
mod catalogue;
mod chaos;
mod cleaning;
mod command_line;
mod conversations;
mod crash;
mod dialogflow;
mod documented_shapes;
mod email_piping;
mod envelope;
mod every_function;
mod files;
mod formatting;
mod full_disk;
mod harness;
mod histories;
mod house;
mod idempotency;
mod inbox;
mod jquery_client;
mod limits;
mod login;
mod mail_login;
mod messages;
mod notes;
mod notices;
mod notifications;
mod openapi;
mod openapi_tools;
mod paging;
mod php_client;
mod plain_door;
mod polling;
mod presence;
mod ratings;
mod relay;
mod relay_cluster;
mod relay_tls;
mod reports;
mod routing;
mod search;
mod settings;
mod settings_files;
mod slack;
mod translations;
mod user_lists;
mod user_types;
mod users;
mod vendors_down;
mod versions;
mod webhooks;
mod webhooks_gone;
mod wire;
mod wordpress;
