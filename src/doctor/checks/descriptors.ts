import { type Check, ok, warn } from '../line.ts';

/** With fewer, a busy server refuses connections. */
export const MIN_DESCRIPTORS = 1_024;

/** File descriptors, of which each connection and each relayed address takes one. */
export const descriptors: Check = {
  id: 'descriptors',
  tried: 'count the file descriptors that a process may open',
  async run({ machine, server }) {
    const running = await server();
    const ofServer =
      running.kind === 'parley' ? (running.answer.descriptors ?? Number.POSITIVE_INFINITY) : undefined;
    const least = Math.min(machine.descriptors, ofServer ?? machine.descriptors);
    const who = ofServer === least ? 'the running server' : 'a process started here';
    if (least >= MIN_DESCRIPTORS) return ok(Number.isFinite(least) ? `${least}` : 'there is no limit');
    return warn(
      `${who} may open only ${least}, so fewer than ${least} people can be connected`,
      'Raise the limit: LimitNOFILE=65536 in the systemd unit, or `ulimit -n 65536` before the start.',
    );
  },
};
