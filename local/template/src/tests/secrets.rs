use serde_json::json;

use super::{FUNCTION, deployed, parse, refused, variable};
use crate::Known;

#[test]
fn a_dynamic_reference_gives_a_secret_or_one_of_its_keys() {
    let secret = "
  Origin: { Type: AWS::SecretsManager::Secret, Properties: { Name: origin } }
";
    assert_eq!(variable("'{{resolve:secretsmanager:origin}}'", ""), r#"{"value":"hush"}"#);
    assert_eq!(variable("'{{resolve:secretsmanager:origin:SecretString:value}}'", ""), "hush");
    let by_arn = "!Sub '[{{resolve:secretsmanager:${Origin}:SecretString:value::}}]'";
    assert_eq!(variable(by_arn, secret), "[hush]");
}

#[test]
fn a_dynamic_reference_that_cannot_be_resolved_is_an_error() {
    let cases = [
        ("{{resolve:secretsmanager:other}}", "there is no secret `other`"),
        (
            "{{resolve:secretsmanager:origin:SecretString:x}}",
            "the secret `origin` has no text under the key `x`",
        ),
        ("{{resolve:ssm:a}}", "`{{resolve:ssm:a}}` is not supported by the local stack"),
    ];
    for (written, message) in cases {
        let text = format!("Resources:{FUNCTION}      Environment: {{ Variables: {{ V: '{written}' }} }}\n");
        assert_eq!(refused(&text), format!("template.yaml:7: {message}"));
    }
}

#[test]
fn secrets_are_evaluated_without_the_functions_that_need_them() {
    let text = format!(
        "Resources:
  Origin:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {{ PasswordLength: 40, ExcludePunctuation: true }}{FUNCTION}      Environment: {{ Variables: {{ V: !Sub '{{{{resolve:secretsmanager:${{Origin}}}}}}' }} }}
"
    );
    let stores = parse(&text, &[]).and_then(|template| template.stores()).expect("the template is correct");
    let [secret] = stores.secrets.as_slice() else { panic!("there is one secret") };
    assert_eq!(secret.name, "satchel-local-Origin");
    assert_eq!(secret.generate, Some(json!({ "PasswordLength": 40, "ExcludePunctuation": true })));
    assert!(stores.functions.is_empty());
}

const CUSTOM: &str = "
  SigningKeys:
    Type: Custom::SigningKeys
    Properties: { ServiceToken: !GetAtt MakeKeysFunction.Arn, Generation: 2 }
  MakeKeysFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties: { CodeUri: functions/make-keys/, Environment: { Variables: { A: b } } }
";

#[test]
fn a_custom_resource_comes_with_its_function() {
    let text = format!(
        "Resources:{FUNCTION}      Environment: {{ Variables: {{ V: !GetAtt SigningKeys.Public }} }}{CUSTOM}"
    );
    let nothing = Known { secret: &|_| None, attribute: &|_, _| None };
    let template = parse(&text, &[]).expect("the template is correct");
    let customs = template.custom_resources(&nothing).expect("the custom resource is correct");
    let [keys] = customs.as_slice() else { panic!("there is one custom resource") };
    assert_eq!(
        (keys.logical_id.as_str(), keys.resource_type.as_str()),
        ("SigningKeys", "Custom::SigningKeys")
    );
    assert_eq!((keys.function.name.as_str(), keys.function.environment["A"].as_str()), ("make-keys", "b"));
    assert_eq!(keys.properties["Generation"], "2", "CloudFormation sends numbers as texts");

    let early =
        template.deployment(&nothing).expect_err("the custom resource does not exist yet").to_string();
    assert_eq!(early, "template.yaml:7: `SigningKeys` has not returned the attribute `Public`");
    assert_eq!(deployed(&text).functions["ListFilesFunction"].environment["V"], "[keys]");
}
