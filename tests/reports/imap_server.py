"""A small real IMAP server on loopback: one mailbox, and no more of RFC 3501 than reading what is new needs."""

import re
import socketserver
import threading


class ImapServer:
    """Start and stop it with `with`; `messages` are raw mails, `seen` the places of those marked, from 1."""

    def __init__(self, user: str, password: str):
        self.login = f'"{user}" "{password}"', f'{user} "{password}"'
        self.messages: list[bytes] = []
        self.seen: set[int] = set()
        self.mailbox = ""
        mailbox = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    tag, _, command = line.decode().strip().partition(" ")
                    for answer in mailbox.answers(command):
                        self.wfile.write(answer + b"\r\n")
                    done = b"NO" if command.startswith("LOGIN") and not mailbox.lets_in(command) else b"OK"
                    self.wfile.write(tag.encode() + b" " + done + b" done\r\n")
                    if command == "LOGOUT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]

    def __enter__(self) -> "ImapServer":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info) -> None:
        self.server.shutdown()
        self.server.server_close()

    def lets_in(self, command: str) -> bool:
        return command.removeprefix("LOGIN ") in self.login

    def answers(self, command: str):
        """Yield the untagged answers to a command, and do what it asks."""
        if command.startswith("CAPABILITY"):
            yield b"* CAPABILITY IMAP4rev1"
        elif command.startswith("SELECT"):
            self.mailbox = command.removeprefix("SELECT ")
            yield f"* {len(self.messages)} EXISTS".encode()
        elif command == "UID SEARCH UNSEEN":
            places = [str(n) for n in range(1, len(self.messages) + 1) if n not in self.seen]
            yield f"* SEARCH {' '.join(places)}".encode()
        elif asked := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            content = self.messages[int(asked[1]) - 1][: int(asked[2])]
            yield f"* {asked[1]} FETCH (UID {asked[1]} BODY[]<0> {{{len(content)}}}".encode()
            yield content + b")"
        elif marked := re.match(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command):
            self.seen.add(int(marked[1]))
        elif command == "LOGOUT":
            yield b"* BYE"
