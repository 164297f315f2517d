import type { ClockFacts } from '../facts/facts.ts';
import type { SeenCertificate } from '../io/seen-certificate.ts';
import { fail, ok, type Verdict, warn } from '../line.ts';

/** With fewer days left, the renewal has most likely failed. */
export const MIN_DAYS = 7;
const DAY_MS = 86_400_000;
/** Clocks of those who make certificates may be ahead. */
const HOUR_MS = 3_600_000;

interface Wanted {
  /** Whom the certificate must be for. */
  readonly name: string;
  /** Where it comes from, with the settings' names: `TLS_CERT and TLS_KEY`. */
  readonly source: string;
  /** If they differ, either may be wrong: a certificate must be out of date by both. */
  readonly clocks: Pick<ClockFacts, 'now' | 'own'>;
}

const OUT_OF_DATE: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const SELF_SIGNED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);
const NO_ISSUER: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Judges a certificate as a browser would, and its days. */
export function judgeCertificate(seen: SeenCertificate, { name, source, clocks }: Wanted): Verdict {
  const { fault, names, chain } = seen;
  const [own] = chain;
  if (own === undefined) return fail('the server shows no certificate', `Renew ${source}.`);
  const isOutOfDate = fault !== undefined && OUT_OF_DATE.has(fault);
  // TLS looks at this machine's clock.
  const now = isOutOfDate ? clocks.now() : clocks.own();
  const outOfDate = fault === undefined ? undefined : judgeDates(seen, now, source);
  if (outOfDate !== undefined) return outOfDate;
  if (fault === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return fail(`the certificate is for ${names}, not for ${name}`, `Get ${source} for ${name}.`);
  }
  if (fault !== undefined && SELF_SIGNED.has(fault)) {
    return fail(
      `nobody trusts the certificate: ${chain.length === 1 ? 'it is self-signed' : `${chain.at(-1)?.subject} is no known authority`}`,
      `Get ${source} from a known authority, such as Let's Encrypt. If an authority of your own is meant, set NODE_EXTRA_CA_CERTS to its certificate.`,
    );
  }
  if (fault !== undefined && NO_ISSUER.has(fault)) {
    return fail(
      `the chain is incomplete: the certificate of ${chain.at(-1)?.issuer} isn't sent, and isn't a known authority's`,
      `Put the intermediate certificates behind the own one in ${source} (fullchain.pem), or set NODE_EXTRA_CA_CERTS to those of an authority of your own.`,
    );
  }
  // A date that was wrong by this machine's clock only.
  if (fault !== undefined && !isOutOfDate)
    return fail(`the certificate is refused: ${fault}`, `Renew ${source}.`);
  // A chain may have an old certificate in it that nobody needs.
  return judgeDays(Math.min(...chain.map(({ to }) => to).filter((to) => to > now)), now, source);
}

/** Returns undefined if no certificate of the chain is out of date. */
function judgeDates({ names, chain }: SeenCertificate, now: number, source: string): Verdict | undefined {
  const expired = chain.find(({ to }) => to <= now);
  if (expired !== undefined) {
    return fail(
      `the certificate of ${expired.subject || names} expired on ${day(expired.to)}`,
      `Renew ${source}.`,
    );
  }
  const early = chain.find(({ from }) => from > now + HOUR_MS);
  if (early === undefined) return undefined;
  return fail(
    `the certificate is valid only from ${day(early.from)}`,
    `Check the clock, then renew ${source}.`,
  );
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Judges the days that are left until `to`, which is later than `now`. */
export function judgeDays(to: number, now: number, source: string): Verdict {
  const days = Math.floor((to - now) / DAY_MS);
  if (days < MIN_DAYS) {
    return warn(
      `the certificate expires in ${days} days, on ${day(to)}`,
      `Renew ${source}, and see why that didn't happen by itself.`,
    );
  }
  return ok(`the certificate is valid for ${days} more days`);
}
