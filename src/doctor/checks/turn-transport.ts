import type { Facts, TurnOutcome } from '../facts/facts.ts';
import type { TurnTransport } from '../io/turn-wire.ts';
import { type Check, fail, ok, skip, type Verdict } from '../line.ts';
import { ownSource } from './certificate.ts';
import { judgeCertificate } from './certificate-verdict.ts';
import { judgeExternalIp } from './external-ip.ts';

/** A packet through the relay and back, on one way to it. */
function throughRelay(transport: TurnTransport, id: string, way: string): Check {
  return {
    id,
    tried: `send a packet through the relay over ${way}, at the address that clients are told`,
    async run(facts) {
      const outcome = await facts.tryTurn(transport);
      const { certificate } = outcome;
      if (certificate !== undefined && outcome.url !== undefined) {
        const verdict = judgeCertificate(certificate, {
          name: outcome.url.host,
          source: await certificateSource(facts),
          clocks: await facts.clocks(),
        });
        if (verdict.status === 'fail') return verdict;
        if (verdict.status === 'warn' && outcome.kind === 'looped') return verdict;
      }
      return judge(facts, outcome, transport);
    },
  };
}

export const turnUdp = throughRelay('udp', 'turn_udp', 'UDP');
export const turnTcp = throughRelay('tcp', 'turn_tcp', 'TCP');
export const turnTls = throughRelay('tls', 'turn_tls', 'TLS');

async function judge(facts: Facts, outcome: TurnOutcome, transport: TurnTransport): Promise<Verdict> {
  const { source } = await facts.turn();
  const url = outcome.url?.url ?? '';
  switch (outcome.kind) {
    case 'looped':
      return ok(`${url} relays (from ${outcome.relayed})`);
    case 'not_tried':
      return skip(outcome.why);
    case 'unauthorized':
      return skip(`${url} answers, but refuses the credentials: see turn_secret`);
    case 'unresolved': {
      const found = await facts.publicUrl();
      if (source === 'embedded' && found.kind === 'unresolved') return skip('PUBLIC_URL has no address');
      return fail(`the name in ${url} has no address (${outcome.message})`, `Correct ${setting(source)}.`);
    }
    case 'refused':
      return refused(outcome.code, `${url} refuses: ${outcome.message}`);
    case 'lost':
      return fail(
        `a packet through ${url} (relayed from ${outcome.relayed}) doesn't come back`,
        "Let denied-peer-ip in turnserver.conf leave the relay's own address out, and open min-port to max-port (UDP).",
      );
    case 'silent':
    case 'unreachable': {
      if (source === 'embedded' && (await judgeExternalIp(facts)).status === 'fail') {
        return skip(`${url} doesn't answer, because external-ip is wrong`);
      }
      const port = transport === 'tls' ? 'tls-listening-port' : 'listening-port';
      const { port: number } = outcome.url ?? { port: '' };
      return fail(
        `${url} ${outcome.kind === 'silent' ? "doesn't answer" : `can't be reached: ${outcome.message}`}`,
        source === 'urls'
          ? 'Start the relay that TURN_URLS names, open its port, or correct TURN_URLS.'
          : `Open ${transport === 'udp' ? 'UDP' : 'TCP'} port ${number} (${port} in turnserver.conf) in the firewall and in the NAT, if there is one.`,
      );
    }
  }
}

function refused(code: number, result: string): Verdict {
  // Named by port_range.
  if (code === 508) return skip(result);
  if (code === 403) {
    return fail(result, "Let denied-peer-ip in turnserver.conf leave the relay's own address out.");
  }
  return fail(result, 'If too many calls are relayed, raise total-quota in turnserver.conf.');
}

function setting(source: string): string {
  return source === 'urls' ? 'TURN_URLS' : 'external-ip in turnserver.conf';
}

async function certificateSource(facts: Facts): Promise<string> {
  if ((await facts.turn()).source === 'urls') return 'the certificate of the relay that TURN_URLS names';
  if (facts.relay.conf.cert !== undefined)
    return 'the certificate of TURN (cert and pkey in turnserver.conf)';
  return ownSource(facts.settings.config.tls?.source.kind);
}
