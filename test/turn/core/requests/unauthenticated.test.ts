import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { MessageWriter } from '../../../../src/turn/codec/message-writer.ts';
import { REALM_BYTES } from '../../../../src/turn/conf/relay-conf.ts';
import { CHECKS_PER_ADDRESS, CHECKS_PER_TURN } from '../../../../src/turn/core/requests/check-budget.ts';
import {
  NEIGHBOUR_RESPONSES,
  UNAUTHENTICATED_RESPONSES,
} from '../../../../src/turn/core/requests/unauthenticated-rate.ts';
import { Answer } from '../../../support/turn/answer.ts';
import { fakeRelay, TestClient, UDP } from '../../../support/turn/fake-relay.ts';

describe('unauthenticated clients', () => {
  it('get at most UNAUTHENTICATED_RESPONSES of each kind per second and network address, whatever the port', () => {
    const relay = fakeRelay();
    const ask = () => {
      let answers = 0;
      for (let port = 1; port <= 50; port++) {
        const client = new TestClient(relay, { port });
        answers += client.raw(client.encode(METHOD.allocate, undefined, { bare: true })).length;
        answers += client.raw(client.encode(METHOD.binding, undefined, { bare: true })).length;
        answers += client.raw(client.encode(0x123, undefined, { bare: true })).length;
      }
      return answers;
    };
    expect(ask()).toBe(2 * UNAUTHENTICATED_RESPONSES);
    const elsewhere = new TestClient(relay, { address: '198.51.100.99' });
    expect(elsewhere.allocate(undefined, { bare: true }).result).toBe(401);
    relay.clock.advance(1000);
    expect(ask()).toBe(2 * UNAUTHENTICATED_RESPONSES);
    expect(relay.engine.stats().unanswered).toBe(260);
  });

  it('get no more with wrong credentials', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay, { credentials: { username: 'x', password: 'y' } });
    let answers = 0;
    for (let round = 0; round < 50; round++) answers += client.raw(client.encode(METHOD.allocate)).length;
    expect(answers).toBe(UNAUTHENTICATED_RESPONSES);
  });

  it('get more if their address has an allocation: people behind one NAT start theirs together', () => {
    const relay = fakeRelay();
    new TestClient(relay).allocate();
    let answers = 0;
    for (let port = 1; port <= 400; port++) {
      const client = new TestClient(relay, { port });
      answers += client.raw(client.encode(METHOD.binding, undefined, { bare: true })).length;
    }
    expect(answers).toBe(NEIGHBOUR_RESPONSES);
  });

  it.each([
    ['Binding', METHOD.binding],
    ['an unknown method', 0x123],
  ])("that forge an address in 1,000 requests (%s) don't keep it from an allocation", (_, method) => {
    const relay = fakeRelay();
    for (let port = 1; port <= 1000; port++) {
      const forger = new TestClient(relay, { port });
      forger.raw(forger.encode(method, undefined, { bare: true }));
    }
    expect(new TestClient(relay).allocate().result).toBe('success');
  });

  it("that guess passwords don't keep a neighbour from an allocation", () => {
    const relay = fakeRelay();
    const guesser = new TestClient(relay, { port: 1, credentials: { username: 'x', password: 'y' } });
    for (let round = 0; round < 1000; round++) guesser.raw(guesser.encode(METHOD.allocate));
    relay.io.settle();
    expect(new TestClient(relay, { port: 2 }).allocate().result).toBe('success');
  });

  it('that flood with credentials have few of them checked per turn, and leave others their share', () => {
    const relay = fakeRelay();
    const ready = new TestClient(relay, { address: '198.51.100.9' });
    const request = ready.encode(METHOD.allocate, (writer) =>
      writer.uint32(ATTRIBUTE.requestedTransport, UDP),
    );
    const guessers = ['198.51.100.1', '198.51.100.2', '198.51.100.3'].map((address) => {
      const client = new TestClient(relay, { address, credentials: { username: 'x', password: 'y' } });
      return { client, guess: client.encode(METHOD.allocate) };
    });
    relay.io.settle();
    const flood = (index: number) => {
      const guesser = guessers[index];
      for (let round = 0; round < 200; round++) guesser?.client.raw(guesser.guess);
      return relay.engine.stats().denials.credentials;
    };
    expect(flood(0)).toBe(CHECKS_PER_ADDRESS);
    expect(ready.raw(request)).toHaveLength(1);
    flood(1);
    expect(flood(2)).toBe(CHECKS_PER_TURN - 1);
    // A client with an allocation is served in the same turn.
    expect(ready.raw(ready.encode(METHOD.refresh))).toHaveLength(1);
    relay.io.settle();
    expect(flood(0)).toBe(CHECKS_PER_TURN - 1 + CHECKS_PER_ADDRESS);
  });

  it('never use up what a valid request needs, even if they forge its address', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const request = client.encode(METHOD.allocate, (writer) =>
      writer.uint32(ATTRIBUTE.requestedTransport, UDP),
    );
    for (let port = 1; port <= 1000; port++) {
      const forger = new TestClient(relay, { port });
      for (const method of [METHOD.binding, METHOD.allocate]) {
        forger.raw(forger.encode(method, undefined, { bare: true }));
      }
    }
    expect(client.raw(request)).toHaveLength(1);
    expect(relay.engine.stats().allocations).toBe(1);
  });

  it('never delay a client that has an allocation', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    for (let round = 0; round < 400; round++) {
      expect(client.request(METHOD.binding, undefined, { bare: true }).result).toBe('success');
    }
  });

  it('get responses of at most 2.5 times the request, even with the longest realm', () => {
    const realm = 'r'.repeat(REALM_BYTES);
    const id = Buffer.alloc(12, 1);
    const questions = [
      new MessageWriter(METHOD.allocate, 0, id).uint32(ATTRIBUTE.requestedTransport, UDP),
      new MessageWriter(METHOD.allocate, 0, id),
      new MessageWriter(METHOD.refresh, 0, id),
      new MessageWriter(METHOD.binding, 0, id),
      new MessageWriter(METHOD.binding, 0, id).bytes(1, Buffer.alloc(0)).bytes(3, Buffer.alloc(0)),
      new MessageWriter(0x123, 0, id),
    ];
    for (const [index, question] of questions.flatMap((one) => [one.finish(undefined, false)]).entries()) {
      for (const address of ['198.51.100.7', '2001:db8:7::7']) {
        const client = new TestClient(fakeRelay({ realm, fingerprint: true }), { address });
        const [answer = Buffer.alloc(0), ...more] = client.raw(question);
        expect(more).toEqual([]);
        expect(answer.length).toBeGreaterThan(0);
        expect(answer.length).toBeLessThanOrEqual(question.length * 2.5);
        // A browser's first Allocate still learns realm and nonce.
        if (index === 0) expect(new Answer(answer).result).toBe(401);
      }
    }
  });

  it('are told a realm as long as RFC 8489 allows, and nothing else that is larger', () => {
    const question = new MessageWriter(METHOD.allocate, 0, Buffer.alloc(12, 1));
    const bytes = question.uint32(ATTRIBUTE.requestedTransport, UDP).finish(undefined, false);
    for (const realm of ['turn.conference.example.org', 'r'.repeat(127), '電'.repeat(127)]) {
      const [answer = Buffer.alloc(0)] = new TestClient(fakeRelay({ realm })).raw(bytes);
      expect(new Answer(answer).result).toBe(401);
      expect(new Answer(answer).attribute(ATTRIBUTE.realm)?.toString()).toBe(realm);
      expect(answer.length - Buffer.byteLength(realm)).toBeLessThanOrEqual(
        bytes.length * 2.5 - REALM_BYTES + 3,
      );
    }
  });

  it('leave no allocation, socket or timer behind', () => {
    const relay = fakeRelay();
    for (let port = 1; port < 1000; port++) {
      const client = new TestClient(relay, { port });
      client.raw(client.encode(METHOD.allocate, undefined, { bare: true }));
    }
    expect([relay.engine.stats().allocations, relay.io.opened.length, relay.clock.pending]).toEqual([
      0, 0, 1,
    ]);
  });
});
