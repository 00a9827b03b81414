"""Rotations, against the emulator."""

import users
from data import SCENARIOS
from report import require


def check_rotations(report, satchel, stack, front):
    if not report.scenario(SCENARIOS[2]):
        return
    with report.check("rotate keys changes the key that signs, and nobody is signed out"):
        users.sign_up(front.url, "rosa")
        token = users.sign_in(front.url, "rosa")
        before = outputs(stack)["SigningKid"]
        satchel("rotate", "keys", "--yes").ok()
        require(outputs(stack)["SigningKid"] != before, "the key is the same")
        require(users.me(front.url, token).status == 200, "the token is refused")

    with report.check("rotate keys --drop signs everybody out, and takes the parameter back"):
        satchel("rotate", "keys", "--drop", "--yes").ok().says("DropPreviousKeys=true")
        require(parameters(stack)["DropPreviousKeys"] == "false", "DropPreviousKeys is still true")
        require(users.me(front.url, token).status == 401, "the token is still valid")

    with report.check("rotate origin takes two deployments, and requests work after each"):
        satchel("rotate", "origin", "--yes").ok().says("OriginSecretGeneration=3")
        require(parameters(stack)["OriginSecretGeneration"] == "3", f"{parameters(stack)}")
        require(users.sign_in(front.url, "rosa"), "requests are refused")

    with report.check("rotate warns about a parameter that samconfig.toml would set back"):
        config = satchel.folder / "samconfig.toml"
        config.write_text('[dev.global.parameters]\nstack_name = "satchel"\nparameter_overrides = ["KeyGeneration=2"]\n')
        satchel("rotate", "keys").exits(4).says("sets KeyGeneration: change it to 3 there")
        config.unlink()

    with report.check("rotate links --drop ends the present URLs, and the owner has new ones"):
        token = users.sign_in(front.url, "rosa")
        file = users.upload(front.url, token)
        link = users.request(f"{front.url}/api/files/{file}/links", {}, token).json
        path = link["url"].split("/s/")[1]
        result = satchel.json("rotate", "links", "--drop")
        require(result["generation"] == 2 and result["renewed"] == 1, f"{result}")
        require(users.request(f"{front.url}/s/{path}").status == 404, "the former URL works")
        new = users.request(f"{front.url}/api/files/{file}/links/{link['id']}", token=token).json
        require(new["url"] != link["url"], "the URL is the same")


def description(stack):
    return stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"][0]


def outputs(stack):
    return {one["OutputKey"]: one["OutputValue"] for one in description(stack)["Outputs"]}


def parameters(stack):
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in description(stack)["Parameters"]}
