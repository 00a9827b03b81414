use super::{FUNCTION, evaluate};

fn outcome(definition: &str, given: Option<&str>) -> Result<String, String> {
    let text = format!(
        "Parameters:
  Unused: {{ Type: String, Default: x }}
  P: {definition}
Resources:{FUNCTION}      Environment: {{ Variables: {{ V: !Sub '<${{P}}>' }} }}
"
    );
    let given: Vec<(&str, &str)> = given.map(|value| ("P", value)).into_iter().collect();
    match evaluate(&text, &given) {
        Ok(deployment) => Ok(deployment.functions["ListFilesFunction"].environment["V"].clone()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_parameter_has_the_given_value_or_its_default() {
    assert_eq!(outcome("{ Type: String, Default: a }", None), Ok("<a>".to_owned()));
    assert_eq!(outcome("{ Type: String, Default: a }", Some("b")), Ok("<b>".to_owned()));
    assert_eq!(outcome("{ Type: Number, Default: 900 }", None), Ok("<900>".to_owned()));
}

#[test]
fn a_parameter_without_default_must_be_given() {
    let message = "template.yaml:3: parameter `P` has no default and must be given";
    assert_eq!(outcome("{ Type: String }", None), Err(message.to_owned()));
}

#[test]
fn the_error_names_the_violated_constraint() {
    let cases = [
        (
            "{ Type: String, AllowedValues: [open, closed] }",
            "ajar",
            "is `ajar` but must be one of: open, closed",
        ),
        ("{ Type: String, AllowedPattern: '[a-z]+' }", "a1", "is `a1` but must match the pattern `[a-z]+`"),
        ("{ Type: String, MinLength: 3 }", "ab", "is `ab` but must have at least 3 characters"),
        ("{ Type: String, MaxLength: 1 }", "ab", "is `ab` but must have at most 1 characters"),
        ("{ Type: Number, MinValue: 60 }", "59", "is `59` but must be at least 60"),
        ("{ Type: Number, MaxValue: 60 }", "61", "is `61` but must be at most 60"),
        ("{ Type: Number }", "soon", "is `soon` but must be a number"),
        (
            "{ Type: String, NoEcho: true, MinLength: 9 }",
            "s3cret",
            "is the value but must have at least 9 characters",
        ),
        (
            "{ Type: String, MinLength: 3, ConstraintDescription: short names are taken }",
            "ab",
            "is `ab` but must have at least 3 characters (short names are taken)",
        ),
        (
            "{ Type: 'AWS::SSM::Parameter::Value<String>' }",
            "a",
            "has the type `AWS::SSM::Parameter::Value<String>`, which is not supported",
        ),
    ];
    for (definition, given, message) in cases {
        let expected = format!("template.yaml:3: parameter `P` {message}");
        assert_eq!(outcome(definition, Some(given)), Err(expected), "{definition}");
    }
}

#[test]
fn a_list_is_split_at_its_commas() {
    let text = format!(
        "Parameters:
  Origins: {{ Type: CommaDelimitedList, Default: 'https://a.example, https://b.example' }}
Resources:{FUNCTION}      Environment: {{ Variables: {{ V: !Join ['|', !Ref Origins] }} }}
"
    );
    let deployment = super::deployed(&text);
    let joined = &deployment.functions["ListFilesFunction"].environment["V"];
    assert_eq!(joined, "https://a.example|https://b.example");
}

#[test]
fn an_unknown_parameter_is_refused() {
    let text = "Parameters:\n  Tier: { Type: String, Default: Basic }\nResources: {}\n";
    let error = evaluate(text, &[("Teir", "x")]).expect_err("there is no Teir").to_string();
    assert_eq!(error, "template.yaml:2: there is no parameter `Teir`, only: Tier");
}
