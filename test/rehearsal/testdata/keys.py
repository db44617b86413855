"""Uses of keys by a service on behalf of its caller, which Ministack does not judge: it asks a key's policy only where
AWS KMS itself is called. Here each call that AWS makes with the caller's rights is judged as well: the policy of the
key must let the caller in, and the caller's own policies must allow the use."""

from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id
from ministack.services import iam as entities
from ministack.services.cloudformation import provisioners

keys = {}  # ARN of a key, by the ARN of what is encrypted with it

# Which uses of its key a call makes: of the key of the resource, through the service, in the encryption context.
USES = {
    "kinesis:PutRecord": ["kms:GenerateDataKey"],
    "kinesis:PutRecords": ["kms:GenerateDataKey"],
    "kinesis:GetRecords": ["kms:Decrypt"],
    "secretsmanager:GetSecretValue": ["kms:Decrypt"],
    "secretsmanager:PutSecretValue": ["kms:Decrypt", "kms:GenerateDataKey"],
    "s3:GetObject": ["kms:Decrypt"],
    "s3:PutObject": ["kms:GenerateDataKey"],
    "dynamodb:GetItem": ["kms:Decrypt"],
    "dynamodb:BatchGetItem": ["kms:Decrypt"],
    "dynamodb:Query": ["kms:Decrypt"],
    "dynamodb:Scan": ["kms:Decrypt"],
    "dynamodb:PartiQLInsert": ["kms:Decrypt"],
    "dynamodb:PartiQLUpdate": ["kms:Decrypt"],
    "dynamodb:PutItem": ["kms:Decrypt"],
    "dynamodb:UpdateItem": ["kms:Decrypt"],
    "dynamodb:DeleteItem": ["kms:Decrypt"],
}


def context(service, arn):
    if service == "dynamodb":
        return {"aws:dynamodb:tablename": arn.split("/")[1], "aws:dynamodb:subscriberid": get_account_id()}
    return {{"kinesis": "aws:kinesis:arn", "secretsmanager": "secretarn", "s3": "aws:s3:arn"}[service]: arn}


def encrypted(kind, key_of):
    """Remembers the keys of what CloudFormation makes of a kind."""
    handler = provisioners._RESOURCE_HANDLERS[kind]
    make = handler["create"]

    def create(logical_id, props, *args):
        made = make(logical_id, props, *args)
        if key := key_of(props):
            keys[made[1]["Arn"]] = key
        return made

    provisioners._RESOURCE_HANDLERS[kind] = handler | {"create": create}


def key_of_bucket(props):
    for rule in props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
        return rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")


def role_arn(principal):
    """The role of a session, which is what aws:PrincipalArn says on AWS."""
    if principal.type != "AssumedRole":
        return principal.arn
    role = entities._roles.get_scoped(principal.account, None, iam._role_name_from_assumed_arn(principal.arn))
    return role["Arn"] if role else principal.arn


def judge(access_key, use, service, region, arn, key):
    principal = iam.resolve_principal(access_key, get_account_id())
    if isinstance(principal, iam.AuthError):
        return principal
    keyed = {"kms:viaservice": f"{service}.{region}.amazonaws.com", "kms:calleraccount": principal.account}
    keyed |= {f"kms:encryptioncontext:{name}": value for name, value in context(service, arn).items()}
    ctx = iam.EvalContext(
        principal_arn=role_arn(principal), principal_type=principal.type, principal_account=principal.account,
        action=use, resource_arn=key, region=region, service_context=keyed, principal_keys=principal.keys)
    own = iam.EvalResult("Allow", ctx.principal_arn)
    if principal.policies is not None:  # those of the account's root allow everything
        own = iam.evaluate(ctx, principal.policies, *principal.limits)
    policy, owner = iam._resource_policy("kms", key)
    result = iam.combine_resource_policy(own, ctx, policy, owner, required=True, limits=principal.limits)
    if result.decision == "Allow":
        return None
    iam.logger.warning("%s may not %s with the key %s of %s", ctx.principal_arn, use, key, arn)
    result.principal_arn = principal.arn
    return result


def enforce_keys(enforce):
    def both(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        arn = resource_arn.split("/")[0] if service == "s3" else resource_arn.split("/index/")[0]
        if denied or arn not in keys:
            return denied
        for use in USES.get(iam_action, []):
            if denied := judge(access_key_id, use, service, region, arn, keys[arn]):
                return denied
        return None

    return both


encrypted("AWS::Kinesis::Stream", lambda props: props.get("StreamEncryption", {}).get("KeyId"))
encrypted("AWS::DynamoDB::Table", lambda props: props.get("SSESpecification", {}).get("KMSMasterKeyId"))
encrypted("AWS::SecretsManager::Secret", lambda props: props.get("KmsKeyId"))
encrypted("AWS::S3::Bucket", key_of_bucket)
iam.enforce = enforce_keys(iam.enforce)
