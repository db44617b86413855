"""Statements of PartiQL are authorized by what each does to its table, as on AWS. Ministack asks for the name of the call."""

import json
import re

from ministack.core import iam_actions

ACTIONS = {"INSERT": "PartiQLInsert", "UPDATE": "PartiQLUpdate", "DELETE": "PartiQLDelete", "SELECT": "PartiQLSelect"}
TABLE = re.compile(r'\b(?:INTO|UPDATE|FROM)\s+"?([A-Za-z0-9_.-]+)"?', re.IGNORECASE)


def statements(action, body):
    data = json.loads(body or b"{}")
    if action == "dynamodb:BatchExecuteStatement":
        return [s["Statement"] for s in data["Statements"]]
    return [data["Statement"]] if action == "dynamodb:ExecuteStatement" else []


def with_statements(checks):
    def all_checks(action, body, region, account):
        found = [
            ("dynamodb:" + ACTIONS[text.split()[0].upper()],
             f"arn:aws:dynamodb:{region}:{account}:table/{TABLE.search(text)[1]}")
            for text in statements(action, body)
        ]
        return found or checks(action, body, region, account)

    return all_checks


iam_actions.dynamodb_transaction_checks = with_statements(iam_actions.dynamodb_transaction_checks)
