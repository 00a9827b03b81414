//! Unsupported elements are errors that name the line.

use super::{FUNCTION, deployed, refused};

/// The error for a function with the additional property `property`, which is on line 7.
fn function_with(property: &str) -> String {
    refused(&format!("Resources:{FUNCTION}      {property}\n"))
}

#[test]
fn an_unknown_tag_or_function_is_refused_everywhere() {
    let tag = "Resources: {}\nOutputs:\n  A:\n    Value: !ImportValue b\n";
    assert_eq!(refused(tag), "template.yaml:4: `!ImportValue` is not supported by the local stack");
    let long = "Resources: {}\nOutputs:\n  A:\n    Value:\n      Fn::FindInMap: [a, b, c]\n";
    assert_eq!(refused(long), "template.yaml:5: `Fn::FindInMap` is not supported by the local stack");
}

#[test]
fn a_reference_without_a_target_is_refused_everywhere() {
    let outputs = |value: &str| format!("Resources: {{}}\nOutputs:\n  A:\n    Value: {value}\n");
    let nothing = "template.yaml:4: there is no parameter or resource `Nothing`";
    for value in ["!Ref Nothing", "!GetAtt Nothing.Arn", "!Sub 'a ${Nothing}'", "!Sub '${Nothing.Arn}'"] {
        assert_eq!(refused(&outputs(value)), nothing, "{value}");
    }
    assert_eq!(refused(&outputs("!If [Nothing, a, b]")), "template.yaml:4: there is no condition `Nothing`");
    assert_eq!(
        refused(&outputs("!Ref AWS::NotificationARNs")),
        "template.yaml:4: `AWS::NotificationARNs` is not supported by the local stack"
    );
}

#[test]
fn an_attribute_without_a_local_value_is_refused_where_it_is_evaluated() {
    let text = format!(
        "Resources:{FUNCTION}      Environment:
        Variables:
          CDN: !GetAtt Distribution.DomainName
  Distribution: {{ Type: AWS::CloudFront::Distribution }}
"
    );
    let expected = "template.yaml:9: `DomainName` of `Distribution` (AWS::CloudFront::Distribution) is not known locally";
    assert_eq!(refused(&text), expected);
}

#[test]
fn unknown_sections_types_attributes_and_properties_are_refused() {
    let cases = [
        ("Mappings: {}\n", "template.yaml:1: the section `Mappings` is not supported by the local stack"),
        (
            "Resources:\n  A: { Type: AWS::Kinesis::Stream }\n",
            "template.yaml:2: A: the type `AWS::Kinesis::Stream` is not supported by the local stack",
        ),
        (
            "Resources:\n  A: { Type: AWS::S3::Bucket, CreationPolicy: {} }\n",
            "template.yaml:2: A: the attribute `CreationPolicy` is not supported",
        ),
        (
            "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      VersioningConfiguration: {}\n",
            "template.yaml:5: A: VersioningConfiguration: `Status` is missing",
        ),
        (
            "Globals:\n  Function:\n    Policies: []\nResources: {}\n",
            "template.yaml:3: `Globals.Function.Policies` is not supported",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message);
    }
}

#[test]
fn a_function_that_the_local_stack_cannot_run_as_aws_would_is_refused() {
    let cases = [
        ("VpcConfig: {}", "`VpcConfig` is not supported by the local stack"),
        ("Runtime: nodejs22.x", "`Runtime` must be provided.al2023"),
        ("Handler: index.handler", "`Handler` must be bootstrap"),
        ("Timeout: soon", "`Timeout` must be a number"),
    ];
    for (property, message) in cases {
        assert_eq!(function_with(property), format!("template.yaml:7: ListFilesFunction: {message}"));
    }
    assert_eq!(
        function_with("Events: { E: { Type: SQS, Properties: {} } }"),
        "template.yaml:7: ListFilesFunction: E: `Type` `SQS` is not supported by the local stack"
    );
    assert_eq!(
        refused("Resources:\n  F: { Type: AWS::Serverless::Function, Properties: { CodeUri: a/b } }\n"),
        "template.yaml:2: F: Metadata needs `BuildMethod: rust-cargolambda`"
    );
}

#[test]
fn unsupported_policies_are_refused() {
    let policies = |policy: &str| function_with(&format!("Policies: [{policy}]"));
    let statement = |members: &str| {
        policies(&format!("{{ Statement: [{{ Effect: Allow, Action: 'a:b', Resource: '*', {members} }}] }}"))
    };
    assert_eq!(
        policies("AWSLambdaExecute"),
        "template.yaml:7: ListFilesFunction: a policy with Statement must be a mapping"
    );
    assert_eq!(
        policies("{ DynamoDBCrudPolicy: { TableName: files } }"),
        "template.yaml:7: ListFilesFunction: a policy with Statement: `DynamoDBCrudPolicy` is not supported by the \
         local stack"
    );
    assert_eq!(
        statement("NotAction: 'c:d'"),
        "template.yaml:7: ListFilesFunction: Policies: `NotAction` is not supported by the local stack"
    );
    assert_eq!(
        statement("Condition: { StringLike: { 'aws:SourceIp': '*' } }"),
        "template.yaml:7: ListFilesFunction: Policies: `Condition` has the key aws:SourceIp, which the local stack does \
         not support"
    );
    let second = "Policies:\n        Statement:\n          - { Effect: Allow, Action: 'a:b', Resource: '*' }\n          \
                  - { Effect: allow, Action: 'a:b', Resource: '*' }";
    assert_eq!(
        function_with(second),
        "template.yaml:10: ListFilesFunction: Policies: `Effect` must be Allow or Deny"
    );
    assert_eq!(
        statement("Condition: { Null: { 'dynamodb:LeadingKeys': false } }"),
        "template.yaml:7: quote `Null`: without quotes, YAML reads it as no value"
    );
}

#[test]
fn a_route_needs_an_api_id_if_the_template_has_an_api() {
    let events = "Events: { E: { Type: HttpApi, Properties: { Method: get, Path: /a } } }";
    let message = function_with(&format!("{events}\n  Api: {{ Type: AWS::Serverless::HttpApi }}"));
    assert_eq!(message, "template.yaml:7: ListFilesFunction: E: Properties: `ApiId` is missing");
    assert_eq!(deployed(&format!("Resources:{FUNCTION}      {events}\n")).routes.len(), 1);
}

#[test]
fn an_invalid_route_is_refused() {
    let route = |method: &str, path: &str| {
        let event = format!("{{ ApiId: !Ref Api, Method: {method}, Path: '{path}' }}");
        let events = format!("Events: {{ E: {{ Type: HttpApi, Properties: {event} }} }}");
        let message = function_with(&format!("{events}\n  Api: {{ Type: AWS::Serverless::HttpApi }}"));
        message.trim_start_matches("template.yaml:7: ListFilesFunction: E: Properties: ").to_owned()
    };
    assert_eq!(route("get", "files"), "`Path` must start with `/`");
    let slash = "`Path` must not have empty segments or end with `/`";
    assert_eq!(route("get", "/files/"), slash);
    assert_eq!(route("get", "/{rest+}/a"), "`Path` must end after its greedy `{variable+}`");
    let mixed = "`Path` has a segment that is neither text nor one `{variable}`";
    assert_eq!(route("get", "/a-{id}"), mixed);
    let methods = "`Method` must be one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    assert_eq!(route("fetch", "/files"), methods);
}

#[test]
fn ambiguous_yaml_is_refused() {
    let quote = |text: &str| {
        format!("template.yaml:7: quote `{text}`: CloudFormation reads YAML 1.1, where it is not a text")
    };
    assert_eq!(function_with("Description: 0755"), quote("0755"));
    assert_eq!(function_with("Description: yes"), quote("yes"));
    assert_eq!(
        refused("Resources:\n  A: &a { Type: AWS::S3::Bucket }\n  B: *a\n"),
        "template.yaml:3: CloudFormation does not support YAML aliases"
    );
    assert_eq!(
        refused("Resources:\n  A: { Type: AWS::S3::Bucket }\n  A: { Type: AWS::S3::Bucket }\n"),
        "template.yaml:3: `A` is defined twice, first on line 2"
    );
}

#[test]
fn two_functions_with_the_same_crate_are_refused() {
    let second = FUNCTION.replace("ListFilesFunction", "SecondFunction");
    let message = refused(&format!("Resources:{FUNCTION}{second}"));
    assert_eq!(message, "template.yaml:8: ListFilesFunction and SecondFunction have the same CodeUri");
}
