"""The two secrets of a client of Amazon Cognito, which Ministack does not have: both are good at the token endpoint."""

import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito

held_by = {}  # of a client that has had two, by its id


class Either(str):
    """What the token endpoint compares a secret with: any of a client's."""

    def __new__(cls, values):
        self = super().__new__(cls, values[0])
        self.values = values
        return self

    def __eq__(self, other):
        return str(other) in self.values

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def of(data):
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    client = None if error else pool["_clients"].get(data.get("ClientId"))
    if not client:
        return None, None, error or error_response_json("ResourceNotFoundException", "Client not found.", 400)
    first = {"id": client["ClientId"] + "--0", "value": str(client["ClientSecret"]), "made": client["CreationDate"]}
    return client, held_by.setdefault(client["ClientId"], [first]), None


def described(secret, **more):
    return {"ClientSecretId": secret["id"], "ClientSecretCreateDate": secret["made"], **more}


def add(data):
    client, held, error = of(data)
    if error:
        return error
    if len(held) == 2:
        return error_response_json("LimitExceededException", "A client has at most two secrets.", 400)
    made = {"id": f"{client['ClientId']}--{time.time_ns()}", "value": cognito._client_secret(), "made": time.time()}
    held.append(made)
    client["ClientSecret"] = Either([s["value"] for s in held])
    return json_response({"ClientSecretDescriptor": described(made, ClientSecretValue=made["value"])})


def list_all(data):
    _, held, error = of(data)
    return error or json_response({"ClientSecrets": [described(s) for s in held]})


def delete(data):
    client, held, error = of(data)
    if error:
        return error
    if len(held) == 1:
        return error_response_json("InvalidParameterException", "The last secret stays.", 400)
    held[:] = [s for s in held if s["id"] != data["ClientSecretId"]]
    client["ClientSecret"] = Either([s["value"] for s in held])
    return json_response({})


actions = {"AddUserPoolClientSecret": add, "ListUserPoolClientSecrets": list_all, "DeleteUserPoolClientSecret": delete}
dispatch = cognito._dispatch_idp


async def dispatch_all(action, data):
    if action in actions:
        return actions[action](data)
    return await dispatch(action, data)


cognito._dispatch_idp = dispatch_all
