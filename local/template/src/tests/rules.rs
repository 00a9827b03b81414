use super::{evaluate, parse, refused};

/// A template with the parameters `Kind` and `Zones`, and one rule.
fn with_rule(rule: &str) -> String {
    format!(
        "Parameters:
  Kind: {{ Type: String, Default: a }}
  Zones: {{ Type: CommaDelimitedList, Default: 'x,y' }}
Rules:
  Fits:
{rule}
Resources: {{}}
"
    )
}

/// Whether an assertion holds for `kind`.
fn holds(assertion: &str, kind: &str) -> bool {
    let text = with_rule(&format!("    Assertions: [{{ Assert: {assertion} }}]"));
    match evaluate(&text, &[("Kind", kind)]) {
        Ok(_) => true,
        Err(error) => {
            let expected = "template.yaml:6: the rule Fits is violated: an assertion does not hold";
            assert_eq!(error.to_string(), expected, "{assertion}");
            false
        }
    }
}

#[test]
fn each_function_of_rules_decides() {
    for (assertion, holds_for_a, holds_for_b) in [
        ("!Equals [!Ref Kind, a]", true, false),
        ("!Not [!Equals [!Ref Kind, a]]", false, true),
        ("!And [!Equals [!Ref Kind, a], !Equals [a, a]]", true, false),
        ("!Or [!Equals [!Ref Kind, a], !Equals [a, b]]", true, false),
        ("{ 'Fn::Contains': [[a, c], !Ref Kind] }", true, false),
        ("{ 'Fn::EachMemberIn': [!Ref Zones, [x, y, z]] }", true, true),
        ("{ 'Fn::EachMemberIn': [!Ref Zones, [x, z]] }", false, false),
        ("{ 'Fn::EachMemberEquals': [[a, a], !Ref Kind] }", true, false),
        ("{ 'Fn::EachMemberEquals': [!Ref Zones, x] }", false, false),
    ] {
        assert_eq!((holds(assertion, "a"), holds(assertion, "b")), (holds_for_a, holds_for_b), "{assertion}");
    }
}

#[test]
fn a_rule_whose_condition_is_false_asserts_nothing() {
    let rule = "    RuleCondition: !Equals [!Ref Kind, b]
    Assertions:
      - Assert: !Equals [1, 2]
        AssertDescription: b is impossible";
    let text = with_rule(rule);
    assert!(evaluate(&text, &[]).is_ok());
    let error = evaluate(&text, &[("Kind", "b")]).expect_err("the rule applies").to_string();
    assert_eq!(error, "template.yaml:8: the rule Fits is violated: b is impossible");
    let stores = parse(&text, &[("Kind", "b")]).expect("a template").stores();
    assert_eq!(stores.expect_err("rules come before stores").to_string(), error);
}

#[test]
fn anything_else_in_a_rule_is_refused() {
    for (rule, message) in [
        ("    Assertion: []", "6: `Assertion` is not supported by the local stack"),
        ("    RuleCondition: !Equals [1, 1]", "5: Fits has no Assertions"),
        (
            "    Assertions: [{ Assert: true }]",
            "6: this must be one of the functions of rules, such as Fn::Equals",
        ),
        ("    Assertions: [{ Assert: !If [A, b, c] }]", "6: there is no condition `A`"),
        ("    Assertions: [{ Assert: !Join ['', [a]] }]", "6: Join is not a function of rules"),
        (
            "    Assertions: [{ Assert: !Equals [!Ref AWS::Region, a] }]",
            "6: rules may refer only to parameters",
        ),
        (
            "    Assertions: [{ Assert: !Equals [!Sub a, a] }]",
            "6: a value in a rule is a text, a list or a Ref",
        ),
        ("    Assertions: [{ Assert: !Equals [a] }]", "6: Equals takes two values"),
        (
            "    Assertions: [{ Assert: { 'Fn::RefAll': [a] } }]",
            "6: `Fn::RefAll` is not supported by the local stack",
        ),
        ("    Assertions: [{ Assert: { 'Fn::Contains': [a, b] } }]", "6: this must be a list of texts"),
        ("    Assertions: [{ Text: a }]", "6: `Text` is not supported by the local stack"),
        ("    Assertions: [{ AssertDescription: a }]", "6: `Assert` is missing"),
    ] {
        assert_eq!(refused(&with_rule(rule)), format!("template.yaml:{message}"), "{rule}");
    }
}

#[test]
fn a_function_of_rules_is_refused_elsewhere() {
    let condition =
        "Conditions:\n  A: !Contains [[a], a]\nResources:\n  T: { Type: AWS::SNS::Topic, Condition: A }\n";
    let message = "template.yaml:2: a condition is one of Equals, Not, And, Or and Condition";
    assert_eq!(refused(condition), message);
    let output =
        "Resources:\n  T: { Type: AWS::S3::Bucket, Properties: { BucketName: !Contains [[a], a] } }\n";
    assert!(refused(output).ends_with("Contains is allowed only in Rules"), "{}", refused(output));
}
