import type { Fault } from '../domain/fault.ts';
import { WEBHOOK_TYPES } from '../protocol/webhook-events.ts';
import type { Variables } from './settings.ts';

/** Settings that make sense only together. */

/** Variables that need each other: all of a group are set, or none. */
const TOGETHER = [
  ['TRUSTED_JWKS_URL', 'TRUSTED_ISSUER', 'TRUSTED_AUDIENCE'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
] as const;

/** Returns a fault for each group of variables of which only some are set. */
export function missingPartners(isSet: (name: string) => boolean): Fault[] {
  const faults: Fault[] = TOGETHER.flatMap((names) => {
    const missing = names.filter((name) => !isSet(name));
    if (missing.length === 0 || missing.length === names.length) return [];
    const [last, ...others] = [...names].reverse();
    const list = `${others.reverse().join(', ')} and ${last}`;
    return { at: missing.join(', '), message: `${list}: expected all three or none` };
  });
  for (const [name, other] of [
    ['TLS_CERT', 'TLS_KEY'],
    ['TLS_KEY', 'TLS_CERT'],
  ] as const) {
    if (!isSet(name) || isSet(other)) continue;
    faults.push({ at: other, message: `${name} is set without ${other}: expected both or none` });
  }
  if (isSet('WEBHOOK_URLS') && !isSet('WEBHOOK_SECRET')) {
    const message = 'WEBHOOK_URLS is set without WEBHOOK_SECRET: expected both or none';
    faults.push({ at: 'WEBHOOK_SECRET', message });
  }
  return faults;
}

export function trustedIssuer(given: Variables) {
  const { TRUSTED_JWKS_URL: jwksUrl, TRUSTED_ISSUER: issuer, TRUSTED_AUDIENCE: audience } = given;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return undefined;
  return { jwksUrl, issuer, audience };
}

export function oidc(given: Variables) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = given;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
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
export function webhooks(given: Variables) {
  const { WEBHOOK_URLS: urls, WEBHOOK_SECRET: secrets, WEBHOOK_EVENTS: events } = given;
  if (urls.length === 0 || secrets.length === 0) return undefined;
  return {
    urls: [...new Set(urls.map((url) => new URL(url).href))],
    /** Secret. */
    secrets,
    events: events.length === 0 ? WEBHOOK_TYPES : events,
  };
}
