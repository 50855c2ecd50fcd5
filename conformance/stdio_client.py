"""A process behind the line protocol, for tests."""

import json
import subprocess

SETTING = ('<INSTANCE CLASSNAME="Msvm_SecuritySettingData"><PROPERTY NAME="InstanceID" '
           'TYPE="string"><VALUE>Microsoft:{}\\6B3C1D4E-0A5F-4C1B-9E62-7D1F8A90C3E5</VALUE>'
           '</PROPERTY>{}</INSTANCE>')
PROPERTY = '<PROPERTY NAME="{}" TYPE="{}"><VALUE>{}</VALUE></PROPERTY>'


def setting(vm, properties=""):
    """The text of a VM's setting data, as a client gives it to the service."""
    return SETTING.format(vm, properties)


def answers_to(program, data, *options, timeout=120):
    """Everything that a program says to these bytes, as JSON, and how it ends."""
    command = program if isinstance(program, list) else [program, "--stdio", *options]
    done = subprocess.run(command, input=data, capture_output=True, timeout=timeout, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done


class Client:
    """Asks one request after the other."""

    def __init__(self, program, *options):
        command = program if isinstance(program, list) else [program, "--stdio", *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def line(self, data):
        """The answer to one line of bytes."""
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said.endswith(b"\n"), f"the program ended after {data[:200]!r}"
        return json.loads(said)

    def ask(self, op, **members):
        self.id += 1
        answer = self.line(json.dumps({"id": self.id, "op": op, **members}).encode())
        assert answer.pop("id") == self.id
        return answer

    def event(self, name, target=None, **args):
        return self.done(self.ask("event", event=name, **self.members(target, args)))

    def call(self, name, target=None, **args):
        return self.done(self.ask("call", method=name, **self.members(target, args)))

    @staticmethod
    def members(target, args):
        return {**({"target": target} if target else {}), **({"args": args} if args else {})}

    @staticmethod
    def done(answer):
        assert answer.pop("ok"), answer
        return answer

    def new_vm(self, **args):
        return self.event("Vm.Create", **args)["out"]["vm"]
