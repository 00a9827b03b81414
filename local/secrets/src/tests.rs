use local_common::DataDir;
use local_deployment as deployment;
use serde_json::{Value, json};

use super::Secrets;
use super::operations::{Refusal, carry_out};

fn data() -> DataDir {
    DataDir::ephemeral().unwrap()
}

fn described(name: &str, value: Option<&str>) -> deployment::Secret {
    deployment::Secret {
        logical_id: "Secret".to_owned(),
        name: name.to_owned(),
        arn: format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-AbCdEf"),
        generate: value.is_none().then(|| json!({"PasswordLength": 43, "ExcludePunctuation": true})),
        value: value.map(str::to_owned),
    }
}

#[track_caller]
fn ask(secrets: &Secrets, operation: &str, request: &Value) -> Value {
    carry_out(secrets, operation, request.to_string().as_bytes(), "us-east-1").unwrap()
}

#[track_caller]
fn refused(secrets: &Secrets, operation: &str, request: &Value) -> &'static str {
    let Refusal { exception, .. } =
        carry_out(secrets, operation, request.to_string().as_bytes(), "us-east-1").unwrap_err();
    exception
}

#[test]
fn a_generated_value_is_stored() {
    let data = data();
    let first = Secrets::open(&[described("origin", None)], &data).unwrap().value("origin").unwrap();
    assert_eq!(first.len(), 43);
    let reopened = Secrets::open(&[described("origin", None), described("set", Some("x"))], &data).unwrap();
    assert_eq!(reopened.value("origin"), Some(first));
    assert_eq!(reopened.value("set").as_deref(), Some("x"));
    assert_eq!(reopened.value("missing"), None);
}

#[test]
fn a_secret_is_found_by_name_arn_and_arn_without_suffix() {
    let data = data();
    let secrets = Secrets::open(&[described("keys", Some("value"))], &data).unwrap();
    let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys-AbCdEf";
    for id in ["keys", arn, arn.trim_end_matches("-AbCdEf")] {
        let answer = ask(&secrets, "GetSecretValue", &json!({"SecretId": id}));
        assert_eq!(answer["SecretString"], "value", "{id}");
        assert_eq!((&answer["Name"], &answer["ARN"]), (&json!("keys"), &json!(arn)));
        assert_eq!(answer["VersionStages"], json!(["AWSCURRENT"]));
    }
    assert_eq!(
        refused(&secrets, "GetSecretValue", &json!({"SecretId": "other"})),
        "ResourceNotFoundException"
    );
}

#[test]
fn a_rotation_adds_a_pending_version_and_moves_the_label() {
    let data = data();
    let secrets = Secrets::open(&[described("keys", Some("old"))], &data).unwrap();
    let old = ask(&secrets, "GetSecretValue", &json!({"SecretId": "keys"}))["VersionId"].clone();
    let put = json!({
        "SecretId": "keys", "SecretString": "new", "ClientRequestToken": "v2", "VersionStages": ["AWSPENDING"],
    });
    assert_eq!(ask(&secrets, "PutSecretValue", &put.clone())["VersionId"], "v2");
    assert_eq!(ask(&secrets, "PutSecretValue", &put)["VersionStages"], json!(["AWSPENDING"]));
    assert_eq!(secrets.value("keys").as_deref(), Some("old"));

    let incomplete = json!({"SecretId": "keys", "VersionStage": "AWSCURRENT", "MoveToVersionId": "v2"});
    assert_eq!(refused(&secrets, "UpdateSecretVersionStage", &incomplete), "InvalidParameterException");
    let promote = json!({
        "SecretId": "keys", "VersionStage": "AWSCURRENT", "MoveToVersionId": "v2", "RemoveFromVersionId": old,
    });
    ask(&secrets, "UpdateSecretVersionStage", &promote);
    let finish = json!({"SecretId": "keys", "VersionStage": "AWSPENDING", "RemoveFromVersionId": "v2"});
    ask(&secrets, "UpdateSecretVersionStage", &finish);

    let secrets = Secrets::open(&[], &data).unwrap();
    assert_eq!(secrets.value("keys").as_deref(), Some("new"));
    let previous =
        ask(&secrets, "GetSecretValue", &json!({"SecretId": "keys", "VersionStage": "AWSPREVIOUS"}));
    assert_eq!(previous["SecretString"], "old");
    let stages = &ask(&secrets, "DescribeSecret", &json!({"SecretId": "keys"}))["VersionIdsToStages"];
    assert_eq!(stages["v2"], json!(["AWSCURRENT"]));
}

#[test]
fn a_request_token_cannot_be_reused_for_another_value() {
    let data = data();
    let secrets = Secrets::open(&[described("keys", Some("old"))], &data).unwrap();
    let put = |value: &str| json!({"SecretId": "keys", "SecretString": value, "ClientRequestToken": "v2"});
    ask(&secrets, "PutSecretValue", &put("new"));
    assert_eq!(refused(&secrets, "PutSecretValue", &put("newer")), "ResourceExistsException");
}

#[test]
fn a_secret_can_be_created_only_once() {
    let data = data();
    let secrets = Secrets::open(&[], &data).unwrap();
    let create = json!({"Name": "made", "SecretString": "value", "Description": "by hand"});
    let arn = ask(&secrets, "CreateSecret", &create.clone())["ARN"].as_str().unwrap().to_owned();
    assert!(arn.starts_with("arn:aws:secretsmanager:us-east-1:000000000000:secret:made-"), "{arn}");
    assert_eq!(secrets.value(&arn).as_deref(), Some("value"));
    assert_eq!(refused(&secrets, "CreateSecret", &create), "ResourceExistsException");
    let both = json!({"Name": "other", "SecretString": "a", "SecretBinary": "Yg=="});
    assert_eq!(refused(&secrets, "CreateSecret", &both), "InvalidParameterException");
    assert_eq!(
        refused(&secrets, "DescribeSecret", &json!({"SecretId": "other"})),
        "ResourceNotFoundException"
    );
}

#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let data = data();
    Secrets::open(&[described("keys", Some("value"))], &data).unwrap();
    let mode = std::fs::metadata(data.file("secrets.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
