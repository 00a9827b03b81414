"""Evaluates conditions and intrinsic functions of a transformed template, for checks that deploy nothing.

```
resolved = resolve(template, {"MailFrom": "me@example.com"}, stack="satchel")
resolved["Resources"]["Table"]["Properties"]
```

A reference to a resource becomes its logical id, and an attribute `<logical id>.<attribute>`.
"""

import re

NO_VALUE = object()


class Scope:
    """The values that intrinsic functions read."""

    def __init__(self, template, parameters, stack, region):
        defaults = {name: str(one.get("Default", "")) for name, one in template.get("Parameters", {}).items()}
        self.values = defaults | {name: str(value) for name, value in parameters.items()} | {
            "AWS::AccountId": "111122223333",
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::StackId": f"arn:aws:cloudformation:{region}:111122223333:stack/{stack}/0123abcd",
            "AWS::StackName": stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self.conditions = template.get("Conditions", {})
        self.mappings = template.get("Mappings", {})

    def holds(self, name):
        """Whether a condition of the template holds."""
        return self.evaluate(self.conditions[name])

    def known(self, name):
        """The value of a parameter, pseudo parameter or resource."""
        return self.values.get(name, name)

    def evaluate(self, value):
        """`value` without intrinsic functions."""
        if isinstance(value, list):
            return [one for one in map(self.evaluate, value) if one is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), = value.items()
            if function in FUNCTIONS:
                return FUNCTIONS[function](self, argument)
        pairs = ((key, self.evaluate(one)) for key, one in value.items())
        return {key: one for key, one in pairs if one is not NO_VALUE}

    def substitute(self, argument):
        """The result of `Fn::Sub`."""
        text, own = (argument, {}) if isinstance(argument, str) else argument
        own = self.evaluate(own)
        found = re.sub(r"\$\{([^!}]+)\}", lambda match: str(own.get(match[1], self.known(match[1]))), text)
        return found.replace("${!", "${")


def attribute(argument):
    """The result of `Fn::GetAtt`."""
    return argument if isinstance(argument, str) else ".".join(map(str, argument))


FUNCTIONS = {
    "Ref": lambda scope, name: scope.known(name),
    "Condition": lambda scope, name: scope.holds(name),
    "Fn::GetAtt": lambda scope, argument: attribute(argument),
    "Fn::Sub": lambda scope, argument: scope.substitute(argument),
    "Fn::If": lambda scope, argument: scope.evaluate(argument[1 if scope.holds(argument[0]) else 2]),
    "Fn::Equals": lambda scope, argument: scope.evaluate(argument[0]) == scope.evaluate(argument[1]),
    "Fn::Not": lambda scope, argument: not scope.evaluate(argument[0]),
    "Fn::And": lambda scope, argument: all(scope.evaluate(argument)),
    "Fn::Or": lambda scope, argument: any(scope.evaluate(argument)),
    "Fn::Join": lambda scope, argument: argument[0].join(map(str, scope.evaluate(argument[1]))),
    "Fn::Split": lambda scope, argument: str(scope.evaluate(argument[1])).split(argument[0]),
    "Fn::Select": lambda scope, argument: scope.evaluate(argument[1])[int(scope.evaluate(argument[0]))],
}


def resolve(template, parameters=(), stack="satchel", region="eu-central-1"):
    """The template with all functions evaluated, and without resources and outputs whose condition is false."""
    scope = Scope(template, dict(parameters), stack, region)
    found = dict(template)
    for section in ("Resources", "Outputs"):
        found[section] = {
            name: scope.evaluate(one) for name, one in template.get(section, {}).items()
            if "Condition" not in one or scope.holds(one["Condition"])
        }
    return found
