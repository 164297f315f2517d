import { CLOCK_TOLERANCE_MS } from '../facts/clock-facts.ts';
import { type Check, fail, ok, skip } from '../line.ts';

/** This machine's clock, by the Date that PUBLIC_URL and ACME_DIRECTORY send. */
export const clock: Check = {
  id: 'clock',
  tried: 'compare the clock with the Date of PUBLIC_URL and ACME_DIRECTORY',
  async run({ clocks }) {
    const { comparisons } = await clocks();
    const off = comparisons.filter(({ aheadMs }) => Math.abs(aheadMs) > CLOCK_TOLERANCE_MS);
    const said = (aheadMs: number) =>
      `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
    if (off.length > 0) {
      const apart = off.map(({ setting, aheadMs }) => `${said(aheadMs)} ${setting}`).join(' and ');
      return fail(
        `the clock is ${apart}: certificates and TURN credentials fail`,
        'Set the clock of this machine (`timedatectl set-ntp true`), and that of the proxy at PUBLIC_URL if it is another.',
      );
    }
    if (comparisons.length === 0) return skip('no server told its time');
    return ok(`it agrees with ${comparisons.map(({ setting }) => setting).join(' and ')}`);
  },
};
