# SPDX-License-Identifier: MIT
"""The voters: jq is the reference, gojq the second implementation."""
import os
import subprocess
import tempfile

ENVIRONMENT = {'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'LANG': 'C.UTF-8', 'TMPDIR': '/tmp'}

# A filter that never ends must not take the machine with it.
LIMITED = ['/bin/sh', '-c', 'ulimit -c 0; ulimit -t 10; ulimit -d 2000000; exec "$@"', 'sh']


class Voters:
    def __init__(self, root):
        root = os.path.abspath(root)
        loader = root + '/lib64/ld-linux-x86-64.so.2'
        self.commands = [
            [loader, '--library-path', root + '/usr/lib/x86_64-linux-gnu', root + '/usr/bin/jq'],
            [root + '/usr/bin/gojq'],
        ]

    def run_one(self, command, case, stdin):
        env = dict(ENVIRONMENT, **case.get('env', {}))
        with tempfile.TemporaryDirectory() as folder:
            for name, text in case.get('files', {}).items():
                with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                    f.write(text)
            done = subprocess.run(LIMITED + command + case['argv'], input=stdin, capture_output=True, env=env,
                                  cwd=folder, check=False)
        return done.returncode, done.stdout

    def vote(self, case, stdin):
        """Both results: [(status, output), (status, output)]."""
        return [self.run_one(command, case, stdin) for command in self.commands]
