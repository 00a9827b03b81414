use super::{FUNCTION, deployed, evaluate, refused};

fn chosen(condition: &str, parameter: &str) -> String {
    let text = format!(
        "Parameters:
  Mode: {{ Type: String, Default: '' }}
Conditions:
  IsOpen: !Equals [!Ref Mode, open]
  IsClosed: {{ 'Fn::Equals': [{{ Ref: Mode }}, closed] }}
  Asked: {condition}
Resources:{FUNCTION}      Environment: {{ Variables: {{ V: !If [Asked, yes-indeed, not-at-all] }} }}
"
    );
    let deployment = evaluate(&text, &[("Mode", parameter)]).unwrap_or_else(|error| panic!("{error}"));
    deployment.functions["ListFilesFunction"].environment["V"].clone()
}

#[test]
fn conditions_combine() {
    assert_eq!(chosen("!Not [!Condition IsOpen]", "open"), "not-at-all");
    assert_eq!(chosen("!Not [{ Condition: IsOpen }]", "closed"), "yes-indeed");
    assert_eq!(chosen("!Or [!Condition IsOpen, !Condition IsClosed]", "closed"), "yes-indeed");
    assert_eq!(chosen("!And [!Condition IsOpen, !Condition IsClosed]", "closed"), "not-at-all");
    assert_eq!(chosen("{ 'Fn::Not': [!Equals [!Ref Mode, '']] }", "x"), "yes-indeed");
}

#[test]
fn a_resource_whose_condition_is_false_does_not_exist() {
    let text = "Parameters:
  Spare: { Type: String, Default: 'false' }
Conditions:
  WithSpare: !Equals [!Ref Spare, true]
Resources:
  Main: { Type: AWS::S3::Bucket }
  Second: { Type: AWS::S3::Bucket, Condition: WithSpare }
";
    let names = |given: &[(&str, &str)]| -> Vec<String> {
        let deployment = evaluate(text, given).unwrap_or_else(|error| panic!("{error}"));
        deployment.buckets.into_iter().map(|bucket| bucket.logical_id).collect()
    };
    assert_eq!(names(&[]), ["Main"]);
    assert_eq!(names(&[("Spare", "true")]), ["Main", "Second"]);
}

#[test]
fn a_reference_to_a_resource_whose_condition_is_false_is_an_error() {
    let text = format!(
        "Conditions:
  Never: !Equals [a, b]
Resources:
  Absent: {{ Type: AWS::S3::Bucket, Condition: Never }}{FUNCTION}      Environment:
        Variables:
          V: !Ref Absent
"
    );
    let expected = "template.yaml:12: `Absent` does not exist in this stack: its Condition is false";
    assert_eq!(refused(&text), expected);
}

#[test]
fn if_chooses_whole_mappings_and_list_items() {
    let text = "Conditions:
  Never: !Equals [a, b]
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: !If
        - Never
        - !Ref AWS::NoValue
        - AllowOrigins: [https://a.example, !If [Never, https://b.example, !Ref AWS::NoValue]]
";
    let cors = deployed(text).cors.expect("CORS is configured");
    assert_eq!(cors.allow_origins, ["https://a.example"]);
}

#[test]
fn a_condition_that_depends_on_itself_is_an_error() {
    let text = "Conditions:
  A: !Not [!Condition B]
  B: !Not [!Condition A]
Resources:
  Bucket: { Type: AWS::S3::Bucket, Condition: A }
";
    assert_eq!(refused(text), "template.yaml:3: condition A depends on itself");
}
