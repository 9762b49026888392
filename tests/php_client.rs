//! The documented PHP sample, run by PHP itself: unchanged but for address, token and function name.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Client, Server, form, on_both_engines};

on_both_engines!(the_documented_sample_works);

const SAMPLE: &str = include_str!("fixtures/sample.php");

/// Runs the sample in PHP, and then `call`, whose value comes back as JSON.
fn php(server: &Server, call: &str) -> Value {
    let host = server.address().trim_start_matches("http://");
    let sample = SAMPLE
        .replace("havefunnels.com", host)
        .replace("YOUR-TOKEN", &server.token)
        .replace("havefunnels_api_function_name", "havefunnels_api");
    run(&format!(
        "{sample} echo json_encode({call}, JSON_THROW_ON_ERROR);"
    ))
}

fn run(code: &str) -> Value {
    let output = Command::new("php")
        .args([
            "-d",
            "display_errors=stderr",
            "-d",
            "error_reporting=-1",
            "-r",
            code,
        ])
        .stdin(Stdio::null())
        .output()
        .expect("php runs: `make test` installs php-cli and php-curl");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.is_empty(),
        "PHP said: {said}\nwhile running: {code}"
    );
    serde_json::from_slice(&output.stdout).expect("PHP prints JSON")
}

async fn the_documented_sample_works(server: Server) {
    let call = |query: &str| php(&server, &format!("havefunnels_api({query})"));
    let added = call(
        "['function' => 'add-user', 'first_name' => 'Zoë 😀', 'last_name' => \"a+b & c=d\\r\\n%2B\",
          'email' => 'zoe@example.com', 'user_type' => 'user', 'password' => null,
          'settings_extra' => ['phone' => ['+44 1', 'Phone'], 'a.b c' => ['x', 'Dotted']]]",
    );
    assert_eq!(added["success"], true, "{added}");
    let zoe = &added["response"];
    let got = call(&format!(
        "['function' => 'get-user', 'user_id' => {zoe}, 'extra' => true]"
    ));
    let user = &got["response"];
    assert_eq!(user["first_name"], "Zoë 😀");
    assert_eq!(user["last_name"], "a+b & c=d\r\n%2B");
    let details = json!([
        {"slug": "phone", "name": "Phone", "value": "+44 1"}, {"slug": "a.b c", "name": "Dotted", "value": "x"},
    ]);
    assert_eq!(user["details"], details);
    let got = call(&format!(
        "['function' => 'get-user', 'user_id' => {zoe}, 'extra' => false]"
    ));
    assert!(got["response"].get("details").is_none(), "{got}");

    let new = call(&format!(
        "['function' => 'new-conversation', 'user_id' => {zoe}]"
    ));
    let conversation = new["response"]["details"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let sent = call(&format!(
        "['function' => 'send-message', 'user_id' => {zoe}, 'conversation_id' => '{conversation}',
          'message' => 'Hi', 'attachments' => [['n', 'https://example.com/n']], 'payload' => ['a' => ['b' => 1]]]"
    ));
    assert_eq!(sent["response"]["status"], "success", "{sent}");

    let list = call(&format!(
        "['function' => 'get-users', 'user_ids' => [{zoe}], 'sorting' => ['last_name', 'ASC']]"
    ));
    assert_eq!(list["response"].as_array().map(Vec::len), Some(1), "{list}");
    call("['function' => 'delete-users', 'user_ids' => []]");
    assert_eq!(
        call("['function' => 'count-users']")["response"]["user"],
        "1",
        "an empty array deletes nobody"
    );
    let wrong = call("['function' => 'get-user', 'user_id' => 'x']");
    assert_eq!(
        (&wrong["success"], &wrong["response"]),
        (&json!(false), &json!("invalid-argument"))
    );

    // In array_merge the second token wins, so that this arrives with the user's token alone.
    let token = user["token"].as_str().expect("a token");
    let login = call(&format!(
        "['function' => 'login', 'token' => '{token}', 'user_id' => {zoe}]"
    ));
    assert_eq!(login["response"][0]["token"], token, "{login}");
}

#[test]
fn the_tests_write_forms_as_php_does() {
    let arguments = json!({
        "yes": true, "no": false, "none": null, "empty": [], "list": [1, "two", [3, "four"]],
        "map": {"a b": {"c": "ä~-_.!*'()"}}, "text": "😀 +&=%[]\r\n",
    });
    let code = format!(
        "echo json_encode(http_build_query(json_decode('{}', true)));",
        {
            arguments
                .to_string()
                .replace('\\', "\\\\")
                .replace('\'', "\\'")
        }
    );
    assert_eq!(run(&code), form(Client::Php, &arguments));
}
