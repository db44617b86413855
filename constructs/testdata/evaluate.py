"""Judges requests by the evaluator of the AWS emulator: a list of them as JSON on standard input, a list of booleans out."""

import json
import sys

from ministack.core import iam_evaluator as iam


def judge(r):
    context = {key.lower(): values if len(values) > 1 else values[0] for key, values in r["context"].items()}
    ctx = iam.EvalContext(
        principal_arn=r["arn"], principal_type="AssumedRole", principal_account=r["account"], action=r["action"],
        resource_arn=r["resource"], region="eu-central-1", service_context=context,
        secure_transport=context.get("aws:securetransport") == "true")
    policy = {"Statement": r["policy"]}
    if r["service"]:
        return iam.evaluate_resource_policy(policy, ctx, service=r["service"]).decision == "Allow"
    identity = iam.evaluate(ctx, [iam.parse_policy_document({"Statement": r["rights"]})])
    return iam.combine_resource_policy(identity, ctx, policy, r["owner"], required=r["required"]).decision == "Allow"


json.dump([judge(r) for r in json.load(sys.stdin)], sys.stdout)
