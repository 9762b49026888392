"""A conversation, held with the client that openapi-python-client made of the document.

Its arguments: the folder that holds the generated package `client`, the service's URL, a token.
"""

import importlib
import pkgutil
import sys

folder, url, token = sys.argv[1:]
sys.path.insert(0, folder)

import client  # noqa: E402
from client.api.conversations import get_conversation, new_conversation  # noqa: E402
from client.api.messages import send_message  # noqa: E402
from client.api.users import add_user, get_user  # noqa: E402
from client.models import (  # noqa: E402
    AddUserBody,
    AddUserBodySettingsExtra,
    GetConversationBody,
    GetUserBody,
    NewConversationBody,
    Problem,
    SendMessageBody,
)

modules = [module.name for module in pkgutil.walk_packages(client.__path__, "client.")]
for module in modules:
    importlib.import_module(module)

service = client.AuthenticatedClient(base_url=url, token=token)

extra = AddUserBodySettingsExtra()
extra["phone"] = ["+4462367136", "Phone"]
zoe = AddUserBody(first_name="Zoë", email="zoe@example.com", settings_extra=extra)
user = add_user.sync(client=service, body=zoe)
assert isinstance(user, int), user

begun = new_conversation.sync(
    client=service, body=NewConversationBody(user_id=user, title="My order")
)
assert begun.details.title == "My order" and begun.messages == [], begun
conversation = int(begun.details.id)

said = SendMessageBody(
    user_id=user,
    conversation_id=conversation,
    message="Where is it?",
    attachments=[["plan.pdf", "https://example.com/plan.pdf"]],
)
for _ in range(2):
    sent = send_message.sync_detailed(client=service, body=said, idempotency_key="once")
    assert sent.status_code == 200 and int(sent.headers["X-Event-Position"]) > 0, sent
assert sent.parsed.status == "success", sent

read = get_conversation.sync(
    client=service, body=GetConversationBody(conversation_id=conversation)
)
assert [message.message for message in read.messages] == ["Where is it?"], read
assert read.messages[0].id == str(sent.parsed.message_id), read
assert read.details.first_name == "Zoë", read

got = get_user.sync(client=service, body=GetUserBody(user_id=user, extra=True))
assert [(d.slug, d.value) for d in got.details] == [("phone", "+4462367136")], got
unknown = get_user.sync(client=service, body=GetUserBody(user_id=user + 1))
assert unknown is False, unknown

nobodys = client.AuthenticatedClient(base_url=url, token="wrong")
refused = get_user.sync(client=nobodys, body=GetUserBody(user_id=user))
assert isinstance(refused, Problem) and refused.code == "invalid-token", refused

functions = [name for name in modules if name.startswith("client.api.") and name.count(".") == 3]
print(len(functions))
