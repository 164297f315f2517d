import { messageOf } from '../../domain/errors.ts';
import { makeCredentials } from '../../turn/ice/credentials.ts';
import { createIceServers, type IceSource } from '../../turn/ice/ice-servers.ts';
import { HostNames } from '../../turn/thread/host-names.ts';
import { machineAddresses } from '../../turn/thread/machine-addresses.ts';
import { THIS_MACHINE } from '../../turn/thread/machine-monitor.ts';
import type { TurnTransport } from '../io/turn-wire.ts';
import { TurnClient, TurnRefusal } from '../turn-client.ts';
import type { Facts, TurnFacts, TurnOutcome, TurnUrl } from './facts.ts';
import { addressesOf } from './public-facts.ts';

/** Milliseconds for one transport. */
const TURN_MS = 5_000;
/** Seconds for which the doctor's credentials are good: many, so that a wrong clock isn't taken for a wrong secret. */
const CREDENTIAL_SECONDS = 86_400;

export async function findTurn({ settings, relay, machine }: Facts): Promise<TurnFacts> {
  const { turn, publicUrl } = settings.config;
  const names = new HostNames(relay.conf, THIS_MACHINE.lookup);
  await names.resolve();
  const { conf } = relay;
  const addresses = machineAddresses(names.applyTo(conf), machine.interfaces());
  const endpoint = {
    port: conf.listeningPort,
    tlsPort: conf.tls && hasCertificate(relay, settings) ? conf.tlsListeningPort : undefined,
    udp: conf.udp,
    tcp: conf.tcp,
    externalAddress: addresses.external,
    ownAddress: addresses.preferred,
  };
  const source: IceSource =
    turn.urls.length > 0 || !turn.enabled
      ? { kind: 'urls', urls: turn.urls }
      : { kind: 'embedded', relay: endpoint, publicUrl };
  // The secret doesn't matter for the URLs.
  const grant = createIceServers({ source, secret: '', clock: { ...NO_CLOCK }, lifetimeSeconds: 0 })(
    'doctor',
  );
  const all = grant.iceServers.flatMap(({ urls }) => urls).filter((url) => url.startsWith('turn'));
  return { source: all.length === 0 ? 'off' : source.kind, urls: byTransport(all), machine: addresses };
}

const NO_CLOCK = { now: () => 0, monotonic: () => 0, after: () => () => {}, every: () => () => {} };

function byTransport(urls: readonly string[]): TurnFacts['urls'] {
  const found: Partial<Record<TurnTransport, TurnUrl>> = {};
  for (const url of urls) {
    const [, scheme = '', host = '', port, query] =
      /^(turns?):(\[[^\]]*\]|[^:?]*)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url) ?? [];
    const transport = scheme === 'turns' ? 'tls' : query === 'tcp' ? 'tcp' : 'udp';
    found[transport] ??= {
      url,
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port ?? (scheme === 'turns' ? 5_349 : 3_478)),
    };
  }
  return found;
}

/** Makes an allocation as a client would, and sends a packet through the relay to itself. */
export async function tryTurn(facts: Facts, transport: TurnTransport): Promise<TurnOutcome> {
  const { source, urls } = await facts.turn();
  const url = urls[transport];
  if (url === undefined) return { kind: 'not_tried', why: whyNoUrl(facts, source, transport) };
  const server = await facts.server();
  const isDown = server.kind === 'none' || server.kind === 'stand_in';
  if (source === 'embedded' && transport === 'tls' && (await lacksCertificate(facts, isDown))) {
    return { url, kind: 'not_tried', why: 'no certificate for DOMAIN has come yet' };
  }
  const standIn = source === 'embedded' && isDown ? await facts.standInRelay() : undefined;
  if (typeof standIn === 'string') return { url, kind: 'not_tried', why: "the relay can't start: see turn" };
  const secret = standIn === undefined ? secretOf(facts) : standIn.secret;
  if (secret === undefined) {
    return {
      url,
      kind: 'not_tried',
      why: 'the secret of TURN is in the database, and there is none, or this user may not read it',
    };
  }
  const found = await addressesOf(url.host);
  if (typeof found === 'string') return { url, kind: 'unresolved', message: found };
  const now = standIn === undefined ? await timeOfRelay(facts) : facts.clock.now();
  const { username, credential } = makeCredentials(secret, now / 1_000 + CREDENTIAL_SECONDS, 'doctor');
  const address = found.find((one) => !one.includes(':')) ?? found[0] ?? url.host;
  return {
    url,
    ...(await loop({ transport, address, port: url.port, name: url.host }, { username, credential })),
  };
}

function secretOf({ relay, database, settings }: Facts): string | undefined {
  return relay.conf.staticAuthSecrets[0] ?? database.peek(settings.config.databasePath, 'turn-secret');
}

/** Milliseconds since 1970, by the clock of the relay if it is known. */
async function timeOfRelay({ turn, server, clocks }: Facts): Promise<number> {
  const running = await server();
  if ((await turn()).source === 'embedded' && running.kind === 'parley') return running.answer.now;
  return (await clocks()).now();
}

function hasCertificate({ conf }: Facts['relay'], { config }: Facts['settings']): boolean {
  return conf.cert !== undefined || config.tls !== undefined;
}

/** While the server's own certificate is self-signed, clients aren't told of TURN over TLS. */
async function lacksCertificate({ relay, settings, publicUrl }: Facts, isDown: boolean): Promise<boolean> {
  if (relay.conf.cert !== undefined || settings.config.tls?.source.kind !== 'acme') return false;
  const found = await publicUrl();
  const seen =
    found.kind === 'resolved' && found.reached.kind === 'answered' ? found.reached.certificate : undefined;
  return isDown || seen?.fault === 'DEPTH_ZERO_SELF_SIGNED_CERT';
}

function whyNoUrl({ relay }: Facts, source: TurnFacts['source'], transport: TurnTransport): string {
  if (source === 'off') return 'TURN is off';
  if (source === 'urls') return `TURN_URLS has no URL for ${transport.toUpperCase()}`;
  if (transport === 'tls' && relay.conf.tls)
    return 'the relay has no certificate (cert and pkey in turnserver.conf)';
  return `turnserver.conf has no-${transport}`;
}

async function loop(
  server: Parameters<typeof TurnClient.connect>[0],
  credentials: Parameters<typeof TurnClient.connect>[1],
): Promise<TurnOutcome> {
  const signal = AbortSignal.timeout(TURN_MS);
  let client: TurnClient | undefined;
  let relayed: string | undefined;
  const certificate = () => (client?.certificate === undefined ? {} : { certificate: client.certificate });
  try {
    client = await TurnClient.connect(server, credentials, signal);
    const own = await client.allocate();
    relayed = `${own.address.text}:${own.port}`;
    await client.permit(own);
    await client.loop(own);
    return { ...certificate(), kind: 'looped', relayed };
  } catch (thrown) {
    if (thrown instanceof TurnRefusal) {
      const { code, message } = thrown;
      if (code === 401 || code === 441) return { ...certificate(), kind: 'unauthorized' };
      return { ...certificate(), kind: 'refused', code, message };
    }
    if (relayed !== undefined) return { ...certificate(), kind: 'lost', relayed };
    if (signal.aborted) return { ...certificate(), kind: 'silent' };
    return { ...certificate(), kind: 'unreachable', message: messageOf(thrown) };
  } finally {
    client?.close();
  }
}
