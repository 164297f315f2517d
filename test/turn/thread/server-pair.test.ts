import { describe, expect, it } from 'vitest';
import { ServerCertificate } from '../../../src/turn/thread/server-pair.ts';

describe("the server's own certificate for TURN over TLS", () => {
  it('is taken when there is one, told once when it is another, and only as it is', () => {
    let pair: { cert: string; key: string; names?: string[] } | undefined;
    let isTrusted = false;
    const certificate = new ServerCertificate({ current: () => pair, isTrusted: () => isTrusted });
    certificate.open();
    expect(certificate.current).toBeUndefined();
    pair = { cert: 'first', key: 'key', names: ['calls.example.org'] };
    expect(certificate.check()).toEqual({ cert: 'first', key: 'key' });
    expect(certificate.check()).toBeUndefined();
    expect([certificate.current, certificate.isTrusted]).toEqual([{ cert: 'first', key: 'key' }, false]);
    pair = { cert: 'second', key: 'other' };
    isTrusted = true;
    expect(certificate.check()).toEqual(pair);
    expect(certificate.isTrusted).toBe(true);
  });
});
