import { readFileSync } from 'node:fs';
import { checkSettings } from '../check-settings.ts';
import { type Command, UsageError } from './command.ts';
import { complain, print } from './terminal.ts';

/** Says whether the server would start with these settings, as far as settings go. */
export const command: Command = {
  help: `  parley check-config   check the settings and turnserver.conf without starting: exit code 0, or 1 and each
                        variable and line that is wrong`,

  async run(argv, environment) {
    if (argv.length > 0) throw new UsageError(['check-config', ...argv].join(' '));
    const { faults, warnings } = checkSettings(environment, (path) => readFileSync(path, 'utf8'));
    for (const { message } of warnings) complain(message);
    for (const { message } of faults) complain(message);
    return faults.length === 0 ? print('The settings are valid.') : 1;
  },
};
