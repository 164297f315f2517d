import { dirname } from 'node:path';
import type { Config } from './config/config.ts';
import type { TlsSettings } from './config/tls-settings.ts';
import { messageOf, StartError } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import { descriptorLimit } from './lib/descriptors.ts';
import type { Log } from './lib/log.ts';
import { type Listening, listen } from './listening.ts';
import type { Store } from './store/contract.ts';
import { createChallenges } from './tls/acme/challenges.ts';
import { type CertificateStatus, NO_CERTIFICATE, type Pair } from './tls/certificate.ts';
import { attachHttpDoor } from './tls/http-door.ts';
import { createKeeper } from './tls/keeper.ts';
import { createSecureApp, type SecureApp } from './tls/secure-app.ts';
import type { Routes, TemplatedApp, Uws } from './uws/types.ts';

/** Where browsers come in: PORT, which speaks HTTPS if there is a certificate, and HTTP_PORT. */
export interface Front {
  /** Takes the routes, before `listen`. */
  readonly routes: Routes;
  /** The certificate that new connections get. */
  certificate(): CertificateStatus;
  /** For TURN over TLS. */
  readonly serverPair: ServerPair;
  /** @throws StartError that names the setting of a port that can't be had */
  listen(): Listening;
  /** Takes up a changed certificate, or tries again to get one. */
  reload(): void;
  close(): void;
}

interface ServerPair {
  /** Undefined: plain HTTP. */
  current(): Pair | undefined;
  /** Whether it isn't one that this server made for itself. */
  isTrusted(): boolean;
}

interface FrontParts {
  readonly config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'databasePath' | 'tls'>;
  readonly uws: Uws;
  readonly store: Pick<Store, 'certificates'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws StartError if the certificate that the settings name can't be used */
export async function startFront(parts: FrontParts): Promise<Front> {
  const { tls } = parts.config;
  return tls === undefined ? plainFront(parts) : secureFront(parts, tls);
}

function plainFront(parts: FrontParts): Front {
  const app = parts.uws.App();
  return {
    routes: app,
    certificate: () => NO_CERTIFICATE,
    serverPair: { current: () => undefined, isTrusted: () => false },
    listen: () => open(parts, app, 'PORT', parts.config.port),
    reload() {},
    close: () => void app.close(),
  };
}

async function secureFront(parts: FrontParts, settings: TlsSettings): Promise<Front> {
  const { config, uws, store } = parts;
  const { httpPort } = settings;
  const challenges = createChallenges();
  const keeper = await createKeeper({
    ...parts,
    settings,
    challenges,
    store: store.certificates,
    fetch,
    use: (pair) => app.use(pair),
  });
  const app = openApp(uws, keeper.current(), dirname(config.databasePath));
  const plainApp = httpPort === undefined ? undefined : uws.App();
  let port = config.port;
  const door = { challenges, origin: config.publicUrl, port: () => port };
  if (plainApp !== undefined) attachHttpDoor(plainApp, door);
  return {
    routes: app.routes,
    certificate: keeper.status,
    serverPair: { current: keeper.current, isTrusted: () => keeper.kind() !== 'self_signed' },
    listen() {
      app.use(keeper.current());
      const secure = open(parts, app.door, 'PORT', port);
      port = secure.port;
      const plain = openPlain(parts, plainApp, httpPort, secure);
      keeper.start();
      return { port, close: () => closeAll([secure, ...plain]) };
    },
    reload: keeper.reload,
    close() {
      keeper.close();
      plainApp?.close();
      app.close();
    },
  };
}

/** @throws StartError if the pair is of a kind that uWebSockets.js doesn't know, though it is one */
function openApp(uws: Uws, pair: Pair, folder: string): SecureApp {
  try {
    return createSecureApp({ uws, pair, folder });
  } catch (error) {
    throw new StartError(`HTTPS can't use the certificate (TLS_CERT, TLS_KEY): ${messageOf(error)}`);
  }
}

/** Opens HTTP_PORT, if there is one. If it can't be had, `secure` is closed too. */
function openPlain(
  parts: FrontParts,
  app: TemplatedApp | undefined,
  httpPort: number | undefined,
  secure: Listening,
): readonly Listening[] {
  if (app === undefined || httpPort === undefined) return [];
  try {
    const plain = open(parts, app, 'HTTP_PORT', httpPort);
    parts.log.info('HTTP is sent on to HTTPS', { host: parts.config.host, port: plain.port });
    return [plain];
  } catch (refusal) {
    secure.close();
    throw refusal;
  }
}

function closeAll(listening: readonly Listening[]): void {
  for (const one of listening) one.close();
}

function open(
  { config, uws, clock, log }: FrontParts,
  app: Pick<TemplatedApp, 'listen'>,
  setting: 'PORT' | 'HTTP_PORT',
  port: number,
): Listening {
  const { host } = config;
  return listen({ app, uws, host, port, setting, descriptorLimit: descriptorLimit(), clock, log });
}
