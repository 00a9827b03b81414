use super::{FUNCTION, refused, variable};

const STORES: &str = "
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: things, KeySchema: [], AttributeDefinitions: [] } }
  Bucket: { Type: AWS::S3::Bucket }
  Queue: { Type: AWS::SQS::Queue }
  Secret: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub '${AWS::StackName}/origin' } }
  Api: { Type: AWS::Serverless::HttpApi }
";

#[test]
fn names_and_arns_have_the_form_of_aws() {
    let cases = [
        ("!Ref Table", "things"),
        ("!GetAtt Table.Arn", "arn:aws:dynamodb:eu-west-1:000000000000:table/things"),
        (
            "!GetAtt [Table, StreamArn]",
            "arn:aws:dynamodb:eu-west-1:000000000000:table/things/stream/2024-01-01T00:00:00.000",
        ),
        ("!Ref Bucket", "satchel-local-bucket"),
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::satchel-local-bucket"),
        ("!Ref Queue", "https://sqs.eu-west-1.amazonaws.com/000000000000/satchel-local-Queue"),
        ("!GetAtt Queue.Arn", "arn:aws:sqs:eu-west-1:000000000000:satchel-local-Queue"),
        ("!Ref Secret", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:satchel-local/origin-000000"),
        ("!Ref Api", "satchel000"),
        ("!GetAtt Api.ApiEndpoint", "https://satchel000.execute-api.eu-west-1.amazonaws.com"),
        ("!Ref ListFilesFunction", "list-files"),
        ("!GetAtt ListFilesFunction.Arn", "arn:aws:lambda:eu-west-1:000000000000:function:list-files"),
    ];
    for (written, expected) in cases {
        assert_eq!(variable(written, STORES), expected, "{written}");
    }
}

#[test]
fn short_tags_and_long_forms_mean_the_same() {
    let cases = [
        ("!Sub 'a-${AWS::Region}-${Table.Arn}'", "{ 'Fn::Sub': 'a-${AWS::Region}-${Table.Arn}' }"),
        ("!Sub ['${X}!', { X: !Ref Table }]", "{ 'Fn::Sub': ['${X}!', { X: { Ref: Table } }] }"),
        ("!GetAtt Table.Arn", "{ 'Fn::GetAtt': [Table, Arn] }"),
        ("!Join ['/', [a, !Ref Table]]", "{ 'Fn::Join': ['/', [a, { Ref: Table }]] }"),
        ("!Select [1, [a, b]]", "{ 'Fn::Select': ['1', [a, b]] }"),
        (
            "!Select [1, !Split ['-', !Ref Bucket]]",
            "{ 'Fn::Select': ['1', { 'Fn::Split': ['-', { Ref: Bucket }] }] }",
        ),
    ];
    for (short, long) in cases {
        assert_eq!(variable(short, STORES), variable(long, STORES), "{short}");
    }
}

#[test]
fn pseudo_parameters_have_local_values() {
    let all = "!Sub '${AWS::Partition} ${AWS::AccountId} ${AWS::StackName} ${AWS::URLSuffix}'";
    assert_eq!(variable(all, ""), "aws 000000000000 satchel-local amazonaws.com");
}

#[test]
fn the_id_of_a_stack_ends_in_a_part_that_can_be_selected() {
    let id = "!Select [2, !Split ['/', !Ref AWS::StackId]]";
    assert_eq!(variable(id, "").len(), "51af3dc0-da77-11e4-872e-1234567db123".len());
    let start = "arn:aws:cloudformation:eu-west-1:000000000000:stack/satchel-local/";
    assert!(variable("!Ref AWS::StackId", "").starts_with(start));
}

#[test]
fn a_text_is_split_at_every_delimiter() {
    let table = "
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: a--b, KeySchema: [], AttributeDefinitions: [] } }
";
    assert_eq!(variable("!Join ['+', !Split ['-', !Ref Table]]", table), "a++b");
}

#[test]
fn an_escaped_variable_of_sub_is_text() {
    assert_eq!(variable("!Sub 'keep ${!this}'", ""), "keep ${this}");
}

#[test]
fn unquoted_scalars_become_the_text_that_was_written() {
    assert_eq!(variable("1.10", ""), "1.10");
    assert_eq!(variable("true", ""), "true");
    assert_eq!(variable("19456", ""), "19456");
    assert_eq!(variable("'0755'", ""), "0755");
}

#[test]
fn a_variable_with_no_value_is_left_out() {
    let text =
        format!("Resources:{FUNCTION}      Environment: {{ Variables: {{ A: !Ref AWS::NoValue, B: b }} }}\n");
    let environment = super::deployed(&text).functions["ListFilesFunction"].environment.clone();
    assert_eq!(environment.into_iter().collect::<Vec<_>>(), [("B".to_owned(), "b".to_owned())]);
}

#[test]
fn a_name_that_depends_on_itself_is_an_error() {
    let text = "Resources:
  A: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub 'a-${B}' } }
  B: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub 'b-${A}' } }
";
    assert_eq!(refused(text), "template.yaml:2: BucketName of A depends on itself");
}
