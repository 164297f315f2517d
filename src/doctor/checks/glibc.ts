import { type Check, fail, ok } from '../line.ts';

/** The oldest C library that all native parts run on. */
export const MIN_GLIBC = [2, 28] as const;

export const glibc: Check = {
  id: 'glibc',
  tried: 'look at the version of the C library',
  run({ machine: { glibcVersion } }) {
    const todo =
      'Run Parley on a system with glibc ' +
      `${MIN_GLIBC.join('.')} or later, such as Debian 10 or Ubuntu 20.04; Alpine Linux has another C library.`;
    if (glibcVersion === undefined) return fail("this system's C library isn't glibc", todo);
    const [major = 0, minor = 0] = glibcVersion.split('.').map(Number);
    const isNewEnough = major > MIN_GLIBC[0] || (major === MIN_GLIBC[0] && minor >= MIN_GLIBC[1]);
    return isNewEnough ? ok(`glibc ${glibcVersion}`) : fail(`glibc ${glibcVersion} is too old`, todo);
  },
};
