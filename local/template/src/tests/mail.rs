use super::{FUNCTION, deployed, refused, variable};

const MAIL: &str = "
  Feedback: { Type: AWS::SNS::Topic, Properties: { TopicName: feedback } }
  Mail: { Type: AWS::SES::ConfigurationSet }
  Destination:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        Enabled: true
        MatchingEventTypes: [bounce, Complaint]
        SnsDestination: { TopicARN: !Ref Feedback }
";

/// A template with the resources of `MAIL`, and a function that subscribes to `topic`.
fn template(mail: &str, topic: &str) -> String {
    let events = format!("      Events: {{ Told: {{ Type: SNS, Properties: {{ Topic: {topic} }} }} }}\n");
    format!("Resources:{FUNCTION}{events}{mail}")
}

#[test]
fn events_of_a_configuration_set_go_to_the_functions_that_subscribe_to_its_topic() {
    let mail = deployed(&template(MAIL, "!GetAtt Feedback.TopicArn")).mail;
    let topic = "arn:aws:sns:eu-west-1:000000000000:feedback";
    assert_eq!(mail.sets, ["satchel-local-Mail"]);
    let [destination] = mail.destinations.as_slice() else { panic!("there is one destination") };
    assert_eq!((destination.set.as_str(), destination.topic.as_str()), ("satchel-local-Mail", topic));
    assert_eq!(destination.events, ["bounce", "complaint"]);
    let [subscription] = mail.subscriptions.as_slice() else { panic!("there is one subscription") };
    assert_eq!((subscription.topic.as_str(), subscription.function.as_str()), (topic, "list-files"));
}

#[test]
fn references_to_topics_and_configuration_sets_have_values() {
    assert_eq!(variable("!Ref Feedback", MAIL), "arn:aws:sns:eu-west-1:000000000000:feedback");
    assert_eq!(variable("!GetAtt Feedback.TopicName", MAIL), "feedback");
    assert_eq!(variable("!Ref Mail", MAIL), "satchel-local-Mail");
}

#[test]
fn a_disabled_destination_is_left_out() {
    for off in ["Enabled: false", "Name: told"] {
        let mail = deployed(&template(&MAIL.replace("Enabled: true", off), "!Ref Feedback")).mail;
        assert!(mail.destinations.is_empty(), "{off}");
    }
}

#[test]
fn a_topic_outside_the_template_and_another_kind_of_destination_are_refused() {
    let elsewhere = "arn:aws:sns:eu-west-1:123456789012:elsewhere";
    for (template, problem) in [
        (template(MAIL, elsewhere), "`Topic` must be the ARN of a topic of this template"),
        (
            template(
                &MAIL.replace("TopicARN: !Ref Feedback", &format!("TopicARN: '{elsewhere}'")),
                "!Ref Feedback",
            ),
            "`TopicARN` must be the ARN of a topic of this template",
        ),
        (
            template(&MAIL.replace("SnsDestination", "EventBridgeDestination"), "!Ref Feedback"),
            "`EventBridgeDestination` is not supported by the local stack",
        ),
    ] {
        let refusal = refused(&template);
        assert!(refusal.contains(problem), "{refusal}");
    }
}
