import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { StartError } from '../domain/errors.ts';
import type { Limits } from '../protocol/limits.ts';
import { WEBHOOK_TYPES } from '../protocol/webhook-events.ts';
import { type FileSecrets, type ReadFile, readSecretFiles } from './secret-files.ts';
import { type Environment, SECRETS, SETTINGS, Variables } from './settings.ts';

export type { Environment } from './settings.ts';

/** The server's settings, validated and frozen. A setting without a default is undefined if it isn't set. */
export type Config = ReturnType<typeof assemble>;
/** Another issuer of access tokens [TK3]. */
export type TrustedIssuer = NonNullable<Config['trustedIssuer']>;

/** The OpenID provider at which people can sign in [TK6]. */
export type OidcSettings = NonNullable<Config['oidc']>;

/**
 * Returns the configuration. A variable that is missing or empty gets its default.
 * @param readFile reads the files that `JWT_SECRET_FILE` and the like name; by default none can be read
 * @throws StartError that names every wrong variable, what was given and what was expected
 */
export function readConfig(environment: Environment, readFile: ReadFile = noFiles): Config {
  const files = readSecretFiles(environment, readFile);
  const given = Object.fromEntries(
    SETTINGS.map(({ name }) => [name, files.values.get(name) ?? environment[name]]).filter(
      ([, value]) => value,
    ),
  );
  const { success, output, issues } = v.safeParse(Variables, given);
  if (!success) throw new StartError(issues.map((issue) => complaint(issue, files)).join('\n'));
  return deepFreeze(assemble(output));
}

function noFiles(): never {
  throw new Error('no files are read here');
}

function complaint({ path, message }: v.InferIssue<typeof Variables>, files: FileSecrets): string {
  const { key, value } = path?.[0] ?? { key: '', value: undefined };
  const name = String(key);
  const given = SECRETS.has(name) ? 'not valid' : JSON.stringify(value);
  return `${files.nameOf(name)} is ${given}: expected ${message}`;
}

function assemble(given: Variables) {
  return {
    host: given.HOST,
    port: given.PORT,
    /** The origin at which people reach this server. */
    publicUrl: given.PUBLIC_URL,
    databasePath: given.DATABASE_PATH,
    /** Secret [TK2]. */
    jwtSecret: given.JWT_SECRET,
    jwtIssuer: given.JWT_ISSUER,
    jwtAudience: given.JWT_AUDIENCE,
    trustedIssuer: trustedIssuer(given),
    oidc: oidc(given),
    /** Who may create rooms [AC3]. */
    roomCreation: given.ROOM_CREATION,
    /** What an acknowledged chat message survives. */
    chatDurability: given.CHAT_DURABILITY,
    /** Allowed besides the server's own origin; `*` is any [HT6]. */
    corsOrigins: given.CORS_ORIGINS,
    /** Sites that may frame calls; `https://*.example.org` is all names below [HT7]. */
    embedOrigins: given.EMBED_ORIGINS,
    trustedProxies: given.TRUSTED_PROXIES,
    registration: given.REGISTRATION,
    guests: given.GUESTS,
    directCalls: given.DIRECT_CALLS,
    turn: { enabled: given.TURN, configPath: given.TURN_CONFIG, urls: given.TURN_URLS },
    webhooks: webhooks(given),
    backups: {
      /** Milliseconds; undefined if none is made by itself. */
      everyMs: given.BACKUP_EVERY,
      keep: given.BACKUP_KEEP,
      folder: given.BACKUP_FOLDER ?? join(dirname(given.DATABASE_PATH), 'backups'),
    },
    /** Secret. */
    metricsToken: given.METRICS_TOKEN,
    logLevel: given.LOG_LEVEL,
    limits: {
      messageBytes: given.MESSAGE_BYTES,
      messagesPerSecond: given.MESSAGES_PER_SECOND,
      messageBurst: given.MESSAGE_BURST,
      sessionsPerUser: given.SESSIONS_PER_USER,
      signInsPerMinute: given.SIGN_INS_PER_MINUTE,
      guestsPerMinute: given.GUESTS_PER_MINUTE,
      resumeWindowMs: given.RESUME_WINDOW_MS,
      heartbeatMs: given.HEARTBEAT_MS,
      keptMessages: given.KEPT_MESSAGES,
      keptBytes: given.KEPT_BYTES,
      backpressureBytes: given.BACKPRESSURE_BYTES,
    } satisfies Limits,
  } as const;
}

function trustedIssuer(given: Variables) {
  const { TRUSTED_JWKS_URL: jwksUrl, TRUSTED_ISSUER: issuer, TRUSTED_AUDIENCE: audience } = given;
  if (jwksUrl === undefined && issuer === undefined && audience === undefined) return undefined;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) {
    throw new StartError('TRUSTED_JWKS_URL, TRUSTED_ISSUER and TRUSTED_AUDIENCE: expected all three or none');
  }
  return { jwksUrl, issuer, audience };
}

function oidc(given: Variables) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = given;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new StartError('OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: expected all three or none');
  }
  return {
    issuer,
    clientId,
    /** Secret. */
    clientSecret,
    name: given.OIDC_NAME ?? new URL(issuer).host,
    adminClaim: given.OIDC_ADMIN_CLAIM,
  };
}

/** Returns undefined if nobody is told anything. */
function webhooks(given: Variables) {
  const { WEBHOOK_URLS: urls, WEBHOOK_SECRET: secrets, WEBHOOK_EVENTS: events } = given;
  if (urls.length === 0) return undefined;
  if (secrets.length === 0) {
    throw new StartError('WEBHOOK_URLS is set without WEBHOOK_SECRET: expected both or none');
  }
  return {
    urls: [...new Set(urls.map((url) => new URL(url).href))],
    /** Secret. */
    secrets,
    events: events.length === 0 ? WEBHOOK_TYPES : events,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}
