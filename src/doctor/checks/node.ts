import { type Check, fail, ok } from '../line.ts';

/** The oldest Node that Parley runs on; `engines` of package.json. */
export const MIN_NODE = [20, 19] as const;

export const node: Check = {
  id: 'node',
  tried: 'look at the version of Node',
  run({ machine: { nodeVersion } }) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
    const isNewEnough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
    if (isNewEnough) return ok(`Node ${nodeVersion}`);
    return fail(
      `Node ${nodeVersion} is too old`,
      `Install Node ${MIN_NODE.join('.')} or later, or use Parley's own executable, which needs no Node.`,
    );
  },
};
