//! Names that the template gives to resources itself, and whether they are free.
//!
//! Buckets have names that are unique in the world, and some resources of CloudFront have names that are unique in
//! the account. Such a name can be taken: by a stack in another region, or by what an earlier stack left.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;

/// A resource to which the template gives a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Such as `AWS::S3::Bucket`.
    pub kind: String,
    pub name: String,
}

const BUCKET: &str = "AWS::S3::Bucket";

impl Named {
    /// By how many letters the name is too long.
    fn excess(&self) -> usize {
        let most = match self.kind.as_str() {
            BUCKET => 63,
            "AWS::CloudFront::Function" | "AWS::CloudFront::OriginAccessControl" => 64,
            _ => 128,
        };
        self.name.len().saturating_sub(most)
    }
}

/// What names in the template are made of.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub stack: &'a str,
    pub account: &'a str,
    pub region: &'a str,
}

/// The names that the template makes of the stack's name. Names that CloudFormation makes are always free.
///
/// The template is that of the repository, or one that SAM has packaged, with `Fn::Sub:` on a line of its own.
pub fn in_template(template: &str, place: Place) -> Vec<Named> {
    let mut kind = "";
    let mut names = Vec::new();
    let mut lines = template.lines().peekable();
    while let Some(line) = lines.next() {
        let text = line.trim();
        if let Some(found) = text.strip_prefix("Type: AWS::").filter(|_| line.starts_with("    Type:")) {
            kind = found;
        }
        let value = ["BucketName:", "Name:", "TableName:"]
            .iter()
            .find_map(|key| text.strip_prefix(key))
            .map(str::trim);
        // A list has a part that is unique, such as the stack's id.
        let value = match value.filter(|value| !value.contains("!Sub [")) {
            Some("") => lines.peek().and_then(|next| next.trim().strip_prefix("Fn::Sub: ")),
            Some(value) => value.strip_prefix("!Sub "),
            None => None,
        };
        let is_global =
            kind.starts_with("S3::") || kind.starts_with("CloudFront::") || kind == "DynamoDB::Table";
        if let (Some(value), true) = (value, is_global) {
            let name = value
                .trim_matches('"')
                .replace("${AWS::StackName}", place.stack)
                .replace("${AWS::AccountId}", place.account)
                .replace("${AWS::Region}", place.region);
            names.push(Named { kind: format!("AWS::{kind}"), name });
        }
    }
    names
}

/// Whether the names are valid: short enough, and without capitals in a bucket's name.
pub fn valid(names: &[Named], stack: &str) -> Finding {
    let longest = names.iter().max_by_key(|named| named.excess()).filter(|named| named.excess() > 0);
    if let Some(named) = longest {
        let most = stack.len().saturating_sub(named.excess());
        return Finding::blocker(
            "names",
            format!("the stack's name is too long: {} would be named {}", named.kind, named.name),
            format!("choose a --stack of at most {most} letters"),
        );
    }
    let has_capitals =
        |named: &&Named| named.kind == BUCKET && named.name.chars().any(|letter| letter.is_ascii_uppercase());
    match names.iter().find(has_capitals) {
        Some(Named { name, .. }) => Finding::blocker(
            "names",
            format!("a bucket would be named {name}, and buckets have no capitals"),
            format!("choose --stack {}", stack.to_ascii_lowercase()),
        ),
        None => Finding::ok("names", "all names are valid"),
    }
}

/// The buckets to which older templates gave names, with the parameters that pass these names on.
const PASSED_ON: [(&str, &str); 2] =
    [("OriginalsBucket", "OriginalsBucketName"), ("RenditionsBucket", "RenditionsBucketName")];

/// Whether the deployed template is one that named its buckets itself. `deployed` are the stack's parameters.
pub fn named_its_buckets(template: &str, deployed: &BTreeMap<String, String>) -> bool {
    PASSED_ON.iter().any(|(_, name)| template.contains(name) && !deployed.contains_key(*name))
}

/// Whether a stack of such a template keeps its buckets. `resources` has the physical names by the logical ones, and
/// `wanted` the parameters of the deployment. Nothing if the stack has no such buckets.
pub fn passed_on(resources: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> Option<Finding> {
    let buckets = PASSED_ON.iter().filter_map(|(bucket, name)| Some((*name, resources.get(*bucket)?)));
    let buckets: Vec<(&str, &String)> = buckets.collect();
    if buckets.is_empty() {
        return None;
    }
    if buckets.iter().all(|(name, bucket)| wanted.get(*name) == Some(*bucket)) {
        return Some(Finding::ok("buckets", "the buckets keep the names that an older template gave them"));
    }
    let parameters: Vec<String> = buckets.iter().map(|(name, bucket)| format!("{name}={bucket}")).collect();
    Some(Finding::blocker(
        "buckets",
        "an older template named the buckets; this one would replace them, and the service would lose their files",
        format!(
            "put this into parameter_overrides of samconfig.toml, and keep it there: {} ProtectTable=true",
            parameters.join(" ")
        ),
    ))
}

/// Whether names are taken that a new stack needs. `taken` are names in use now.
pub fn free(names: &[Named], taken: &BTreeSet<Named>, stack: &str) -> Finding {
    let collisions: Vec<&Named> = names.iter().filter(|name| taken.contains(name)).collect();
    if names.is_empty() {
        return Finding::ok("names", "CloudFormation makes all names, so none can be taken");
    }
    if collisions.is_empty() {
        return Finding::ok("names", format!("all {} names that a new stack needs are free", names.len()));
    }
    let list: Vec<String> =
        collisions.iter().map(|Named { kind, name }| format!("{name} ({kind})")).collect();
    let buckets = collisions.iter().any(|named| named.kind == BUCKET);
    let advice = if buckets {
        "an earlier stack kept them with their files. To use the files again, import them into the new stack; to drop \
         them, empty and delete the buckets; or choose another --stack"
    } else {
        "a stack of this name exists in another region, or an earlier one left them: choose another --stack, or delete \
         them in CloudFront's console"
    };
    Finding::blocker("names", format!("{stack} needs names that are taken: {}", list.join(", ")), advice)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    /// The names of the template before names were left to CloudFormation.
    const TEMPLATE: &str = r#"
Resources:
  ViewerRequest:
    Type: AWS::CloudFront::Function
    Properties:
      Name: !Sub "${AWS::StackName}-viewer-request"
  OriginalsBucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${AWS::StackName}-originals-${AWS::AccountId}-${AWS::Region}"
  SomeFunction:
    Type: AWS::Serverless::Function
    Properties:
      Name: !Sub "${AWS::StackName}-not-global"
"#;

    fn names(stack: &str) -> Vec<Named> {
        in_template(TEMPLATE, Place { stack, account: "111122223333", region: "eu-central-1" })
    }

    #[test]
    fn names_are_read_from_the_template() {
        let names: Vec<String> = names("files").into_iter().map(|named| named.name).collect();
        assert_eq!(names, ["files-viewer-request", "files-originals-111122223333-eu-central-1"]);
    }

    #[test]
    fn names_with_the_id_of_the_stack_are_always_free() {
        let unique =
            TEMPLATE.replace("!Sub \"", "!Sub [\"").replace("\"\n", "\", {Id: !Ref AWS::StackId}]\n");
        let place = Place { stack: "files", account: "111122223333", region: "eu-central-1" };
        assert_eq!(in_template(&unique, place), []);
        assert!(free(&[], &BTreeSet::new(), "files").fact.contains("CloudFormation makes all names"));
    }

    #[test]
    fn names_are_read_from_a_packaged_template() {
        let packaged = TEMPLATE.replace("Name: !Sub ", "Name:\n        Fn::Sub: ");
        assert_ne!(packaged, TEMPLATE);
        let place = Place { stack: "files", account: "111122223333", region: "eu-central-1" };
        assert_eq!(in_template(&packaged, place), names("files"));
    }

    #[test]
    fn capitals_and_long_names_are_refused() {
        assert_eq!(valid(&names("files"), "files").level, Level::Ok);
        let finding = valid(&names("Files"), "Files");
        assert_eq!(
            (finding.level, finding.advice.as_deref()),
            (Level::Blocker, Some("choose --stack files"))
        );
        let long = "a".repeat(40);
        let finding = valid(&names(&long), &long);
        assert_eq!(finding.level, Level::Blocker);
        // 63 letters, less those of `-originals-111122223333-eu-central-1`.
        assert_eq!(finding.advice.as_deref(), Some("choose a --stack of at most 27 letters"));
    }

    #[test]
    fn a_stack_that_named_its_buckets_has_to_pass_the_names_on() {
        let own = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let template = "Parameters:\n  OriginalsBucketName:\n    Default: \"\"\n  RenditionsBucketName:\n";
        assert!(named_its_buckets(template, &own(&[("MailFrom", "")])));
        assert!(!named_its_buckets(
            template,
            &own(&[("OriginalsBucketName", ""), ("RenditionsBucketName", "")])
        ));
        assert!(!named_its_buckets(TEMPLATE, &own(&[])), "nor does the new one know the parameters");

        let resources =
            own(&[("OriginalsBucket", "files-o"), ("RenditionsBucket", "files-r"), ("Table", "t")]);
        let both = own(&[("OriginalsBucketName", "files-o"), ("RenditionsBucketName", "files-r")]);
        assert_eq!(passed_on(&resources, &both).unwrap().level, Level::Ok);
        let other = own(&[("OriginalsBucketName", "files-o"), ("RenditionsBucketName", "files-x")]);
        for wanted in [own(&[]), own(&[("OriginalsBucketName", "files-o")]), other] {
            let finding = passed_on(&resources, &wanted).unwrap();
            assert_eq!(finding.level, Level::Blocker);
            let parameters = "OriginalsBucketName=files-o RenditionsBucketName=files-r ProtectTable=true";
            assert!(finding.advice.unwrap().ends_with(parameters));
        }
        assert_eq!(passed_on(&own(&[]), &own(&[])), None, "a stack that was never deployed");
    }

    #[test]
    fn names_that_an_earlier_stack_kept_or_another_region_has_are_listed() {
        let names = names("files");
        assert_eq!(free(&names, &BTreeSet::new(), "files").level, Level::Ok);
        let function = BTreeSet::from([names[0].clone()]);
        let finding = free(&names, &function, "files");
        assert_eq!(finding.level, Level::Blocker);
        assert!(finding.advice.unwrap().contains("another region"));
        let finding = free(&names, &names.iter().cloned().collect(), "files");
        assert!(finding.advice.unwrap().contains("kept them with their files"));
    }
}
