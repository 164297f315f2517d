import * as v from 'valibot';
import { parseNetwork } from '../lib/addresses.ts';
import { iceUrlFault } from '../lib/ice-urls.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { isEmbedOrigin, isOrigin } from '../lib/origins.ts';
import { DisplayName } from '../protocol/fields.ts';
import { WEBHOOK_TYPES } from '../protocol/webhook-events.ts';
import { BACKUP_VARIABLES } from './backup-settings.ts';
import { LIMIT_VARIABLES } from './limit-settings.ts';
import { TLS_VARIABLES } from './tls-settings.ts';
import {
  about,
  adminClaim,
  areWebhookSecrets,
  areWebUrls,
  iceUrlsExpected,
  isOriginUrl,
  onOff,
  providerUrl,
  splitList,
  text,
  webhookSecretsExpected,
  webUrl,
  whole,
} from './values.ts';

/** Who may register. */
const REGISTRATION = ['open', 'invite', 'closed'] as const;

/** Environment variables by name; `main.ts` passes those of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every environment variable that the server reads. A schema's message says what was expected. */
export const Variables = v.object({
  PORT: v.optional(
    about(whole(0, 65_535), '', 'TCP port for HTTP and WebSocket; 0 takes any free one'),
    '3001',
  ),
  HOST: v.optional(about(text, '', 'address to listen on'), '0.0.0.0'),
  PUBLIC_URL: v.optional(
    about(
      v.pipe(
        webUrl('https://call.example.org'),
        v.check(
          isOriginUrl,
          'a URL without a path, such as https://call.example.org: Parley needs a host name to itself',
        ),
        v.transform((url) => new URL(url).origin),
      ),
      '',
      'the address that people use, without a path: links begin with it, and only pages of this origin and of `CORS_ORIGINS` may use the server. Not set: taken from each request',
    ),
  ),
  ...TLS_VARIABLES,
  DATABASE_PATH: v.optional(about(text, '', 'the SQLite file, created at first start'), './data/parley.db'),
  JWT_SECRET: v.optional(
    about(
      v.pipe(text, v.minBytes(32, 'at least 32 bytes; make one with `openssl rand -base64 32`')),
      '',
      'shared secret of access tokens (HS256), min 32 bytes. Not set: Parley makes its own key pair',
    ),
  ),
  JWT_ISSUER: v.optional(about(text, '', '`iss` of access tokens'), 'parley'),
  JWT_AUDIENCE: v.optional(about(text, '', '`aud` of access tokens'), 'parley'),
  TRUSTED_JWKS_URL: v.optional(
    about(
      webUrl('https://id.example.org/.well-known/jwks.json'),
      '',
      'public keys of one other issuer whose tokens are accepted; needs the next two',
    ),
  ),
  TRUSTED_ISSUER: v.optional(about(text, '', '`iss` of its tokens')),
  TRUSTED_AUDIENCE: v.optional(about(text, '', '`aud` of its tokens')),
  OIDC_ISSUER: v.optional(
    about(
      providerUrl,
      '',
      'the OpenID provider at which people can sign in: its issuer, exactly as it calls itself; needs the next two. Without TLS only on localhost',
    ),
  ),
  OIDC_CLIENT_ID: v.optional(about(text, '', "Parley's client id there")),
  OIDC_CLIENT_SECRET: v.optional(about(text, '', 'and the secret of that client')),
  OIDC_NAME: v.optional(
    about(
      DisplayName,
      '',
      'what people call the provider: “Sign in with …”, max 64 characters. Not set: the host of `OIDC_ISSUER`',
    ),
  ),
  OIDC_ADMIN_CLAIM: v.optional(
    about(
      adminClaim,
      '',
      'who is an admin: a claim and its value, such as `groups:parley-admins`, decided at each sign-in there. Not set: nobody who signs in there',
    ),
  ),
  ROOM_CREATION: v.optional(
    about(
      v.picklist(['everyone', 'users', 'services'], 'everyone, users or services'),
      '',
      'who may create rooms: `everyone`, `users` (all but guests) or `services` (backends and admins)',
    ),
    'everyone',
  ),
  CHAT_DURABILITY: v.optional(
    about(
      v.picklist(['crash', 'power'], 'crash or power'),
      '',
      'what an acknowledged chat message survives: `crash`, of the process, or `power`, also a power cut or a crash of the machine, which costs a write to the disk for each batch of messages',
    ),
    'crash',
  ),
  CORS_ORIGINS: v.optional(
    about(
      v.pipe(
        text,
        v.transform(splitList),
        v.check(
          (origins) => origins.every((origin) => origin === '*' || isOrigin(origin)),
          'comma-separated origins, such as https://example.org, capacitor://localhost or null',
        ),
      ),
      '',
      'comma-separated origins of other sites and apps whose pages may use this server: `https://example.org`, `capacitor://localhost`, `null`; `*` is any',
    ),
    '',
  ),
  EMBED_ORIGINS: v.optional(
    about(
      v.pipe(
        text,
        v.transform(splitList),
        v.check(
          (origins) => origins.every(isEmbedOrigin),
          'comma-separated origins, such as https://example.org or https://*.example.org',
        ),
      ),
      '',
      'comma-separated origins of sites that may show calls in a frame of their pages: `https://example.org`, `https://*.example.org` for all names below it. Not set: none',
    ),
    '',
  ),
  TRUSTED_PROXIES: v.optional(
    about(
      v.pipe(
        text,
        v.transform(splitList),
        v.check(
          (ranges) => ranges.every((range) => parseNetwork(range) !== undefined),
          'comma-separated addresses or ranges, such as 127.0.0.1,10.0.0.0/8,2001:db8::/32',
        ),
        v.transform((ranges) => ranges.flatMap((range) => parseNetwork(range) ?? [])),
      ),
      '',
      'comma-separated addresses or ranges of the reverse proxies whose `X-Forwarded-For` is believed',
    ),
    '',
  ),
  REGISTRATION: v.optional(
    about(
      v.picklist(REGISTRATION, `one of ${REGISTRATION.join(', ')}`),
      '',
      'who may register: anybody (`open`), bearers of an invitation (`invite`), nobody (`closed`)',
    ),
    'open',
  ),
  GUESTS: v.optional(about(onOff, '', 'whether people may come as guests, without an account'), 'on'),
  DIRECT_CALLS: v.optional(
    about(
      v.picklist(['users', 'on', 'off'], 'users, on or off'),
      '',
      'who may call each other without a room: `users` (all but guests), `on` (guests too) or `off`',
    ),
    'users',
  ),
  TURN: v.optional(about(onOff, '', 'the embedded TURN relay'), 'on'),
  TURN_CONFIG: v.optional(about(text, '', "the relay's settings, in coturn's format"), './turnserver.conf'),
  TURN_URLS: v.optional(
    about(
      v.pipe(
        text,
        v.transform(splitList),
        v.check(
          (urls) => urls.every((url) => iceUrlFault(url) === undefined),
          ({ input }) => iceUrlsExpected(input),
        ),
      ),
      '',
      'comma-separated STUN and TURN URLs for clients. Not set: those of the embedded relay',
    ),
    '',
  ),
  WEBHOOK_URLS: v.optional(
    about(
      v.pipe(text, v.transform(splitList), v.check(areWebUrls, 'comma-separated http or https URLs')),
      '',
      'comma-separated URLs of a backend that are told what happens; needs `WEBHOOK_SECRET`',
    ),
    '',
  ),
  WEBHOOK_SECRET: v.optional(
    about(
      v.pipe(text, v.transform(splitList), v.check(areWebhookSecrets, webhookSecretsExpected)),
      '',
      'what signs webhooks: `whsec_` and 24 to 64 bytes in Base64. Two, comma-separated, while receivers change from one to the other',
    ),
    '',
  ),
  WEBHOOK_EVENTS: v.optional(
    about(
      v.pipe(
        text,
        v.transform(splitList),
        v.array(v.picklist(WEBHOOK_TYPES, `comma-separated events, of ${WEBHOOK_TYPES.join(', ')}`)),
      ),
      '',
      'comma-separated events that webhooks tell. Not set: all',
    ),
    '',
  ),
  METRICS_TOKEN: v.optional(
    about(
      v.pipe(text, v.minLength(16, 'at least 16 characters')),
      '',
      'bearer token that opens `/metrics`. Not set: only this machine may ask, and nobody if a proxy may be in front: `TRUSTED_PROXIES` is set, or `PUBLIC_URL` without `DOMAIN` or `TLS_CERT`, or one was seen',
    ),
  ),
  LOG_LEVEL: v.optional(
    about(v.picklist(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`), '', `one of ${LOG_LEVELS.join(', ')}`),
    'info',
  ),
  ...BACKUP_VARIABLES,
  ...LIMIT_VARIABLES,
});
export type Variables = v.InferOutput<typeof Variables>;

/** Never shown, not even in the complaint about a wrong value. Each may come from a file instead, see secret-files.ts. */
export const SECRETS: ReadonlySet<string> = new Set([
  'JWT_SECRET',
  'METRICS_TOKEN',
  'OIDC_CLIENT_SECRET',
  'WEBHOOK_SECRET',
]);

/** One row of the table in src/config/README.md; a test compares the two. */
export interface Setting {
  readonly name: string;
  /** '' if the value has none. */
  readonly unit: string;
  /** The default, as it would be in the environment; '' if there is none. */
  readonly standard: string;
  readonly meaning: string;
}

export const SETTINGS: readonly Setting[] = Object.entries(Variables.entries).map(([name, variable]) => ({
  name,
  standard: v.getDefault(variable) ?? '',
  ...v.getMetadata(variable.wrapped),
}));
