import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintIn, fingerprintsOf } from '../../../../src/client/call/privacy/fingerprints.ts';

const print = (byte: string) => Array.from({ length: 32 }, () => byte).join(':');
const line = (byte: string, hash = 'sha-256') => `a=fingerprint:${hash} ${print(byte)}\r\n`;

describe('the fingerprint of a description', () => {
  it.each([
    ['one', line('AB'), print('AB')],
    ['in lower case', line('ab', 'SHA-256'), print('AB')],
    ['the same on each m-line', line('AB') + line('ab'), print('AB')],
    ['another besides it: DTLS takes either', line('AB') + line('CD'), undefined],
    ['a weaker hash besides it', `${line('AB')}a=fingerprint:sha-1 AB:CD\r\n`, undefined],
    ['a weaker hash alone', 'a=fingerprint:sha-1 AB:CD\r\n', undefined],
    ['none', 'v=0\r\n', undefined],
  ])('%s', (_, sdp, expected) => {
    expect(fingerprintIn(sdp)).toBe(expected);
  });
});

describe('the keys of a connection', () => {
  const description = (sdp: string) => ({ sdp });
  const digest = async (bytes: BufferSource) => {
    const hash = createHash('sha256')
      .update(new Uint8Array(bytes as ArrayBuffer))
      .digest();
    return hash.buffer.slice(hash.byteOffset, hash.byteOffset + hash.byteLength) as ArrayBuffer;
  };
  const peer = (remote: string, transport: object = {}) => ({
    currentLocalDescription: description(line('11')),
    currentRemoteDescription: description(remote),
    sctp: { transport },
  });

  it('are those of the descriptions if the browser shows no certificate', async () => {
    expect(await fingerprintsOf(peer(line('22')), digest)).toEqual({
      local: print('11'),
      remote: print('22'),
    });
  });

  it('are of the peer what its certificate says, whatever the description said', async () => {
    const certificate = new TextEncoder().encode('certificate').buffer;
    const shown = { getRemoteCertificates: () => [certificate] };
    const keys = await fingerprintsOf(peer(line('22') + line('33'), shown), digest);
    const hash = createHash('sha256').update('certificate').digest('hex').toUpperCase();
    expect(keys?.remote.replaceAll(':', '')).toBe(hash);
  });

  it('are none before there is a connection, or if they can’t be told', async () => {
    const before = { ...peer(''), currentRemoteDescription: null };
    expect(await fingerprintsOf(before, digest)).toBeUndefined();
    expect(await fingerprintsOf(peer(line('22') + line('33')), digest)).toBeUndefined();
  });
});
