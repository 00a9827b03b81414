//! The sections of a template: checked, but not evaluated.

use std::collections::BTreeMap;

use local_common::StackIdentity;
use serde_json::Value;

use super::error::{Checked, Problem};
use super::globals;
use super::node::Node;
use super::parameters;
use super::types::{FUNCTION, HTTP_API};

const SECTIONS: [&str; 10] = [
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
];

/// Supported attributes of a resource. Those after `Metadata` make no difference locally.
const ATTRIBUTES: [&str; 7] =
    ["Type", "Properties", "Condition", "Metadata", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"];

/// A parsed template and the values of its parameters.
pub(super) struct Document {
    pub(super) identity: StackIdentity,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) rules: Node,
    pub(super) conditions: Node,
    pub(super) resources: Vec<Resource>,
}

/// One resource, with its `Globals` merged in.
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) line: usize,
    pub(super) kind: String,
    pub(super) properties: Node,
    /// The name of its `Condition`, and the line of the name.
    pub(super) condition: Option<(String, usize)>,
    pub(super) metadata: Option<Node>,
}

impl Document {
    /// Reads the sections under `root`, and checks everything that can be checked without evaluation.
    pub(super) fn read(
        root: &Node,
        given: &BTreeMap<String, String>,
        identity: &StackIdentity,
    ) -> Checked<Self> {
        for section in root.entries("the template")? {
            if !SECTIONS.contains(&section.key.as_str()) {
                let message = format!("the section `{}` is not supported by the local stack", section.key);
                return Err(Problem::at(section.line, message));
            }
        }
        if let Some(transform) = root.get("Transform") {
            let name = transform.literal("Transform")?;
            if name != "AWS::Serverless-2016-10-31" {
                return Err(transform.problem(format!("the transform `{name}` is not supported")));
            }
        }
        let section = |name: &str| root.get(name).cloned().unwrap_or_else(|| Node::empty(root.line));
        let globals = section("Globals");
        globals::check(&globals)?;
        Ok(Self {
            identity: identity.clone(),
            parameters: parameters::values(&section("Parameters"), given)?,
            rules: section("Rules"),
            conditions: section("Conditions"),
            resources: section("Resources")
                .entries("Resources")?
                .iter()
                .map(|entry| Resource::read(&entry.key, entry.line, &entry.value, &globals))
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.id == id)
    }

    /// Whether SAM creates a resource with this logical id: the role of a function, or the stage of an API.
    ///
    /// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>
    pub(super) fn is_generated(&self, id: &str) -> bool {
        let is_stage = id
            .strip_suffix("ApiGatewayDefaultStage")
            .and_then(|api| self.resource(api))
            .is_some_and(|resource| resource.kind == HTTP_API);
        is_stage || self.function_of_role(id).is_some()
    }

    /// The function whose role SAM creates with this logical id.
    pub(super) fn function_of_role(&self, id: &str) -> Option<&Resource> {
        self.resource(id.strip_suffix("Role")?).filter(|resource| resource.kind == FUNCTION)
    }
}

impl Resource {
    fn read(id: &str, line: usize, node: &Node, globals: &Node) -> Checked<Self> {
        for attribute in node.entries("a resource")? {
            if !ATTRIBUTES.contains(&attribute.key.as_str()) {
                let message = format!("{id}: the attribute `{}` is not supported", attribute.key);
                return Err(Problem::at(attribute.line, message));
            }
        }
        let kind = node.get("Type").ok_or_else(|| Problem::at(line, format!("{id} has no Type")))?;
        let kind = kind.literal("Type")?.to_owned();
        let properties = node.get("Properties").cloned().unwrap_or_else(|| Node::empty(line));
        let condition =
            node.get("Condition").map(|node| Ok((node.literal("Condition")?.to_owned(), node.line)));
        Ok(Self {
            id: id.to_owned(),
            line,
            properties: globals::merged(&kind, globals, properties),
            kind,
            condition: condition.transpose()?,
            metadata: node.get("Metadata").cloned(),
        })
    }
}
