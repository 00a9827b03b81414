"""Checks of template.yaml and samconfig.toml that need no deployment: what SAM, CloudFormation and AWS would refuse."""

import json
import pathlib
import tomllib

import template as templates
from report import require
from resolve import resolve

MAIL = {"MailFrom": "no-reply@example.com"}

# Properties with names that must be unique in an account, in all regions, and the longest name. CloudWatch's
# dashboards are global, too.
ACCOUNT_NAMES = {
    "AWS::Budgets::Budget": ("Budget.BudgetName", 100),
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig.Name", 128),
    "AWS::CloudFront::Function": ("Name", 64),
    "AWS::CloudFront::KeyGroup": ("KeyGroupConfig.Name", 128),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig.Name", 64),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig.Name", 128),
    "AWS::CloudFront::PublicKey": ("PublicKeyConfig.Name", 128),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig.Name", 128),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", 128),
    "AWS::IAM::Role": ("RoleName", 64),
}
# Properties with physical names of resources that contain data.
DATA_NAMES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
}
RETAINED = ("Retain", "RetainExceptOnCreate")


def of_type(resolved, *kinds):
    """The resources of some types, by logical id."""
    return {name: one for name, one in resolved["Resources"].items() if one["Type"] in kinds}


def check_template(report, path):
    """Runs all checks."""
    template = templates.load(path)
    transformed = templates.transformed(template, MAIL)
    if report.scenario("template: what CloudFormation accepts"):
        check_quotas(report, transformed)
        check_names(report, transformed)
    if report.scenario("template: what a person is asked"):
        check_questions(report, path, template)
        check_samconfig(report, pathlib.Path(path).parent / "samconfig.toml")
    if report.scenario("template: new accounts"):
        check_new_accounts(report, transformed)


def check_quotas(report, transformed):
    """Quotas that CloudFormation checks only during a deployment; `.ci/quotas` has the others."""
    with report.check("at most 60 dynamic references after the transform"):
        count = json.dumps(transformed).count("{{resolve:")
        require(count <= 60, f"{count} dynamic references")
    with report.check("at most 500 resources after the transform"):
        count = len(transformed["Resources"])
        require(count <= 500, f"{count} resources")


def check_names(report, transformed):
    """Names that would conflict with those of another stack, or of an earlier one of this name."""
    resolved = resolve(transformed, MAIL, stack="satchel", region="eu-central-1")
    with report.check("each name that an account can have only once ends in the region"):
        names = [(name, value) for name, value, _ in account_names(resolved)]
        wrong = [f"{name}: {value}" for name, value in names if not value.endswith("-eu-central-1")]
        require(not wrong, "; ".join(wrong))
    with report.check("these names are short enough for the longest name of a stack (128 letters)"):
        # CloudFormation takes the first letters of a stack's name for names that it makes, but not for these.
        longest = resolve(transformed, MAIL, stack="S" * 128, region="ap-southeast-1")
        wrong = [f"{name}: {len(value)} of {most}" for name, value, most in account_names(longest) if len(value) > most]
        require(not wrong, "; ".join(wrong))
    with report.check("nothing that can outlive a stack has a fixed name"):
        wrong = []
        for name, one in resolved["Resources"].items():
            fixed = one.get("Properties", {}).get(DATA_NAMES.get(one["Type"]))
            if fixed and one.get("DeletionPolicy") in RETAINED:
                wrong.append(f"{name}: {fixed}")
        require(not wrong, "; ".join(wrong))
    with report.check("names of existing buckets can be kept by parameters"):
        kept = {"OriginalsBucketName": "first-bucket", "RenditionsBucketName": "second-bucket"}
        buckets = of_type(resolve(transformed, MAIL | kept), "AWS::S3::Bucket")
        names = {one["Properties"].get("BucketName") for one in buckets.values()}
        require({"first-bucket", "second-bucket"} <= names, f"with {kept}, the buckets are named {names}")
    with report.check("what is retained is removed if the first deployment fails"):
        wrong = [name for name, one in resolved["Resources"].items() if one.get("DeletionPolicy") == "Retain"]
        require(not wrong, f"DeletionPolicy is Retain, not RetainExceptOnCreate: {', '.join(wrong)}")


def account_names(resolved):
    """Logical id, name and longest name of each resource whose name an account can have only once."""
    for logical, one in of_type(resolved, *ACCOUNT_NAMES).items():
        path, most = ACCOUNT_NAMES[one["Type"]]
        value = one["Properties"]
        for key in path.split("."):
            value = value.get(key) or {}
        if value:
            yield logical, value, most


def check_questions(report, path, template):
    """The questions of `sam deploy --guided`, found by SAM's own code."""
    from samcli.commands.deploy.auth_utils import auth_per_resource
    from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

    with report.check("sam deploy --guided does not ask about authentication"):
        stacks, _ = SamLocalStackProvider.get_stacks(str(path), parameter_overrides=MAIL)
        asked = sum(1 for _, authorized in auth_per_resource(stacks) if not authorized)
        total = asked + len(template["Parameters"])
        require(asked == 0, f"{asked} questions `has no authentication. Is this okay?`, and Enter refuses the "
                            f"deployment; with the parameters these are {total} questions")
    parameters = template["Parameters"]
    with report.check("MailFrom is the only parameter that must be answered"):
        missing = [name for name, one in parameters.items() if "Default" not in one]
        require(not missing, f"without a default: {', '.join(missing)}")
        default = parameters["MailFrom"]["Default"]
        require(default == "", f"MailFrom has the default {default!r}, which nobody can verify in SES")
    with report.check("each parameter is in one group, and each group has a label"):
        interface = template.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
        groups = interface.get("ParameterGroups", [])
        grouped = [name for group in groups for name in group.get("Parameters", [])]
        require(groups, "there is no AWS::CloudFormation::Interface")
        require(all(group.get("Label", {}).get("default") for group in groups), "a group has no label")
        require(sorted(grouped) == sorted(parameters), f"not in one group: {sorted(set(parameters) ^ set(grouped))}")


def check_samconfig(report, path):
    """The environments of samconfig.toml, which is beside the template."""
    config = tomllib.loads(path.read_text())
    with report.check("samconfig.toml has the environments dev and prod"):
        missing = {"dev", "prod"} - set(config)
        require(not missing, f"missing: {', '.join(sorted(missing))}")
    with report.check("each environment builds and deploys for the same architecture"):
        wrong = []
        for name, commands in config.items():
            if not isinstance(commands, dict):
                continue
            shared = commands.get("global", {}).get("parameters", {})
            overrides = [
                (shared | commands.get(command, {}).get("parameters", {})).get("parameter_overrides")
                for command in ("build", "deploy")
            ]
            chosen = [[one for one in words(override) if one.startswith("Architecture=")] for override in overrides]
            # Without the parameter, `sam deploy --guided` asks for the architecture after the build has chosen it.
            if chosen[0] != chosen[1] or not chosen[0]:
                wrong.append(f"{name}: build has {chosen[0] or 'none'}, deploy has {chosen[1] or 'none'}")
        require(not wrong, "; ".join(wrong))


def words(overrides):
    """`parameter_overrides` as a list, which samconfig.toml has as a list or a text."""
    return overrides if isinstance(overrides, list) else (overrides or "").split()


def check_new_accounts(report, transformed):
    """Limits of accounts that were opened today."""
    with report.check("no function reserves concurrency by default, because new accounts can run 10 at a time"):
        functions = of_type(resolve(transformed, MAIL), "AWS::Lambda::Function")
        wrong = [name for name, one in functions.items() if "ReservedConcurrentExecutions" in one["Properties"]]
        require(not wrong, ", ".join(wrong))
    with report.check("Cdn=none deploys nothing of CloudFront, which refuses new accounts"):
        require("Cdn" in transformed["Parameters"], "the template has no parameter Cdn")
        resolved = resolve(transformed, MAIL | {"Cdn": "none"})
        left = [name for name, one in resolved["Resources"].items() if one["Type"].startswith("AWS::CloudFront::")]
        require(not left, ", ".join(left))
    with report.check("Mail=none deploys nothing of SES, where new accounts are in the sandbox"):
        require("Mail" in transformed["Parameters"], "the template has no parameter Mail")
        resolved = resolve(transformed, {"Mail": "none"})
        left = [name for name, one in resolved["Resources"].items() if one["Type"].startswith("AWS::SES::")]
        require(not left, ", ".join(left))
