"""Starts Ministack 1.5.33, with what it does otherwise than AWS put right, as far as the rehearsal meets it."""

import os
import ssl
import urllib.request

from ministack import app
from ministack.core.concurrency import spawn_background
from ministack.services import apigateway, firehose, kinesis, lambda_svc, s3, secretsmanager
from ministack.services.cloudformation import provisioners

handlers = provisioners._RESOURCE_HANDLERS

# On AWS the Ref of a secret is its ARN, and not its name.
secret = dict(handlers["AWS::SecretsManager::Secret"])


def name_of(arn):
    return next((s["Name"] for s in secretsmanager._secrets.values() if s["ARN"] == arn), arn)


def create_secret(*args):
    _, attributes = secret["create"](*args)
    return attributes["Arn"], attributes


def update_secret(physical_id, *args, **named):
    _, attributes = secret["update"](name_of(physical_id), *args, **named)
    return attributes["Arn"], attributes


def delete_secret(physical_id, props):
    secret["delete"](name_of(physical_id), props)


handlers["AWS::SecretsManager::Secret"] = secret | {"create": create_secret, "update": update_secret, "delete": delete_secret}

# A bucket has the tags of its template, and AWS does not delete it while it holds objects.
bucket = dict(handlers["AWS::S3::Bucket"])


def create_bucket(logical_id, props, *args):
    created = bucket["create"](logical_id, props, *args)
    s3._bucket_tags[created[0]] = {t["Key"]: t["Value"] for t in props.get("Tags", [])}
    return created


def delete_bucket(physical_id, props):
    objects = (s3._buckets.get(physical_id) or {}).get("objects")
    if objects:
        raise ValueError(f"the bucket {physical_id} holds {len(objects)} objects")
    bucket["delete"](physical_id, props)


handlers["AWS::S3::Bucket"] = bucket | {"create": create_bucket, "delete": delete_bucket}

# A delivery stream has taken a record before its processor is called; here the processor could not be called at all while
# the answer is waited for, because it asks the emulator in its turn.
deliver = firehose._deliver_records_to_s3
firehose._deliver_records_to_s3 = lambda *args: spawn_background(deliver, *args, thread_name="delivery")

# A trigger begins where its template says, as of the moment that it is made. Here it would take a time for LATEST, and look
# only when it reads for the first time.
make_trigger = provisioners._lambda_esm_create


def create_trigger(logical_id, props, *args):
    made = make_trigger(logical_id, props, *args)
    stream = kinesis._resolve_stream_by_arn(props.get("EventSourceArn"))
    if stream:
        lambda_svc._kinesis_positions[made[0]] = {
            shard_id: kinesis._start_position(
                shard["records"], props["StartingPosition"], None, props.get("StartingPositionTimestamp"))
            for shard_id, shard in stream["shards"].items()
        }
    return made


provisioners._lambda_esm_create = create_trigger
trigger = "AWS::Lambda::EventSourceMapping"
handlers[trigger] = handlers[trigger] | {"create": create_trigger}

# API Gateway fetches the keys of Cognito from this process's own port, but without TLS, which the port does not speak.
own = "://localhost:" + os.environ["GATEWAY_PORT"] + "/"
trust = ssl.create_default_context(cafile=os.environ["MINISTACK_SSL_CERT"])


def urlopen(request, timeout):
    if isinstance(request, str) and request.startswith("http" + own):
        request = "https" + request.removeprefix("http")
    with urllib.request.urlopen(request, timeout=timeout, context=trust) as response:
        return response.status, dict(response.headers.items()), response.read()


apigateway._urlopen_sync = urlopen

import keys  # noqa: E402, F401 -- wraps what is above
import partiql  # noqa: E402, F401
import clientsecrets  # noqa: E402, F401

app.main()
