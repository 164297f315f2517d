import * as v from 'valibot';
import { probe } from '../io/http-probe.ts';
import { type Check, fail, ok, skip, warn } from '../line.ts';

/** Milliseconds for `/ready` on this machine. */
const READY_MS = 3_000;

/** Whether clients get a TURN server, and whether the server knows of a problem with its own. */
export const turn: Check = {
  id: 'turn',
  tried: 'look whether clients get a TURN server',
  async run({ settings, relay: { faults }, turn: find, server, standInRelay }) {
    const { source, urls } = await find();
    if (source === 'off') {
      const why = settings.config.turn.enabled ? 'TURN_URLS has no turn: URL' : 'TURN is off';
      return warn(
        `${why}: calls between networks that allow no direct path fail`,
        'Set TURN=on, or TURN_URLS to another TURN server.',
      );
    }
    const told = Object.values(urls)
      .map(({ url }) => url)
      .join(', ');
    const { kind, url } = await server();
    if (source === 'embedded' && (kind === 'none' || kind === 'stand_in')) {
      const relay = await standInRelay();
      if (typeof relay !== 'string') return ok(`clients will be told ${told}`);
      if (faults.length > 0)
        return skip('the relay waits for turnserver.conf to be corrected: see relay_settings');
      return fail(
        `the relay can't start: ${relay}`,
        'Stop the program that has its ports, or change listening-port and tls-listening-port in turnserver.conf.',
      );
    }
    if (source === 'urls' || kind !== 'parley') return ok(`clients are told ${told}`);
    const ready = await probe({ url: new URL('/ready', url), timeoutMs: READY_MS });
    const problems = ready.kind === 'answered' ? problemsIn(ready.body) : [];
    if (problems.length === 0) return ok(`clients are told ${told}`);
    return fail(problems.join('\n'), `Correct turnserver.conf (TURN_CONFIG), and see Parley's log.`);
  },
};

const Degraded = v.object({
  turn: v.object({ problems: v.array(v.object({ code: v.string(), message: v.string() })) }),
});

/** The sentences of a degraded `/ready`, besides that on the certificate, which `turn_tls` judges. */
function problemsIn(body: string): string[] {
  const ready = v.safeParse(v.pipe(v.string(), v.parseJson(), Degraded), body);
  const problems = ready.success ? ready.output.turn.problems : [];
  return problems.filter(({ code }) => code !== 'certificate').map(({ message }) => message);
}
