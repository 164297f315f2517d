import { browserClock } from '../../signaling/clock.ts';
import type { ConnectionFactory } from '../connection-factory.ts';
import { type CertificateOwner, Certificates, type GenerateCertificate } from './certificates.ts';
import type { Fingerprints } from './fingerprints.ts';
import { IndexedKeys } from './key-store.ts';
import { type PeerIdentity, Pins } from './pins.ts';
import { type SafetyCode, safetyCodeOf } from './safety-code.ts';

/** What this browser keeps of keys: its own, and those that it has seen. */
export interface Keyring {
  readonly certificates: Certificates;
  readonly pins: Pins;
  /** Undefined in a page that isn't secure: it can't compute what a key looks like. */
  readonly subtle: Pick<SubtleCrypto, 'digest' | 'importKey' | 'deriveBits'> | undefined;
}

/** The keys of the others in one place. All may reject. */
export interface PlaceKeys {
  readonly digest: (bytes: BufferSource) => Promise<ArrayBuffer>;
  readonly code: (fingerprints: Fingerprints) => Promise<SafetyCode>;
  readonly meet: (userId: string, fingerprint: string) => Promise<PeerIdentity>;
  readonly confirm: (userId: string, fingerprint: string) => Promise<void>;
}

let keyring: Keyring | undefined;

/** The keyring that everything in the page shares: a lobby that loads a certificate spares the call the wait. */
export function browserKeyring(): Keyring {
  keyring ??= createKeyring();
  return keyring;
}

function createKeyring(): Keyring {
  const store = new IndexedKeys(() => globalThis.indexedDB);
  return {
    certificates: new Certificates({ clock: browserClock, store, generate: generator() }),
    pins: new Pins({ clock: browserClock, store }),
    subtle: globalThis.crypto?.subtle,
  };
}

/** @returns undefined if this page can't compute what a key looks like */
export function placeKeys({ pins, subtle }: Keyring, owner: CertificateOwner): PlaceKeys | undefined {
  if (subtle === undefined) return undefined;
  return {
    digest: (bytes) => subtle.digest('SHA-256', bytes),
    code: ({ local, remote }) => safetyCodeOf(subtle, [local, remote]),
    meet: (...met) => pins.meet(owner, ...met),
    confirm: (...met) => pins.confirm(owner, ...met),
  };
}

/** Resolves when the connections show this person's certificate. */
export async function certify(
  { certificates }: Keyring,
  connections: Pick<ConnectionFactory, 'certify'>,
  owner: CertificateOwner,
): Promise<void> {
  const certificate = await certificates.load(owner);
  if (certificate !== undefined) connections.certify(certificate);
}

function generator(): GenerateCertificate | undefined {
  const { RTCPeerConnection } = globalThis;
  if (typeof RTCPeerConnection?.generateCertificate !== 'function') return undefined;
  return (algorithm) => RTCPeerConnection.generateCertificate(algorithm);
}
