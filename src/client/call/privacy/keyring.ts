import { browserClock } from '../../signaling/clock.ts';
import { Certificates, type GenerateCertificate } from './certificates.ts';
import { IndexedKeys } from './key-store.ts';

/** What this browser keeps of keys: its own, and those that it has seen. */
export interface Keyring {
  readonly certificates: Certificates;
}

let keyring: Keyring | undefined;

/** The keyring that everything in the page shares: a lobby that loads a certificate spares the call the wait. */
export function browserKeyring(): Keyring {
  keyring ??= {
    certificates: new Certificates({
      clock: browserClock,
      store: new IndexedKeys(() => globalThis.indexedDB),
      generate: generator(),
    }),
  };
  return keyring;
}

function generator(): GenerateCertificate | undefined {
  const { RTCPeerConnection } = globalThis;
  if (typeof RTCPeerConnection?.generateCertificate !== 'function') return undefined;
  return (algorithm) => RTCPeerConnection.generateCertificate(algorithm);
}
