import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { hasIntegrity } from '../../../../src/turn/codec/message.ts';
import type { MessageWriter } from '../../../../src/turn/codec/message-writer.ts';
import { MAX_RESERVATIONS } from '../../../../src/turn/core/allocations/reservations.ts';
import { fakeRelay, RELAYED4, restCredentials, TestClient, UDP } from '../../../support/turn/fake-relay.ts';

const EVEN = Buffer.from([0]);
const EVEN_AND_NEXT = Buffer.from([0x80]);
const ID = Buffer.from('000102030405060708090a0b', 'hex');

describe('Allocate', () => {
  it('responds with relayed and mapped address, lifetime and MESSAGE-INTEGRITY', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const answer = client.allocate();
    expect(answer.result).toBe('success');
    expect(answer.address(ATTRIBUTE.xorRelayedAddress)).toBe(`${RELAYED4}:${relay.io.live[0]?.port}`);
    expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('198.51.100.7:40000');
    expect(answer.lifetime).toBe(600);
    expect(hasIntegrity(answer.message, client.key)).toBe(true);
    expect(answer.message.fingerprint).toBe(false);
  });

  it('adds FINGERPRINT to the response if the request has one or the settings say so', () => {
    const client = new TestClient(fakeRelay());
    expect(client.allocate(undefined, { fingerprint: true }).message.fingerprint).toBe(true);
    const always = new TestClient(fakeRelay({ fingerprint: true }));
    expect(always.allocate().message.fingerprint).toBe(true);
  });

  it('gives a retransmission the same response and no second port', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const first = client.allocate(undefined, { transactionId: ID });
    expect(client.allocate(undefined, { transactionId: ID }).bytes).toEqual(first.bytes);
    expect(relay.io.opened).toHaveLength(1);
    expect(client.allocate().result).toBe(437);
  });

  it.each([
    [undefined, 600],
    [60, 600],
    [1800, 1800],
    [3600, 3600],
    [100_000, 3600],
    [0, 600],
  ])('grants, when asked for %s seconds, %i', (asked, granted) => {
    const client = new TestClient(fakeRelay());
    const answer = client.allocate((writer) =>
      asked === undefined ? writer : writer.uint32(ATTRIBUTE.lifetime, asked),
    );
    expect(answer.lifetime).toBe(granted);
  });

  it('never grants more than max-allocate-lifetime, even if that is below the default', () => {
    const client = new TestClient(fakeRelay({ maxAllocateLifetime: 120 }));
    expect(client.allocate().lifetime).toBe(120);
  });

  it('uses ports from min-port to max-port, each once, and answers 508 when all are in use', () => {
    const relay = fakeRelay({ minPort: 50_000, maxPort: 50_003 });
    const clients = [0, 1, 2, 3, 4].map((index) => new TestClient(relay, { port: 40_000 + index }));
    const answers = clients.map((client) => client.allocate());
    expect(answers.map(({ result }) => result)).toEqual(['success', 'success', 'success', 'success', 508]);
    expect(relay.io.live.map(({ port }) => port).sort()).toEqual([50_000, 50_001, 50_002, 50_003]);
    expect(relay.engine.stats().denials.ports).toBe(1);
  });

  it('tries another port if one is in use by another program', () => {
    const relay = fakeRelay({ minPort: 50_000, maxPort: 50_003 });
    for (const port of [50_000, 50_001, 50_003]) relay.io.taken.add(port);
    expect(new TestClient(relay).allocate().relayedPort).toBe(50_002);
  });

  describe('refuses', () => {
    const fills = {
      400: [
        ['REQUESTED-TRANSPORT of another length', { transport: Buffer.alloc(3) }],
        ['LIFETIME of another length', { type: ATTRIBUTE.lifetime, value: Buffer.alloc(3) }],
        ['EVEN-PORT of another length', { type: ATTRIBUTE.evenPort, value: Buffer.alloc(4) }],
        ['a token of another length', { type: ATTRIBUTE.reservationToken, value: Buffer.alloc(7) }],
      ],
      405: [['MOBILITY-TICKET', { type: ATTRIBUTE.mobilityTicket, value: Buffer.alloc(0) }]],
      420: [['DONT-FRAGMENT', { type: ATTRIBUTE.dontFragment, value: Buffer.alloc(0) }]],
      440: [
        ['an unknown family', { type: ATTRIBUTE.requestedAddressFamily, value: Buffer.from([3, 0, 0, 0]) }],
      ],
      442: [['TCP toward the peer (RFC 6062)', { transport: Buffer.from([6, 0, 0, 0]) }]],
      508: [['an unknown token', { type: ATTRIBUTE.reservationToken, value: Buffer.alloc(8) }]],
    } as const;
    const rows = Object.entries(fills).flatMap(([code, cases]) =>
      cases.map(([what, fill]) => ({ code: Number(code), what, fill })),
    );

    it.each(rows)('$what with $code, keeping no socket', ({ code, fill }) => {
      const relay = fakeRelay();
      const client = new TestClient(relay);
      const answer = client.request(METHOD.allocate, (writer) => {
        if ('transport' in fill) return writer.bytes(ATTRIBUTE.requestedTransport, fill.transport);
        return writer.uint32(ATTRIBUTE.requestedTransport, UDP).bytes(fill.type, fill.value);
      });
      expect(answer.result).toBe(code);
      expect(hasIntegrity(answer.message, client.key)).toBe(true);
      expect(relay.engine.stats().allocations).toBe(0);
      expect(relay.io.live).toEqual([]);
    });

    it('no REQUESTED-TRANSPORT with 400', () => {
      expect(new TestClient(fakeRelay()).request(METHOD.allocate).result).toBe(400);
    });

    it('a token with EVEN-PORT or a family with 400', () => {
      const client = new TestClient(fakeRelay());
      const with_ = (type: number, value: Buffer) =>
        client.allocate((writer) =>
          writer.bytes(ATTRIBUTE.reservationToken, Buffer.alloc(8)).bytes(type, value),
        ).result;
      expect(with_(ATTRIBUTE.evenPort, EVEN)).toBe(400);
      expect(with_(ATTRIBUTE.requestedAddressFamily, Buffer.from([1, 0, 0, 0]))).toBe(400);
    });
  });

  it('lists unknown attributes in UNKNOWN-ATTRIBUTES, and ignores optional ones', () => {
    const client = new TestClient(fakeRelay());
    const answer = client.allocate((writer) =>
      writer
        .bytes(ATTRIBUTE.dontFragment, Buffer.alloc(0))
        .bytes(0x7001, Buffer.alloc(1))
        .bytes(0x9001, Buffer.alloc(1)),
    );
    expect(answer.result).toBe(420);
    expect(answer.attribute(ATTRIBUTE.unknownAttributes)?.toString('hex')).toBe('001a7001');
    expect(client.allocate((writer) => writer.bytes(0x9001, Buffer.alloc(1))).result).toBe('success');
  });

  describe('REQUESTED-ADDRESS-FAMILY', () => {
    const asking = (family: number) => (client: TestClient) =>
      client.allocate((writer) => writer.uint32(ATTRIBUTE.requestedAddressFamily, family * 2 ** 24));

    it('gets the requested family', () => {
      const relay = fakeRelay();
      expect(asking(1)(new TestClient(relay)).address(ATTRIBUTE.xorRelayedAddress)).toContain('203.0.113.1:');
      const six = asking(2)(new TestClient(relay, { port: 40_001 }));
      expect(six.address(ATTRIBUTE.xorRelayedAddress)).toContain('2001:db8::1:');
    });

    it('left out gets IPv4, for a client on IPv6 too (RFC 6156 §4.2)', () => {
      const client = new TestClient(fakeRelay(), { address: '2001:db8:7::7' });
      const answer = client.allocate();
      expect(answer.address(ATTRIBUTE.xorRelayedAddress)).toContain('203.0.113.1:');
      expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('2001:db8:7::7:40000');
    });

    it("left out gets IPv6 if the relay has nothing else, whatever the client's family", () => {
      for (const address of ['2001:db8:7::7', '198.51.100.7']) {
        const answer = new TestClient(fakeRelay({}, { relayed4: undefined }), { address }).allocate();
        expect(answer.address(ATTRIBUTE.xorRelayedAddress)).toContain('2001:db8::1:');
      }
    });

    it('lets an IPv6-only and an IPv4-only client of the relay reach each other', () => {
      const relay = fakeRelay();
      const six = new TestClient(relay, { address: '2001:db8:7::7', peerId: 'six' });
      const four = new TestClient(relay, { address: '198.51.100.7', peerId: 'four' });
      const [sixAt, fourAt] = [six, four].map((one) => `${RELAYED4}:${one.allocate().relayedPort}`);
      expect([six.bind(0x4000, fourAt ?? '').result, four.bind(0x4000, sixAt ?? '').result]).toEqual([
        'success',
        'success',
      ]);
      six.channelData(0x4000, 'hello');
      expect(four.received()).toEqual([Buffer.from('4000000568656c6c6f', 'hex')]);
    });

    it('left out gets IPv4 for an IPv4 client of a dual-stack socket', () => {
      const answer = new TestClient(fakeRelay(), { address: '::ffff:198.51.100.7' }).allocate();
      expect(answer.address(ATTRIBUTE.xorRelayedAddress)).toContain('203.0.113.1:');
      expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('198.51.100.7:40000');
    });

    it("doesn't matter to a client at a link-local address, which is told it without its zone", () => {
      const answer = new TestClient(fakeRelay(), { address: 'fe80::7%eth0' }).allocate();
      expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('fe80::7:40000');
    });

    it('is refused with 440 if the relay has no such address', () => {
      expect(asking(2)(new TestClient(fakeRelay({}, { relayed6: undefined }))).result).toBe(440);
    });
  });

  describe('ADDITIONAL-ADDRESS-FAMILY', () => {
    const SIX = Buffer.from([2, 0, 0, 0]);
    const both = (client: TestClient, fill = (writer: MessageWriter) => writer) =>
      client.allocate((writer) => fill(writer.bytes(ATTRIBUTE.additionalAddressFamily, SIX)));

    it.each([
      ['IPv4, and why not IPv6', {}, '203.0.113.1:', 2],
      ['IPv6 on a relay without IPv4, and why not IPv4', { relayed4: undefined }, '2001:db8::1:', 1],
    ] as const)('gets %s (RFC 8656 §7.2)', (_, addresses, relayed, missing) => {
      const client = new TestClient(fakeRelay({}, addresses));
      const answer = both(client);
      expect(answer.result).toBe('success');
      expect(answer.address(ATTRIBUTE.xorRelayedAddress)).toContain(relayed);
      const why = answer.attribute(ATTRIBUTE.addressErrorCode);
      expect([why?.[0], (why?.[2] ?? 0) * 100 + (why?.[3] ?? 0), why?.toString('utf8', 4)]).toEqual([
        missing,
        440,
        'Address Family not Supported',
      ]);
      expect(hasIntegrity(answer.message, client.key)).toBe(true);
    });

    it('is refused with 400 for IPv4, for a wrong length, or with a family, a token or a second port', () => {
      const refused = (fill: (writer: MessageWriter) => MessageWriter) =>
        new TestClient(fakeRelay()).allocate(fill).result;
      const { additionalAddressFamily, requestedAddressFamily, reservationToken, evenPort } = ATTRIBUTE;
      const asking = (type: number, value: Buffer) => (writer: MessageWriter) =>
        writer.bytes(additionalAddressFamily, SIX).bytes(type, value);
      expect([
        refused((writer) => writer.bytes(additionalAddressFamily, Buffer.from([1, 0, 0, 0]))),
        refused((writer) => writer.bytes(additionalAddressFamily, Buffer.from([2, 0]))),
        refused(asking(requestedAddressFamily, SIX)),
        refused(asking(reservationToken, Buffer.alloc(8))),
        refused(asking(evenPort, EVEN_AND_NEXT)),
        refused(asking(evenPort, EVEN)),
      ]).toEqual([400, 400, 400, 400, 400, 'success']);
    });

    it('left out gets no ADDRESS-ERROR-CODE', () => {
      const answer = new TestClient(fakeRelay()).allocate();
      expect(answer.attribute(ATTRIBUTE.addressErrorCode)).toBeUndefined();
    });
  });

  describe('EVEN-PORT', () => {
    it('gets an even port', () => {
      for (let port = 40_000; port < 40_010; port++) {
        const client = new TestClient(fakeRelay(), { port });
        expect(client.allocate((writer) => writer.bytes(ATTRIBUTE.evenPort, EVEN)).relayedPort % 2).toBe(0);
      }
    });

    it('with its R bit reserves the next port for 30 s, for the user who has the token', () => {
      const relay = fakeRelay();
      const first = new TestClient(relay).allocate((writer) =>
        writer.bytes(ATTRIBUTE.evenPort, EVEN_AND_NEXT),
      );
      const token = first.attribute(ATTRIBUTE.reservationToken) ?? Buffer.alloc(0);
      expect(token).toHaveLength(8);
      const redeem = (port: number, peerId: string) =>
        new TestClient(relay, { port, peerId }).allocate((writer) =>
          writer.bytes(ATTRIBUTE.reservationToken, token),
        );
      expect(redeem(40_001, 'mallory').result).toBe(508);
      expect(redeem(40_002, 'alice').relayedPort).toBe(first.relayedPort + 1);
      expect(redeem(40_003, 'alice').result).toBe(508);
    });

    it('releases the reserved port when it expires, when its user is revoked, and at the end', () => {
      for (const end of ['expiry', 'revocation', 'close'] as const) {
        const relay = fakeRelay();
        new TestClient(relay).allocate((writer) => writer.bytes(ATTRIBUTE.evenPort, EVEN_AND_NEXT));
        expect(relay.io.live).toHaveLength(2);
        if (end === 'expiry') relay.clock.advance(30_000);
        if (end === 'revocation') relay.engine.revoke('alice');
        if (end === 'close') relay.engine.close();
        expect(relay.io.live).toHaveLength(end === 'expiry' ? 1 : 0);
      }
    });

    it('answers 508 if no even port has a free next one', () => {
      const relay = fakeRelay({ minPort: 50_000, maxPort: 50_002 });
      relay.io.taken.add(50_001);
      const answer = new TestClient(relay).allocate((writer) =>
        writer.bytes(ATTRIBUTE.evenPort, EVEN_AND_NEXT),
      );
      expect(answer.result).toBe(508);
      expect(relay.io.live).toEqual([]);
    });

    it('reserves at most MAX_RESERVATIONS ports', () => {
      const relay = fakeRelay({ userQuota: 0 });
      const credentials = restCredentials(relay.clock, 'alice');
      const nonce = new TestClient(relay).allocate(undefined, { bare: true }).attribute(ATTRIBUTE.nonce);
      const results = Array.from({ length: MAX_RESERVATIONS + 1 }, (_, index) => {
        const client = new TestClient(relay, { port: 1_000 + index, credentials });
        client.nonce = nonce;
        const { result } = client.allocate((writer) => writer.bytes(ATTRIBUTE.evenPort, EVEN_AND_NEXT));
        client.refresh(0);
        return result;
      });
      expect(results.filter((result) => result === 'success')).toHaveLength(MAX_RESERVATIONS);
      expect(results.at(-1)).toBe(508);
      expect(relay.io.live).toHaveLength(MAX_RESERVATIONS);
    });
  });
});
