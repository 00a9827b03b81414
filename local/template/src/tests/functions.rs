use std::time::Duration;

use local_policy::Statement;
use serde_json::json;

use super::{deployed, evaluate, refused};

const TEMPLATE: &str = r#"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: provided.al2023
    Handler: bootstrap
    Architectures: [arm64]
    Timeout: 10
    MemorySize: 256
    Environment:
      Variables: { TABLE: !Ref Table, LOG: info }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: { AllowOrigins: ["*"], AllowHeaders: [authorization], MaxAge: 300 }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: failed } }
  GetFileFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      CodeUri: functions/get-file/
      Timeout: 5
      Environment: { Variables: { LOG: debug } }
      Policies:
        - Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: dynamodb:GetItem
              Resource: !GetAtt Table.Arn
      Events:
        Get: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: get, Path: "/api/files/{id}" } }
  SendMailFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      CodeUri: functions/send-mail
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn } }
      Events:
        Outbox:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            MaximumRetryAttempts: 3
            MaximumRecordAgeInSeconds: 3600
            ParallelizationFactor: 4
            BisectBatchOnFunctionError: true
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] }
            DestinationConfig: { OnFailure: { Destination: !GetAtt Failed.Arn } }
        Sweep:
          Type: Schedule
          Properties: { Schedule: rate(15 minutes), Input: '{"kind":"sweep"}' }
        Audit:
          Type: ScheduleV2
          Properties: { ScheduleExpression: rate(1 day), State: DISABLED }
"#;

#[test]
fn globals_are_merged_into_each_function() {
    let deployment = deployed(TEMPLATE);
    let get_file = &deployment.functions["GetFileFunction"];
    assert_eq!(get_file.name, "get-file");
    assert_eq!((get_file.timeout, get_file.memory_mib), (Duration::from_secs(5), 256));
    assert_eq!(get_file.environment["TABLE"], "satchel-local-Table");
    assert_eq!(get_file.environment["LOG"], "debug");
    assert_eq!(deployment.functions["SendMailFunction"].environment["LOG"], "info");
}

#[test]
fn policies_become_evaluated_statements() {
    let arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/satchel-local-Table";
    let expected = json!({ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": arn });
    assert_eq!(
        deployed(TEMPLATE).functions["GetFileFunction"].policies,
        [Statement::parse(&expected).unwrap()]
    );
}

#[test]
fn an_http_event_becomes_a_route() {
    let deployment = deployed(TEMPLATE);
    let [route] = deployment.routes.as_slice() else { panic!("there is one route") };
    assert_eq!((route.method.as_str(), route.path.as_str()), ("GET", "/api/files/{id}"));
    assert_eq!(route.function, "get-file");
    let cors = deployment.cors.expect("CORS is configured");
    assert_eq!((cors.allow_origins, cors.max_age), (vec!["*".to_owned()], Some(300)));
}

#[test]
fn a_stream_event_names_its_table_filters_and_queue() {
    let deployment = deployed(TEMPLATE);
    let [stream] = deployment.functions["SendMailFunction"].streams.as_slice() else {
        panic!("there is one stream")
    };
    assert_eq!((stream.table.as_str(), stream.batch_size), ("satchel-local-Table", 10));
    assert_eq!(stream.filters, [json!({ "eventName": ["INSERT"] })]);
    assert_eq!((stream.retries, stream.report_item_failures), (Some(3), true));
    assert_eq!((stream.max_age, stream.parallel, stream.bisect), (Some(Duration::from_hours(1)), 4, true));
    assert_eq!(stream.on_failure.as_deref(), Some("failed"));
}

#[test]
fn a_stream_event_without_limits_is_retried_until_it_succeeds() {
    let unlimited = TEMPLATE
        .replace("MaximumRetryAttempts: 3", "MaximumRetryAttempts: -1")
        .replace("MaximumRecordAgeInSeconds: 3600", "MaximumRecordAgeInSeconds: -1")
        .replace("            ParallelizationFactor: 4\n", "");
    let deployment = deployed(&unlimited);
    let [stream] = deployment.functions["SendMailFunction"].streams.as_slice() else {
        panic!("there is one stream")
    };
    assert_eq!((stream.retries, stream.max_age, stream.parallel), (None, None, 1));
}

#[test]
fn failed_asynchronous_events_go_to_the_queue_of_the_template() {
    let deployment = deployed(TEMPLATE);
    let mailer = &deployment.functions["SendMailFunction"];
    assert_eq!((mailer.retries, mailer.on_failure.as_deref()), (1, Some("failed")));
    assert_eq!(deployment.functions["GetFileFunction"].retries, 2);
    assert_eq!(deployment.queues, ["failed"]);
}

#[test]
fn disabled_schedules_are_left_out() {
    let deployment = deployed(TEMPLATE);
    let [sweep] = deployment.schedules.as_slice() else { panic!("there is one schedule") };
    assert_eq!((sweep.function.as_str(), sweep.expression.as_str()), ("send-mail", "rate(15 minutes)"));
    assert_eq!(sweep.input, Some(json!({ "kind": "sweep" })));
}

#[test]
fn resources_that_sam_creates_may_be_referred_to_and_others_not() {
    let mapping = |stage: &str| {
        format!(
            "{TEMPLATE}  Mapping: {{ Type: AWS::ApiGatewayV2::ApiMapping, Properties: {{ Stage: !Ref {stage} }} }}\n"
        )
    };
    deployed(&mapping("ApiApiGatewayDefaultStage"));
    let refusal = refused(&mapping("TableApiGatewayDefaultStage"));
    assert!(
        refusal.ends_with("there is no parameter or resource `TableApiGatewayDefaultStage`"),
        "{refusal}"
    );
}

#[test]
fn an_api_may_say_that_it_has_no_authorizer_but_not_have_one() {
    let with = |auth: &str| {
        TEMPLATE.replace("      CorsConfiguration:", &format!("      Auth: {auth}\n      CorsConfiguration:"))
    };
    deployed(&with("{ EnableIamAuthorizer: false }"));
    for (auth, message) in [
        ("{ EnableIamAuthorizer: true }", "`EnableIamAuthorizer` must be false"),
        ("{ DefaultAuthorizer: Mine }", "`DefaultAuthorizer` is not supported by the local stack"),
    ] {
        let refusal = refused(&with(auth));
        assert!(refusal.contains(message), "{refusal}");
    }
}

#[test]
fn a_stream_may_be_that_of_a_restored_table() {
    let stream = |stream: &str| {
        evaluate(&TEMPLATE.replace("Stream: !GetAtt Table.StreamArn", &format!("Stream: '{stream}'")), &[])
            .map(|deployment| deployment.functions["SendMailFunction"].streams[0].table.clone())
            .map_err(|error| error.to_string())
    };
    let restored = "arn:aws:dynamodb:eu-west-1:000000000000:table/restored/stream/2026-12-01T00:00:00.000";
    assert_eq!(stream(restored), Ok("restored".to_owned()));
    let error = stream("arn:aws:dynamodb:eu-west-1:000000000000:table/restored").unwrap_err();
    assert!(error.ends_with("`Stream` must be the ARN of a table's stream"), "{error}");
}
