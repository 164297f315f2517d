import { type Address, inRange, parseAddress, parseRange } from '../../turn/codec/addresses.ts';
import type { Facts, TurnOutcome } from '../facts/facts.ts';
import { type Check, fail, ok, skip, type Verdict } from '../line.ts';

/** Where nobody on the Internet gets to. Addresses of documentation (RFC 5737, RFC 3849) count as public. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((range) => parseRange(range) ?? []);

/** How a relay that knows this server's secret answers. */
const OURS: ReadonlySet<TurnOutcome['kind']> = new Set(['looped', 'lost', 'refused']);

/** The address that relayed media comes from, against those by which this machine is seen. */
export const externalIp: Check = {
  id: 'external_ip',
  tried: "compare the relay's address with the one that this machine is seen by",
  run: judgeExternalIp,
};

export async function judgeExternalIp(facts: Facts): Promise<Verdict> {
  const { source, machine } = await facts.turn();
  if (source !== 'embedded') return skip(source === 'off' ? 'TURN is off' : 'TURN_URLS names another relay');
  const found = await facts.publicUrl();
  const seen = found.kind === 'resolved' ? found.addresses : [];
  const publicSeen = seen.filter(isPublic);
  const { external, preferred } = machine;
  if (external === undefined && facts.relay.conf.externalIps.length > 0) {
    return fail(
      'the host name in external-ip has no address',
      'Correct external-ip in turnserver.conf, or the DNS record.',
    );
  }
  if (external === undefined) {
    if (isPublic(preferred)) return ok(`the relay has the public address ${preferred}`);
    const [one] = publicSeen;
    if (one !== undefined && found.kind === 'resolved') {
      return fail(
        `the relay's address ${preferred} is private, but ${found.url.hostname} has ${publicSeen.join(', ')}`,
        `Set external-ip=${one} in turnserver.conf, and restart Parley.`,
      );
    }
    return ok(`the relay's address ${preferred} is private, which is enough within this network`);
  }
  return judgeExternal(facts, external, publicSeen);
}

async function judgeExternal(facts: Facts, external: string, seen: readonly string[]): Promise<Verdict> {
  const todo = (address: string | undefined) =>
    `Set external-ip in turnserver.conf to this machine's public address${address === undefined ? '' : ` (${address}?)`}, and restart Parley.`;
  const own = ownAddresses(facts);
  if (!isPublic(external)) {
    return fail(`external-ip ${external} is private: nobody on the Internet reaches it`, todo(seen[0]));
  }
  const privates = facts.relay.conf.externalIps.flatMap(({ privateAddress }) => privateAddress ?? []);
  const missing = privates.find((address) => parseAddress(address) !== undefined && !own.includes(address));
  if (missing !== undefined) {
    return fail(
      `external-ip names ${missing} behind the slash, which is no address of this machine`,
      `Put one of ${own.join(', ')} behind the slash of external-ip in turnserver.conf, or leave it out.`,
    );
  }
  if (own.includes(external)) return ok(`external-ip ${external} is an address of this machine`);
  const outcomes = await Promise.all([facts.tryTurn('udp'), facts.tryTurn('tcp')]);
  if (outcomes.some(({ kind }) => OURS.has(kind))) return ok(`this relay answers at external-ip ${external}`);
  if (seen.includes(external)) return ok(`external-ip ${external} is the address of PUBLIC_URL`);
  const [udp] = outcomes;
  if (udp.kind === 'not_tried') return skip(`nobody has tried external-ip ${external}: ${udp.why}`);
  return fail(
    `external-ip ${external} is no address of this machine or of PUBLIC_URL, and this relay doesn't answer there`,
    todo(seen[0] ?? own.find(isPublic)),
  );
}

function ownAddresses({ machine }: Facts): string[] {
  return Object.values(machine.interfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

function isPublic(text: string): boolean {
  const address: Address | undefined = parseAddress(text);
  return address !== undefined && !NOT_PUBLIC.some((range) => inRange(address, range));
}
