"""A mail server for tests, on Debian's python3-aiosmtpd.

    peer.py MODE CHAIN KEY        MODE: none, starttls or tls

Prints its port, then one line of JSON for each mail it got. Wants the login ann / geheim.
"""

import asyncio
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "hello": session.host_name,
            "user": session.auth_data,
            "content": envelope.content.decode("ascii"),
        }
        print(json.dumps(mail), flush=True)
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, auth_data):
    if (auth_data.login, auth_data.password) == (b"ann", b"geheim"):
        return AuthResult(success=True, auth_data="ann")
    return AuthResult(success=False, handled=False)


async def main(mode, chain, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)

    def talk():
        return SMTP(
            Handler(),
            hostname="localhost",
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            authenticator=authenticate,
            auth_required=True,
            auth_require_tls=mode == "starttls",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        talk, "127.0.0.1", 0, ssl=context if mode == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# What it warns of (logins in clear) is what the tests are about.
logging.disable()
asyncio.run(main(*sys.argv[1:]))
