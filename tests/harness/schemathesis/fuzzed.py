"""What schemathesis is told of this service: calls that reach what is there, and two checks.

Loaded by the name in SCHEMATHESIS_HOOKS. The answers' schemas are checked here, against the
document as it is: schemathesis itself (4.32) misreads `prefixItems` in answers.
"""

import functools
import json
import uuid

import jsonschema_rs
import schemathesis

# Who and what there is, by its id: a user and an agent, their conversations and their messages.
THERE = {"user": [3, 4], "agent": [4], "conversation": [1, 3], "message": [1, 2, 4], "note": [1]}
DOCUMENT = {}


@schemathesis.hook
def before_load_schema(_context, document):
    """Keeps the document as it came."""
    DOCUMENT.update(json.loads(json.dumps(document)))


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Ids that are somebody's, keys that are new, and no positions that never come.

    What is there is not deleted: what comes after would find nothing.
    """
    place = far if "delete" in case.operation.path else near
    if isinstance(case.body, dict):
        case.body = {name: place(name, value) for name, value in case.body.items()}
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    case.headers.pop("X-Min-Position", None)


def near(name, value):
    """The value; in the place of an id, an id of what is there."""
    if name.endswith("s") and isinstance(value, list):
        return [near(name[:-1], item) for item in value]
    there = THERE.get(name.removesuffix("_id")) if name.endswith("_id") else None
    if there and type(value) is int and value > 0:
        return there[value % len(there)]
    return value


def far(_name, value):
    """The value; beyond what is there from the start, where it is a number."""
    if isinstance(value, list):
        return [far(_name, item) for item in value]
    return value + 6 if type(value) is int and 0 < value <= 6 else value


@schemathesis.check
def answers_are_as_described(_context, response, case):
    """The status, the type and the shape of every answer are the document's."""
    label = case.operation.label
    method, path = label.lower().split(" ", 1)
    if case.method.lower() != method:
        return
    described = "200" if response.status_code == 200 else "default"
    media = response.headers["content-type"][0].split(";")[0]
    content = DOCUMENT["paths"][path][method]["responses"][described]["content"]
    assert media in content, f"{response.status_code} of type {media} is not described"
    if media.endswith("json"):
        answer = response.json()
        for error in validator(path, method, described, media).iter_errors(answer):
            at = "/".join(map(str, error.instance_path))
            raise AssertionError(f"{described} at /{at}: {error.message[:500]}")


@functools.cache
def validator(path, method, described, media):
    """The validator of an answer."""
    response = DOCUMENT["paths"][path][method]["responses"][described]
    schema = response["content"][media]["schema"]
    whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


@schemathesis.check
def no_fault_is_ours(_context, response, case):
    """A fault is a vendor's or a missing setting's, and the admin's token is never refused."""
    status = response.status_code
    if status < 500 and status != 401:
        return
    problem = response.json()
    if status == 401:
        sent = response.request.headers.get("Authorization")
        assert sent is None, "the admin is refused"
        return
    vendors = problem["code"].endswith(("-error", "-not-active"))
    unset = problem["code"] == "unavailable" and "save the setting" in problem["detail"]
    assert status == 503 and (vendors or unset), f"{status}: {problem}"
