"""Says, as JSON, what CloudFormation's schemas in cfn-lint say of types of resources: what they are only created with."""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def names(pointers):
    return sorted(p.removeprefix("/properties/") for p in pointers)


def schema(kind):
    s = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    return {"createOnly": names(s.get("createOnlyProperties", [])), "identifier": names(s.get("primaryIdentifier", []))}


json.dump({kind: schema(kind) for kind in sys.argv[1:]}, sys.stdout)
