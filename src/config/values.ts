import * as v from 'valibot';
import { iceUrlFault } from '../lib/ice-urls.ts';
import { parseWebhookSecret } from '../lib/webhook-secrets.ts';
import { LIMIT_DEFAULTS, type Limits } from '../protocol/limits.ts';

/** Schemas of which `settings.ts` makes those of its variables. Their messages say what was expected. */

export const text = v.string();

export const onOff = v.pipe(
  v.picklist(['on', 'off'], 'on or off'),
  v.transform((word) => word === 'on'),
);

/** The issuer of an OpenID provider. Without TLS anybody on the way could sign in as anybody. */
export const providerUrl = v.pipe(
  webUrl('https://id.example.org'),
  v.check(isPrivateOnTheWay, 'an https URL, such as https://id.example.org (http only on localhost)'),
  v.check(
    (url) => !/[?#]/.test(url),
    'an issuer, such as https://id.example.org: a URL without query and fragment',
  ),
);

/** `groups:parley-admins`: a claim and the value that it has or contains. The value may contain colons. */
export const adminClaim = v.pipe(
  text,
  v.regex(/^[^:]+:./s, 'a claim and its value, such as groups:parley-admins'),
  v.transform((words) => {
    const [name = '', ...value] = words.split(':');
    return { name, value: value.join(':') };
  }),
);

export function about<S extends v.GenericSchema<string, unknown>>(schema: S, unit: string, meaning: string) {
  return v.pipe(schema, v.metadata({ unit, meaning }));
}

export function limit(name: keyof Limits, min: number, max: number, unit: string, meaning: string) {
  return v.optional(about(whole(min, max), unit, meaning), String(LIMIT_DEFAULTS[name]));
}

export function whole(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(
    text,
    v.regex(/^\d{1,15}$/, expected),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  );
}

export function webUrl(example: string) {
  return v.pipe(
    text,
    v.check((url) => /^https?:/i.test(url) && URL.canParse(url), `an http or https URL, such as ${example}`),
  );
}

export function areWebUrls(urls: string[]): boolean {
  return urls.every((url) => /^https?:\/\//i.test(url) && URL.canParse(url));
}

export const webhookSecretsExpected =
  'one or two secrets, comma-separated: `whsec_` and 24 to 64 bytes in Base64; make one with `echo whsec_$(openssl rand -base64 32)`';

export function areWebhookSecrets(secrets: string[]): boolean {
  return secrets.length <= 2 && secrets.every((secret) => parseWebhookSecret(secret) !== undefined);
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Whether nothing follows the host: Parley serves all paths, from the root. */
export function isOriginUrl(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { pathname, search, hash, username, password } = new URL(url);
  return /^\/*$/.test(pathname) && `${search}${hash}${username}${password}` === '';
}

/** Returns what is expected, and the fault of the first bad URL. */
export function iceUrlsExpected(urls: readonly string[]): string {
  const bad = urls.find((url) => iceUrlFault(url) !== undefined) ?? '';
  return (
    'comma-separated STUN and TURN URLs, such as turn:turn.example.org:3478?transport=udp; ' +
    `${JSON.stringify(bad)} ${iceUrlFault(bad)}`
  );
}

/** Whether the network can't read what is sent there: TLS, or this machine. True for text that isn't a URL. */
export function isPrivateOnTheWay(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
