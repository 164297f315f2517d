import { type Check, fail, ok, skip } from '../line.ts';

/** Whether the relay takes credentials that this server makes. */
export const turnSecret: Check = {
  id: 'turn_secret',
  tried: 'let the relay check credentials made with static-auth-secret',
  async run({ turn, relay, tryTurn }) {
    const { source } = await turn();
    if (source === 'off') return skip('TURN is off');
    const outcomes = await Promise.all([tryTurn('udp'), tryTurn('tcp'), tryTurn('tls')]);
    const refusal = outcomes.find(({ kind }) => kind === 'unauthorized');
    if (refusal?.url !== undefined) return fail(...refused(refusal.url.url, source, relay));
    if (outcomes.some(({ kind }) => kind === 'looped' || kind === 'lost' || kind === 'refused')) {
      return ok('the relay accepts them');
    }
    return skip('no relay answered');
  },
};

function refused(
  url: string,
  source: 'embedded' | 'urls',
  { conf, path }: { conf: { staticAuthSecrets: readonly string[] }; path: string },
): [result: string, todo: string] {
  const result = `the relay at ${url} refuses the credentials that clients get`;
  if (source === 'urls') {
    return [result, `Set static-auth-secret in ${path} to the secret of the relay that TURN_URLS names.`];
  }
  if (conf.staticAuthSecrets.length > 0) {
    return [
      result,
      `Restart Parley: its relay was started with another static-auth-secret than ${path} has now. If another relay answers there, correct external-ip.`,
    ];
  }
  return [
    result,
    `Another relay answers there: correct external-ip in ${path}. Or set static-auth-secret and restart Parley.`,
  ];
}
