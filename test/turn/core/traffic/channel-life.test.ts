import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrive } from '../../../support/turn/fake-io.ts';
import { fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';

const ADDRESSES = ['192.0.2.9', '192.0.2.10'] as const;
const PEERS = ADDRESSES.flatMap((address) => [5000, 5001].map((port) => ({ address, port })));
const NUMBERS = [0x4000, 0x5000, 0x7fff] as const;
type Peer = (typeof PEERS)[number];

type Step =
  | { readonly kind: 'permit'; readonly peer: Peer }
  | { readonly kind: 'bind'; readonly peer: Peer; readonly number: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const peers = fc.constantFrom(...PEERS);
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant('permit' as const), peer: peers }),
    fc.record({ kind: fc.constant('bind' as const), peer: peers, number: fc.constantFrom(...NUMBERS) }),
    fc.record({
      kind: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 59, 60, 61, 119, 120, 121, 299, 300),
    }),
  ),
  { maxLength: 30 },
);
/** Either of the two lifetimes may be the longer one. */
const lifetimes = fc.constantFrom([60, 120] as const, [120, 60] as const, [300, 600] as const);

/** RFC 8656 §9 and §12 as a minimal model. */
class Model {
  seconds = 0;
  readonly #permissions = new Map<string, number>();
  readonly #channels = new Map<number, { peer: Peer; until: number }>();
  readonly #permissionLife: number;
  readonly #channelLife: number;

  constructor([permissionLife, channelLife]: readonly [number, number]) {
    this.#permissionLife = permissionLife;
    this.#channelLife = channelLife;
  }

  permit({ address }: Peer): void {
    this.#permissions.set(address, this.seconds + this.#permissionLife);
  }

  bind(number: number, peer: Peer): 'success' | 400 {
    if (this.numberOf(peer) !== (this.peerOf(number) === undefined ? undefined : number)) return 400;
    if ((this.peerOf(number) ?? peer) !== peer) return 400;
    this.#channels.set(number, { peer, until: this.seconds + this.#channelLife });
    this.permit(peer);
    return 'success';
  }

  permits({ address }: Peer): boolean {
    return (this.#permissions.get(address) ?? 0) > this.seconds;
  }

  peerOf(number: number): Peer | undefined {
    const channel = this.#channels.get(number);
    return channel !== undefined && channel.until > this.seconds ? channel.peer : undefined;
  }

  numberOf(peer: Peer): number | undefined {
    return NUMBERS.find((number) => this.peerOf(number) === peer);
  }
}

/** Runs the steps on a relay, and compares what a client and its peers can see after each with the model. */
function live(
  taken: readonly Step[],
  [permissionLifetime, channelLifetime]: readonly [number, number],
): void {
  const relay = fakeRelay({ permissionLifetime, channelLifetime, staleNonce: 0 });
  const client = new TestClient(relay);
  const socket = relay.io.at(client.allocate().relayedPort);
  const model = new Model([permissionLifetime, channelLifetime]);
  for (const step of taken) {
    if (step.kind === 'wait') {
      relay.clock.advance(step.seconds * 1000);
      model.seconds += step.seconds;
    } else {
      const text = `${step.peer.address}:${step.peer.port}`;
      if (step.kind === 'permit') {
        expect(client.permit(text).result).toBe('success');
        model.permit(step.peer);
      } else expect(client.bind(step.number, text).result).toBe(model.bind(step.number, step.peer));
    }
    expect(client.refresh().result).toBe('success');
    for (const number of NUMBERS) {
      const peer = model.peerOf(number);
      client.channelData(number, 'up');
      const goes = peer !== undefined && model.permits(peer);
      expect(socket.take().map(({ address, port }) => ({ address, port }))).toEqual(goes ? [peer] : []);
    }
    for (const peer of PEERS) {
      client.send(`${peer.address}:${peer.port}`, 'up');
      expect(socket.take()).toHaveLength(model.permits(peer) ? 1 : 0);
      arrive(socket.receiver, Buffer.from('down'), peer.address, peer.port);
      // 0x0017: a Data indication.
      const heads = client.received().map((bytes) => bytes.readUInt16BE(0));
      expect(heads).toEqual(model.permits(peer) ? [model.numberOf(peer) ?? 0x0017] : []);
    }
  }
}

describe('a channel', () => {
  it('works both ways exactly while its binding and the permission of its peer live, whatever came before', () => {
    fc.assert(fc.property(steps, lifetimes, live), { numRuns: 300 });
  }, 60_000);

  it('works again with its permission, in each of the three ways to renew it, whichever expired first', () => {
    const [peer] = PEERS;
    if (peer === undefined) throw new Error('no peer');
    const neighbour = PEERS[1] ?? peer;
    const again: readonly Step[] = [
      { kind: 'permit', peer },
      { kind: 'permit', peer: neighbour },
      { kind: 'bind', peer, number: 0x4000 },
      { kind: 'bind', peer: neighbour, number: 0x5000 },
    ];
    for (const life of [[60, 120] as const, [120, 60] as const]) {
      for (const step of again) {
        for (const seconds of [59, 60, 61, 119, 120, 121]) {
          live([{ kind: 'bind', peer, number: 0x4000 }, { kind: 'wait', seconds }, step], life);
        }
      }
    }
  });
});
