"""Checks of parameters that decide what is deployed: mail, CloudFront and the domain."""

import walk
from client import Client
from emulator import Emulator
from front import Front
from report import require
from stack import StackError


def check_rules(report, new_stack):
    """Combinations of parameters that the template's `Rules` refuse before anything is created."""
    if not report.scenario("parameters: mail"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        refused = (
            ("a deployment without MailFrom is refused, and the message names it", {"MailFrom": ""}, "MailFrom"),
            (
                "Mail=none with RequireEmail=true is refused, and the message names both",
                {"Mail": "none", "MailFrom": "", "RequireEmail": "true"}, "RequireEmail",
            ),
        )
        for name, parameters, word in refused:
            with report.check(name):
                stack = new_stack(emulator)
                require_known(stack, parameters)
                try:
                    stack.deploy(**parameters)
                except (StackError, emulator.client("cloudformation").exceptions.ClientError) as error:
                    require(word in str(error), f"refused without that word: {error}")
                else:
                    require(False, "it was deployed")
        stack = new_stack(emulator, name="without-mail")
        with report.check("Mail=none deploys without MailFrom, and accounts without an address work"):
            require_known(stack, {"Mail": "none"})
            stack.deploy(Mail="none", MailFrom="")
            with Front(stack) as front:
                ada = Client(front).sign_up("ada")
                require(ada.download(ada.upload("notes.txt", b"no mail")) == b"no mail", "the file has other bytes")
        with report.check("Mail=none refuses a sign-up with an address"):
            require_known(stack, {"Mail": "none"})
            with Front(stack) as front:
                body = {"username": "bob", "email": "bob@example.com", "password": "correct horse battery"}
                Client(front).request("POST", "/api/users", body, expected=(400,))


def check_without_cloudfront(report, new_stack):
    """`Cdn=none`: clients call the API directly, also in an account that AWS has not verified."""
    if not report.scenario("parameters: without CloudFront"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        emulator.verify_account(False)
        stack = new_stack(emulator)
        with report.check("Cdn=none can be deployed in an account that is not verified"):
            require_known(stack, {"Cdn": "none"})
            stack.deploy(Cdn="none")
        with report.check("the walk-through of README.md works without CloudFront"):
            require_known(stack, {"Cdn": "none"})
            walk.walk_through(stack)
        with report.check("without CloudFront, headers that only CloudFront may set are ignored"):
            require_known(stack, {"Cdn": "none"})
            with Front(stack) as front:
                ada = Client(front).sign_up("ada")
                file = ada.upload("notes.txt", b"text")
                headers = {
                    "Authorization": f"Bearer {ada.access}", "Content-Type": "application/json",
                    "x-satchel-host": "attacker.example", "x-satchel-viewer-ip": "192.0.2.1",
                }
                status, _, body = front.send("POST", f"/api/files/{file}/links", headers, b"{}")
                require(status == 201, f"status {status}: {body[:300]}")
                require(b"attacker.example" not in body, f"the link leads to the host of the header: {body[:300]}")


def check_domain(report, new_stack):
    """A domain of one's own."""
    if not report.scenario("parameters: a domain"):
        return
    with Emulator() as emulator:
        report.note_gaps(emulator)
        stack = new_stack(emulator)
        name = "files.example.com"
        acm = emulator.client("acm", "us-east-1")
        certificate = acm.request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
        route53 = emulator.client("route53")
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"].split("/")[-1]
        with report.check("DomainName sets the alias and the certificate of the distribution"):
            require_known(stack, {"DomainName": name})
            stack.deploy(DomainName=name, CertificateArn=certificate, HostedZoneId=zone)
            distribution = emulator.client("cloudfront").get_distribution(Id=stack.resource("Distribution"))
            config = distribution["Distribution"]["DistributionConfig"]
            require(config["Aliases"].get("Items") == [name], f"aliases: {config['Aliases']}")
            require(config["ViewerCertificate"].get("ACMCertificateArn") == certificate, "another certificate")
        with report.check("HostedZoneId makes records for IPv4 and IPv6"):
            require_known(stack, {"HostedZoneId": zone})
            records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
            kinds = {one["Type"] for one in records if one["Name"].rstrip(".") == name}
            require({"A", "AAAA"} <= kinds, f"records of {name}: {kinds}")
        with report.check("links and the output Url have the domain"):
            require_known(stack, {"DomainName": name})
            require(stack.outputs.get("Url") == f"https://{name}", f"Url is {stack.outputs.get('Url')}")
            with Front(stack, host=distribution["Distribution"]["DomainName"]) as front:
                ada = Client(front).sign_up("ada")
                file = ada.upload("notes.txt", b"text")
                link = ada.request("POST", f"/api/files/{file}/links", {})
                require(link["url"].startswith(f"https://{name}/"), f"the link is {link['url']}")


def require_known(stack, parameters):
    """Fails if the template lacks one of the parameters."""
    missing = [name for name in parameters if name not in stack.template["Parameters"]]
    require(not missing, f"the template has no parameter {', '.join(missing)}")
