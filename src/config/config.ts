import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { StartError } from '../domain/errors.ts';
import type { Fault } from '../domain/fault.ts';
import type { Limits } from '../protocol/limits.ts';
import { missingPartners, oidc, trustedIssuer, webhooks } from './partners.ts';
import { type FileSecrets, fileVariable, type ReadFile, readSecretFiles } from './secret-files.ts';
import { type Environment, SECRETS, SETTINGS, Variables } from './settings.ts';
import { tlsFaults, tlsSettings } from './tls-settings.ts';

export type { Environment } from './settings.ts';

/** The server's settings, validated and frozen. A setting without a default is undefined if it isn't set. */
export type Config = ReturnType<typeof assemble>;
/** Another issuer of access tokens [TK3]. */
export type TrustedIssuer = NonNullable<Config['trustedIssuer']>;

/** The OpenID provider at which people can sign in [TK6]. */
export type OidcSettings = NonNullable<Config['oidc']>;

/** The settings, or everything that is wrong with them. */
export type CheckedConfig =
  | { readonly config: Config; readonly faults: readonly [] }
  | { readonly config: undefined; readonly faults: readonly Fault[] };

/**
 * Returns the configuration. A variable that is missing or empty gets its default.
 * @param readFile reads the files that `JWT_SECRET_FILE` and the like name; by default none can be read
 * @throws StartError that names every wrong variable, what was given and what was expected
 */
export function readConfig(environment: Environment, readFile: ReadFile = noFiles): Config {
  const { config, faults } = checkConfig(environment, readFile);
  if (config === undefined) throw new StartError(faults.map(({ message }) => message).join('\n'));
  return config;
}

/** As `readConfig`, but returns the faults. */
export function checkConfig(environment: Environment, readFile: ReadFile = noFiles): CheckedConfig {
  const files = readSecretFiles(environment, readFile);
  const given = Object.fromEntries(
    SETTINGS.map(({ name }) => [name, files.values.get(name) ?? environment[name]]).filter(
      ([, value]) => value,
    ),
  );
  // With a name of its own, the server is where browsers look for it.
  if (given['DOMAIN'] !== undefined) given['PORT'] ??= '443';
  const { success, output, issues = [] } = v.safeParse(Variables, given);
  // A secret that can't be read is set all the same: nobody should be told to set it.
  const isSet = (name: string) => /[^\s,]/.test(given[name] ?? environment[fileVariable(name)] ?? '');
  const faults = [
    ...files.faults,
    ...issues.map((issue) => complaint(issue, files)),
    ...missingPartners(isSet),
    ...(success ? tlsFaults(output) : []),
  ];
  if (!success || faults.length > 0) return { config: undefined, faults };
  return { config: deepFreeze(assemble(output)), faults: [] };
}

function noFiles(): never {
  throw new Error('no files are read here');
}

function complaint({ path, message }: v.InferIssue<typeof Variables>, files: FileSecrets): Fault {
  const { key, value } = path?.[0] ?? { key: '', value: undefined };
  const name = String(key);
  const given = SECRETS.has(name) ? 'not valid' : JSON.stringify(value);
  const at = files.nameOf(name);
  return { at, message: `${at} is ${given}: expected ${message}` };
}

function assemble(given: Variables) {
  const { DOMAIN: domain } = given;
  return {
    host: given.HOST,
    port: given.PORT,
    /** HTTPS; undefined: plain HTTP. */
    tls: tlsSettings(given),
    /** The origin at which people reach this server. */
    publicUrl: given.PUBLIC_URL ?? (domain === undefined ? undefined : `https://${domain}`),
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

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}
