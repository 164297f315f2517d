import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, parseAddress } from '../../../src/turn/codec/addresses.ts';
import { MAX_SOCKET_NAMES, NAME_WORDS, SocketNames } from '../../../src/turn/io/socket-names.ts';

const WORD = fc.integer({ min: 0, max: 0xffff_ffff });
const PORT = fc.integer({ min: 0, max: 65_535 });

/** A machine with one interface: `eth7`, index 7. */
const names = () =>
  new SocketNames({
    if_nametoindex: (name) => (name === 'eth7' ? 7 : 0),
    if_indextoname: (index) => (index === 7 ? 'eth7' : null),
    addressOf: () => 0,
  });

function written(table: SocketNames, address: string, port: number): { words: Uint32Array; bytes: Buffer } {
  const words = new Uint32Array(NAME_WORDS * 2);
  const length = table.write(words, NAME_WORDS, address, port);
  return { words, bytes: Buffer.from(words.buffer).subarray(NAME_WORDS * 4, NAME_WORDS * 4 + length) };
}

describe('socket names', () => {
  it('are written as the kernel reads them', () => {
    expect(written(names(), '192.0.2.33', 3478).bytes.toString('hex')).toBe(
      '02000d96c00002210000000000000000',
    );
    expect(written(names(), '2001:db8::1:2', 0xfedc).bytes.toString('hex')).toBe(
      '0a00fedc0000000020010db800000000000000000001000200000000',
    );
  });

  it('are read back as every address and port', () => {
    const table = names();
    const address = fc.oneof(
      WORD.map((word) => ipv4(word)),
      fc.tuple(WORD, WORD, WORD, WORD).map((words) => ipv6(...words)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(address, PORT), { maxLength: 20 }), (all) => {
        for (const [{ text }, port] of all) {
          const { words } = written(table, text, port);
          expect(table.text(words, NAME_WORDS)).toBe(text);
          expect(table.port(words, NAME_WORDS)).toBe(port);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('keep the interface of a link-local address', () => {
    const table = names();
    const { words, bytes } = written(table, 'fe80::1%eth7', 9);
    expect(bytes.readUInt32LE(24)).toBe(7);
    expect(table.text(words, NAME_WORDS)).toBe('fe80::1%eth7');
    words[NAME_WORDS + 6] = 8;
    expect(table.text(words, NAME_WORDS), 'of an interface that went').toBe('fe80::1%8');
  });

  it("can't be written for what isn't an address or for an unknown interface", () => {
    for (const text of ['', 'localhost', '1.2.3', '::1::', 'fe80::1%eth8', '%eth7']) {
      expect(written(names(), text, 9).bytes.length, text).toBe(0);
    }
  });

  it('are cached up to MAX_SOCKET_NAMES each way, whoever sends', () => {
    const table = names();
    for (let word = 0; word < 5 * MAX_SOCKET_NAMES; word++) {
      const { text } = word % 2 === 0 ? ipv4(word) : ipv6(word, 1, 2, 3);
      const { words } = written(table, text, 9);
      expect(table.text(words, NAME_WORDS)).toBe(text);
    }
    expect(table.size).toBeLessThanOrEqual(2 * MAX_SOCKET_NAMES);
    expect(table.size).toBeGreaterThan(MAX_SOCKET_NAMES);
  });

  it("don't mix up addresses that share a slot", () => {
    const table = names();
    // The exclusive or of the words is the same, so the slot is too.
    for (const text of ['::1:0:1', '0.0.0.0', '::', '1::1', '1:0:1::', '0:0:1:0:1::', '::1:0:0:0:1']) {
      const address = parseAddress(text);
      const { words } = written(table, text, 9);
      expect(table.text(words, NAME_WORDS)).toBe(address?.text);
      expect(table.text(words, NAME_WORDS)).toBe(address?.text);
    }
  });
});
