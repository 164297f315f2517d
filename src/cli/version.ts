import { findVersions } from '../versions.ts';
import { type Command, UsageError } from './command.ts';
import { print } from './terminal.ts';

/** Says what this Parley is made of, one thing a line: the first thing to tell when something is wrong. */
export const command: Command = {
  help: '  parley version        the versions of Parley and of what it is made of, and its commit',

  async run(argv) {
    if (argv.length > 0) throw new UsageError(['version', ...argv].join(' '));
    const { version, commit, versions } = findVersions();
    return print(
      [
        `parley ${version}`,
        `commit ${commit}`,
        `Node ${versions.node}`,
        `uWebSockets.js ${versions.uWebSockets}`,
        `SQLite ${versions.sqlite}`,
        `koffi ${versions.koffi}`,
      ].join('\n'),
    );
  },
};
