import { type Check, fail, ok } from '../line.ts';

/** Every wrong variable. What is wrong counts as not set in all other checks. */
export const settings: Check = {
  id: 'settings',
  tried: 'read the settings from the environment',
  run({ settings: { faults } }) {
    if (faults.length === 0) return ok('all are valid');
    return fail(faults.join('\n'), 'Correct each of these variables, then restart Parley.');
  },
};
