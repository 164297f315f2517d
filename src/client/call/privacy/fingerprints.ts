/** The SHA-256 fingerprints of both certificates of a connection, `AB:CD:…`. */
export interface Fingerprints {
  readonly local: string;
  readonly remote: string;
}

/** What is read of an RTCPeerConnection. */
export interface Keyed {
  readonly currentLocalDescription: { readonly sdp: string } | null;
  readonly currentRemoteDescription: { readonly sdp: string } | null;
  readonly sctp: { readonly transport: object } | null;
}

/**
 * Resolves with the keys that DTLS uses; undefined before there is a connection, or if they can't be told. This side's is what
 * the browser put into its own description. The peer's is its certificate itself if the browser shows it; else the fingerprint
 * that DTLS held it against. Several different ones are none: the browser would take whichever fits.
 */
export async function fingerprintsOf(
  peer: Keyed,
  digest: (bytes: BufferSource) => Promise<ArrayBuffer>,
): Promise<Fingerprints | undefined> {
  const local = fingerprintIn(peer.currentLocalDescription?.sdp);
  const told = fingerprintIn(peer.currentRemoteDescription?.sdp);
  const shown = remoteCertificate(peer.sctp?.transport);
  const remote = shown === undefined ? told : formatted(await digest(shown));
  return local === undefined || remote === undefined ? undefined : { local, remote };
}

/** Returns the only SHA-256 fingerprint of a description; undefined if there is none, or another besides it. */
export function fingerprintIn(sdp = ''): string | undefined {
  const all = new Set(
    [...sdp.matchAll(/^a=fingerprint:(\S+) (\S+)/gim)].map(([, hash = '', value = '']) =>
      `${hash} ${value}`.toUpperCase(),
    ),
  );
  const [only = ''] = all;
  return all.size === 1 ? /^SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/.exec(only)?.[1] : undefined;
}

/** The peer's certificate (DER). Firefox doesn't show it. */
function remoteCertificate(transport: object | undefined): ArrayBuffer | undefined {
  if (transport === undefined || !('getRemoteCertificates' in transport)) return undefined;
  const { getRemoteCertificates } = transport;
  if (typeof getRemoteCertificates !== 'function') return undefined;
  const certificates: unknown = getRemoteCertificates.call(transport);
  const first: unknown = Array.isArray(certificates) ? certificates[0] : undefined;
  return first instanceof ArrayBuffer ? first : undefined;
}

function formatted(hash: ArrayBuffer): string {
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
