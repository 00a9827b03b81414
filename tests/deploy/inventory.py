"""Lists what an account of the emulator contains, to find what a deleted stack has left.

```
before = inventory(emulator, ["eu-central-1"])
stack.deploy(); stack.delete()
inventory(emulator, ["eu-central-1"]) - before
```
"""

# (type, service, call, field with the list, field with the name). Calls with a paginator are read to the end.
REGIONAL = (
    ("stack", "cloudformation", "describe_stacks", "Stacks", "StackName"),
    ("function", "lambda", "list_functions", "Functions", "FunctionName"),
    ("event source", "lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("table", "dynamodb", "list_tables", "TableNames", None),
    ("secret", "secretsmanager", "list_secrets", "SecretList", "Name"),
    ("SSM parameter", "ssm", "describe_parameters", "Parameters", "Name"),
    ("queue", "sqs", "list_queues", "QueueUrls", None),
    ("topic", "sns", "list_topics", "Topics", "TopicArn"),
    ("subscription", "sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("metric filter", "logs", "describe_metric_filters", "metricFilters", "filterName"),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("rule", "events", "list_rules", "Rules", "Name"),
    ("API", "apigatewayv2", "get_apis", "Items", "ApiId"),
    ("SES configuration set", "sesv2", "list_configuration_sets", "ConfigurationSets", None),
)
GLOBAL = (
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("distribution", "cloudfront", "list_distributions", ("DistributionList", "Items"), "Id"),
    ("CloudFront function", "cloudfront", "list_functions", ("FunctionList", "Items"), "Name"),
    ("access control", "cloudfront", "list_origin_access_controls", ("OriginAccessControlList", "Items"), "Name"),
    ("public key", "cloudfront", "list_public_keys", ("PublicKeyList", "Items"), "Name"),
    ("key group", "cloudfront", "list_key_groups", ("KeyGroupList", "Items"), None),
    ("budget", "budgets", "describe_budgets", "Budgets", "BudgetName"),
)
# The buckets with code, which the harness makes itself.
OWN = "bucket satchel-code-"


def inventory(emulator, regions):
    """The resources of the account, as strings of type, region and name."""
    found = set()
    for region in regions:
        for kind, *how in REGIONAL:
            found |= {f"{kind} {region} {name}" for name in names(emulator, region, *how)}
    for kind, *how in GLOBAL:
        found |= {f"{kind} {name}" for name in names(emulator, "us-east-1", *how)}
    return {one for one in found if not one.startswith(OWN)}


def names(emulator, region, service, call, field, name):
    """The names that one call of one service lists."""
    client = emulator.client(service, region)
    arguments = {"AccountId": "1" * 12} if service == "budgets" else {}
    if client.can_paginate(call):
        pages = list(client.get_paginator(call).paginate(**arguments))
    else:
        pages = [getattr(client, call)(**arguments)]
    path = field if isinstance(field, tuple) else (field,)
    listed = []
    for page in pages:
        for key in path:
            page = page.get(key) or []
        listed += page
    if service == "cloudformation":
        # A deleted stack remains in the list for a while.
        listed = [one for one in listed if one["StackStatus"] != "DELETE_COMPLETE"]
    return [one[name] if name else str(one) for one in listed]
