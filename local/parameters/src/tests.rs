use local_common::DataDir;
use serde_json::{Value, json};

use super::Parameters;
use super::operations::{Refusal, carry_out, requested_name};

const NAME: &str = "/satchel/one/origin";

fn parameters() -> (DataDir, Parameters) {
    let data = DataDir::ephemeral().unwrap();
    let parameters = Parameters::open(&data).unwrap();
    (data, parameters)
}

#[track_caller]
fn ask(parameters: &Parameters, operation: &str, request: &Value) -> Value {
    carry_out(parameters, operation, request.to_string().as_bytes(), "us-east-1").unwrap()
}

#[track_caller]
fn refused(parameters: &Parameters, operation: &str, request: &Value) -> &'static str {
    let Refusal { exception, .. } =
        carry_out(parameters, operation, request.to_string().as_bytes(), "us-east-1").unwrap_err();
    exception
}

fn put(value: &str, overwrite: bool) -> Value {
    json!({"Name": NAME, "Value": value, "Type": "SecureString", "Overwrite": overwrite})
}

#[test]
fn a_parameter_is_stored_until_it_is_deleted() {
    let (data, parameters) = parameters();
    assert_eq!(
        ask(&parameters, "PutParameter", &put("hush", false)),
        json!({"Version": 1, "Tier": "Standard"})
    );
    let parameters = Parameters::open(&data).unwrap();
    let get = json!({"Name": NAME, "WithDecryption": true});
    let found = ask(&parameters, "GetParameter", &get)["Parameter"].take();
    assert_eq!((&found["Value"], &found["Version"]), (&json!("hush"), &json!(1)));
    assert_eq!((&found["Name"], &found["Type"]), (&json!(NAME), &json!("SecureString")));
    assert_eq!(found["ARN"], "arn:aws:ssm:us-east-1:000000000000:parameter/satchel/one/origin");
    assert!(found["LastModifiedDate"].is_f64());
    assert_eq!(ask(&parameters, "DeleteParameter", &json!({"Name": NAME})), json!({}));
    assert_eq!(refused(&parameters, "GetParameter", &get), "ParameterNotFound");
    assert_eq!(refused(&parameters, "DeleteParameter", &json!({"Name": NAME})), "ParameterNotFound");
}

#[test]
fn a_parameter_is_overwritten_only_on_request_and_keeps_its_versions() {
    let (_data, parameters) = parameters();
    ask(&parameters, "PutParameter", &put("1", false));
    assert_eq!(refused(&parameters, "PutParameter", &put("2", false)), "ParameterAlreadyExists");
    for version in 2..=101 {
        let answer = ask(&parameters, "PutParameter", &put(&version.to_string(), true));
        assert_eq!(answer["Version"], version);
    }
    let get = |name: &str| json!({"Name": name, "WithDecryption": true});
    let value = |name: &str| ask(&parameters, "GetParameter", &get(name))["Parameter"]["Value"].clone();
    assert_eq!((value(NAME), value(&format!("{NAME}:2"))), (json!("101"), json!("2")));
    let dropped = get(&format!("{NAME}:1"));
    assert_eq!(refused(&parameters, "GetParameter", &dropped), "ParameterVersionNotFound");
    assert_eq!(requested_name(dropped.to_string().as_bytes()).as_deref(), Some(NAME));
}

#[test]
fn only_a_secure_parameter_needs_decryption() {
    let (_data, parameters) = parameters();
    ask(&parameters, "PutParameter", &put("hush", false));
    ask(&parameters, "PutParameter", &json!({"Name": "plain", "Value": "open", "Type": "String"}));
    let value =
        |name: &str| ask(&parameters, "GetParameter", &json!({"Name": name}))["Parameter"]["Value"].clone();
    assert!(!value(NAME).as_str().unwrap().contains("hush"));
    assert_eq!(value("plain"), "open");
}

#[test]
fn a_malformed_parameter_is_refused() {
    let (_data, parameters) = parameters();
    let with = |member: &str, value: Value| {
        let mut request = put("x", false);
        request[member] = value;
        refused(&parameters, "PutParameter", &request)
    };
    let too_long = "x".repeat(4097);
    for (member, value) in [
        ("Name", json!("")),
        ("Name", json!("a/b")),
        ("Name", json!("/a//b")),
        ("Name", json!("/a/")),
        ("Name", json!("/aws/mine")),
        ("Name", json!("SsmThing")),
        ("Name", json!("/a b")),
        ("Value", json!("")),
        ("Value", json!(too_long)),
        ("Type", Value::Null),
        ("Tier", json!("Advanced")),
    ] {
        assert_eq!(with(member, value.clone()), "ValidationException", "{member} {value}");
    }
    assert_eq!(with("Name", json!("/a".repeat(16))), "HierarchyLevelLimitExceededException");
    assert_eq!(with("Type", json!("Secret")), "SerializationException");
    assert_eq!(refused(&parameters, "GetParametersByPath", &json!({})), "ValidationException");
    assert_eq!(refused(&parameters, "GetParameter", &json!({})), "ValidationException");
}

#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let (data, parameters) = parameters();
    ask(&parameters, "PutParameter", &put("hush", false));
    let mode = std::fs::metadata(data.file("parameters.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
