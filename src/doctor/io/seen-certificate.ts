import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** A certificate of a chain, from the server's own to the last one that is known. */
interface Link {
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** What a TLS server showed. */
export interface SeenCertificate {
  /** Code of the first fault that a browser would stop at, such as `CERT_HAS_EXPIRED`; undefined if there is none. */
  readonly fault: string | undefined;
  /** Names that the certificate is for, comma-separated. */
  readonly names: string;
  readonly chain: readonly Link[];
}

/** More links than any chain has; a chain may contain a circle. */
const MAX_LINKS = 10;

/** Reads the certificate of a connection that was made without refusing bad ones. */
export function seenCertificate(socket: TLSSocket): SeenCertificate | undefined {
  const own = socket.getPeerCertificate(true);
  if (own.valid_to === undefined) return undefined;
  const chain: Link[] = [];
  const seen = new Set<string>();
  for (
    let next: DetailedPeerCertificate | undefined = own;
    next?.valid_to !== undefined && !seen.has(next.fingerprint256) && chain.length < MAX_LINKS;
    next = next.issuerCertificate
  ) {
    seen.add(next.fingerprint256);
    chain.push({
      subject: nameOf(next.subject),
      issuer: nameOf(next.issuer),
      from: Date.parse(next.valid_from),
      to: Date.parse(next.valid_to),
    });
  }
  return {
    // Typed as an Error, but Node sets the code.
    fault: socket.authorized ? undefined : String(socket.authorizationError),
    names: (own.subjectaltname ?? nameOf(own.subject)).replaceAll(/(DNS|IP Address):/g, ''),
    chain,
  };
}

function nameOf({ CN, O }: DetailedPeerCertificate['subject']): string {
  return [CN ?? O ?? ''].flat()[0] ?? '';
}
