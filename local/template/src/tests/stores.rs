use local_deployment::Notification;
use serde_json::json;

use super::{FUNCTION, deployed, refused};

#[test]
fn a_table_becomes_the_body_of_create_table() {
    let text = "Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PROVISIONED
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
      DeletionProtectionEnabled: true
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: g, AttributeType: S }]
      GlobalSecondaryIndexes:
        - IndexName: by-g
          KeySchema: [{ AttributeName: g, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
";
    let deployment = deployed(text);
    let [table] = deployment.tables.as_slice() else { panic!("there is one table") };
    assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
    assert_eq!(
        table.create,
        json!({
            "TableName": "satchel-local-Table",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "AttributeDefinitions": [
                { "AttributeName": "pk", "AttributeType": "S" },
                { "AttributeName": "g", "AttributeType": "S" },
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "by-g",
                "KeySchema": [{ "AttributeName": "g", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "ALL" },
            }],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
        })
    );
}

#[test]
fn a_bucket_has_cors_rules_and_notifications() {
    let text = format!(
        "Resources:
  Originals:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub '${{AWS::StackName}}-originals-${{AWS::AccountId}}'
      PublicAccessBlockConfiguration: {{ BlockPublicAcls: true }}
      CorsConfiguration:
        CorsRules:
          - {{ AllowedOrigins: ['*'], AllowedMethods: [GET, PUT], AllowedHeaders: ['*'], ExposedHeaders: [ETag], MaxAge: 3000 }}
      NotificationConfiguration:
        LambdaConfigurations:
          - Event: s3:ObjectCreated:*
            Function: !Sub 'arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:list-files'
            Filter: {{ S3Key: {{ Rules: [{{ Name: suffix, Value: .png }}] }} }}{FUNCTION}"
    );
    let deployment = deployed(&text);
    let [bucket] = deployment.buckets.as_slice() else { panic!("there is one bucket") };
    assert_eq!(bucket.name, "satchel-local-originals-000000000000");
    let [rule] = bucket.cors.as_slice() else { panic!("there is one rule") };
    assert_eq!((rule.methods.join(" ").as_str(), rule.max_age), ("GET PUT", Some(3000)));
    let [notification] = bucket.notifications.as_slice() else { panic!("there is one notification") };
    assert_eq!(notification.function, "list-files");
    assert_eq!(
        (notification.event.as_str(), notification.suffix.as_deref()),
        ("s3:ObjectCreated:*", Some(".png"))
    );
}

#[test]
fn an_s3_event_becomes_a_notification_of_its_bucket() {
    let text = |bucket: &str| {
        format!(
            "Resources:{FUNCTION}      Events:
        Stored:
          Type: S3
          Properties:
            Bucket: {bucket}
            Events: s3:ObjectCreated:*
            Filter: {{ S3Key: {{ Rules: [{{ Name: prefix, Value: in/ }}] }} }}
        Changed:
          Type: S3
          Properties: {{ Bucket: {bucket}, Events: ['s3:ObjectRemoved:*', 's3:ObjectCreated:Put'] }}
  Originals: {{ Type: AWS::S3::Bucket }}
"
        )
    };
    let deployment = deployed(&text("!Ref Originals"));
    let parts = |notification: &Notification| {
        let Notification { event, prefix, suffix, function } = notification.clone();
        assert_eq!((suffix, function.as_str()), (None, "list-files"));
        (event, prefix)
    };
    let notifications: Vec<_> = deployment.buckets[0].notifications.iter().map(parts).collect();
    let expected = [
        ("s3:ObjectCreated:*".to_owned(), Some("in/".to_owned())),
        ("s3:ObjectRemoved:*".to_owned(), None),
        ("s3:ObjectCreated:Put".to_owned(), None),
    ];
    assert_eq!(notifications, expected);
    let message = refused(&text("other"));
    assert!(message.ends_with("`Bucket` must be the Ref of a bucket of this template"), "{message}");
}

#[test]
fn resources_that_matter_in_aws_only_are_not_evaluated() {
    let text = "Resources:
  Bucket: { Type: AWS::S3::Bucket }
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties: { Origin: !GetAtt Bucket.RegionalDomainName }
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: { Bucket: !GetAtt Distribution.Id }
Outputs:
  Url: { Value: !GetAtt Distribution.DomainName }
";
    assert_eq!(deployed(text).buckets.len(), 1);
}

#[test]
fn the_distribution_adds_the_headers_of_the_policy_that_it_names() {
    let text = "Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: headers
        SecurityHeadersConfig:
          ContentTypeOptions: { Override: false }
          ReferrerPolicy: { ReferrerPolicy: no-referrer, Override: true }
          StrictTransportSecurity: { AccessControlMaxAgeSec: 60, Override: false }
        CustomHeadersConfig:
          Items: [{ Header: Cache-Control, Value: no-store, Override: false }]
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: api }]
        DefaultCacheBehavior: { TargetOriginId: api, ResponseHeadersPolicyId: !Ref Headers }
";
    let front = deployed(text).front.expect("a distribution");
    let headers: Vec<_> = front
        .response_headers
        .iter()
        .map(|header| (header.name.as_str(), header.value.as_str(), header.overrides))
        .collect();
    let expected = [
        ("x-content-type-options", "nosniff", false),
        ("referrer-policy", "no-referrer", true),
        ("cache-control", "no-store", false),
    ];
    assert_eq!(headers, expected);
    let message = refused(&text.replace("ContentTypeOptions", "XSSProtection"));
    assert!(message.contains("`XSSProtection` is not supported by the local stack"), "{message}");
}

#[test]
fn a_bucket_has_the_versioning_that_its_template_says() {
    use local_deployment::Versioning;
    let bucket = |versioning: &str| {
        format!(
            "Parameters:
  Days: {{ Type: Number, Default: 7 }}
Conditions:
  Keeps: !Not [!Equals [!Ref Days, '0']]
Resources:
  Originals:
    Type: AWS::S3::Bucket
    Properties:
      {versioning}
      LifecycleConfiguration:
        Rules:
          - Status: Enabled
            NoncurrentVersionExpiration: {{ NoncurrentDays: !If [Keeps, !Ref Days, 1] }}
            ExpiredObjectDeleteMarker: true
"
        )
    };
    for (text, expected) in [
        ("BucketName: originals", Versioning::Off),
        ("VersioningConfiguration: { Status: !If [Keeps, Enabled, Suspended] }", Versioning::Enabled),
        ("VersioningConfiguration: { Status: Suspended }", Versioning::Suspended),
    ] {
        assert_eq!(deployed(&bucket(text)).buckets[0].versioning, expected, "{text}");
    }
    let text = bucket("VersioningConfiguration: { Status: 'Off' }");
    assert!(refused(&text).contains("must be Enabled or Suspended"), "{}", refused(&text));
}
