use local_policy::Statement;
use serde_json::json;

use super::{FUNCTION, deployed, refused};

/// A function, and a policy for the roles `roles`.
fn beside(roles: &str) -> String {
    let policy = format!(
        "
  Bucket: {{ Type: AWS::S3::Bucket }}
  Beside:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: bucket
      Roles: {roles}
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: !Sub '${{Bucket.Arn}}/*'
"
    );
    format!("Resources:{FUNCTION}{policy}")
}

#[test]
fn a_policy_beside_the_role_of_a_function_grants_as_its_own_policies_do() {
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::satchel-local-bucket/*"});
    let deployment = deployed(&beside("[!Ref ListFilesFunctionRole]"));
    assert_eq!(
        deployment.functions["ListFilesFunction"].policies,
        [Statement::parse(&statement).expect("a statement")]
    );
}

#[test]
fn a_policy_of_another_role_or_of_none_is_refused() {
    let message = "template.yaml:13: Beside: `Roles` must list roles of functions of this template";
    for roles in ["[elsewhere]", "[!Ref ListFilesFunctionRole, elsewhere]", "[]"] {
        assert_eq!(refused(&beside(roles)), message, "{roles}");
    }
    let unknown = refused(&beside("[!Ref OtherFunctionRole]"));
    assert_eq!(unknown, "template.yaml:13: there is no parameter or resource `OtherFunctionRole`");
}

#[test]
fn an_element_of_the_policy_that_is_not_supported_is_refused() {
    let users = beside("[!Ref ListFilesFunctionRole]").replace("PolicyName: bucket", "Users: [ada]");
    assert_eq!(refused(&users), "template.yaml:12: Beside: `Users` is not supported by the local stack");
    let action = beside("[!Ref ListFilesFunctionRole]").replace("Action:", "NotAction:");
    assert_eq!(
        refused(&action),
        "template.yaml:17: Beside: PolicyDocument: `NotAction` is not supported by the local stack"
    );
}
