"""A mail server for tests, on Debian's python3-aiosmtpd: prints its port (the argument, or a free
one), then one line of JSON for each mail it took. Receivers whose address begins with "unknown" are refused."""

import asyncio
import json
import sys
from email import policy
from email.parser import BytesParser

from aiosmtpd.smtp import SMTP


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content)
        part = lambda kind: mail.get_body((kind,)).get_content()
        told = {name.lower(): str(value) for name, value in mail.items()}
        told |= {"receivers": envelope.rcpt_tos, "html": part("html"), "plain": part("plain")}
        print(json.dumps(told), flush=True)
        return "250 2.0.0 queued"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost"), "127.0.0.1", int(sys.argv[1]))
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
